// SPDX-License-Identifier: MPL-2.0
#include "agent/conflicts.hpp"

#include "agent/call.hpp"
#include "agent/render.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace abri::agent {

namespace json = boost::json;

namespace {

std::vector<std::string> tags_of(const core::FieldView& field) {
  std::vector<std::string> out;
  out.reserve(field.values.size());
  for (const auto& value : field.values) out.push_back(value.tag);
  return out;
}

/// As the command line gives it, or a program.
std::string choice_of(const Call& call) {
  if (const auto number = call.arguments.number_or("choice", 0); number > 0) return std::to_string(number);
  return call.arguments.text_or("choice", "");
}

Result<core::ConflictView> find_conflict(const Call& call, const CaseId& id, const RecordId& record,
                                         const std::string& field) {
  ABRI_TRY(const auto conflicts, call.app.conflicts());
  for (const auto& one : conflicts)
    if (one.case_id == id && one.record_id == record && one.field.name == field) return one;
  ABRI_TRY(const auto view, call.app.show(id, false));
  for (const auto& one : view.records) {
    const auto* type = one.id == record ? proto::schema().find(one.type) : nullptr;
    if (type != nullptr && type->find(field) == nullptr) return Error{Errc::not_found, "field"};
  }
  return Error{Errc::not_found, "conflict"};
}

Result<std::size_t> by_tag(const core::FieldView& field, const std::string& tag) {
  const auto tags = tags_of(field);
  const auto found = std::ranges::find(tags, tag);
  if (found == tags.end()) return Error{Errc::not_found, "tag"};
  if (std::ranges::count(tags, tag) > 1) return Error{Errc::invalid_argument, "choice"};
  return static_cast<std::size_t>(found - tags.begin());
}

/// The place of the value that a person means.
Result<std::size_t> chosen(const Call& call, const core::ConflictView& conflict, const std::string& choice) {
  std::size_t number = 0;
  const auto read = std::from_chars(choice.data(), choice.data() + choice.size(), number);
  if (read.ec == std::errc::invalid_argument) return by_tag(conflict.field, choice);
  const bool whole = read.ec == std::errc{} && read.ptr == choice.data() + choice.size();
  if (!whole || number < 1 || number > conflict.field.values.size())
    return Error{Errc::invalid_argument, "choice"};
  if (!call.shown.shown(conflict)) return Error{Errc::conflict, "choice"};
  return number - 1;
}

/// What stands in the field now. What is sensitive is named and not shown.
json::object kept(const core::ConflictView& conflict, const json::value& value, proto::Language language) {
  const auto field = to_json(conflict, language).at("field").as_object();
  json::object out{{"field", field.at("name")}, {"label", field.at("label")}};
  if (conflict.field.hidden) out["hidden"] = true;
  constexpr std::array<std::string_view, 4> kParts{"tag", "author", "raw", "text"};
  for (const auto part : std::span(kParts).first(conflict.field.hidden ? 2 : kParts.size()))
    if (const auto* known = value.as_object().if_contains(part)) out[part] = *known;
  return {{"kept", std::move(out)}};
}

}  // namespace

void ShownConflicts::remember(const CaseId& id, const RecordId& record, const core::FieldView& field) {
  if (field.conflict && !field.hidden) tags_[{id, record, field.name}] = tags_of(field);
}

void ShownConflicts::remember(const core::CaseView& view) {
  for (const auto& record : view.records)
    for (const auto& field : record.fields) remember(view.summary.id, record.id, field);
}

bool ShownConflicts::shown(const core::ConflictView& conflict) const {
  const auto seen = tags_.find({conflict.case_id, conflict.record_id, conflict.field.name});
  return seen != tags_.end() && seen->second == tags_of(conflict.field);
}

Result<json::value> list_conflicts(const Call& call) {
  ABRI_TRY(auto conflicts, call.app.conflicts());
  std::map<CaseId, core::CaseView> revealed;
  json::array out;
  for (auto& one : conflicts) {
    if (call.arguments.flag("reveal") && one.field.hidden) {
      if (!revealed.contains(one.case_id)) {
        ABRI_TRY(auto view, call.app.show(one.case_id, true));
        revealed.emplace(one.case_id, std::move(view));
      }
      for (const auto& record : revealed.at(one.case_id).records)
        for (const auto& field : record.fields)
          if (record.id == one.record_id && field.name == one.field.name) one.field = field;
    }
    call.shown.remember(one.case_id, one.record_id, one.field);
    out.push_back(to_json(one, call.language));
  }
  return json::value(std::move(out));
}

Result<json::value> resolve_conflict(const Call& call) {
  ABRI_TRY(const auto id, call.case_id("id"));
  ABRI_TRY(const auto record, call.record_id(id));
  ABRI_TRY(const auto field, call.arguments.text("field"));
  if (const auto value = call.arguments.text("value")) {
    ABRI_CHECK(call.app.resolve_with(id, record, field, *value));
    return saved(call, id, record);
  }
  const auto choice = choice_of(call);
  if (choice.empty()) return Error{Errc::invalid_argument, "choice"};
  ABRI_TRY(const auto conflict, find_conflict(call, id, record, field));
  ABRI_TRY(const auto place, chosen(call, conflict, choice));
  const auto values = to_json(conflict, call.language).at("field").at("values").as_array();
  ABRI_CHECK(call.app.resolve(id, record, field, conflict.field.values.at(place).choice));
  return saved(call, id, record, kept(conflict, values.at(place), call.language));
}

}  // namespace abri::agent
