// SPDX-License-Identifier: MPL-2.0
#include "cases/files.hpp"

#include "cases/chains.hpp"
#include "cases/communes.hpp"
#include "cases/requests.hpp"
#include "merge/view.hpp"
#include "vault/search.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/random.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace abri::core::cases {

namespace {

using OperationsByCompartment = std::map<Compartment, std::vector<merge::Operation>>;

/// The field's own name where it is one of the schema's, so that an error can point at it for as long as the program runs.
const char* place(const proto::Field* field) {
  return field == nullptr ? "field" : field->name.c_str();
}

/// What a person enters must exist: a commune or an intercommunality of today, a date of birth that was.
bool exists(const proto::Field& field, std::string_view text, Time now) {
  if (field.unit == "commune") return find_commune(text).has_value();
  if (field.unit == "epci") return epci_name(text).has_value();
  // it may be tomorrow already where she is
  return !field.past || text <= date_of(now + std::chrono::hours(12));
}

enum class Existence : std::uint8_t { required, not_asked };

/// @errors at the field's name
Result<proto::Value> entered_value(const proto::Field& field, std::string_view text, Time now,
                                   Existence existence = Existence::required) {
  auto value = proto::parse_value(field, text);
  if (!value) return Error{value.error().code, place(&field)};
  if (value->empty() || existence == Existence::not_asked) return value;
  const auto items =
      field.repeated && field.merge == LWW ? value->as_list() : std::optional(std::vector{*value});
  for (const auto& item : items.value_or(std::vector<proto::Value>{}))
    if (!exists(field, item.as_text(), now)) return Error{Errc::invalid_argument, place(&field)};
  return value;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// What stands in a required field is replaced and not taken away.
/// @errors Errc::invalid_argument  at the field
Result<void> check_required(const merge::RecordState& state, const proto::Field& field,
                            const proto::Value& value) {
  if (!field.required) return {};
  const bool text = field.kind == proto::Kind::text;
  if (!value.empty() && !(text && is_blank(value.as_text()))) return {};
  if (value.empty() && merge::current(state, field).empty()) return {};
  return Error{Errc::invalid_argument, place(&field)};
}

/// One edit as an operation on the present state.
Result<merge::Operation> operation_of(const merge::RecordState& state, const proto::Field& field,
                                      const FieldEdit& edit, Time now) {
  const bool remove = edit.kind == FieldEdit::Kind::remove;
  // what is no more may still be taken out
  ABRI_TRY(auto value,
           entered_value(field, edit.value, now, remove ? Existence::not_asked : Existence::required));
  const auto named = [&](Result<merge::Operation> made) -> Result<merge::Operation> {
    if (!made) return Error{made.error().code, place(&field)};
    return made;
  };
  if (field.merge == NOTES) {
    if (remove) return Error{Errc::invalid_argument, place(&field)};
    return named(merge::note(field, value.as_text()));
  }
  if (remove) return named(merge::remove(state, field, value));
  if (edit.kind == FieldEdit::Kind::add || field.merge == ADD_WINS)
    return named(merge::add(field, std::move(value)));
  ABRI_CHECK(check_required(state, field, value));
  return named(merge::set(state, field, std::move(value)));
}

/// The operations of all edits, by compartment. Nothing is written where one of them is refused.
Result<OperationsByCompartment> operations_of(World& world, const CaseId& id, const proto::RecordType& type,
                                              const RecordId& record, std::span<const FieldEdit> fields) {
  OperationsByCompartment out;
  std::map<Compartment, merge::RecordState> states;
  std::set<std::uint32_t> given;
  for (const auto& edit : fields) {
    const auto* field = type.find(edit.field);
    if (field == nullptr) return Error{Errc::not_found, "field"};
    auto state = states.find(field->compartment);
    if (state == states.end()) {
      ABRI_TRY(auto loaded, load_record(world, {id, field->compartment, type.number, record}));
      state = states.emplace(field->compartment, std::move(loaded)).first;
    }
    if (field->projected() || field->generated) return Error{Errc::not_permitted, place(field)};
    ABRI_TRY(auto operation, operation_of(state->second, *field, edit, world.now()));
    // of two values at once neither saw the other: they would stand against each other
    if (operation.kind == merge::OperationKind::set && !given.insert(field->number).second)
      return Error{Errc::invalid_argument, place(field)};
    operation.record_type = type.number;
    operation.record = record;
    out[field->compartment].push_back(std::move(operation));
  }
  return out;
}

Result<void> check_side(World& world, const Log& feed, const CaseId& id, const proto::RecordType& type,
                        std::span<const FieldEdit> fields) {
  if (!type.shared) return {};
  for (const auto& edit : fields) {
    const auto* field = type.find(edit.field);
    if (field == nullptr) return Error{Errc::not_found, "field"};
    ABRI_TRY(const auto context, own_context(world, feed, id, field->compartment));
    if (field->side != BOTH && field->side != context.side) return Error{Errc::not_permitted, place(field)};
  }
  return {};
}

Result<void> write_fields(World& world, const CaseId& id, const proto::RecordType& type,
                          const RecordId& record, std::span<const FieldEdit> fields) {
  ABRI_TRY(const auto row, find_case_row(world, id));
  ABRI_TRY(const auto* feed, log_of_case(world, row));
  ABRI_CHECK(check_side(world, *feed, id, type, fields));
  ABRI_TRY(auto operations, operations_of(world, id, type, record, fields));
  for (auto& [compartment, list] : operations)
    ABRI_CHECK(write_operations(world, *feed, id, compartment, std::move(list)));
  return refresh_requests(world, id);
}

bool belongs(const proto::RecordType& type, CaseKind kind) {
  switch (kind) {
    case CaseKind::case_file:
      return !type.shared && type.name != "dwelling" && type.name != "organisation";
    case CaseKind::dwelling:
      return type.name == "dwelling";
    case CaseKind::request:
      return type.shared;
    case CaseKind::organisation:
      return type.name == "organisation";
  }
  return false;
}

Result<Log*> own_feed(World& world) {
  const auto* group = world.case_group();
  if (group == nullptr || world.device_number(world.organisation) == 0)
    return Error{Errc::not_joined, "organisation"};
  auto* feed = group->feed ? world.log(group->feed->log) : nullptr;
  if (feed == nullptr) return Error{Errc::not_permitted, "team"};
  return feed;
}

Result<CaseId> create_with(World& world, CaseKind kind, const char* type_name,
                           std::span<const FieldEdit> fields) {
  ABRI_TRY(const auto* feed, own_feed(world));
  const auto* type = proto::schema().find(type_name);
  ABRI_TRY(const auto id, create_container(world, *feed, kind));
  ABRI_CHECK(write_fields(world, id, *type, crypto::random_id<RecordId>(), fields));
  return id;
}

bool is_given(std::span<const FieldEdit> fields, std::string_view name) {
  return std::ranges::any_of(fields,
                             [&](const auto& edit) { return edit.field == name && !is_blank(edit.value); });
}

/// @errors Errc::invalid_argument  at the first required field that is not given
Result<void> check_given(std::span<const FieldEdit> fields, const proto::RecordType& type) {
  for (const auto& field : type.fields)
    if (field.required && !field.generated && !is_given(fields, field.name))
      return Error{Errc::invalid_argument, place(&field)};
  return {};
}

/// What a case has one of.
bool is_single(const proto::RecordType& type) {
  static constexpr std::array<std::string_view, 3> kSingle{"case_file", "danger_assessment", "needs_sheet"};
  return std::ranges::find(kSingle, type.name) != kSingle.end();
}

/// A record that a case has one of is named by the case, so that two people who begin it without knowing of each other write into
/// the same one.
RecordId new_record_id(const CaseId& id, const proto::RecordType& type) {
  if (!is_single(type)) return crypto::random_id<RecordId>();
  crypto::Hasher hasher(crypto::labels::kRecordId);
  return crypto::truncate<RecordId>(hasher.update(id.bytes()).u32(type.number).finish());
}

/// @errors Errc::already_exists  at the type
Result<void> check_single(World& world, const CaseId& id, const proto::RecordType& type) {
  if (!is_single(type)) return {};
  ABRI_TRY(auto row,
           world.db.statement("SELECT 1 FROM records WHERE case_number = (SELECT number FROM cases WHERE "
                              "case_ref = ?1) AND record_type = ?2 LIMIT 1"));
  ABRI_TRY(const bool exists, row.query(id, type.number));
  return exists ? Error{Errc::already_exists, type.name.c_str()} : Result<void>{};
}

/// Which record a stored part belongs to.
Result<const proto::RecordType*> type_of(World& world, const CaseId& id, const RecordId& record) {
  ABRI_TRY(auto row,
           world.db.statement("SELECT r.record_type FROM records r JOIN cases c ON c.number = r.case_number "
                              "WHERE c.case_ref = ?1 AND r.record_id = ?2 LIMIT 1"));
  ABRI_TRY(const bool found, row.query(id, record));
  if (!found) return Error{Errc::not_found, "record"};
  const auto* type = proto::schema().find(static_cast<std::uint32_t>(row.column_int64(0)));
  if (type == nullptr) return Error{Errc::version_unsupported, "record"};
  return type;
}

}  // namespace

Result<CaseId> create_case(World& world, std::span<const FieldEdit> person) {
  ABRI_TRY(const auto id, create_with(world, CaseKind::case_file, "person", person));
  if (is_given(person, "role")) return id;
  ABRI_TRY(const auto records, records_of(world, id));
  if (records.empty()) return Error{Errc::invalid_argument, "field"};
  const std::vector<FieldEdit> role{{"role", "victim"}};
  ABRI_CHECK(edit_record(world, id, records.front().key.record, role));
  return id;
}

Result<CaseId> create_dwelling(World& world, std::span<const FieldEdit> dwelling) {
  ABRI_CHECK(check_given(dwelling, *proto::schema().find("dwelling")));
  return create_with(world, CaseKind::dwelling, "dwelling", dwelling);
}

Result<CaseId> create_directory_entry(World& world, std::span<const FieldEdit> organisation) {
  ABRI_CHECK(check_given(organisation, *proto::schema().find("organisation")));
  return create_with(world, CaseKind::organisation, "organisation", organisation);
}

Result<RecordId> add_record(World& world, const CaseId& id, std::string_view type_name,
                            std::span<const FieldEdit> fields) {
  ABRI_TRY(const auto row, find_case_row(world, id));
  const auto* type = proto::schema().find(type_name);
  if (type == nullptr) return Error{Errc::not_found, "type"};
  if (!belongs(*type, row.kind) || type->shared || type->name == "sent_request")
    return Error{Errc::not_permitted, "type"};
  if (fields.empty()) return Error{Errc::invalid_argument, "field"};
  ABRI_CHECK(check_single(world, id, *type));
  ABRI_CHECK(check_given(fields, *type));
  const auto record = new_record_id(id, *type);
  ABRI_CHECK(write_fields(world, id, *type, record, fields));
  return record;
}

Result<void> edit_record(World& world, const CaseId& id, const RecordId& record,
                         std::span<const FieldEdit> fields) {
  ABRI_TRY(const auto* type, type_of(world, id, record));
  return write_fields(world, id, *type, record, fields);
}

Result<void> resolve_field(World& world, const CaseId& id, const RecordId& record,
                           std::string_view field_name, std::uint32_t choice, std::string_view text) {
  ABRI_TRY(const auto* type, type_of(world, id, record));
  const auto* field = type->find(field_name);
  if (field == nullptr) return Error{Errc::not_found, "field"};
  ABRI_TRY(const auto row, find_case_row(world, id));
  ABRI_TRY(const auto* feed, log_of_case(world, row));
  ABRI_TRY(const auto state, load_record(world, {id, field->compartment, type->number, record}));
  const auto conflict = merge::conflict_of(state, *field);
  if (conflict.versions.empty()) return Error{Errc::not_found, "conflict"};
  if (choice > conflict.versions.size()) return Error{Errc::invalid_argument, "choice"};
  proto::Value value;
  if (choice > 0) {
    value = conflict.versions[choice - 1].value;
  } else {
    ABRI_TRY(value, entered_value(*field, text, world.now()));
  }
  ABRI_CHECK(check_required(state, *field, value));
  ABRI_TRY(auto operation, merge::resolve(state, *field, std::move(value)));
  operation.record_type = type->number;
  operation.record = record;
  ABRI_CHECK(write_operations(world, *feed, id, field->compartment, {std::move(operation)}));
  return refresh_requests(world, id);
}

}  // namespace abri::core::cases
