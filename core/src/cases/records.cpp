// SPDX-License-Identifier: MPL-2.0
#include "cases/records.hpp"

#include "cases/feed_writer.hpp"
#include "cases/request_records.hpp"
#include "cases/roles.hpp"
#include "merge/apply.hpp"
#include "merge/change.hpp"
#include "merge/view.hpp"
#include "vault/search.hpp"

#include <abri/v1/records.pb.h>
#include <abri/v1/workflow.pb.h>

#include <array>
#include <cstdio>
#include <map>

namespace abri::core::cases {

namespace {

std::string text_of(const merge::RecordState& state, const proto::RecordType& type, std::string_view field) {
  const auto* known = type.find(field);
  return known == nullptr ? std::string{} : std::string(merge::current(state, *known).as_text());
}

/// The one line by which lists recognise a file, where this record gives it.
std::string title_of(const merge::RecordState& state, const proto::RecordType& type) {
  if (type.name == "person") {
    const auto* role = type.find("role");
    if (merge::current(state, *role).as_enumeration() != v1::PERSON_ROLE_VICTIM) return {};
    auto name = text_of(state, type, "last_name");
    const auto first = text_of(state, type, "first_name");
    return name.empty() ? first : first.empty() ? name : name + " " + first;
  }
  if (type.name == "dwelling") return text_of(state, type, "reference");
  if (type.name == "relocation_request") return text_of(state, type, "pseudonym");
  if (type.name == "organisation") return text_of(state, type, "name");
  return {};
}

/// Name of the state of the file's workflow, where this record holds it.
std::string state_of(const merge::RecordState& state, const proto::RecordType& type) {
  const auto* status = type.find("status");
  if (status == nullptr || status->merge != WORKFLOW || type.name == "housing_proposal") return {};
  if (type.name == "relocation_request" && !is_request(state)) return {};
  const auto value = merge::current(state, *status).as_enumeration();
  const auto* known = value ? status->enumeration->find(*value) : nullptr;
  return known == nullptr ? std::string{} : known->name;
}

std::string searchable(const merge::RecordState& state, const proto::RecordType& type,
                       Compartment compartment) {
  std::string text;
  for (const auto& field : type.fields) {
    if (!field.search || field.sensitive || field.compartment != compartment) continue;
    text += merge::current(state, field).as_text();
    text += ' ';
  }
  return text;
}

/// What lists call the file: of the first record of the type that gives a title, so that all devices agree; nothing where the last one
/// was erased.
Result<std::string> title_by_records(World& world, const merge::RecordKey& key,
                                     const proto::RecordType& type) {
  ABRI_TRY(auto rows,
           world.db.statement("SELECT state FROM records WHERE case_number = (SELECT number FROM cases WHERE "
                              "case_ref = ?1) AND compartment = ?2 AND record_type = ?3 ORDER BY record_id"));
  ABRI_CHECK(rows.bind_all(key.case_id, static_cast<std::int64_t>(key.compartment), key.type));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return std::string{};
    ABRI_TRY(const auto state, merge::decode_record(rows.column_blob(0)));
    if (auto title = title_of(state, type); !title.empty()) return title;
  }
}

/// What lists and searches show of a record follows its state.
Result<void> describe(World& world, const merge::RecordKey& key, const merge::RecordState& before,
                      const merge::RecordState& after, const proto::RecordType& type) {
  const auto text = searchable(after, type, key.compartment);
  if (const auto known = searchable(before, type, key.compartment); text != known)
    ABRI_CHECK(vault::index_record(world.db, key.case_id, key.record, known, text));
  if (title_of(after, type) != title_of(before, type)) {
    ABRI_TRY(const auto title, title_by_records(world, key, type));
    ABRI_TRY(auto update, world.db.statement("UPDATE cases SET title = ?2 WHERE case_ref = ?1"));
    ABRI_CHECK(update.run(key.case_id, std::string_view(title)));
  }
  const auto status = state_of(after, type);
  if (status.empty() || status == state_of(before, type)) return {};
  ABRI_TRY(auto update, world.db.statement("UPDATE cases SET state = ?2 WHERE case_ref = ?1"));
  return update.run(key.case_id, std::string_view(status));
}

const proto::Field* field_of(const merge::Operation& operation) {
  const auto* type = proto::schema().find(operation.record_type);
  return type == nullptr ? nullptr : type->find(operation.field);
}

/// The records of one compartment of a case that operations touch: each is loaded once and stored once.
class Touched {
 public:
  Touched(World& world, const CaseId& id, Compartment compartment)
      : world_(world), id_(id), compartment_(compartment) {}

  Result<merge::RecordState*> state_of(const merge::Operation& operation) {
    const merge::RecordKey key{id_, compartment_, operation.record_type, operation.record};
    auto it = records_.find(key);
    if (it == records_.end()) {
      ABRI_TRY(auto state, load_record(world_, key));
      it = records_.emplace(key, Record{state, std::move(state)}).first;
    }
    return &it->second.state;
  }
  Result<void> store() {
    for (const auto& [key, record] : records_)
      ABRI_CHECK(store_record(world_, key, record.before, record.state));
    return {};
  }

 private:
  struct Record {
    merge::RecordState before;
    merge::RecordState state;
  };
  World& world_;
  CaseId id_;
  Compartment compartment_;
  std::map<merge::RecordKey, Record> records_;
};

Result<void> note_void(World& world, const Log& feed, const CaseId& id, merge::Void reason) {
  if (reason == merge::Void::no) return {};
  return notice(world, "void_operation", feed.id, id.bytes());
}

}  // namespace

Result<void> store_record(World& world, const merge::RecordKey& key, const merge::RecordState& before,
                          const merge::RecordState& state) {
  const auto* type = proto::schema().find(key.type);
  const auto conflicts = type == nullptr ? std::size_t{0} : merge::conflicts(state, *type).size();
  ABRI_TRY(
      auto insert,
      world.db.statement("INSERT INTO records(case_number, compartment, record_type, record_id, conflicts, "
                         "state) VALUES((SELECT number FROM cases WHERE case_ref = ?1), ?2, ?3, ?4, ?5, ?6) "
                         "ON CONFLICT DO UPDATE SET conflicts = ?5, "
                         "state = ?6"));
  ABRI_CHECK(insert.run(key.case_id, static_cast<std::int64_t>(key.compartment), key.type, key.record,
                        conflicts, BytesView(merge::encode(state))));
  return type == nullptr ? Result<void>{} : describe(world, key, before, state, *type);
}

std::string date_of(Time time) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

Result<merge::RecordState> load_record(World& world, const merge::RecordKey& key) {
  ABRI_TRY(auto row,
           world.db.statement("SELECT state FROM records WHERE case_number = (SELECT number FROM cases "
                              "WHERE case_ref = ?1) AND compartment = ?2 AND record_type = ?3 AND "
                              "record_id = ?4"));
  ABRI_TRY(const bool found,
           row.query(key.case_id, static_cast<std::int64_t>(key.compartment), key.type, key.record));
  if (!found) return merge::RecordState{};
  return merge::decode_record(row.column_blob(0));
}

Result<void> merge_operations(World& world, const Log& feed, const CaseId& id,
                              std::span<const merge::Operation> operations,
                              const merge::OperationContext& context) {
  Touched touched(world, id, context.compartment);
  for (const auto& operation : operations) {
    ABRI_TRY(auto* state, touched.state_of(operation));
    const auto effect = merge::apply(*state, field_of(operation), operation, context);
    ABRI_CHECK(note_void(world, feed, id, effect.void_reason));
    if (context.leaf_time) world.hybrid_clock.observe(merge::clamp(operation.clock, *context.leaf_time));
  }
  return touched.store();
}

merge::OperationContext context_of(World& world, const Log& feed, std::uint32_t device,
                                   std::uint32_t chain_sequence, Compartment compartment,
                                   const OrganisationId& case_owner) {
  merge::OperationContext context;
  context.compartment = compartment;
  const auto* chain = world.chain(feed.chain);
  const auto* author = chain == nullptr ? nullptr : chain->state.device(device);
  if (author == nullptr) return context;
  context.roles = workflow_roles(chain->state.roles_at(author->user, chain_sequence));
  if (chain->state.kind() == chain::ChainKind::bilateral)
    context.side = author->organisation == case_owner ? OWNER : PARTNER;
  return context;
}

Result<merge::OperationContext> own_context(World& world, const Log& feed, const CaseId& id,
                                            Compartment compartment) {
  ABRI_TRY(const auto row, find_case_row(world, id));
  const auto* chain = world.chain(feed.chain);
  if (chain == nullptr) return Error{Errc::not_found, "chain"};
  return context_of(world, feed, world.device_number(feed.chain), chain->state.head().sequence, compartment,
                    row.owner);
}

Result<void> write_operations(World& world, const Log& feed, const CaseId& id, Compartment compartment,
                              std::vector<merge::Operation> operations) {
  if (operations.empty()) return {};
  ABRI_CHECK(ensure_compartment(world, feed, id, compartment));
  ABRI_TRY(const auto context, own_context(world, feed, id, compartment));
  const auto device = world.device_number(feed.chain);
  if (device == 0) return Error{Errc::not_permitted, "device"};
  Touched touched(world, id, compartment);
  for (const auto& operation :
       operations) {  // what is written now comes after what stands, whatever clock it was written by
    ABRI_TRY(const auto* state, touched.state_of(operation));
    world.hybrid_clock.observe(state->latest(operation.field));
  }
  Reader incarnation(world.incarnation.bytes());
  const merge::Dot first{device, incarnation.u64(), world.next_counter};
  merge::stamp(operations, first, world.hybrid_clock.tick(world.now()));
  world.next_counter += operations.size();
  for (const auto& operation : operations) {
    ABRI_TRY(auto* state, touched.state_of(operation));
    const auto effect = merge::apply(*state, field_of(operation), operation, context);
    ABRI_CHECK(note_void(world, feed, id, effect.void_reason));
  }
  ABRI_CHECK(touched.store());
  return queue_change(world, feed, id, compartment, operations);
}

Result<std::vector<StoredRecord>> records_of(World& world, const CaseId& id) {
  std::vector<StoredRecord> out;
  ABRI_TRY(
      auto rows,
      world.db.statement(
          "SELECT compartment, record_type, record_id, state FROM records WHERE case_number = "
          "(SELECT number FROM cases WHERE case_ref = ?1) ORDER BY record_type, record_id, compartment"));
  ABRI_CHECK(rows.bind_all(id));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    StoredRecord record;
    ABRI_TRY(const auto record_id, rows.column_id<RecordId>(2));
    record.key = {id, static_cast<Compartment>(rows.column_int64(0)),
                  static_cast<std::uint32_t>(rows.column_int64(1)), record_id};
    ABRI_TRY(record.state, merge::decode_record(rows.column_blob(3)));
    out.push_back(std::move(record));
  }
}

Result<void> reconsider_records(World& world) {
  constexpr std::string_view kUnderstood = "schema_version";
  ABRI_TRY(const auto stored, get_meta(world.db, kUnderstood));
  if (stored) {
    Reader in(*stored);
    if (in.u32() >= proto::Schema::kVersion) return {};
  }
  std::vector<CaseId> cases;
  {
    ABRI_TRY(auto rows, world.db.statement("SELECT case_ref FROM cases"));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      ABRI_TRY(cases.emplace_back(), rows.column_id<CaseId>(0));
    }
  }
  for (const auto& id : cases) {
    ABRI_TRY(auto records, records_of(world, id));
    for (auto& [key, state] : records) {
      const auto* type = proto::schema().find(key.type);
      if (type == nullptr || state.deferred.empty()) continue;
      const auto before = state;
      if (merge::reconsider(state, *type) > 0) ABRI_CHECK(store_record(world, key, before, state));
    }
  }
  Writer version;
  version.u32(proto::Schema::kVersion);
  return set_meta(world.db, kUnderstood, version.view());
}

Result<Hash> state_digest(World& world) {
  merge::StateDigest digest;
  ABRI_TRY(
      auto rows,
      world.db.statement("SELECT c.case_ref, r.compartment, r.record_type, r.record_id, r.state FROM cases c "
                         "JOIN records r ON r.case_number = c.number "
                         "ORDER BY c.case_ref, r.compartment, r.record_type, r.record_id"));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return digest.finish();
    merge::RecordKey key;
    ABRI_TRY(key.case_id, rows.column_id<CaseId>(0));
    key.compartment = static_cast<Compartment>(rows.column_int64(1));
    key.type = static_cast<std::uint32_t>(rows.column_int64(2));
    ABRI_TRY(key.record, rows.column_id<RecordId>(3));
    if (wrapped_to_devices(key.compartment)) continue;
    ABRI_TRY(const auto state, merge::decode_record(rows.column_blob(4)));
    digest.add(key, merge::digest(state));
  }
}

}  // namespace abri::core::cases
