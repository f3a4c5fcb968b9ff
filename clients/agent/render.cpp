// SPDX-License-Identifier: MPL-2.0
#include "agent/render.hpp"

#include "agent/readable.hpp"

namespace abri::agent {

namespace json = boost::json;

namespace {

std::string_view name_of(core::CaseKind kind) {
  switch (kind) {
    case core::CaseKind::case_file:
      return "case";
    case core::CaseKind::dwelling:
      return "dwelling";
    case core::CaseKind::request:
      return "request";
    case core::CaseKind::organisation:
      return "organisation";
  }
  return "?";
}

std::string_view main_record(core::CaseKind kind) {
  switch (kind) {
    case core::CaseKind::case_file:
      return "case_file";
    case core::CaseKind::dwelling:
      return "dwelling";
    case core::CaseKind::request:
      return "relocation_request";
    case core::CaseKind::organisation:
      return "organisation";
  }
  return "";
}

std::string_view kind_name(proto::Kind kind) {
  switch (kind) {
    case proto::Kind::text:
      return "text";
    case proto::Kind::integer:
      return "integer";
    case proto::Kind::boolean:
      return "boolean";
    case proto::Kind::enumeration:
      return "enumeration";
    case proto::Kind::date:
      return "date";
  }
  return "?";
}

/// A raw value as a person reads it; of a set or of notes it is one item.
std::string readable(const proto::Field& field, const std::string& raw, proto::Language language) {
  auto value = proto::parse_value(field, raw);
  if (!value) return raw;
  if (field.repeated && field.merge != LWW) value = proto::Value::list({std::move(*value)});
  auto text = proto::render(field, *value, language);
  return text.empty() ? raw : text;
}

std::string state_label(core::CaseKind kind, const std::string& state, proto::Language language) {
  const auto* type = proto::schema().find(main_record(kind));
  const auto* status = type == nullptr ? nullptr : type->find("status");
  if (status == nullptr || status->enumeration == nullptr) return state;
  const auto* value = status->enumeration->find(state);
  return value == nullptr ? state : std::string(value->label.in(language));
}

json::object to_json(const core::FieldView& view, const proto::RecordType* type, proto::Language language) {
  const auto* field = type == nullptr ? nullptr : type->find(view.name);
  json::object out{{"name", view.name},
                   {"label", field == nullptr ? view.name : std::string(field->label.in(language))}};
  if (view.conflict) out["conflict"] = true;
  // of hidden levels it is not to be told which one is the safest
  if (view.conflict && field != nullptr && field->merge != WORKFLOW &&
      !(view.hidden && field->merge == MAX_SAFETY))
    out["holds"] = holds_meanwhile(*field, view);
  if (view.hidden) out["hidden"] = true;
  if (field != nullptr && field->merge == NOTES) out["notes"] = true;
  json::array values;
  for (const auto& value : view.values) {
    json::object one{{"raw", value.raw},
                     {"text", field == nullptr ? value.raw : readable(*field, value.raw, language)},
                     {"choice", value.choice}};
    if (!value.tag.empty()) one["tag"] = value.tag;
    if (!value.author.empty()) one["author"] = value.author;
    if (value.written != Time{}) one["written_ms"] = to_millis(value.written);
    values.push_back(std::move(one));
  }
  out["values"] = std::move(values);
  return out;
}

}  // namespace

std::int64_t scale_of(const proto::Field& field) {
  return field.unit == "microdegree" ? 1'000'000 : 1;
}

namespace {

json::array strings(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

}  // namespace

json::object to_json(const core::StatusView& view) {
  json::object out{{"organisation", view.organisation},
                   {"person", view.person},
                   {"roles", strings(view.roles)},
                   {"connection", view.connection},
                   {"last_error", view.last_error},
                   {"unsent", view.unsent},
                   {"unsent_cases", view.unsent_cases},
                   {"cases", view.cases},
                   {"conflicts", view.conflicts},
                   {"notices", view.notices},
                   {"stale", view.stale},
                   {"update_needed", view.update_needed},
                   {"evidence", strings(view.evidence)}};
  if (view.joining) out["joining"] = true;
  if (view.last_contact) out["last_contact_ms"] = to_millis(*view.last_contact);
  if (view.server_clock_ahead) out["server_clock_ahead_ms"] = view.server_clock_ahead->count();
  return out;
}

json::object to_json(const core::CaseSummary& view, proto::Language language) {
  json::object out{{"id", view.id.hex()},
                   {"kind", name_of(view.kind)},
                   {"title", view.title},
                   {"state", view.state},
                   {"state_label", state_label(view.kind, view.state, language)}};
  if (view.conflict) out["conflict"] = true;
  if (view.unsent) out["unsent"] = true;
  return out;
}

json::object to_json(const core::CaseView& view, proto::Language language) {
  auto out = to_json(view.summary, language);
  json::array records;
  for (const auto& record : view.records) {
    const auto* type = proto::schema().find(record.type);
    json::array fields;
    for (const auto& field : record.fields) fields.push_back(to_json(field, type, language));
    records.push_back(
        json::object{{"id", record.id.hex()},
                     {"type", record.type},
                     {"label", type == nullptr ? record.type : std::string(type->label.in(language))},
                     {"summary", record.summary},
                     {"fields", std::move(fields)}});
  }
  out["records"] = std::move(records);
  if (!view.unreadable.empty()) out["unreadable"] = strings(view.unreadable);
  return out;
}

json::object to_json(const core::RequestView& view, proto::Language language) {
  auto out = to_json(view.summary, language);
  out["association"] = view.association;
  out["landlord"] = view.landlord;
  out["sent_on"] = view.sent_on;
  if (view.case_id) {
    out["case"] = view.case_id->hex();
    out["case_title"] = view.case_title;
  }
  return out;
}

json::object to_json(const core::ConflictView& view, proto::Language language) {
  const auto* type = proto::schema().find(view.record_type);
  return {{"case", view.case_id.hex()},
          {"title", view.title},
          {"record", view.record_id.hex()},
          {"type", view.record_type},
          {"type_label", type == nullptr ? view.record_type : std::string(type->label.in(language))},
          {"field", to_json(view.field, type, language)}};
}

json::object to_json(const core::PartnerView& view) {
  return {{"id", view.id.hex()},
          {"name", view.name},
          {"fingerprint", view.fingerprint},
          {"joined", view.joined},
          {"confirmed", view.confirmed}};
}

json::object to_json(const core::PersonView& view) {
  return {
      {"id", view.id.hex()}, {"name", view.name}, {"roles", strings(view.roles)}, {"devices", view.devices}};
}

json::object describe(const proto::RecordType& type, proto::Language language) {
  json::array fields;
  for (const auto& field : type.fields) {
    json::object one{{"name", field.name},
                     {"label", field.label.in(language)},
                     {"help", field.help.in(language)},
                     {"kind", kind_name(field.kind)},
                     {"unit", field.unit}};
    if (field.repeated) one["several"] = true;
    if (field.required) one["required"] = true;
    if (field.sensitive) one["sensitive"] = true;
    if (field.minimum < field.maximum) {
      one["minimum"] = field.minimum / scale_of(field);
      one["maximum"] = field.maximum / scale_of(field);
    }
    if (field.enumeration != nullptr) {
      json::array values;
      for (const auto& value : field.enumeration->values)
        values.push_back(json::object{{"name", value.name}, {"label", value.label.in(language)}});
      one["values"] = std::move(values);
    }
    fields.push_back(std::move(one));
  }
  return {{"type", type.name}, {"label", type.label.in(language)}, {"fields", std::move(fields)}};
}

}  // namespace abri::agent
