// SPDX-License-Identifier: MPL-2.0
#include "cases/request_records.hpp"

#include "merge/view.hpp"

#include <algorithm>
#include <array>

namespace abri::core::cases {

const proto::RecordType& type_named(std::string_view name) {
  const auto* type = proto::schema().find(name);
  ABRI_ASSERT(type != nullptr);
  return *type;
}

void NewRecord::set(std::string_view name, std::string_view text) {
  const auto* field = type_.find(name);
  const auto value = proto::parse_value(*field, text);
  ABRI_ASSERT(value.has_value());
  merge::Operation operation;
  operation.record_type = type_.number;
  operation.record = id_;
  operation.field = field->number;
  operation.value = *value;
  operations_.push_back(std::move(operation));
}

void NewRecord::append(std::vector<merge::Operation> operations) {
  for (auto& operation : operations) {
    operation.record_type = type_.number;
    operation.record = id_;
    operations_.push_back(std::move(operation));
  }
}

std::vector<merge::Source> sources_of(const std::vector<StoredRecord>& records) {
  std::vector<merge::Source> sources;
  for (const auto& record : records)
    if (const auto* type = proto::schema().find(record.key.type)) sources.push_back({type, &record.state});
  return sources;
}

const StoredRecord* find_type(const std::vector<StoredRecord>& records, std::string_view type,
                              Compartment compartment) {
  const auto number = type_named(type).number;
  const auto it = std::find_if(records.begin(), records.end(), [&](const auto& record) {
    return record.key.type == number && record.key.compartment == compartment;
  });
  return it == records.end() ? nullptr : &*it;
}

bool is_request(const merge::RecordState& state) {
  return !text_in(state, type_named("relocation_request"), "pseudonym").empty();
}

const StoredRecord* find_request(const std::vector<StoredRecord>& records) {
  const auto number = type_named("relocation_request").number;
  const auto it = std::ranges::find_if(
      records, [&](const auto& record) { return record.key.type == number && is_request(record.state); });
  return it == records.end() ? nullptr : &*it;
}

std::string text_in(const merge::RecordState& state, const proto::RecordType& type, std::string_view field) {
  return std::string(merge::current(state, *type.find(field)).as_text());
}

bool is_open(std::string_view state) {
  static constexpr std::array<std::string_view, 6> kOver{"declined", "rehoused",  "follow_up",
                                                         "closed",   "withdrawn", "transferred"};
  return std::ranges::find(kOver, state) == kOver.end();
}

bool is_open(const merge::RecordState& request) {
  const auto& status = *type_named("relocation_request").find("status");
  const auto* state = status.enumeration->find(merge::current(request, status).as_enumeration().value_or(0));
  return state == nullptr || is_open(state->name);
}

}  // namespace abri::core::cases
