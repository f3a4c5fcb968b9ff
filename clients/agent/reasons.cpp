// SPDX-License-Identifier: MPL-2.0
#include "agent/reasons.hpp"

#include "agent/readable.hpp"
#include "agent/render.hpp"

#include <algorithm>
#include <string>

namespace abri::agent {

namespace json = boost::json;

namespace {

std::string text_of(const Request& request, const char* name) {
  const auto* value = request.arguments.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}

/// The file that a request is about.
Result<core::CaseView> file_of(core::App& app, const Request& request) {
  const auto* name = request.command == "request.send" ? "case" : "id";
  ABRI_TRY(const auto id, app.find_case(text_of(request, name)));
  return app.show(id, false);
}

/// A record of a file by its type, and by the beginning of its id where one is given.
const core::RecordView* record_in(const core::CaseView& view, std::string_view type, std::string_view id) {
  const auto it = std::ranges::find_if(view.records, [&](const auto& record) {
    return (type.empty() || record.type == type) && record.id.hex().starts_with(id);
  });
  return it == view.records.end() ? nullptr : &*it;
}

/// Which type of record the fields of a request belong to; empty where they belong to none.
std::string type_written(core::App& app, const Request& request) {
  const auto& command = request.command;
  if (command == "case.new") return "person";
  if (command == "dwelling.new") return "dwelling";
  if (command == "directory.new" || command == "organisation.create") return "organisation";
  if (command == "case.add") return text_of(request, "type");
  if (command == "request.send") return "needs_sheet";
  if (command == "case.advance") return "case_file";
  if (command == "dwelling.advance") return "dwelling";
  if (command == "request.advance") return "relocation_request";
  if (command == "proposal.advance") return "housing_proposal";
  if (command != "case.set" && command != "conflict.resolve") return {};
  const auto view = file_of(app, request);
  const auto* record = view ? record_in(*view, "", text_of(request, "record")) : nullptr;
  return record == nullptr ? std::string{} : record->type;
}

/// What was to be done with a field, "=", "+=" or "-=", and the text; nothing where the field was not given.
struct Written {
  char sign{'='};
  std::string text;
};
std::optional<Written> written(const Request& request, std::string_view field) {
  if (request.command == "conflict.resolve") return Written{'=', text_of(request, "value")};
  if (request.command == "organisation.create") return Written{'=', text_of(request, "kind")};
  const auto* fields = request.arguments.if_contains("fields");
  if (fields == nullptr || !fields->is_array()) return {};
  for (const auto& item : fields->as_array()) {
    if (!item.is_string()) continue;
    const std::string text(item.as_string());
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    const char sign = text[equals - 1] == '+' || text[equals - 1] == '-' ? text[equals - 1] : '=';
    if (text.substr(0, sign == '=' ? equals : equals - 1) == field)
      return Written{sign, text.substr(equals + 1)};
  }
  return {};
}

std::string_view unreadable_because(const proto::Field& field, const std::string& text) {
  switch (field.kind) {
    case proto::Kind::enumeration:
      return "choice";
    case proto::Kind::boolean:
      return "boolean";
    case proto::Kind::date:
      return "date";
    case proto::Kind::integer: {
      if (field.unit == "microdegree") return "degrees";
      const bool digits = text.find_first_not_of("0123456789 +-") == std::string::npos;
      return digits && field.minimum < field.maximum ? "range" : "number";
    }
    case proto::Kind::text:
      return field.unit == "phone" ? "" : "code";
  }
  return "";
}

std::string_view refused_because(const Error& error, const proto::Field& field, const Written& given) {
  if (error.code == Errc::not_found) return "absent";
  if (field.merge == WORKFLOW) return "workflow";
  if (!proto::parse_value(field, given.text)) return unreadable_because(field, given.text);
  if (given.sign == '-' && field.merge == NOTES) return "note";
  if (given.sign != '=' && field.merge != ADD_WINS) return "list";
  if (field.unit == "commune") return "code";
  return given.text.empty() ? "missing" : "";
}

void add_what_it_takes(json::object& out, const proto::Field& field, proto::Language language) {
  if (field.enumeration != nullptr) {
    json::array values;
    for (const auto& value : field.enumeration->values)
      values.push_back(json::object{{"name", value.name}, {"label", value.label.in(language)}});
    out["values"] = std::move(values);
  }
  if (field.minimum < field.maximum) {
    out["minimum"] = field.minimum / scale_of(field);
    out["maximum"] = field.maximum / scale_of(field);
  }
}

/// The record that a request names, or that `advance` takes where it names none.
const core::RecordView* record_meant(const core::CaseView& view, const Request& request,
                                     std::string_view type) {
  if (const auto id = text_of(request, "record"); !id.empty()) return record_in(view, type, id);
  const auto candidates = still_open(view, type);
  return candidates.empty() ? nullptr : candidates.front();
}

/// What must be written before a step or a request, and where.
void add_place(json::object& out, core::App& app, const Request& request, const std::string& type) {
  out["reason"] = "first";
  const auto view = file_of(app, request);
  const auto* record = view ? record_meant(*view, request, type) : nullptr;
  if (record == nullptr) return;
  out["case"] = view->summary.id.hex();
  out["record"] = record->id.hex();
}

/// Which record a case has already.
json::object existing_record(core::App& app, const Request& request, const std::string& type_name) {
  const auto* type = proto::schema().find(type_name);
  const auto view = file_of(app, request);
  const auto* record = type == nullptr || !view ? nullptr : record_in(*view, type_name, "");
  if (record == nullptr) return {};
  return {{"reason", "exists"},
          {"label", type->label.in(request.language)},
          {"case", view->summary.id.hex()},
          {"record", record->id.hex()}};
}

/// How often a field is given a value in a request.
std::ptrdiff_t times_set(const Request& request, std::string_view field) {
  const auto* fields = request.arguments.if_contains("fields");
  if (fields == nullptr || !fields->is_array()) return 0;
  const auto start = std::string(field) + "=";
  return std::ranges::count_if(fields->as_array(), [&](const auto& item) {
    return item.is_string() && std::string_view(item.as_string()).starts_with(start);
  });
}

json::object open_request(core::App& app, const Request& request) {
  const auto view = file_of(app, request);
  const auto requests = app.requests();
  if (!view || !requests) return {};
  const auto landlord = text_of(request, "landlord");
  std::string name = landlord;
  if (const auto partners = app.partners())
    for (const auto& partner : *partners)
      if (!landlord.empty() && partner.id.hex().starts_with(landlord)) name = partner.name;
  for (const auto& one : *requests)
    if (one.case_id == view->summary.id && one.landlord == name)
      return {{"case", one.summary.id.hex()}, {"title", one.summary.title}};
  return {};
}

/// The file that a command names in one of its arguments.
json::object named_file(core::App& app, const Request& request, const char* argument) {
  const auto id = app.find_case(text_of(request, argument));
  if (!id) return {};
  return {{"case", id->hex()}};
}

std::string label_in(const core::RecordView& record, const proto::Field& field, proto::Language language) {
  const auto raw = value_in(record, field.name);
  const auto* value = field.enumeration == nullptr ? nullptr : field.enumeration->find(raw);
  return value == nullptr ? raw : std::string(value->label.in(language));
}

/// The records among which a step could not choose.
json::object which_record(core::App& app, const Request& request) {
  const auto view = file_of(app, request);
  const auto* type = proto::schema().find(type_written(app, request));
  if (!view || type == nullptr) return {};
  json::array candidates;
  for (const auto* record : still_open(*view, type->name)) {
    json::object one{{"id", record->id.hex()}};
    for (const auto* name : {"reference", "status"})
      if (const auto* field = type->find(name)) one[name] = label_in(*record, *field, request.language);
    candidates.push_back(std::move(one));
  }
  return {{"reason", "which"}, {"candidates", std::move(candidates)}};
}

/// Whose steps a file offers here: those of the organisation that has it, of a request those of this side.
std::string_view side_of(core::App& app, const core::CaseSummary& file) {
  if (file.kind == core::CaseKind::case_file) return "association";
  if (file.kind == core::CaseKind::dwelling) return "landlord";
  const auto requests = app.requests();
  const auto status = app.status();
  if (!requests || !status) return "";
  for (const auto& one : *requests)
    if (one.summary.id == file.id)
      return one.case_id || one.association == status->organisation ? "association" : "landlord";
  return "";
}

/// Where a record stands, so that the possible steps can be told.
json::object where_it_stands(core::App& app, const Request& request) {
  const auto view = file_of(app, request);
  const auto* type = proto::schema().find(type_written(app, request));
  const auto* status = type == nullptr ? nullptr : type->find("status");
  const auto* record = view && status != nullptr ? record_meant(*view, request, type->name) : nullptr;
  if (record == nullptr) return {};
  const bool proposed = std::ranges::any_of(
      view->records, [](const auto& one) { return one.type == "housing_proposal" && goes_on(one); });
  return {{"reason", "step"},
          {"type", type->name},
          {"state", value_in(*record, "status")},
          {"state_label", label_in(*record, *status, request.language)},
          {"side", side_of(app, view->summary)},
          {"proposed", proposed}};
}

}  // namespace

json::object reason(core::App& app, const Request& request, const Error& error) {
  if (error.code == Errc::conflict && error.where == std::string_view("open_request"))
    return open_request(app, request);
  if (error.code == Errc::conflict && request.command == "proposal.new")
    return named_file(app, request, "request");
  if (error.code == Errc::conflict && request.command == "request.send")
    return named_file(app, request, "case");
  if (error.where == std::string_view("which_record")) return which_record(app, request);
  if (error.code == Errc::illegal_transition && request.command.ends_with(".advance") &&
      error.where != std::string_view("request"))
    return where_it_stands(app, request);
  const auto type_name = type_written(app, request);
  if (error.code == Errc::already_exists && request.command == "case.add")
    return existing_record(app, request, type_name);
  const auto* type = proto::schema().find(type_name);
  const auto* field = type == nullptr ? nullptr : type->find(error.where);
  if (type != nullptr && error.where == std::string_view("field")) return {{"type", type->name}};
  if (field == nullptr) return {};
  json::object out{
      {"type", type->name}, {"field", field->name}, {"label", field->label.in(request.language)}};
  if (error.code != Errc::invalid_argument && error.code != Errc::not_found) return out;
  add_what_it_takes(out, *field, request.language);
  if (request.command == "request.send" || request.command.ends_with(".advance")) {
    add_place(out, app, request, type_name);
    return out;
  }
  if (field->merge != ADD_WINS && field->merge != NOTES && times_set(request, field->name) > 1) {
    out["reason"] = "twice";
    return out;
  }
  const auto given = written(request, field->name);
  const auto because = given ? refused_because(error, *field, *given) : "missing";
  if (!because.empty()) out["reason"] = because;
  return out;
}

}  // namespace abri::agent
