// SPDX-License-Identifier: MPL-2.0
#include "cli/dashes.hpp"

#include <iostream>
#include <sstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::cli;
namespace json = boost::json;

namespace {

/// The arguments of a command after what `typed` gives for them.
Result<json::object> read(json::object arguments, const std::string& typed) {
  Options options;
  options.arguments = std::move(arguments);
  std::istringstream in(typed);
  auto* const before = std::cin.rdbuf(in.rdbuf());
  std::cin.clear();
  const auto done = read_dashes(options);
  std::cin.rdbuf(before);
  std::cin.clear();
  if (!done) return done.error();
  return options.arguments;
}

}  // namespace

TEST_CASE("dashes: a value given as - is read from the input, a line each, in order", "[clients]") {
  const auto read_fields =
      read({{"fields", {"kind=home", "address=-", "commune=59350", "notes+=-", "aliases-=-"}}},
           "7 rue des Écluses\nUne note = avec un signe\nLou\n");
  REQUIRE(read_fields);
  CHECK(read_fields->at("fields") == json::array({"kind=home", "address=7 rue des Écluses", "commune=59350",
                                                  "notes+=Une note = avec un signe", "aliases-=Lou"}));
  CHECK(read({{"code", "-"}}, "040GX-YCGBH\n")->at("code") == "040GX-YCGBH");
  CHECK(read({{"account", "-"}}, "ACCT-00")->at("account") == "ACCT-00");
  CHECK(read({{"value", "-"}}, "lundi\n")->at("value") == "lundi");
}

TEST_CASE("dashes: what is no lone dash stays as it was written, and nothing is read", "[clients]") {
  const json::object given{{"fields", {"address=-7", "notes+= -", "=-", "-", "language=", "a=b=-"}},
                           {"code", "-a"},
                           {"user", "-"}};
  const auto kept = read(given, "");
  REQUIRE(kept);
  CHECK(*kept == given);
}

TEST_CASE("dashes: where the input ends too early nothing is sent", "[clients]") {
  const auto done = read({{"fields", {"address=-", "commune=-"}}}, "7 rue des Écluses\n");
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::invalid_argument);
  CHECK(done.error().where == std::string("stdin"));
}
