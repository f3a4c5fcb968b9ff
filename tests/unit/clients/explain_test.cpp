// SPDX-License-Identifier: MPL-2.0
#include "cli/explain.hpp"

#include "cli/messages.hpp"
#include "cli/steps.hpp"
#include "merge/workflows.hpp"
#include "support/paths.hpp"

#include <abri/base/error.hpp>
#include <abri/proto/schema.hpp>
#include <abri/v1/workflow.pb.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::cli;
namespace json = boost::json;

namespace {

/// Every place that an error of ours can name: what stands beside an error code in the sources.
std::set<std::string> known_places() {
  std::set<std::string> out;
  const std::regex place(R"re(Error\{[^"{}]*, "([^"]+)")re");
  for (const auto* folder : {"core/src", "crypto/src", "proto/src", "clients"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(test::source_dir() / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      std::ifstream file(entry.path());
      const std::string source{std::istreambuf_iterator<char>(file), {}};
      for (std::sregex_iterator it(source.begin(), source.end(), place), end; it != end; ++it)
        out.insert((*it)[1]);
    }
  return out;
}

json::object choice() {
  return {{"field", "typology_min"},
          {"label", "Typologie minimale"},
          {"reason", "choice"},
          {"values", {{{"name", "t1"}, {"label", "T1"}}, {{"name", "t2"}, {"label", "T2"}}}}};
}

/// Whose step it is: of a private record by the roles that may take it, all of one kind of organisation.
bool by(const core::merge::Transition& step, Side side) {
  using core::merge::role_bit;
  constexpr auto kLandlord = role_bit(v1::ROLE_LANDLORD_REFERENT) | role_bit(v1::ROLE_ALLOCATION_OFFICER);
  constexpr auto kAssociation =
      role_bit(v1::ROLE_SOCIAL_WORKER) | role_bit(v1::ROLE_HOUSING_REFERENT) | role_bit(v1::ROLE_HEAD);
  if (step.side != SIDE_UNSPECIFIED) return step.side == side;
  return (step.roles & ~(side == OWNER ? kAssociation : kLandlord)) == 0;
}

/// No step of this version leads to where it begins, its guard never passes, or the program takes it.
bool comes_later(std::string_view workflow, const core::merge::Transition& step) {
  using core::merge::Guard;
  if (step.guard == Guard::lease_signed || step.guard == Guard::retention_over) return true;
  return workflow == "relocation_request" &&
         (step.action == "send" || step.action == "follow_up" || step.action == "close");
}

/// Every step that a person can take in this version is in the help, in the words of the workflow, and with whose it is.
void check_steps(std::string_view workflow, std::span<const Step> steps) {
  std::set<std::pair<std::string_view, std::string_view>> possible;
  for (const auto& step : core::merge::workflow(workflow)->transitions) {
    if (comes_later(workflow, step)) continue;
    possible.emplace(step.action, step.label_fr);
    INFO(step.action << " " << step.label_fr);
    const auto shown = std::ranges::find_if(
        steps, [&](const Step& one) { return one.action == step.action && one.french == step.label_fr; });
    REQUIRE(shown != steps.end());
    CHECK(shown->english == step.label_en);
    if (shown->by == Step::By::association) CHECK(by(step, OWNER));
    if (shown->by == Step::By::landlord) CHECK(by(step, PARTNER));
  }
  CHECK(possible.size() == steps.size());
}

}  // namespace

TEST_CASE("messages: a place in an error has a name for people in both languages, or is left out",
          "[clients]") {
  const auto places = known_places();
  CHECK(places.size() > 100);
  for (const auto& where : places) {
    for (std::uint16_t number = 1; to_string(static_cast<Errc>(number)) != "unknown"; ++number) {
      const std::string code(to_string(static_cast<Errc>(number)));
      if (code == "internal" || has_text("what." + where) || has_text("error." + code + "." + where))
        continue;
      INFO(code << " at " << where);
      for (const auto language : {Language::french, Language::english})
        CHECK(explain(code, where, language) == explain(code, "nowhere at all", language));
    }
  }
  for (const auto& code : {"auth_failed", "not_permitted", "malformed", "storage_failed", "not_found"})
    for (const auto language : {Language::french, Language::english})
      CHECK(explain(code, "fingerprint", language).find('(') == std::string::npos);
}

TEST_CASE("messages: a refused value is told by what the field takes", "[clients]") {
  const auto french = [](const json::object& reason) {
    return explain("invalid_argument", std::string(reason.at("field").as_string()), reason, Language::french);
  };
  const auto typeset = [](std::string_view words) { return cli::typeset(words, Language::french); };
  CHECK(french(choice()) ==
        typeset("« Typologie minimale » ne prend pas cette valeur. Choisissez : t1 = T1, t2 = T2"));
  CHECK(french({{"field", "adults"},
                {"label", "Adultes"},
                {"reason", "range"},
                {"minimum", 1},
                {"maximum", 10}}) == typeset("« Adultes » doit être un nombre entier, de 1 à 10."));
  auto first = choice();
  first["reason"] = "first";
  first["case"] = "1ffe5a82c0ffee001ffe5a82c0ffee00";
  first["record"] = "0ece5b0ac0ffee001ffe5a82c0ffee00";
  CHECK(french(first) ==
        typeset("Il faut d'abord écrire « Typologie minimale » : abri case set 1ffe5a82 0ece5b0a "
                "typology_min=VALEUR\nValeurs possibles : t1 = T1, t2 = T2"));
}

TEST_CASE("messages: every reason of the agent has its words in both languages, and all of them are used",
          "[clients]") {
  for (const auto* why : {"choice", "range", "number", "degrees", "boolean", "date", "code", "list", "note",
                          "workflow", "absent", "missing", "twice", "first"}) {
    auto reason = choice();
    reason["reason"] = why;
    INFO(why);
    for (const auto language : {Language::french, Language::english}) {
      const auto said = explain("invalid_argument", "typology_min", reason, language);
      CHECK(said.find("Typologie minimale") != std::string::npos);
      CHECK(said.find("{}") == std::string::npos);
    }
    CHECK(has_text("reason." + std::string(why)));
  }
}

TEST_CASE("messages: a state names the command that changes it", "[clients]") {
  const auto command = [](const std::string& type) {
    return explain("invalid_argument", "status",
                   {{"field", "status"}, {"label", "Status"}, {"reason", "workflow"}, {"type", type}},
                   Language::english);
  };
  CHECK(command("case_file").ends_with("abri case advance --help"));
  CHECK(command("dwelling").ends_with("abri dwelling advance --help"));
  CHECK(command("relocation_request").ends_with("abri request advance --help"));
  CHECK(command("housing_proposal").ends_with("abri proposal advance --help"));
}

TEST_CASE("messages: the records that a step may mean stand a line each with what tells them apart",
          "[clients]") {
  const json::object two{
      {"reason", "which"},
      {"candidates",
       {{{"id", "e035988cc0ffee00"}, {"reference", "ORM-0412"}, {"status", "Proposée"}},
        {{"id", "a194f1c5c0ffee00"}, {"reference", "ORM-0413"}, {"status", "Positionnée"}}}}};
  CHECK(explain("invalid_argument", "which_record", two, Language::french) ==
        typeset("Il y en a plusieurs : dites laquelle par --record", Language::french) +
            "\n  e035988c  ORM-0412  Proposée\n  a194f1c5  ORM-0413  Positionnée");
}

TEST_CASE("messages: a step that is not possible now names those that are", "[clients]") {
  json::object now{{"reason", "step"},   {"type", "relocation_request"},
                   {"state", "sent"},    {"state_label", "Interpellée"},
                   {"side", "landlord"}, {"proposed", false}};
  const auto said = [&] { return explain("illegal_transition", "action", now, Language::french); };
  CHECK(said().find("Interpellée") != std::string::npos);
  CHECK(said().ends_with("acknowledge = Accuser réception"));
  now["state"] = "declined";
  CHECK(said() == text("reason.no_step", Language::french, {"Interpellée"}));
  now["side"] = "";
  CHECK(said() == explain("illegal_transition", "action", Language::french));
}

TEST_CASE("help: the steps that are possible in a state are those of the workflow", "[clients]") {
  using core::merge::Guard;
  for (const std::string type : {"case_file", "dwelling", "relocation_request", "housing_proposal"}) {
    const auto& states = *proto::schema().find(type)->find("status")->enumeration;
    for (const auto& state : states.values) {
      for (const bool proposed : {false, true}) {
        for (const auto acting : {OWNER, PARTNER}) {
          std::set<std::string> expected;
          for (const auto& step : core::merge::workflow(type)->transitions) {
            const bool later = step.guard == Guard::lease_signed || step.guard == Guard::retention_over ||
                               step.action == "send" || step.action == "follow_up" ||
                               (type == "relocation_request" && step.action == "close");
            const auto whose = type == "case_file" ? OWNER : type == "dwelling" ? PARTNER : step.side;
            const bool barred = step.guard == (proposed ? Guard::no_active_proposal : Guard::active_proposal);
            if (step.from == state.number && whose == acting && !later && !barred)
              expected.insert(std::string(step.action));
          }
          const auto shown = possible_steps(type, state.name, acting == OWNER ? "association" : "landlord",
                                            proposed, Language::english);
          std::set<std::string> found;
          const std::regex action(R"(([a-z_]+) = )");
          for (std::sregex_iterator it(shown.begin(), shown.end(), action), end; it != end; ++it)
            found.insert((*it)[1]);
          INFO(type << " " << state.name << " " << acting << " " << proposed << ": " << shown);
          CHECK(found == expected);
        }
      }
    }
  }
}

TEST_CASE("messages: a request that is still open is named", "[clients]") {
  const auto said = explain("conflict", "open_request",
                            {{"case", "1ffe5a82c0ffee00"}, {"title", "D-86588a9d61"}}, Language::english);
  CHECK(said.find("D-86588a9d61") != std::string::npos);
  CHECK(said.find("abri request advance 1ffe5a82 withdraw") != std::string::npos);
}

TEST_CASE("messages: a refusal about a request or a case gives the command with its id", "[clients]") {
  const json::object about{{"case", "1ffe5a82c0ffee00"}};
  for (const auto language : {Language::french, Language::english}) {
    CHECK(explain("conflict", "dwelling", about, language).ends_with("abri request show 1ffe5a82"));
    const auto sheets = explain("conflict", "needs_sheet", about, language);
    CHECK(sheets.find("(abri case show 1ffe5a82)") != std::string::npos);
    CHECK(sheets.find("abri case set 1ffe5a82 ") != std::string::npos);
    for (const auto* where : {"dwelling", "needs_sheet"})
      CHECK(explain("conflict", where, {}, language).find(" ID") == std::string::npos);
  }
}

TEST_CASE("messages: a refusal that left the vault locked says so and how to open it", "[clients]") {
  for (const auto language : {Language::french, Language::english}) {
    const auto said = explain("wrong_passphrase", "vault", {{"locked_now", true}}, language);
    CHECK(said.starts_with(explain("wrong_passphrase", "vault", language)));
    CHECK(said.ends_with("abri unlock"));
  }
}

TEST_CASE("messages: a synchronisation that left something out says how much waits and why", "[clients]") {
  const json::object left{
      {"unsent", 3}, {"conflicts", 1}, {"obstacles", {{{"why", "account_full"}, {"code", "rate_limited"}}}}};
  const auto said = explain("incomplete", "account_full", left, Language::english);
  CHECK(said.starts_with("Synchronisation incomplete: 3 edits still wait.\nThe server takes nothing more"));
  CHECK(said.ends_with("1 conflict to settle: abri conflict list"));
  for (const auto* why : {"account_full", "account_unknown", "code_unknown", "refused", "too_large",
                          "damaged", "other_side", "unexpected", "waiting", "of_tomorrow"}) {
    const json::object obstacle{{"why", why}, {"code", "malformed"}};
    INFO(why);
    CHECK(explain_obstacle(obstacle, Language::french) != explain_obstacle(obstacle, Language::english));
    CHECK((std::string(why) == "of_tomorrow" || has_text(std::string("obstacle.") + why)));
  }
  CHECK(explain_obstacle({{"why", "unexpected"}, {"code", "malformed"}}, Language::english)
            .ends_with("this mark: malformed"));
  for (const auto language : {Language::french, Language::english})
    CHECK(explain("incomplete", "", {}, language) == text("error.incomplete", language));
}

TEST_CASE("messages: the fields of a type are named by its name where it is known", "[clients]") {
  const auto said = [](const json::object& reason) {
    return explain("not_found", "field", reason, Language::french);
  };
  CHECK(said({{"type", "needs_sheet"}}).ends_with("abri fields needs_sheet"));
  CHECK(said({}).ends_with("abri fields TYPE"));
  const json::object code{
      {"reason", "code"}, {"label", "Commune"}, {"field", "commune"}, {"type", "location"}};
  CHECK(explain("invalid_argument", "commune", code, Language::english).ends_with("abri fields location"));
}

TEST_CASE("messages: a text that is too long is told with the limit", "[clients]") {
  const auto said =
      explain("too_large", "language", {{"label", "Langue"}, {"field", "language"}}, Language::french);
  CHECK(said.find("16384") != std::string::npos);
  CHECK(said.find("Langue") != std::string::npos);
}

TEST_CASE("messages: what was noticed is told in words, the details stay in the JSON", "[clients]") {
  const std::set<std::string> noticed = [] {
    std::set<std::string> out;
    const std::regex words(R"re((?:evidence\(|kind::evidence,\s*)"([^"]+)")re", std::regex::icase);
    for (const auto* file : {"core/src/sync/log_tail.cpp", "core/src/sync/engine_errors.cpp"}) {
      std::ifstream in(test::source_dir() / file);
      const std::string source{std::istreambuf_iterator<char>(in), {}};
      for (std::sregex_iterator it(source.begin(), source.end(), words), end; it != end; ++it)
        out.insert("evidence_server " + (*it)[1].str());
    }
    return out;
  }();
  CHECK(noticed.size() >= 10);
  auto all = noticed;
  all.insert({"evidence_omission ", "evidence_fork \x01\x02"});
  std::set<std::string> said;
  for (const auto& one : all) {
    INFO(one);
    const auto french = explain_evidence(one, Language::french);
    CHECK(french != explain_evidence(one, Language::english));
    CHECK(french != text("evidence.other", Language::french));
    said.insert(french);
  }
  CHECK(said.size() == 7);
  CHECK(explain_evidence("evidence_server of tomorrow", Language::french) ==
        text("evidence.other", Language::french));
}

TEST_CASE("messages: an error without any reason is told as before", "[clients]") {
  CHECK(explain("locked", "agent", {}, Language::french) == explain("locked", "agent", Language::french));
  CHECK(explain("invalid_argument", "adults", {{"field", "adults"}, {"label", "Adultes"}}, Language::french)
            .find(typeset("« Adultes »", Language::french)) == 0);
}

TEST_CASE("help: the steps that it names are those of the workflows", "[clients]") {
  check_steps("case_file", case_steps());
  check_steps("dwelling", dwelling_steps());
  check_steps("relocation_request", request_steps());
  check_steps("housing_proposal", proposal_steps());
  for (const auto language : {Language::french, Language::english}) {
    const auto shown = print_steps(proposal_steps(), language);
    CHECK(shown.find("plan_visit") != std::string::npos);
    CHECK(shown.find(language == Language::french ? "bailleur" : "landlord") != std::string::npos);
  }
}
