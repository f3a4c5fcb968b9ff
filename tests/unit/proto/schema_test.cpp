// SPDX-License-Identifier: MPL-2.0
#include <abri/base/limits.hpp>
#include <abri/proto/schema.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::proto;

namespace {

const Field& field(std::string_view record, std::string_view name) {
  const auto* type = schema().find(record);
  REQUIRE(type != nullptr);
  const auto* found = type->find(name);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("schema: every field says who reads it, how it merges and what it is called", "[proto]") {
  CHECK(schema().records().size() >= 9);
  for (const auto& record : schema().records()) {
    CHECK(schema().find(record.number) == &record);
    for (const auto& f : record.fields) {
      INFO(record.name << "." << f.name);
      CHECK(f.compartment != COMPARTMENT_UNSPECIFIED);
      CHECK(f.merge != MERGE_UNSPECIFIED);
      CHECK_FALSE(f.label.fr.empty());
      CHECK_FALSE(f.label.en.empty());
      CHECK(record.find(f.number) == &f);
      CHECK((f.kind == Kind::enumeration) == (f.enumeration != nullptr));
    }
  }
}

TEST_CASE("schema: what decides over safety is never merged silently", "[proto]") {
  CHECK(field("location", "address").merge == MUST_RESOLVE);
  CHECK(field("person", "safe_phone").merge == MUST_RESOLVE);
  CHECK(field("person", "custody").merge == MUST_RESOLVE);
  CHECK(field("person", "do_not_call").merge == MAX_SAFETY);
  CHECK(field("danger_assessment", "level").merge == MAX_SAFETY);
  CHECK(field("danger_assessment", "exclusion_radius").merge == MAX_SAFETY);
  CHECK(field("relocation_request", "status").merge == WORKFLOW);
}

TEST_CASE("schema: the landlord's view is a positive list of coarse facts", "[proto]") {
  const auto* request = schema().find("relocation_request");
  REQUIRE(request != nullptr);
  CHECK(request->shared);
  for (const auto& f : request->fields) {
    INFO(f.name);
    CHECK(f.compartment == REQUEST);
    CHECK(f.side != SIDE_UNSPECIFIED);
    CHECK_FALSE(f.sensitive);
    CHECK(f.merge != NOTES);
    if (!f.projected()) continue;
    const auto& source = field(f.projection.source_record, f.projection.source_field);
    CHECK(source.compartment != LOCATION);
    CHECK(source.compartment != DANGER);
    CHECK((source.compartment != IDENTITY || f.projection.kind == AGE_BANDS));
  }
  CHECK(field("relocation_request", "budget_band").projection.kind == BAND);
  CHECK(field("relocation_request", "children_ages").projection.on_field == "assessed_on");
}

TEST_CASE("schema: a dwelling's address is sealed apart from the offer", "[proto]") {
  CHECK(field("dwelling", "rent").compartment == DWELLING);
  CHECK(field("dwelling", "address").compartment == DWELLING_ADDRESS);
  CHECK(compartment_name(DWELLING_ADDRESS) == "dwelling_address");
  CHECK(*compartment_by_name("dwelling_address") == DWELLING_ADDRESS);
  CHECK(compartment_by_name("nowhere").error().code == Errc::not_found);
  CHECK(schema().of(DWELLING_ADDRESS).size() == 1);
}

TEST_CASE("schema: a choice is understood by its name and by its label in both languages", "[proto]") {
  const auto& level = field("danger_assessment", "level");
  for (const auto* text : {"high", "Élevé", "élevé", "HIGH", "  High "}) {
    INFO(text);
    const auto value = parse_value(level, text);
    REQUIRE(value);
    CHECK(render(level, *value, Language::fr) == "Élevé");
    CHECK(render(level, *value, Language::en) == "High");
  }
  CHECK(parse_value(level, "enormous").error().code == Errc::invalid_argument);
}

TEST_CASE("schema: numbers stay within their range", "[proto]") {
  const auto& surface = field("dwelling", "surface");
  CHECK(render(surface, *parse_value(surface, "45"), Language::fr) == "45");
  for (const auto* bad : {"8", "251", "45.5", "45 m2", "-", "99999999999999999999"}) {
    INFO(bad);
    CHECK(parse_value(surface, bad).error().code == Errc::invalid_argument);
  }
  const auto& latitude = field("location", "latitude");
  CHECK(render(latitude, *parse_value(latitude, "50.6365"), Language::fr) == "50.636500");
  CHECK(render(latitude, *parse_value(latitude, "-0.5"), Language::fr) == "-0.500000");
  CHECK_FALSE(parse_value(latitude, "91"));
  CHECK_FALSE(parse_value(latitude, "nan"));
}

TEST_CASE("schema: dates, SIREN numbers and commune codes are checked", "[proto]") {
  const auto& born = field("person", "birth_date");
  CHECK(parse_value(born, "2024-02-29"));
  for (const auto* bad : {"2023-02-29", "29/02/2024", "2024-2-9", "2024-13-01", "20x4-02-01"}) {
    INFO(bad);
    CHECK_FALSE(parse_value(born, bad));
  }
  const auto& siren = field("organisation", "siren");
  CHECK(parse_value(siren, "732829320"));
  CHECK_FALSE(parse_value(siren, "732829321"));
  const auto& commune = field("dwelling", "commune");
  CHECK(parse_value(commune, "2A004"));
  CHECK_FALSE(parse_value(commune, "Lille"));
}

TEST_CASE("schema: lists are typed with commas, and empty text takes the value away", "[proto]") {
  const auto& communes = field("relocation_request", "wanted_communes");
  const auto value = parse_value(communes, "62041, 59350");
  REQUIRE(value);
  CHECK(render(communes, *value, Language::fr) == "59350, 62041");
  CHECK(parse_value(communes, "  ")->empty());
  CHECK(parse_value(field("person", "do_not_call"), "oui")->as_boolean() == true);
  CHECK(parse_value(field("person", "do_not_call"), "No")->as_boolean() == false);
  CHECK_FALSE(parse_value(field("person", "do_not_call"), "peut-être"));
}

TEST_CASE("schema: text that is too long or no UTF-8 is refused", "[proto]") {
  const auto& name = field("person", "last_name");
  CHECK(parse_value(name, std::string(limits::kMaxTextBytes + 1, 'a')).error().code == Errc::too_large);
  for (const std::string& bad : {std::string("\xc3"), std::string("\xc0\x80"), std::string("\xed\xa0\x80"),
                                 std::string("\xf4\x90\x80\x80"), std::string("a\0b", 3)}) {
    CHECK_FALSE(parse_value(name, bad));
    CHECK_FALSE(check_value(name, Value::text(bad)));
  }
  CHECK(parse_value(name, "Éloïse-Ñandú 🏠"));
}

TEST_CASE("schema: a received value is checked for its kind, not for a range that versions may differ in",
          "[proto]") {
  const auto& surface = field("dwelling", "surface");
  CHECK(check_value(surface, Value::integer(5000)));
  CHECK_FALSE(check_value(surface, Value::text("forty-five")));
  const auto& level = field("danger_assessment", "level");
  CHECK(check_value(level, Value::enumeration(99)));
  CHECK(render(level, Value::enumeration(99), Language::fr) == "99");
  CHECK_FALSE(check_value(field("person", "do_not_call"), Value::text("x")));
}
