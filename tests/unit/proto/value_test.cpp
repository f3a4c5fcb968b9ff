// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/value.hpp>

#include <cstdint>
#include <limits>

#include <catch2/catch_test_macros.hpp>

using abri::proto::Value;

TEST_CASE("value: integers of any sign come back, small ones in one byte", "[proto]") {
  for (const std::int64_t n :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{700},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    CHECK(Value::integer(n).as_integer() == n);
  }
  CHECK(Value::integer(0).bytes.size() == 1);
  CHECK_FALSE(Value::integer(0).empty());
}

TEST_CASE("value: a boolean no is a value and not the lack of one", "[proto]") {
  CHECK_FALSE(Value::boolean(false).empty());
  CHECK(Value::boolean(false).as_boolean() == false);
  CHECK(Value::boolean(true).as_boolean() == true);
  CHECK_FALSE(Value{}.as_boolean().has_value());
}

TEST_CASE("value: a list does not depend on the order it was made in, and has no doubles", "[proto]") {
  const auto a = Value::list({Value::text("62041"), Value::text("59350"), Value::text("62041")});
  const auto b = Value::list({Value::text("59350"), Value::text("62041")});
  CHECK(a == b);
  REQUIRE(a.as_list().has_value());
  CHECK(a.as_list()->size() == 2);
}

TEST_CASE("value: numbers that are not in their shortest form, or cut short, are refused", "[proto]") {
  CHECK_FALSE(Value{std::string("\x80\x00", 2)}.as_integer().has_value());
  CHECK_FALSE(Value{std::string("\x80", 1)}.as_integer().has_value());
  CHECK_FALSE(Value{std::string(11, '\xff')}.as_integer().has_value());
  CHECK_FALSE(Value{std::string("\x05"
                                "ab",
                                3)}
                  .as_list()
                  .has_value());
  CHECK_FALSE(Value{std::string("\x01"
                                "b"
                                "\x01"
                                "a",
                                4)}
                  .as_list()
                  .has_value());
}
