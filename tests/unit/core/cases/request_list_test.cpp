// SPDX-License-Identifier: MPL-2.0
#include "people_world.hpp"

namespace abri::core::test {

namespace {

CaseId family(App& app, const std::string& name) {
  const auto id = app.create_case(std::vector<FieldEdit>{{"last_name", name}});
  REQUIRE(id);
  REQUIRE(app.add_record(*id, "needs_sheet",
                         std::vector<FieldEdit>{{"adults", "1"},
                                                {"typology_min", "T3"},
                                                {"urgency", "immediate"},
                                                {"wanted_communes", "59350", FieldEdit::Kind::add}}));
  return *id;
}

}  // namespace

TEST_CASE("requests: each is listed with its case, landlord and day, the newest first", "[core][cases]") {
  PeopleWorld world;
  auto& association = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto landlord_id = world.bring_together(association, landlord);
  std::vector<CaseId> sent;
  for (const auto* name : {"Marchwyn", "Kermadec", "Vasseur"}) {
    const auto request = association.app->send_request(family(*association.app, name), landlord_id);
    REQUIRE(request);
    sent.push_back(*request);
    world.settle();
  }

  const auto listed = association.app->requests();
  REQUIRE(listed);
  REQUIRE(listed->size() == 3);
  CHECK(listed->at(0).summary.id == sent[2]);
  CHECK(listed->at(2).summary.id == sent[0]);
  CHECK(listed->at(2).case_title == "Marchwyn");
  CHECK(listed->at(2).landlord == "Habitat des Ormes");
  CHECK(listed->at(2).sent_on == "2026-11-22");
  CHECK(listed->at(2).summary.state == "sent");

  const auto received = landlord.app->requests();
  REQUIRE(received->size() == 3);
  CHECK(received->at(0).summary.id == sent[2]);
  CHECK_FALSE(received->at(0).case_id.has_value());
  CHECK(received->at(0).case_title.empty());
  CHECK(received->at(0).association == "Association des Tilleuls");
}

TEST_CASE("requests: while one is open no second one of the case goes to the same landlord",
          "[core][cases]") {
  PeopleWorld world;
  auto& association = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  auto& other = world.found("Foyer des Charmes", "landlord", "Ada Legrand");
  const auto landlord_id = world.bring_together(association, landlord);
  const auto other_id = world.bring_together(association, other);
  const auto id = family(*association.app, "Marchwyn");
  const auto request = association.app->send_request(id, landlord_id);
  REQUIRE(request);
  world.settle();

  const auto again = association.app->send_request(id, landlord_id);
  CHECK(again.error().code == Errc::conflict);
  CHECK(association.app->requests()->size() == 1);
  CHECK(association.app->send_request(id, other_id));
  CHECK(association.app->send_request(family(*association.app, "Kermadec"), landlord_id));

  const auto record = record_of(*association.app, *request, "relocation_request").id;
  REQUIRE(association.app->advance(*request, record, "withdraw"));
  CHECK(association.app->send_request(id, landlord_id));
}

TEST_CASE("status: what waits is counted in cases", "[core][cases]") {
  PeopleWorld world;
  auto& device = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  world.settle();
  CHECK(device.app->status()->unsent_cases == 0);
  device.stop();
  family(*device.app, "Marchwyn");
  family(*device.app, "Kermadec");
  CHECK(device.app->status()->unsent_cases == 2);
  CHECK(device.app->status()->unsent > 2);
  device.start();
  world.settle();
  CHECK(device.app->status()->unsent_cases == 0);
}

}  // namespace abri::core::test
