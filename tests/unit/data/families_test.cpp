// SPDX-License-Identifier: MPL-2.0
#include "support/families/families.hpp"

#include "cases/communes.hpp"

#include <abri/proto/schema.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

namespace abri::test {
namespace {

const std::vector<Family>& families() {
  static const auto kGenerated = generate_families(/*seed=*/1, 300);
  return kGenerated;
}

template <class Check>
void for_each_field(const std::vector<Family>& of, Check&& check) {
  for (const auto& family : of) {
    for (const auto& record : family.records) {
      for (const auto& field : record.fields) check(record, field);
    }
  }
}

std::string flat(const std::vector<Family>& of) {
  std::string text;
  for_each_field(of, [&](const FamilyRecord& record, const FamilyField& field) {
    text += record.type + '.' + field.name;
    for (const auto& value : field.values) text += '|' + value;
  });
  return text;
}

const FamilyField* find(const FamilyRecord& record, std::string_view name) {
  const auto at =
      std::find_if(record.fields.begin(), record.fields.end(), [&](const auto& f) { return f.name == name; });
  return at == record.fields.end() ? nullptr : &*at;
}

TEST_CASE("families: one seed always gives the same families, another seed others", "[data][families]") {
  CHECK(flat(generate_families(7, 20)) == flat(generate_families(7, 20)));
  CHECK(flat(generate_families(7, 20)) != flat(generate_families(8, 20)));
}

TEST_CASE("families: the first families stay the same when more are asked for", "[data][families]") {
  const auto few = generate_families(7, 5);
  auto many = generate_families(7, 50);
  many.resize(5);
  CHECK(flat(few) == flat(many));
}

TEST_CASE("families: every value fits the schema", "[data][families][property]") {
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 4)));
  INFO("seed " << seed);
  std::string misfits;
  for_each_field(generate_families(seed, 300), [&](const FamilyRecord& record, const FamilyField& field) {
    const auto* type = proto::schema().find(record.type);
    const auto* known = type == nullptr ? nullptr : type->find(field.name);
    if (known == nullptr || known->repeated != field.repeated) {
      misfits += record.type + '.' + field.name + '\n';
      return;
    }
    for (const auto& value : field.values) {
      const auto parsed = proto::parse_value(*known, value);
      if (value.empty() || !parsed || parsed->empty())
        misfits += record.type + '.' + field.name + " = " + value + '\n';
    }
  });
  CHECK(misfits.empty());
  if (!misfits.empty()) UNSCOPED_INFO(misfits.substr(0, 2000));
}

TEST_CASE("families: each has a case file, one woman, a home, a danger and needs", "[data][families]") {
  for (const auto& family : families()) {
    CHECK(family.of_type("case_file").size() == 1);
    CHECK(family.of_type("danger_assessment").size() == 1);
    CHECK(family.of_type("needs_sheet").size() == 1);
    REQUIRE_FALSE(family.of_type("location").empty());
    CHECK(family.of_type("location").front()->get("kind") == "home");
    const auto persons = family.of_type("person");
    REQUIRE_FALSE(persons.empty());
    CHECK(persons.front()->get("role") == "victim");
    CHECK(std::count_if(persons.begin(), persons.end(),
                        [](const auto* p) { return p->get("role") == "victim"; }) == 1);
    for (const auto* person : persons) {
      CHECK(person->get("first_name").size() <= 7);  // below what a leak search looks for
      CHECK(person->get("birth_date") >= persons.front()->get("birth_date"));
    }
  }
}

TEST_CASE("families: no sensitive text of one family occurs in another", "[data][families]") {
  std::map<std::string, std::size_t> owner;
  const auto& all = generate_families(3, 2000);
  std::size_t shared = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (auto& text : sensitive_texts(all[i]))
      shared += owner.emplace(std::move(text), i).first->second == i ? 0U : 1U;
  }
  CHECK(shared == 0);
  CHECK(owner.size() > 2000 * 6);
}

TEST_CASE("families: every name, address, phone number and note is among the sensitive texts",
          "[data][families]") {
  const std::set<std::string> searched = {"last_name",   "used_name", "phone",        "safe_phone",
                                          "code_phrase", "address",   "level_reason", "notes"};
  for (const auto& family : families()) {
    const auto texts = sensitive_texts(family);
    for_each_field({family}, [&](const FamilyRecord&, const FamilyField& field) {
      if (searched.count(field.name) == 0) return;
      for (const auto& value : field.values) {
        INFO(field.name << ": " << value);
        CHECK(std::binary_search(texts.begin(), texts.end(), value));
      }
    });
  }
}

TEST_CASE("families: all phone numbers lie in the ranges kept for fiction", "[data][families]") {
  const std::regex fiction("(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) [0-9]{2} [0-9]{2}");
  const std::regex any_phone("0[1-9]([ .]?[0-9]{2}){4}");
  std::size_t phones = 0;
  for_each_field(families(), [&](const FamilyRecord&, const FamilyField& field) {
    const bool phone = field.name == "phone" || field.name == "safe_phone";
    for (const auto& value : field.values) {
      INFO(field.name << ": " << value);
      CHECK((phone ? std::regex_match(value, fiction) : !std::regex_search(value, any_phone)));
      phones += phone ? 1U : 0U;
    }
  });
  CHECK(phones >= families().size());
}

TEST_CASE("families: an address names its commune with one of its postal codes", "[data][families]") {
  for (const auto& family : families()) {
    for (const auto* place : family.of_type("location")) {
      const auto commune = core::find_commune(place->get("commune"));
      REQUIRE(commune);
      CHECK(commune->position);
      const auto address = place->get("address");
      INFO(address);
      CHECK(std::any_of(
          commune->postal_codes.begin(), commune->postal_codes.end(), [&](std::string_view postal_code) {
            return address.ends_with(", " + std::string(postal_code) + ' ' + std::string(commune->name));
          }));
    }
  }
}

TEST_CASE("families: wanted communes are real ones of the region and never excluded ones",
          "[data][families]") {
  std::size_t without = 0;
  for (const auto& family : families()) {
    const auto* wanted = find(*family.of_type("needs_sheet").front(), "wanted_communes");
    const auto* excluded = find(*family.of_type("danger_assessment").front(), "excluded_communes");
    REQUIRE(excluded != nullptr);
    if (wanted == nullptr) {
      ++without;
      continue;
    }
    for (const auto& code : wanted->values) {
      CHECK(core::find_commune(code)->position);
      CHECK(std::count(excluded->values.begin(), excluded->values.end(), code) == 0);
    }
  }
  CHECK(without == 0);
}

TEST_CASE("families: the danger level follows from the score and the red answers", "[data][families]") {
  std::set<std::string_view> levels;
  for (const auto& family : families()) {
    const auto* danger = family.of_type("danger_assessment").front();
    const int score = std::stoi(std::string(danger->get("score")));
    const int red = std::stoi(std::string(danger->get("red_answers")));
    CHECK(red <= score);
    CHECK((danger->get("level") == "established") == (score >= 12 || red >= 2));
    levels.insert(danger->get("level"));
  }
  CHECK(levels.size() == 4);
}

}  // namespace
}  // namespace abri::test
