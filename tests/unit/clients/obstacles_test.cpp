// SPDX-License-Identifier: MPL-2.0
#include "agent/obstacles.hpp"

#include <string>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::agent;
using core::sync::LogStatus;

namespace {

LogStatus log_with(std::optional<Errc> error) {
  LogStatus log;
  log.caught_up = !error;
  log.error = error;
  return log;
}

std::vector<std::string> why(const std::vector<LogStatus>& logs, bool joined = true,
                             std::uint64_t unsent = 1) {
  std::vector<std::string> out;
  for (const auto& one : obstacles(logs, joined, unsent)) out.emplace_back(one.why);
  return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("agent: a log that is not written or read is told by its cause, each cause once", "[clients]") {
  CHECK(why({}).empty());
  CHECK(why({log_with({}), log_with({})}).empty());
  CHECK(why({log_with(Errc::rate_limited), log_with({}), log_with(Errc::rate_limited)}) ==
        Words{"account_full"});
  CHECK(why({log_with(Errc::too_large), log_with(Errc::out_of_sync)}) == Words{"too_large", "other_side"});
  CHECK(why({log_with(Errc::storage_failed)}) == Words{"damaged"});
  for (const auto code : {Errc::malformed, Errc::conflict, Errc::internal})
    CHECK(obstacles({log_with(code)}, true, 0) == std::vector<Obstacle>{{"unexpected", code}});
}

TEST_CASE(
    "agent: a server that permits nothing at all does not know the account, one that permits a part "
    "refuses the rest",
    "[clients]") {
  const auto refused = log_with(Errc::not_permitted);
  CHECK(why({refused, refused}) == Words{"account_unknown"});
  CHECK(why({refused, refused}, true, 0) == Words{"refused"});
  CHECK(why({refused, log_with({})}) == Words{"refused"});
  CHECK(why({refused}, /*joined=*/false) == Words{"code_unknown"});
}

TEST_CASE("agent: evidence against the server is told elsewhere", "[clients]") {
  auto stopped = log_with(Errc::server_misbehaved);
  stopped.stopped = true;
  CHECK(why({stopped}).empty());
}

TEST_CASE("agent: an obstacle is written with its cause and the error behind it", "[clients]") {
  CHECK(boost::json::serialize(to_json({{"account_full", Errc::rate_limited}, {"waiting", {}}})) ==
        R"([{"why":"account_full","code":"rate_limited"},{"why":"waiting"}])");
}
