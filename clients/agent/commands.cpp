// SPDX-License-Identifier: MPL-2.0
#include "agent/commands.hpp"

#include "agent/call.hpp"
#include "agent/readable.hpp"
#include "agent/reasons.hpp"
#include "agent/render.hpp"
#include "agent/socket_path.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace abri::agent {

namespace json = boost::json;

namespace {

using Handler = Answer (*)(const Call&);

Answer done(const Result<void>& result) {
  if (!result) return result.error();
  return json::value(json::object{});
}
template <class IdType>
Answer with_id(const Result<IdType>& result) {
  if (!result) return result.error();
  return json::value(json::object{{"id", result->hex()}});
}
/// With whom it is for: a new person, or with an empty name the person herself.
Answer invite_device(const Call& call) {
  const auto name = call.arguments.text_or("name", "");
  const bool none = name.empty() && call.arguments.has("name");
  const auto code =
      none ? Error{Errc::invalid_argument, "name"} : call.app.invite(name, call.arguments.texts("roles"));
  if (!code && code.error().where == std::string_view("name"))
    return Error{Errc::invalid_argument, "name of the person"};
  if (!code) return code.error();
  return json::value(json::object{{"code", *code}, {"name", name}});
}
Answer with_code(const Result<std::string>& result) {
  if (!result) return result.error();
  return json::value(json::object{{"code", *result}});
}

Answer list(const Call& call, core::CaseKind kind) {
  ABRI_TRY(const auto cases, call.app.list(kind));
  json::array out;
  for (const auto& one : cases) out.push_back(to_json(one, call.language));
  return json::value(std::move(out));
}

Answer show(const Call& call) {
  ABRI_TRY(const auto id, call.case_id("id"));
  ABRI_TRY(auto view, call.app.show(id, call.arguments.flag("reveal")));
  order_records(view);
  call.shown.remember(view);
  auto out = to_json(view, call.language);
  name_references(call.app, out);
  return json::value(std::move(out));
}

Answer requests(const Call& call) {
  ABRI_TRY(const auto requests, call.app.requests());
  json::array out;
  for (const auto& one : requests) out.push_back(to_json(one, call.language));
  return json::value(std::move(out));
}

Answer create_organisation(const Call& call) {
  core::NewOrganisation organisation;
  ABRI_TRY(organisation.name, call.arguments.text("name"));
  ABRI_TRY(organisation.kind, call.arguments.text("kind"));
  ABRI_TRY(organisation.person, call.arguments.text("person"));
  ABRI_TRY(organisation.server_address, call.arguments.text("server"));
  ABRI_TRY(organisation.server_key, call.arguments.text("server_key"));
  ABRI_TRY(organisation.account, call.arguments.text("account"));
  return done(call.app.create_organisation(organisation));
}

Answer people(const Call& call) {
  ABRI_TRY(const auto people, call.app.people());
  json::array out;
  for (const auto& one : people) out.push_back(to_json(one));
  return json::value(std::move(out));
}

Answer partners(const Call& call) {
  ABRI_TRY(const auto partners, call.app.partners());
  json::array out;
  for (const auto& one : partners) out.push_back(to_json(one));
  return json::value(std::move(out));
}

/// By the beginning of the id, or by the whole name where nobody else has it.
Result<core::PersonView> find_person(core::App& app, const std::string& named) {
  ABRI_TRY(const auto people, app.people());
  const auto id = [&](const auto& one) { return named.size() >= 4 && one.id.hex().starts_with(named); };
  const auto name = [&](const auto& one) { return !named.empty() && one.name == named; };
  const auto found = std::ranges::find_if(people, [&](const auto& one) { return id(one) || name(one); });
  if (found == people.end()) return Error{Errc::not_found, "user"};
  if (std::find_if(found + 1, people.end(), [&](const auto& one) { return id(one) || name(one); }) !=
      people.end())
    return Error{Errc::invalid_argument, "user"};
  return *found;
}

/// The answer says what she has now and what she had before.
Answer set_roles(const Call& call) {
  ABRI_TRY(const auto named, call.arguments.text("user"));
  ABRI_TRY(const auto before, find_person(call.app, named));
  ABRI_CHECK(call.app.set_roles(before.id, call.arguments.texts("roles")));
  ABRI_TRY(const auto after, find_person(call.app, before.id.hex()));
  auto out = to_json(after);
  json::array removed;
  for (const auto& role : before.roles)
    if (std::ranges::find(after.roles, role) == after.roles.end()) removed.emplace_back(role);
  out["removed"] = std::move(removed);
  return json::value(std::move(out));
}

Result<core::SearchResult> find(core::App& app, const Arguments& arguments) {
  ABRI_TRY(const auto words, arguments.text("words"));
  const auto limit = arguments.has("limit") ? arguments.number_or("limit", 0) : 20;
  if (limit < 1 || limit > 1000) return Error{Errc::invalid_argument, "limit"};  // as the command line says
  return app.search(words, static_cast<std::size_t>(limit));
}

Answer search(const Call& call) {
  ABRI_TRY(const auto found, find(call.app, call.arguments));
  json::array out;
  for (const auto& one : found.cases) out.push_back(to_json(one, call.language));
  return json::value(std::move(out));
}

/// Are there children whose ages the landlord does not learn, because the day of the needs sheet is not known?
bool ages_stay_here(const core::CaseView& view) {
  const auto has = [](const core::RecordView& record, std::string_view name) {
    return std::ranges::any_of(record.fields, [&](const auto& field) { return field.name == name; });
  };
  bool children = false;
  bool dated = false;
  for (const auto& record : view.records) {
    children = children ||
               (record.type == "person" && value_in(record, "role") == "child" && has(record, "birth_date"));
    dated = dated || (record.type == "needs_sheet" && has(record, "assessed_on"));
  }
  return children && !dated;
}

Answer send_request(const Call& call) {
  ABRI_TRY(const auto id, call.case_id("case"));
  ABRI_TRY(const auto prefix, call.arguments.text("landlord"));
  ABRI_TRY(const auto partners, call.app.partners());
  for (const auto& partner : partners) {
    const bool id_given = prefix.size() >= 4 && partner.id.hex().starts_with(prefix);
    if (!partner.joined || (!id_given && partner.name != prefix)) continue;
    ABRI_TRY(const auto file, call.app.show(id, false));
    if (file.summary.kind != core::CaseKind::case_file) return Error{Errc::invalid_argument, "not_a_case"};
    ABRI_TRY(const auto request, call.app.send_request(id, partner.id));
    ABRI_TRY(const auto view, call.app.show(id, false));
    json::object out{{"id", request.hex()}};
    if (ages_stay_here(view)) out["notices"] = json::array{"no_assessed_on"};
    return json::value(std::move(out));
  }
  return Error{Errc::not_found, "landlord"};
}

/// Without a record: the one of that type, or of several the only one that is still open.
Answer advance(const Call& call, std::string_view type) {
  ABRI_TRY(const auto id, call.case_id("id"));
  ABRI_TRY(const auto action, call.arguments.text("action"));
  if (!call.arguments.text_or("record", "").empty()) {
    ABRI_TRY(const auto record, call.record_id(id));
    return done(call.app.advance(id, record, action));
  }
  ABRI_TRY(const auto view, call.app.show(id, false));
  const auto candidates = still_open(view, type);
  if (candidates.size() > 1) return Error{Errc::invalid_argument, "which_record"};
  if (candidates.empty() && type == "case_file" && view.summary.kind == core::CaseKind::case_file)
    return Error{Errc::not_found, "case_file"};
  if (candidates.empty()) return Error{Errc::not_found, "record"};
  return done(call.app.advance(id, candidates.front()->id, action));
}

Answer fields(const Call& call) {
  const auto name = call.arguments.text_or("type", "");
  if (const auto* type = proto::schema().find(name)) return json::value(describe(*type, call.language));
  if (!name.empty()) return Error{Errc::not_found, "type"};
  json::array out;
  for (const auto& type : proto::schema().records())
    out.push_back(json::object{{"type", type.name}, {"label", type.label.in(call.language)}});
  return json::value(std::move(out));
}

Answer status(const Call& call) {
  ABRI_TRY(const auto status, call.app.status());
  auto out = to_json(status);
  if (call.arguments.flag("digest")) {
    ABRI_TRY(out["digest"], call.app.state_digest());
  }
  if (const auto where = keystore()) out["keystore"] = *where;
  return json::value(std::move(out));
}

Answer add_record(const Call& call) {
  ABRI_TRY(const auto id, call.case_id("id"));
  ABRI_TRY(const auto type, call.arguments.text("type"));
  ABRI_TRY(const auto edits, call.arguments.edits());
  ABRI_TRY(const auto record, call.app.add_record(id, type, edits));
  return saved(call, id, record, {{"id", record.hex()}});
}

Answer edit_record(const Call& call) {
  ABRI_TRY(const auto id, call.case_id("id"));
  ABRI_TRY(const auto record, call.record_id(id));
  ABRI_TRY(const auto edits, call.arguments.edits());
  ABRI_CHECK(call.app.edit(id, record, edits));
  return saved(call, id, record);
}

const std::map<std::string_view, Handler>& handlers() {
  static const std::map<std::string_view, Handler> kHandlers{
      {"organisation.create", create_organisation},
      {"device.invite", invite_device},
      {"device.join",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto code, c.arguments.text("code"));
         return done(c.app.join(code));
       }},
      {"people", people},
      {"roles.set", set_roles},
      {"keys.rotate", [](const Call& c) { return done(c.app.rotate_keys()); }},
      {"partner.invite", [](const Call& c) { return with_code(c.app.invite_partner()); }},
      {"partner.accept",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto code, c.arguments.text("code"));
         return done(c.app.accept_partner(code));
       }},
      {"partner.list", partners},
      {"partner.confirm",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto fingerprint, c.arguments.text("fingerprint"));
         return done(c.app.confirm_partner(fingerprint));
       }},
      {"case.new",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto edits, c.arguments.edits());
         return with_id(c.app.create_case(edits));
       }},
      {"case.list", [](const Call& c) { return list(c, core::CaseKind::case_file); }},
      {"case.show", show},
      {"case.add", add_record},
      {"case.set", edit_record},
      {"case.advance", [](const Call& c) { return advance(c, "case_file"); }},
      {"search", search},
      {"dwelling.new",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto edits, c.arguments.edits());
         return with_id(c.app.create_dwelling(edits));
       }},
      {"directory.new",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto edits, c.arguments.edits());
         return with_id(c.app.create_directory_entry(edits));
       }},
      {"directory.list", [](const Call& c) { return list(c, core::CaseKind::organisation); }},
      {"dwelling.list", [](const Call& c) { return list(c, core::CaseKind::dwelling); }},
      {"dwelling.advance", [](const Call& c) { return advance(c, "dwelling"); }},
      {"request.send", send_request},
      {"request.list", requests},
      {"request.advance", [](const Call& c) { return advance(c, "relocation_request"); }},
      {"proposal.new",
       [](const Call& c) -> Answer {
         ABRI_TRY(const auto request, c.case_id("request"));
         ABRI_TRY(const auto dwelling, c.case_id("dwelling"));
         return with_id(c.app.propose(request, dwelling));
       }},
      {"proposal.advance", [](const Call& c) { return advance(c, "housing_proposal"); }},
      {"conflict.list", list_conflicts},
      {"conflict.resolve", resolve_conflict},
      {"fields", fields},
      {"status", status},
  };
  return kHandlers;
}

}  // namespace

Result<Request> parse_request(std::string_view line) {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 8;
  const auto value = json::parse(line, failed, {}, options);
  if (failed || !value.is_object()) return Error{Errc::malformed, "request"};
  const auto& object = value.as_object();
  const auto* version = object.if_contains("version");
  if (version == nullptr || !version->is_int64()) return Error{Errc::malformed, "version"};
  if (version->as_int64() != kProtocolVersion) return Error{Errc::version_unsupported, "version"};
  const auto* command = object.if_contains("command");
  if (command == nullptr || !command->is_string()) return Error{Errc::malformed, "command"};
  Request request;
  request.command = command->as_string();
  if (const auto* arguments = object.if_contains("arguments"); arguments != nullptr && arguments->is_object())
    request.arguments = arguments->as_object();
  if (const auto* language = object.if_contains("language"); language != nullptr && language->is_string())
    request.language = language->as_string() == "en" ? proto::Language::en : proto::Language::fr;
  return request;
}

Result<json::object> keystore() {
  ABRI_TRY(const auto directory, core::App::default_keystore_directory());
  return json::object{{"kind", "file"}, {"directory", directory.string()}};
}

Result<json::value> carry_out(core::App& app, const Request& request, ShownConflicts& shown) {
  const auto it = handlers().find(request.command);
  if (it == handlers().end()) return Error{Errc::not_found, "command"};
  return it->second({app, Arguments(request.arguments), request.language, shown});
}

std::string answer(const Result<json::value>& result) {
  if (result) return json::serialize(json::object{{"ok", true}, {"result", *result}});
  return json::serialize(json::object{
      {"ok", false}, {"error", to_string(result.error().code)}, {"where", result.error().where}});
}

std::string answer(core::App& app, const Request& request, const Result<json::value>& result) {
  static constexpr std::array<std::string_view, 4> kReads{"case.list", "case.show", "search", "request.list"};
  json::object out;
  if (result) {
    out = {{"ok", true}, {"result", *result}};
    json::array warnings;
    if (app.stale() && std::ranges::find(kReads, request.command) != kReads.end())
      warnings.emplace_back("stale");
    if (request.command == "search")
      if (const auto found = find(app, Arguments(request.arguments));
          found && found->total > found->cases.size())
        warnings.push_back(json::object{{"found", found->total}});
    if (!warnings.empty()) out["warnings"] = std::move(warnings);
  } else {
    const auto& error = result.error();
    out = {{"ok", false}, {"error", to_string(error.code)}, {"where", error.where}};
    if (auto why = reason(app, request, error); !why.empty()) out["reason"] = std::move(why);
  }
  return json::serialize(out);
}

}  // namespace abri::agent
