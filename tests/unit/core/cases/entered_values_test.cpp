// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {
namespace {

const std::vector<FieldEdit> kChild{{.field = "role", .value = "child"}};

/// The field that an edit is refused at; empty where it is taken.
std::string refused(PersonDevice& device, const CaseId& id, const RecordId& record, const FieldEdit& edit) {
  const auto done = device.app->edit(id, record, std::vector{edit});
  return done ? std::string{} : std::string(done.error().where);
}

TEST_CASE("App::edit: a place that does not exist is refused, in words or in digits", "[core][cases]") {
  PeopleWorld world;
  auto& device = *world.association().first;
  const auto id = *device.app->create_case(kChild);
  const auto sheet = *device.app->add_record(id, "needs_sheet", std::vector<FieldEdit>{{"adults", "1"}});
  const auto add = [](std::string field, std::string value) {
    return FieldEdit{std::move(field), std::move(value), FieldEdit::Kind::add};
  };
  CHECK(refused(device, id, sheet, add("wanted_communes", "59999")) == "wanted_communes");
  CHECK(refused(device, id, sheet, add("wanted_communes", "7 rue des Écluses")) == "wanted_communes");
  CHECK(refused(device, id, sheet, add("wanted_epcis", "7 rue des Écluses")) == "wanted_epcis");
  CHECK(refused(device, id, sheet, add("wanted_epcis", "732829320")) ==
        "wanted_epcis");  // a SIREN, of no EPCI
  CHECK(refused(device, id, sheet, add("wanted_epcis", "200093201")).empty());
  CHECK(refused(device, id, sheet, {"wanted_epcis", "200093201", FieldEdit::Kind::remove}).empty());
}

TEST_CASE("App::edit: nobody is born after today", "[core][cases]") {
  PeopleWorld world;  // 2026-11-22
  auto& device = *world.association().first;
  const auto id = *device.app->create_case(kChild);
  const auto child = record_of(*device.app, id, "person").id;
  CHECK(refused(device, id, child, {"birth_date", "2099-01-01"}) == "birth_date");
  CHECK(refused(device, id, child, {"birth_date", "2026-11-20"}).empty());
  // a term is in the future
  CHECK(refused(device, id, child, {"pregnancy_term", "2027-03-01"}).empty());
}

TEST_CASE("App::resolve_with: a value in place of a conflict is checked as any other", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kChild);
  const auto place =
      *first->app->add_record(id, "location", std::vector<FieldEdit>{{"kind", "home"}, {"commune", "59350"}});
  world.settle();
  for (auto* device : {first, second}) {
    device->stop();
    const auto* commune = device == first ? "62041" : "62498";
    REQUIRE(device->app->edit(id, place, std::vector<FieldEdit>{{"commune", commune}}));
  }
  for (auto* device : {first, second}) device->start();
  world.settle();
  REQUIRE(first->app->conflicts()->size() == 1);
  CHECK_FALSE(first->app->resolve_with(id, place, "commune", "59999"));
  CHECK(first->app->conflicts()->size() == 1);
  CHECK(first->app->resolve_with(id, place, "commune", "59009"));
  CHECK(first->app->conflicts()->empty());
}

TEST_CASE("App::edit: what the program wrote into a request nobody writes over with a name",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto partner = world.bring_together(*first, landlord);
  const auto id = *first->app->create_case(kChild);
  REQUIRE(first->app->add_record(id, "needs_sheet",
                                 std::vector<FieldEdit>{{"adults", "1"},
                                                        {"typology_min", "T3"},
                                                        {"urgency", "immediate"},
                                                        {"wanted_communes", "59350", FieldEdit::Kind::add}}));
  const auto request = *first->app->send_request(id, partner);
  const auto record = record_of(*first->app, request, "relocation_request");
  for (const auto* field : {"pseudonym", "association", "landlord", "sent_on"}) {
    INFO(field);
    CHECK(refused(*first, request, record.id, {field, "2026-01-01"}) == field);
  }
  const auto after = record_of(*first->app, request, "relocation_request");
  CHECK(field_of(after, "pseudonym").values.at(0).raw == field_of(record, "pseudonym").values.at(0).raw);
}

}  // namespace
}  // namespace abri::core::test
