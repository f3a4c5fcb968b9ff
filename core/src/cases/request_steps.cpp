// SPDX-License-Identifier: MPL-2.0
#include "cases/request_records.hpp"
#include "cases/requests.hpp"
#include "merge/view.hpp"
#include "merge/workflows.hpp"

#include <abri/crypto/random.hpp>
#include <abri/v1/workflow.pb.h>

#include <algorithm>
#include <span>
#include <vector>

namespace abri::core::cases {

namespace {

bool has_value(const merge::RecordState& state, const proto::RecordType& type, std::string_view field) {
  const auto* known = type.find(field);
  return known != nullptr && !merge::current(state, *known).empty();
}

/// Neither refused, expired, cancelled nor superseded.
bool is_active_proposal(std::uint32_t status) {
  return status >= v1::PROPOSAL_STATUS_PROPOSED && status <= v1::PROPOSAL_STATUS_VISITED;
}

std::vector<const StoredRecord*> active_proposals(const std::vector<StoredRecord>& request) {
  const auto& type = type_named("housing_proposal");
  std::vector<const StoredRecord*> out;
  for (const auto& record : request) {
    if (record.key.type != type.number) continue;
    const auto status = merge::current(record.state, *type.find("status")).as_enumeration().value_or(0);
    if (is_active_proposal(status)) out.push_back(&record);
  }
  return out;
}

Result<void> check_guard(const std::vector<StoredRecord>& file, const merge::Transition& step,
                         const StoredRecord& record, const proto::RecordType& type) {
  switch (step.guard) {
    case merge::Guard::none:
    case merge::Guard::needs_complete_and_consent:  // judged by send_request, which alone makes requests
    case merge::Guard::not_excluded:  // a person judges: the exclusion test works on the device beside it
    case merge::Guard::answer_overdue:
      return {};
    case merge::Guard::reason_given:
      for (const auto* reason : {"decline_reason", "landlord_refusal", "person_refusal", "closing_reason"})
        if (type.find(reason) != nullptr && has_value(record.state, type, reason)) return {};
      return Error{Errc::invalid_argument, step.side == PARTNER && type.name == "relocation_request"
                                               ? "decline_reason"
                                           : step.side == PARTNER            ? "landlord_refusal"
                                           : type.name == "housing_proposal" ? "person_refusal"
                                                                             : "closing_reason"};
    case merge::Guard::visit_date_given:
      if (has_value(record.state, type, "visit_on")) return {};
      return Error{Errc::invalid_argument, "visit_on"};
    case merge::Guard::active_proposal:
      if (!active_proposals(file).empty()) return {};
      return Error{Errc::illegal_transition, "proposal"};
    case merge::Guard::no_active_proposal:
      if (active_proposals(file).empty()) return {};
      return Error{Errc::illegal_transition, "proposal"};
    case merge::Guard::lease_signed:
    case merge::Guard::retention_over:
      return Error{Errc::not_permitted, "action"};
  }
  return Error{Errc::internal, "guard"};
}

/// What is proposed for a request that is over can only be closed.
Result<void> check_request_open(const std::vector<StoredRecord>& file, const merge::Transition& step,
                                const proto::RecordType& type) {
  if (type.name != "housing_proposal" || !is_active_proposal(step.to)) return {};
  const auto* request = find_request(file);
  if (request != nullptr && is_open(request->state)) return {};
  return Error{Errc::illegal_transition, "request"};
}

/// The landlord's reference names a dwelling in what is shared.
bool is_proposed(const std::vector<StoredRecord>& request, std::span<const merge::Projected> dwelling) {
  const auto& type = type_named("housing_proposal");
  const auto reference = std::ranges::find(dwelling, type.find("reference"), &merge::Projected::field);
  if (reference == dwelling.end() || reference->value.empty()) return false;
  return std::ranges::any_of(active_proposals(request), [&](const auto* proposal) {
    return text_in(proposal->state, type, "reference") == reference->value.as_text();
  });
}

Result<void> take_step(World& world, const Log& feed, const std::vector<StoredRecord>& file,
                       const StoredRecord& record, const proto::RecordType& type, const proto::Field& status,
                       std::string_view action) {
  ABRI_TRY(const auto context, own_context(world, feed, record.key.case_id, record.key.compartment));
  const auto* workflow = merge::workflow(status.workflow);
  const auto at = merge::evaluate(*workflow, record.state.of(status.number));
  const auto steps = merge::allowed(*workflow, at, context.side, context.roles);
  const auto step =
      std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.action == action; });
  if (step == steps.end()) {
    const bool known = std::any_of(workflow->transitions.begin(), workflow->transitions.end(),
                                   [&](const auto& t) { return t.action == action && t.from == at.state; });
    return known ? Error{Errc::not_permitted, "action"} : Error{Errc::illegal_transition, "action"};
  }
  ABRI_CHECK(check_request_open(file, *step, type));
  ABRI_CHECK(check_guard(file, *step, record, type));
  ABRI_TRY(auto operation, merge::transition(record.state, status, step->to, context.side, context.roles));
  operation.record_type = type.number;
  operation.record = record.key.record;
  return write_operations(world, feed, record.key.case_id, record.key.compartment, {std::move(operation)});
}

}  // namespace

Result<void> advance(World& world, const CaseId& id, const RecordId& record, std::string_view action) {
  ABRI_TRY(const auto row, find_case_row(world, id));
  ABRI_TRY(const auto* feed, log_of_case(world, row));
  ABRI_TRY(const auto records, records_of(world, id));
  for (const auto& stored : records) {
    if (stored.key.record != record) continue;
    const auto* type = proto::schema().find(stored.key.type);
    const auto* status = type == nullptr ? nullptr : type->find("status");
    if (status == nullptr || status->merge != WORKFLOW || status->compartment != stored.key.compartment)
      continue;
    return take_step(world, *feed, records, stored, *type, *status, action);
  }
  return Error{Errc::not_found, "record"};
}

Result<RecordId> propose(World& world, const CaseId& request, const CaseId& dwelling) {
  ABRI_TRY(const auto request_row, find_case_row(world, request));
  ABRI_TRY(const auto dwelling_row, find_case_row(world, dwelling));
  if (request_row.kind != CaseKind::request) return Error{Errc::invalid_argument, "request"};
  if (dwelling_row.kind != CaseKind::dwelling) return Error{Errc::invalid_argument, "dwelling"};
  if (request_row.owner == world.own_organisation()) return Error{Errc::not_permitted, "request"};
  ABRI_TRY(const auto* feed, log_of_case(world, request_row));
  ABRI_TRY(const auto records, records_of(world, request));
  const auto* main = find_request(records);
  if (main == nullptr) return Error{Errc::out_of_sync, "request"};
  if (!is_open(main->state)) return Error{Errc::illegal_transition, "request"};
  ABRI_TRY(const auto facts, records_of(world, dwelling));
  const auto& type = type_named("housing_proposal");
  const auto projected = merge::project(type, sources_of(facts));
  if (is_proposed(records, projected)) return Error{Errc::conflict, "dwelling"};
  const auto record = crypto::random_id<RecordId>();
  NewRecord fresh(type, record);
  fresh.set("proposed_on", date_of(world.now()));
  fresh.append(merge::project_onto(merge::RecordState{}, projected));
  ABRI_CHECK(write_operations(world, *feed, request, REQUEST, fresh.take()));

  // where the request is being searched for, it is under proposal from now on
  const auto stepped = advance(world, request, main->key.record, "propose");
  if (!stepped && stepped.error().code != Errc::illegal_transition) return stepped.error();
  return record;
}

}  // namespace abri::core::cases
