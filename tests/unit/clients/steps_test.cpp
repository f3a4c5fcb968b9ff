// SPDX-License-Identifier: MPL-2.0
#include "desk.hpp"

#include <string>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::agent;
namespace json = boost::json;

namespace {

/// What comes of a step: "done", or the error and its place.
std::string take(const Desk& desk, const std::string& command, const std::string& id,
                 const std::string& action) {
  const auto answer = desk.ask(command, {{"id", id}, {"action", action}});
  return answer ? "done" : std::string(to_string(answer.error().code)) + " " + answer.error().where;
}

}  // namespace

TEST_CASE("steps: a case is suspended, taken up, closed with a reason and opened again", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto step = [&](const std::string& action) { return take(desk, "case.advance", id, action); };
  CHECK(step("suspend") == "not_found case_file");
  const auto file = desk.made(
      "case.add",
      {{"id", id}, {"type", "case_file"}, {"fields", {"pseudonym=Tournesol", "scheme=convention"}}});
  CHECK(step("resume") == "illegal_transition action");
  CHECK(step("suspend") == "done");
  CHECK(desk.texts(id, "case_file", "status") == std::vector<std::string>{"Suspendu"});
  CHECK(step("resume") == "done");

  const Request close{"case.advance", {{"id", id}, {"action", "close"}}, proto::Language::fr};
  const auto refused = json::parse(answer(*desk.app, close, carry_out(*desk.app, close, desk.shown)));
  CHECK(refused.at("where") == "closing_reason");
  CHECK(refused.at("reason").at("reason") == "first");
  CHECK(refused.at("reason").at("record") == json::string(file));
  REQUIRE(desk.ask("case.set", {{"id", id}, {"record", file}, {"fields", {"closing_reason=shelter"}}}));
  CHECK(step("close") == "done");
  CHECK(desk.texts(id, "case_file", "status") == std::vector<std::string>{"Clos"});
  CHECK(step("erase") == "not_permitted action");
  CHECK(step("reopen") == "done");
  CHECK(desk.texts(id, "case_file", "status") == std::vector<std::string>{"Actif"});
}

TEST_CASE("steps: a landlord publishes a dwelling, reserves it and takes it back", "[clients]") {
  const Desk desk("landlord");
  const auto id =
      desk.made("dwelling.new", {{"fields", {"reference=ORM-0412", "commune=59350", "typology=t3"}}});
  const auto step = [&](const std::string& action) { return take(desk, "dwelling.advance", id, action); };
  CHECK(step("reserve") == "illegal_transition action");
  for (const auto* action : {"publish", "reserve", "submit", "release", "withdraw"})
    CHECK(step(action) == "done");
  CHECK(desk.texts(id, "dwelling", "status") == std::vector<std::string>{"Logement retiré"});
  CHECK(take(desk, "case.advance", id, "suspend") == "not_found record");
}

TEST_CASE("steps: those of a dwelling are the landlord's", "[clients]") {
  const Desk desk;
  const auto id =
      desk.made("dwelling.new", {{"fields", {"reference=TIL-1", "commune=59350", "typology=t3"}}});
  CHECK(take(desk, "dwelling.advance", id, "publish") == "not_permitted action");
}
