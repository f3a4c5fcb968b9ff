// SPDX-License-Identifier: MPL-2.0
#include "cases/communes.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace abri::core {
namespace {

using Codes = std::vector<std::string_view>;

Codes codes(const std::vector<Commune>& communes) {
  Codes found;
  for (const auto& commune : communes) found.push_back(commune.code);
  return found;
}

TEST_CASE("communes: a commune is found by its INSEE code with all that is known of it", "[core][communes]") {
  const auto lille = find_commune("59350");
  REQUIRE(lille);
  CHECK(lille->name == "Lille");
  CHECK(lille->department == "59");
  CHECK(lille->epci == "200093201");
  CHECK(lille->postal_codes == Codes{"59000", "59160", "59260", "59777", "59800"});
  CHECK(lille->population == 238246);
  REQUIRE(lille->position);
  CHECK(lille->position->latitude == 50.63297);
  CHECK(lille->position->longitude == 3.05858);
  CHECK(lille->position->precision == Precision::point);
}

TEST_CASE("communes: Corsican and overseas codes belong to their departments", "[core][communes]") {
  CHECK(find_commune("2A004")->name == "Ajaccio");
  CHECK(find_commune("2A004")->department == "2A");
  CHECK(find_commune("2B033")->name == "Bastia");
  CHECK(find_commune("2B033")->department == "2B");
  CHECK(find_commune("97411")->name == "Saint-Denis");
  CHECK(find_commune("97411")->department == "974");
}

TEST_CASE("communes: only Hauts-de-France has positions, others say so", "[core][communes]") {
  CHECK_FALSE(find_commune("75056")->position);
  CHECK(find_commune("62041")->position);
}

TEST_CASE("communes: a well-formed code that no commune bears is not found", "[core][communes]") {
  CHECK(find_commune("59999").error().code == Errc::not_found);
  CHECK(find_commune("00000").error().code == Errc::not_found);
  CHECK(find_commune("99999").error().code == Errc::not_found);
}

TEST_CASE("communes: what is no INSEE code is refused", "[core][communes]") {
  for (const auto* text : {"", "5935", "593500", "2C004", "2a004", "5935x", "Lille", "#Ever", "59 35"}) {
    INFO(text);
    CHECK(find_commune(text).error().code == Errc::invalid_argument);
  }
}

TEST_CASE("communes: a postal code leads to every commune that it serves", "[core][communes]") {
  CHECK(codes(communes_by_postal_code("59000")) == Codes{"59350"});
  CHECK(codes(communes_by_postal_code("59160")) == Codes{"59128", "59350"});
  const auto rural = communes_by_postal_code("62130");
  CHECK(rural.size() > 10);
  CHECK(std::is_sorted(rural.begin(), rural.end(),
                       [](const auto& a, const auto& b) { return a.code < b.code; }));
  CHECK(communes_by_postal_code("00000").empty());
  CHECK(communes_by_postal_code("5900").empty());
  CHECK(communes_by_postal_code("59000x").empty());
}

TEST_CASE("communes: a name is completed without regard to case, accents, hyphens and apostrophes",
          "[core][communes]") {
  const auto first = [](std::string_view prefix) {
    const auto found = communes_by_name(prefix, 20);
    for (const auto& commune : found) {
      if (commune.position) return std::string(commune.name);
    }
    return std::string("none of the region");
  };
  CHECK(first("villen") == "Villeneuve-d'Ascq");
  CHECK(first("VILLENEUVE D ASCQ") == "Villeneuve-d'Ascq");
  CHECK(first("villeneuve d’ascq") == "Villeneuve-d'Ascq");
  CHECK(first("Villeneuve ") == "Villeneuve-d'Ascq");
  CHECK(first("henin bea") == "Hénin-Beaumont");
  CHECK(first("He\u0301nin") == "Hénin-Beaumont");
  CHECK(first("st omer") == "Saint-Omer");
  CHECK(first("neufchâtel-hard") == "Neufchâtel-Hardelot");
  CHECK(first("touquet") == "Le Touquet-Paris-Plage");
  CHECK(first("le touquet") == "Le Touquet-Paris-Plage");
  CHECK(first("oeuf") == "Œuf-en-Ternois");
  CHECK(communes_by_name("xyzzy", 20).empty());
}

TEST_CASE("communes: the most populous comes first, and no more than asked for", "[core][communes]") {
  CHECK(communes_by_name("lil", 1).front().code == "59350");
  const auto found = communes_by_name("saint", 50);
  REQUIRE(found.size() == 50);
  CHECK(std::is_sorted(found.begin(), found.end(),
                       [](const auto& a, const auto& b) { return a.population > b.population; }));
  CHECK(communes_by_name("saint", 0).empty());
}

TEST_CASE("communes: each of the 34,969 is listed once and found again by code and postal code",
          "[core][communes]") {
  const auto all = communes_by_name("", 100'000);
  CHECK(all.size() == 34969);
  const auto listed = codes(all);
  CHECK(std::set<std::string_view>(listed.begin(), listed.end()).size() == 34969);
  std::size_t lost = 0;
  for (const auto& commune : all) {
    const auto found = find_commune(commune.code);
    if (!found || found->name != commune.name) ++lost;
    for (const auto postal_code : commune.postal_codes) {
      const auto served = codes(communes_by_postal_code(postal_code));
      if (std::find(served.begin(), served.end(), commune.code) == served.end()) ++lost;
    }
  }
  CHECK(lost == 0);
}

TEST_CASE("communes: positions of the region are as precise as they say", "[core][communes]") {
  std::size_t points = 0;
  std::size_t postal_means = 0;
  std::size_t epci_means = 0;
  std::uint32_t population = 0;
  for (const auto& commune : communes_by_name("", 100'000)) {
    if (!commune.position) continue;
    population += commune.population;
    points += commune.position->precision == Precision::point ? 1U : 0U;
    postal_means += commune.position->precision == Precision::cp_mean ? 1U : 0U;
    epci_means += commune.position->precision == Precision::epci_mean ? 1U : 0U;
    CHECK((commune.position->latitude > 48.8 && commune.position->latitude < 51.1));
    CHECK((commune.position->longitude > 1.3 && commune.position->longitude < 4.3));
  }
  CHECK(points == 1560);
  CHECK(postal_means == 2188);
  CHECK(epci_means == 34);
  CHECK(population == 5992194);
  CHECK(uncertainty_km(Precision::point) < uncertainty_km(Precision::cp_mean));
  CHECK(uncertainty_km(Precision::cp_mean) < uncertainty_km(Precision::epci_mean));
}

TEST_CASE("communes: every EPCI of a commune has a name", "[core][communes]") {
  CHECK(*epci_name("200093201") == "Métropole Européenne de Lille");
  CHECK(epci_name("000000000").error().code == Errc::not_found);
  CHECK(epci_name("").error().code == Errc::not_found);
  std::set<std::string_view> epcis;
  for (const auto& commune : communes_by_name("", 100'000)) {
    if (!commune.epci.empty()) epcis.insert(commune.epci);
  }
  CHECK(epcis.size() == 1255);
  for (const auto epci : epcis) CHECK(epci_name(epci));
}

}  // namespace
}  // namespace abri::core
