// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/schema.hpp>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

namespace abri {
namespace {

boost::json::value convention() {
  std::ifstream file(ABRI_SOURCE_DIR "/core/data/convention.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return boost::json::parse(text);
}

/// The landlords among the signatories on a day.
int landlords_on(const boost::json::value& data, std::string_view day) {
  int count = 0;
  for (const auto& organisation : data.at("organisations").as_array()) {
    const auto* signed_on = organisation.as_object().if_contains("signed_on");
    if (organisation.at("kind") == "landlord" && signed_on != nullptr && signed_on->as_string() <= day)
      ++count;
  }
  return count;
}

std::int64_t sum(const boost::json::value& data, std::string_view list, std::string_view member) {
  std::int64_t total = 0;
  for (const auto& item : data.at(list).as_array()) total += item.at(member).as_int64();
  return total;
}

TEST_CASE("convention: seventeen landlords signed at first, Terre d'Opale is the twenty-first",
          "[data][convention]") {
  const auto data = convention();
  CHECK(landlords_on(data, "2021-03-25") == 17);
  CHECK(data.at("landlord_count").at(0).at("count") == 17);
  CHECK(data.at("landlord_count").at(1).at("count") == 21);
  CHECK(landlords_on(data, "2022-05-11") == 18);  // the three that joined in between were not named
}

TEST_CASE("convention: the commitments of dwellings and rehousings are 102, of training seats 1,890",
          "[data][convention]") {
  const auto data = convention();
  const auto& commitments = data.at("commitments");
  CHECK(commitments.at(0).at("quantity").as_int64() + commitments.at(1).at("quantity").as_int64() == 102);
  CHECK(commitments.at(2).at("quantity").as_int64() * commitments.at(2).at("sessions_each").as_int64() ==
        1890);
}

TEST_CASE("convention: the yearly results add up to the published totals", "[data][convention]") {
  const auto data = convention();
  CHECK(sum(data, "results", "women") == data.at("cumulative_results").at(0).at("women").as_int64());
  CHECK(sum(data, "results", "children") == data.at("cumulative_results").at(0).at("children").as_int64());
}

TEST_CASE("convention: every organisation has one id and a kind that the schema knows",
          "[data][convention]") {
  const auto data = convention();
  const auto* kind = proto::schema().find("organisation")->find("kind");
  std::set<std::string> ids;
  for (const auto& organisation : data.at("organisations").as_array()) {
    INFO(organisation.at("name").as_string().c_str());
    CHECK(ids.emplace(organisation.at("id").as_string()).second);
    CHECK(kind->enumeration->find(std::string_view(organisation.at("kind").as_string())) != nullptr);
  }
  for (const auto& scheme : data.at("schemes").as_array()) {
    CHECK(ids.count(std::string(scheme.at("landlord").as_string())) == 1);
    CHECK(ids.count(std::string(scheme.at("association").as_string())) == 1);
  }
}

}  // namespace
}  // namespace abri
