// SPDX-License-Identifier: MPL-2.0
#include "cases/requests.hpp"

#include "cases/chains.hpp"
#include "cases/feed_writer.hpp"
#include "cases/partners.hpp"
#include "cases/request_records.hpp"
#include "merge/view.hpp"

#include <abri/crypto/random.hpp>

#include <algorithm>
#include <functional>
#include <map>

namespace abri::core::cases {

namespace {

/// What a person says on the telephone: 40 random bits in eight characters.
std::string random_pseudonym() {
  const auto id = crypto::random_id<Id<struct PseudonymTag, 8>>();
  return "D-" + id.hex().substr(0, 10);
}

bool is_filled(const StoredRecord& record, const proto::RecordType& type) {
  return std::ranges::any_of(type.fields,
                             [&](const auto& field) { return !merge::current(record.state, field).empty(); });
}

/// What of a case may be projected. It has one needs sheet (`add_record` in files.cpp); of two that came to be all the same, the one in
/// which something stands.
/// @errors Errc::conflict  at "needs_sheet": something stands in two
Result<std::vector<StoredRecord>> projectable(std::vector<StoredRecord> records) {
  const auto& type = type_named("needs_sheet");
  const auto is_sheet = [&](const StoredRecord& record) { return record.key.type == type.number; };
  const auto filled = std::ranges::count_if(
      records, [&](const auto& record) { return is_sheet(record) && is_filled(record, type); });
  if (filled > 1) return Error{Errc::conflict, "needs_sheet"};
  if (filled == 1)
    std::erase_if(records, [&](const auto& record) { return is_sheet(record) && !is_filled(record, type); });
  return records;
}

/// A needs sheet that a landlord can work with.
Result<void> check_complete(const std::vector<StoredRecord>& records) {
  const auto& type = type_named("needs_sheet");
  const auto* sheet = find_type(records, "needs_sheet", NEEDS);
  if (sheet == nullptr) return Error{Errc::invalid_argument, "needs_sheet"};
  for (const auto* name : {"adults", "typology_min", "urgency"})
    if (merge::current(sheet->state, *type.find(name)).empty()) return Error{Errc::invalid_argument, name};
  const auto communes = merge::current(sheet->state, *type.find("wanted_communes"));
  const auto districts = merge::current(sheet->state, *type.find("wanted_epcis"));
  if (communes.empty() && districts.empty()) return Error{Errc::invalid_argument, "wanted_communes"};
  return {};
}

Result<Log*> shared_feed(World& world, const OrganisationId& partner) {
  ABRI_TRY(const auto* chain, partner_chain(world, partner));
  const auto* group = chain->state.group_for(chain::GroupPurpose::shared);
  if (group == nullptr || !group->feed) return Error{Errc::out_of_sync, "shared group"};
  auto* feed = world.log(group->feed->log);
  if (feed == nullptr) return Error{Errc::out_of_sync, "shared feed"};
  return feed;
}

std::string organisation_name(const chain::ChainState& state, const OrganisationId& id) {
  const auto* organisation = state.organisation(id);
  return organisation == nullptr ? std::string{} : organisation->name;
}

/// An earlier request of the same case to the same landlord must be over.
Result<void> check_none_open(World& world, const std::vector<StoredRecord>& records,
                             const OrganisationId& landlord) {
  const auto& type = type_named("sent_request");
  for (const auto& record : records) {
    if (record.key.type != type.number || text_in(record.state, type, "partner") != landlord.hex()) continue;
    const auto request = CaseId::from_hex(text_in(record.state, type, "request"));
    const auto row = request ? find_case_row(world, *request) : Result<CaseRow>(Error{Errc::not_found});
    if (row && is_open(row->state)) return Error{Errc::conflict, "open_request"};
  }
  return {};
}

/// The parts of one type, with title and state of their file.
struct Listed {
  CaseSummary summary;
  merge::RecordState state;
};
Result<std::vector<Listed>> all_of(World& world, const proto::RecordType& type, Compartment compartment) {
  std::vector<Listed> out;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT c.case_ref, c.kind, c.title, c.state, r.record_id, r.conflicts FROM "
                              "cases c JOIN records r ON r.case_number = c.number AND r.compartment = ?1 AND "
                              "r.record_type = ?2"));
  ABRI_CHECK(rows.bind_all(static_cast<std::int64_t>(compartment), type.number));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    Listed one;
    ABRI_TRY(one.summary.id, rows.column_id<CaseId>(0));
    one.summary.kind = static_cast<CaseKind>(rows.column_int64(1));
    one.summary.title = rows.column_text(2);
    one.summary.state = rows.column_text(3);
    ABRI_TRY(const auto record, rows.column_id<RecordId>(4));
    one.summary.conflict = rows.column_int64(5) != 0;
    one.summary.unsent = world.unsent.contains(one.summary.id);
    ABRI_TRY(one.state, load_record(world, {one.summary.id, compartment, type.number, record}));
    out.push_back(std::move(one));
  }
}

/// The requests that a case was sent under; of most cases none, which costs one look-up.
Result<std::vector<CaseId>> requests_of(World& world, const CaseId& case_id) {
  const auto& type = type_named("sent_request");
  std::vector<CaseId> out;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT state FROM records WHERE case_number = (SELECT number FROM cases "
                              "WHERE case_ref = ?1) AND compartment = ?2 AND record_type = ?3"));
  ABRI_CHECK(rows.bind_all(case_id, static_cast<std::int64_t>(NEEDS), type.number));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    ABRI_TRY(const auto state, merge::decode_record(rows.column_blob(0)));
    if (const auto request = CaseId::from_hex(text_in(state, type, "request"))) out.push_back(*request);
  }
}

merge::Clock written(const merge::RecordState& state, const proto::Field& field) {
  merge::Clock latest;
  for (const auto& version : state.of(field.number)) latest = std::max(latest, version.clock);
  return latest;
}

Result<void> refresh_one(World& world, const std::vector<StoredRecord>& sources, const CaseId& request) {
  const auto row = find_case_row(world, request);
  if (!row) return {};
  ABRI_TRY(const auto* feed, log_of_case(world, *row));
  if (!may_write_now(world, *feed)) return {};  // a colleague's device sees to it
  const auto& type = type_named("relocation_request");
  ABRI_TRY(const auto records, records_of(world, request));
  const auto* target = find_request(records);
  // once it is over, nothing that becomes of her is the landlord's to know
  if (target == nullptr || !is_open(target->state)) return {};
  const auto projected = merge::project(type, sources_of(sources));
  NewRecord update(type, target->key.record);
  update.append(merge::project_onto(target->state, projected));
  return write_operations(world, *feed, request, REQUEST, update.take());
}

}  // namespace

Result<CaseId> send_request(World& world, const CaseId& case_id, const OrganisationId& landlord) {
  ABRI_TRY(const auto row, find_case_row(world, case_id));
  if (row.kind != CaseKind::case_file) return Error{Errc::invalid_argument, "case"};
  ABRI_TRY(const auto* private_feed, log_of_case(world, row));
  ABRI_TRY(auto all, records_of(world, case_id));
  ABRI_TRY(const auto records, projectable(std::move(all)));
  ABRI_CHECK(check_complete(records));
  ABRI_CHECK(check_none_open(world, records, landlord));
  ABRI_TRY(const auto* feed, shared_feed(world, landlord));
  const auto& bilateral = world.chain(feed->chain)->state;

  ABRI_TRY(const auto request, create_container(world, *feed, CaseKind::request));
  const auto& type = type_named("relocation_request");
  const auto record = crypto::random_id<RecordId>();
  NewRecord fresh(type, record);
  fresh.set("pseudonym", random_pseudonym());
  fresh.set("association", organisation_name(bilateral, world.own_organisation()));
  fresh.set("landlord", organisation_name(bilateral, landlord));
  fresh.set("channel", "referral");
  fresh.set("sent_on", date_of(world.now()));
  fresh.append(merge::project_onto(merge::RecordState{}, merge::project(type, sources_of(records))));
  ABRI_CHECK(write_operations(world, *feed, request, REQUEST, fresh.take()));
  ABRI_CHECK(advance(world, request, record, "send"));

  NewRecord reference(type_named("sent_request"), crypto::random_id<RecordId>());
  reference.set("request", request.hex());
  reference.set("partner", landlord.hex());
  ABRI_CHECK(write_operations(world, *private_feed, case_id, NEEDS, reference.take()));
  return request;
}

Result<std::vector<RequestView>> list_requests(World& world) {
  const auto& reference = type_named("sent_request");
  std::map<std::string, CaseSummary> sent;  // by the request's id
  ABRI_TRY(const auto references, all_of(world, reference, NEEDS));
  for (const auto& one : references) sent.emplace(text_in(one.state, reference, "request"), one.summary);

  const auto& type = type_named("relocation_request");
  ABRI_TRY(auto requests, all_of(world, type, REQUEST));
  const auto& date = *type.find("sent_on");
  std::ranges::sort(requests, std::greater{},
                    [&](const auto& one) { return std::pair(written(one.state, date), one.summary.id); });
  std::vector<RequestView> out;
  for (auto& one : requests) {
    if (!is_request(one.state)) continue;
    RequestView view;
    view.association = text_in(one.state, type, "association");
    view.landlord = text_in(one.state, type, "landlord");
    view.sent_on = text_in(one.state, type, "sent_on");
    if (const auto known = sent.find(one.summary.id.hex()); known != sent.end()) {
      view.case_id = known->second.id;
      view.case_title = known->second.title;
    }
    view.summary = std::move(one.summary);
    out.push_back(std::move(view));
  }
  return out;
}

Result<std::vector<CaseId>> requested_cases(World& world) {
  std::vector<CaseId> out;
  ABRI_TRY(
      auto rows,
      world.db.statement("SELECT DISTINCT c.case_ref FROM cases c JOIN records r ON r.case_number = c.number "
                         "AND r.compartment = ?1 AND r.record_type = ?2"));
  ABRI_CHECK(rows.bind_all(static_cast<std::int64_t>(NEEDS), type_named("sent_request").number));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    ABRI_TRY(out.emplace_back(), rows.column_id<CaseId>(0));
  }
}

Result<void> refresh_requests(World& world, const CaseId& case_id) {
  ABRI_TRY(const auto requests, requests_of(world, case_id));
  if (requests.empty()) return {};
  ABRI_TRY(auto all, records_of(world, case_id));
  const auto records = projectable(std::move(all));
  if (!records) return {};  // what was shared last stays until a person emptied one of the sheets
  for (const auto& request : requests) ABRI_CHECK(refresh_one(world, *records, request));
  return {};
}

}  // namespace abri::core::cases
