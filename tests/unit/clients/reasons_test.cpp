// SPDX-License-Identifier: MPL-2.0
#include "agent/reasons.hpp"

#include "agent/commands.hpp"
#include "agent/readable.hpp"
#include "agent/render.hpp"
#include "cli/messages.hpp"
#include "desk.hpp"
#include "merge/workflows.hpp"

#include <algorithm>
#include <string>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::agent;
namespace json = boost::json;

namespace {

/// The reason that the agent gives for a refusal.
json::object refused(const Desk& desk, const std::string& command, json::object arguments) {
  const Request request{command, std::move(arguments), proto::Language::fr};
  const auto said =
      json::parse(answer(*desk.app, request, carry_out(*desk.app, request, desk.shown))).as_object();
  REQUIRE(said.at("ok") == false);
  const auto* reason = said.if_contains("reason");
  return reason == nullptr ? json::object{} : reason->as_object();
}

std::string why(const json::object& reason) {
  const auto* text = reason.if_contains("reason");
  return text == nullptr ? std::string{} : std::string(text->as_string());
}

}  // namespace

TEST_CASE("reasons: each kind of refused value is told from the others", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto sheet = desk.made("case.add", {{"id", id}, {"type", "needs_sheet"}, {"fields", {"adults=1"}}});
  const auto set = [&](const std::string& edit) {
    return refused(desk, "case.set", {{"id", id}, {"record", sheet}, {"fields", {"children=1", edit}}});
  };
  CHECK(why(set("adults=11")) == "range");
  CHECK(set("adults=11").at("maximum") == 10);
  CHECK(set("adults=11").at("label") == "Adultes");
  CHECK(why(set("adults=deux")) == "number");
  CHECK(why(set("typology_min=t9")) == "choice");
  CHECK(set("typology_min=t9").at("values").as_array().size() > 4);
  CHECK(why(set("lift=peut-être")) == "boolean");
  CHECK(why(set("assessed_on=20/11/2026")) == "date");
  CHECK(why(set("wanted_communes+=Lille")) == "code");
  CHECK(why(set("wanted_communes+=00001")) == "code");
  CHECK(why(set("wanted_communes-=59350")) == "absent");
  CHECK(why(set("adults+=1")) == "list");
  CHECK(why(set("notes-=un")) == "note");
  CHECK(refused(desk, "case.set", {{"id", id}, {"record", sheet}, {"fields", {"adlts=2"}}}) ==
        json::object{{"type", "needs_sheet"}});
  CHECK(set("adults=11").at("type") == "needs_sheet");
  CHECK(refused(desk, "case.show", {{"id", "0123"}}).empty());
}

TEST_CASE("reasons: of what a case has one of, the one is named", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const json::object sheet{{"id", id}, {"type", "needs_sheet"}, {"fields", {"adults=1"}}};
  const auto record = desk.made("case.add", sheet);
  const auto reason = refused(desk, "case.add", sheet);
  CHECK(why(reason) == "exists");
  CHECK(reason.at("label") == "Fiche besoins");
  CHECK(reason.at("case") == json::value(id));
  CHECK(reason.at("record") == json::value(record));
}

TEST_CASE("reasons: a field with two values, and a required one without, are told apart", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto file =
      desk.made("case.add", {{"id", id}, {"type", "case_file"}, {"fields", {"pseudonym=Tournesol"}}});
  const auto set = [&](std::initializer_list<const char*> fields) {
    return refused(desk, "case.set",
                   {{"id", id}, {"record", file}, {"fields", json::array(fields.begin(), fields.end())}});
  };
  CHECK(why(set({"pseudonym=Jonquille", "pseudonym=Mimosa"})) == "twice");
  CHECK(why(set({"pseudonym="})) == "missing");
}

TEST_CASE("reasons: a place on the map is told in degrees", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  for (const auto* text : {"latitude=91", "latitude=50,6292", "latitude=nord", "longitude=-180.5"}) {
    INFO(text);
    const auto reason =
        refused(desk, "case.add", {{"id", id}, {"type", "location"}, {"fields", {"kind=home", text}}});
    CHECK(why(reason) == "degrees");
    CHECK(reason.at("maximum") == (std::string(text).starts_with("lat") ? 90 : 180));
  }
}

TEST_CASE("reasons: a field that one command gives two values is refused, items and notes are not",
          "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto sheet = desk.made(
      "case.add", {{"id", id},
                   {"type", "needs_sheet"},
                   {"fields", {"notes=un", "notes=deux", "wanted_communes=59350", "wanted_communes=59512"}}});
  const auto twice = [&](const std::string& command, json::object arguments, const std::string& field) {
    const auto reason = refused(desk, command, std::move(arguments));
    INFO(command);
    CHECK(why(reason) == "twice");
    CHECK(reason.at("field").as_string() == field);
  };
  twice("case.set", {{"id", id}, {"record", sheet}, {"fields", {"adults=1", "children=0", "adults=2"}}},
        "adults");
  twice("case.add",
        {{"id", id},
         {"type", "person"},
         {"fields", {"role=child", "safe_phone=0639980012", "safe_phone=0639980013"}}},
        "safe_phone");
  twice("case.new", {{"fields", {"last_name=A", "last_name=A"}}}, "last_name");
  twice("dwelling.new", {{"fields", {"reference=A", "commune=59350", "typology=T3", "rent=1", "rent=2"}}},
        "rent");
  twice("directory.new", {{"fields", {"kind=landlord", "name=A", "name=B"}}}, "name");
  CHECK(desk.texts(id, "needs_sheet", "adults").empty());
  CHECK(desk.texts(id, "needs_sheet", "notes").size() == 2);
}

TEST_CASE("reasons: what changes by a step names its type, an impossible step says where the record stands",
          "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto file =
      desk.made("case.add", {{"id", id}, {"type", "case_file"}, {"fields", {"pseudonym=Tournesol"}}});
  const auto status =
      refused(desk, "case.set", {{"id", id}, {"record", file}, {"fields", {"status=closed"}}});
  CHECK(why(status) == "workflow");
  CHECK(status.at("type") == "case_file");
  const Request step{"case.advance", {{"id", id}, {"action", "evict"}}, proto::Language::fr};
  const auto stands = reason(*desk.app, step, Error{Errc::illegal_transition, "action"});
  CHECK(why(stands) == "step");
  CHECK(stands.at("state") == "active");
  CHECK(stands.at("state_label") == "Actif");
  CHECK(stands.at("side") == "association");
}

TEST_CASE("reasons: a refused request or proposal names the file that it is about", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto about = [&](const char* command, const char* argument, const char* where) {
    const Request request{command, {{argument, id.substr(0, 8)}}, proto::Language::fr};
    return reason(*desk.app, request, Error{Errc::conflict, where});
  };
  CHECK(about("proposal.new", "request", "dwelling") == json::object{{"case", id}});
  CHECK(about("request.send", "case", "needs_sheet") == json::object{{"case", id}});
  CHECK(about("proposal.new", "dwelling", "dwelling").empty());
}

TEST_CASE("reasons: of several proposals those that are open are named, the only open one is taken",
          "[clients]") {
  core::CaseView view;
  const auto propose = [&](const std::string& status) {
    core::RecordView record;
    record.id = crypto::random_id<RecordId>();
    record.type = "housing_proposal";
    record.fields.push_back({"status", {{status, 1, "", {}}}, false, false});
    view.records.push_back(record);
  };
  const auto open = [&] { return still_open(view, "housing_proposal").size(); };
  CHECK(open() == 0);
  propose("refused_by_person");
  propose("cancelled");
  CHECK(open() == 2);
  propose("positioned");
  CHECK(open() == 1);
  CHECK(still_open(view, "housing_proposal").front() == &view.records.back());
  propose("proposed");
  CHECK(open() == 2);
  CHECK(still_open(view, "relocation_request").empty());
  const auto& states = *proto::schema().find("housing_proposal")->find("status")->enumeration;
  for (const auto& state : states.values) {
    if (state.number == 0) continue;
    view.records.clear();
    propose(state.name);
    const auto& steps = core::merge::workflow("housing_proposal")->transitions;
    INFO(state.name);
    CHECK(goes_on(view.records.front()) ==
          std::ranges::any_of(steps, [&](const auto& step) { return step.from == state.number; }));
  }
}

TEST_CASE("reasons: what a dwelling lacks is named", "[clients]") {
  const Desk desk;
  const auto reason = refused(desk, "dwelling.new", {{"fields", {"reference=ORM-0412", "commune=59350"}}});
  CHECK(why(reason) == "missing");
  CHECK(reason.at("field") == "typology");
}

TEST_CASE("agent: roles are given by a whole name or an id, and what was taken away is told", "[clients]") {
  const Desk desk;
  const auto given = desk.ask("roles.set", {{"user", "Awa Lenoir"}, {"roles", {"administrator", "head"}}});
  REQUIRE(given);
  CHECK(given->at("name") == "Awa Lenoir");
  CHECK(given->at("roles") == json::array({"administrator", "head"}));
  CHECK(given->at("removed") == json::array({"social_worker", "housing_referent"}));
  const auto id = std::string(desk.ask("people")->as_array()[0].at("id").as_string());
  CHECK(desk.ask("roles.set", {{"user", id.substr(0, 8)}, {"roles", {"administrator", "head", "shelter"}}}));
  for (const auto* nobody : {"Awa", "", "awa lenoir", "Zoé"})
    CHECK(desk.ask("roles.set", {{"user", nobody}, {"roles", {"head"}}}).error().where ==
          std::string("user"));
}

TEST_CASE("agent: roles that change nothing, or leave nobody to lead, say so", "[clients]") {
  const Desk desk;
  const auto set = [&](const std::vector<std::string>& roles) {
    const auto answer =
        desk.ask("roles.set", {{"user", "Awa Lenoir"}, {"roles", json::array(roles.begin(), roles.end())}});
    REQUIRE_FALSE(answer);
    return std::string(to_string(answer.error().code)) + " " + answer.error().where;
  };
  CHECK(set({"administrator", "head", "social_worker", "housing_referent"}) ==
        "invalid_argument set_role same");
  CHECK(set({"head"}) == "invalid_argument set_role last");
  CHECK(set({"administrator"}) == "invalid_argument set_role last");
  for (const auto* what : {"same", "last"})
    CHECK(cli::has_text(std::string("error.invalid_argument.set_role ") + what));
}

TEST_CASE("agent: where no partner waits for a confirmation, other digits accuse nobody", "[clients]") {
  const Desk desk;
  for (int i = 0; i < 2; ++i) {
    const auto answer = desk.ask("partner.confirm", {{"fingerprint", "12345 12345 12345 12345 12345"}});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::out_of_sync);
    CHECK(answer.error().where == std::string("partner"));
    REQUIRE(desk.ask("partner.invite"));
  }
}

TEST_CASE("agent: the woman stands before the others of her file", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn", "first_name=Lou"}}});
  for (const auto* child : {"Ada", "Milo", "Zoé", "Noé"})
    static_cast<void>(desk.made(
        "case.add", {{"id", id},
                     {"type", "person"},
                     {"fields", {"role=child", std::string("first_name=") + child, "last_name=Marchwyn"}}}));
  static_cast<void>(desk.made("case.add", {{"id", id}, {"type", "needs_sheet"}, {"fields", {"adults=1"}}}));
  CHECK(desk.texts(id, "person", "first_name").front() == "Lou");
  const auto shown = desk.ask("case.show", {{"id", id}});
  CHECK(shown->at("records").as_array().back().at("type") == "needs_sheet");
}

TEST_CASE("agent: a request or partner that is not known here has no id between the fields", "[clients]") {
  const Desk desk;
  core::CaseView view;
  core::RecordView record;
  record.type = "sent_request";
  for (const auto* name : {"request", "partner"})
    record.fields.push_back({name, {{std::string(32, 'a'), 1, "", {}}}, false, false});
  view.records.push_back(record);
  auto shown = to_json(view, proto::Language::fr);
  name_references(*desk.app, shown);
  for (const auto& field : shown.at("records").as_array()[0].at("fields").as_array()) {
    CHECK(field.at("values").as_array()[0].at("text") == "");
    CHECK(field.at("values").as_array()[0].at("raw") == json::string(32, 'a'));
  }
}

TEST_CASE("agent: of two levels of danger the safer holds, of two numbers none", "[clients]") {
  const auto& level = *proto::schema().find("danger_assessment")->find("level");
  core::FieldView view{"level", {{"watch", 1, "", {}}, {"established", 2, "", {}}}, true, false};
  CHECK(holds_meanwhile(level, view) == 2);
  view.values = {{"established", 1, "", {}}, {"watch", 2, "", {}}};
  CHECK(holds_meanwhile(level, view) == 1);
  view.conflict = false;
  CHECK(holds_meanwhile(level, view) == 0);
  const auto& phone = *proto::schema().find("person")->find("safe_phone");
  CHECK(holds_meanwhile(phone, {"safe_phone", {{"+33639980012", 1, "", {}}}, true, false}) == 0);
}
