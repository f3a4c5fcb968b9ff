// SPDX-License-Identifier: MPL-2.0
#include "support/paths.hpp"

#include <abri/proto/schema.hpp>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

namespace abri {
namespace {

using Object = google::protobuf::Struct;

const Object& convention() {
  static const Object kData = [] {
    std::ifstream file(test::source_dir() / "core/data/convention.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Object parsed;
    REQUIRE(google::protobuf::util::JsonStringToMessage(text, &parsed).ok());
    return parsed;
  }();
  return kData;
}

std::vector<Object> items(std::string_view list) {
  std::vector<Object> found;
  for (const auto& item : convention().fields().at(std::string(list)).list_value().values()) {
    found.push_back(item.struct_value());
  }
  return found;
}

/// Empty where the object has no such member.
std::string text(const Object& object, std::string_view member) {
  const auto at = object.fields().find(std::string(member));
  return at == object.fields().end() ? std::string() : at->second.string_value();
}

int number(const Object& object, std::string_view member) {
  return static_cast<int>(object.fields().at(std::string(member)).number_value());
}

/// The landlords among the signatories on a day.
int landlords_on(std::string_view day) {
  int count = 0;
  for (const auto& organisation : items("organisations")) {
    const auto signed_on = text(organisation, "signed_on");
    if (text(organisation, "kind") == "landlord" && !signed_on.empty() && signed_on <= day) ++count;
  }
  return count;
}

int sum(std::string_view list, std::string_view member) {
  int total = 0;
  for (const auto& item : items(list)) total += number(item, member);
  return total;
}

TEST_CASE("convention: seventeen landlords signed at first, Terre d'Opale is the twenty-first",
          "[data][convention]") {
  CHECK(landlords_on("2021-03-24") == 0);
  CHECK(landlords_on("2021-03-25") == 17);
  CHECK(landlords_on("2022-05-11") == 18);  // the three that joined in between were not named
  const auto counts = items("landlord_count");
  REQUIRE(counts.size() == 2);
  CHECK(number(counts[0], "count") == 17);
  CHECK(number(counts[1], "count") == 21);
}

TEST_CASE("convention: dwellings and rehousings committed to are 102, training seats 1,890",
          "[data][convention]") {
  const auto commitments = items("commitments");
  REQUIRE(commitments.size() == 3);
  CHECK(number(commitments[0], "quantity") + number(commitments[1], "quantity") == 102);
  CHECK(number(commitments[2], "quantity") * number(commitments[2], "sessions_each") == 1890);
}

TEST_CASE("convention: the yearly results add up to the published totals", "[data][convention]") {
  CHECK(sum("results", "women") == sum("cumulative_results", "women"));
  CHECK(sum("results", "children") == sum("cumulative_results", "children"));
}

TEST_CASE("convention: every organisation has one id and a kind that the schema knows",
          "[data][convention]") {
  const auto* kind = proto::schema().find("organisation")->find("kind");
  std::set<std::string> ids;
  for (const auto& organisation : items("organisations")) {
    INFO(text(organisation, "name"));
    CHECK(ids.insert(text(organisation, "id")).second);
    CHECK(kind->enumeration->find(std::string_view(text(organisation, "kind"))) != nullptr);
  }
  for (const auto& scheme : items("schemes")) {
    CHECK(ids.count(text(scheme, "landlord")) == 1);
    CHECK(ids.count(text(scheme, "association")) == 1);
  }
}

}  // namespace
}  // namespace abri
