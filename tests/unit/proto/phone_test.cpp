// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/schema.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::proto;

namespace {

/// What is typed, what is stored, what is read.
struct Number {
  std::string typed;
  std::string stored;
  std::string read;
};

const Field& safe_phone() {
  return *schema().find("person")->find("safe_phone");
}

const std::vector<Number>& numbers() {
  static const std::vector<Number> kNumbers{
      {"0639980012", "+33639980012", "06 39 98 00 12"},
      {"06 39 98 00 12", "+33639980012", "06 39 98 00 12"},
      {"06.39.98.00.12", "+33639980012", "06 39 98 00 12"},
      {"06-39-98-00-12", "+33639980012", "06 39 98 00 12"},
      {"  06 39.98-00 12 ", "+33639980012", "06 39 98 00 12"},
      {"06\u00a039\u202f98\u201100 12", "+33639980012", "06 39 98 00 12"},
      {"+33639980012", "+33639980012", "06 39 98 00 12"},
      {"+33 6 39 98 00 12", "+33639980012", "06 39 98 00 12"},
      {"+33 (0)6 39 98 00 12", "+33639980012", "06 39 98 00 12"},
      {"+33 06 39 98 00 12", "+33639980012", "06 39 98 00 12"},
      {"0033 6 39 98 00 12", "+33639980012", "06 39 98 00 12"},
      {"0033(0)639980012", "+33639980012", "06 39 98 00 12"},
      {"03 53 01 12 34", "+33353011234", "03 53 01 12 34"},
      {"0850 12 34 56", "+33850123456", "08 50 12 34 56"},  // of a part of 08 that is given to nobody
      // overseas, where no range is kept for fiction: the country code that they have abroad, whichever way they are written
      {"0692 00 00 12", "+262692000012", "0692 00 00 12"},
      {"+33 692 00 00 12", "+262692000012", "0692 00 00 12"},
      {"+262 692 00 00 12", "+262692000012", "0692 00 00 12"},
      {"0590 00 00 12", "+590590000012", "0590 00 00 12"},
      {"0639 00 00 12", "+262639000012", "0639 00 00 12"},
      // other countries, from what they keep for fiction
      {"+44 7700 900123", "+447700900123", "+447700900123"},
      {"0044 7700 900123", "+447700900123", "+447700900123"},
      {"+46-70-174-06-05", "+46701740605", "+46701740605"},
      {"+49 30 23125 012", "+493023125012", "+493023125012"},
      {"+1 202-555-0143", "+12025550143", "+12025550143"},
      // as short and as long as a number can be, with a code that no country has
      {"+999 312 345", "+999312345", "+999312345"},
      {"+999456789012345", "+999456789012345", "+999456789012345"},
  };
  return kNumbers;
}

}  // namespace

TEST_CASE("phone: a number written in any usual form is stored in one and read in groups", "[proto]") {
  for (const auto& number : numbers()) {
    INFO(number.typed);
    const auto value = parse_value(safe_phone(), number.typed);
    REQUIRE(value);
    CHECK(value->as_text() == number.stored);
    for (const auto language : {Language::fr, Language::en})
      CHECK(render(safe_phone(), *value, language) == number.read);
  }
}

TEST_CASE("phone: what is stored and what is read can be typed again and stay the same number", "[proto]") {
  for (const auto& number : numbers()) {
    INFO(number.typed);
    CHECK(parse_value(safe_phone(), number.stored)->as_text() == number.stored);
    CHECK(parse_value(safe_phone(), number.read)->as_text() == number.stored);
  }
}

TEST_CASE("phone: what nobody can be reached at is refused", "[proto]") {
  for (const std::string text : {"abc",
                                 "chez sa mère",
                                 "06 39 98 00 1x",
                                 "O6 39 98 00 12",
                                 "06 39 98 00 12 ou 13",  // words
                                 "06 39 98 00 1",
                                 "06 39 98 00 123",
                                 "639980012",
                                 "33639980012",
                                 "6 39 98 00 12",  // digits
                                 "00 39 98 00 12",
                                 "0000000000",
                                 "+33 0039980012",
                                 "+33",
                                 "+",
                                 "00",
                                 "0",
                                 "-",
                                 "...",
                                 "15",
                                 "17",
                                 "18",
                                 "112",
                                 "114",
                                 "115",
                                 "119",
                                 "3919",
                                 "116 006",
                                 "+33 3919",
                                 "+33 17",
                                 "+32 112",
                                 "+0123456789",
                                 "+1234567",
                                 "+1234567890123456",  // no such country, too few, many
                                 "+33 (6) 39 98 00 12",
                                 "(06) 39 98 00 12",
                                 "06+39980012",
                                 "++33639980012",
                                 "+44 (0)7700 900123",
                                 "06 39 98 00 12\n06 39 98 00 13",
                                 "\uff10\uff16 39 98 00 12",
                                 "06\u200b39980012"}) {
    INFO(text);
    const auto value = parse_value(safe_phone(), text);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == Errc::invalid_argument);
  }
}

TEST_CASE("phone: every field that holds a number is one of unit phone", "[proto]") {
  std::size_t found = 0;
  for (const auto& record : schema().records()) {
    for (const auto& field : record.fields) {
      const bool named = field.kind == Kind::text && field.name.find("phone") != std::string::npos;
      INFO(record.name << "." << field.name);
      CHECK(named == (field.unit == "phone"));
      found += named ? 1U : 0U;
      if (named) CHECK_FALSE(parse_value(field, "abc"));
    }
  }
  CHECK(found == 2);
}

TEST_CASE("phone: text that an older version took for a number is received and read as it is", "[proto]") {
  for (const std::string text :
       {"abc", "12 allée des Châtaigniers", "17", "+33 6", "+", "+33639", "+5905901234567"}) {
    INFO(text);
    CHECK(check_value(safe_phone(), Value::text(text)));
    CHECK(render(safe_phone(), Value::text(text), Language::fr) == text);
  }
}

TEST_CASE("phone: an empty text takes the number away", "[proto]") {
  CHECK(parse_value(safe_phone(), " ")->empty());
}
