// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/base/result.hpp>

#include <memory>
#include <set>
#include <string>

namespace abri::test {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Errc::invalid_argument, "half", n};
  return n / 2;
}
Result<int> quarter(int n) {
  ABRI_TRY(const int once, half(n));
  ABRI_TRY(const int twice, half(once));
  return twice;
}
Result<void> both_even(int a, int b, int& asked) {
  ++asked;
  ABRI_CHECK(half(a));
  ++asked;
  ABRI_CHECK(half(b));
  ++asked;
  return {};
}

}  // namespace

TEST_CASE("result: the first error is handed on as it was, and nothing after it is done", "[base]") {
  CHECK(*quarter(12) == 3);
  const auto odd = quarter(6);
  REQUIRE_FALSE(odd);
  CHECK(odd.error().code == Errc::invalid_argument);
  CHECK(std::string(odd.error().where) == "half");
  CHECK(odd.error().native == 3);
  CHECK(odd.value_or(-1) == -1);
  CHECK(quarter(8).value_or(-1) == 2);

  int asked = 0;
  CHECK(both_even(2, 4, asked));
  CHECK(asked == 3);
  asked = 0;
  CHECK(error_of(both_even(1, 4, asked)) == Errc::invalid_argument);
  CHECK(asked == 1);
  asked = 0;
  CHECK(error_of(both_even(2, 3, asked)) == Errc::invalid_argument);
  CHECK(asked == 2);
}

TEST_CASE("result: what cannot be copied is handed over", "[base]") {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto passed = [&]() -> Result<std::unique_ptr<int>> {
    ABRI_TRY(auto value, make());
    return value;
  };
  CHECK(**passed() == 7);
}

TEST_CASE("result: whoever takes a value that is not there, or an error that is not, is stopped", "[base]") {
  const Result<int> failed = Error{Errc::not_found, "here"};
  const Result<int> good = 1;
  const Result<void> nothing_wrong;
  CHECK(stops_the_program([&] { (void)*failed; }));
  CHECK(stops_the_program([&] { (void)good.error(); }));
  CHECK(stops_the_program([&] { (void)nothing_wrong.error(); }));
  CHECK_FALSE(stops_the_program([&] { (void)*good; }));
}

TEST_CASE("error: every code has a name of its own, which scripts may read", "[base]") {
  std::set<std::string_view> names;
  for (std::uint16_t code = 1; code <= static_cast<std::uint16_t>(Errc::internal); ++code) {
    const auto name = to_string(static_cast<Errc>(code));
    INFO("code " << code);
    CHECK(name != "unknown");
    CHECK(names.insert(name).second);
  }
  CHECK(to_string(static_cast<Errc>(0)) == "unknown");
}

}  // namespace abri::test
