// SPDX-License-Identifier: MPL-2.0
#include "people_world.hpp"

namespace abri::core::test {

TEST_CASE("cases: a file written offline reaches the second device of the person", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  REQUIRE(second->app->status()->person == "Awa Lenoir");
  second->stop();

  const std::vector<FieldEdit> person{
      {"last_name", "Marchwyn"}, {"first_name", "Lou"}, {"safe_phone", "0639980012"}};
  const auto id = first->app->create_case(person);
  REQUIRE(id);
  const std::vector<FieldEdit> place{
      {"kind", "home"}, {"address", "7 rue des Écluses"}, {"commune", "59350"}};
  REQUIRE(first->app->add_record(*id, "location", place));
  CHECK(first->app->status()->unsent > 0);
  world.settle();
  CHECK(first->app->status()->unsent == 0);

  second->start();
  world.settle();
  CHECK(field_of(record_of(*second->app, *id, "person"), "last_name").values.at(0).raw == "Marchwyn");
  CHECK(field_of(record_of(*second->app, *id, "location"), "address").values.at(0).raw ==
        "7 rue des Écluses");
  CHECK(field_of(record_of(*second->app, *id, "location", false), "address").hidden);
  CHECK(second->app->search("march lou", 10)->cases.size() == 1);
  CHECK(second->app->search("écluses", 10)->cases.empty());
  CHECK(first->digest() == second->digest());
  first->reopen();
  CHECK(first->digest() == second->digest());
}

TEST_CASE("cases: concurrent edits converge, and what must be resolved waits for a person", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const std::vector<FieldEdit> person{{"last_name", "Marchwyn"}, {"safe_phone", "0639980012"}};
  const auto id = first->app->create_case(person);
  REQUIRE(id);
  const std::vector<FieldEdit> danger{{"level", "watch"}};
  const auto assessment = first->app->add_record(*id, "danger_assessment", danger);
  REQUIRE(assessment);
  world.settle();
  const auto record = record_of(*second->app, *id, "person").id;

  first->stop();
  second->stop();
  REQUIRE(first->app->edit(*id, record,
                           std::vector<FieldEdit>{{"safe_phone", "0639980034"}, {"language", "fr"}}));
  REQUIRE(first->app->edit(*id, *assessment, std::vector<FieldEdit>{{"level", "established"}}));
  REQUIRE(second->app->edit(*id, record, std::vector<FieldEdit>{{"safe_phone", "0639980056"}}));
  REQUIRE(second->app->edit(*id, *assessment, std::vector<FieldEdit>{{"level", "low"}}));
  first->start();
  second->start();
  world.settle();

  CHECK(first->digest() == second->digest());
  for (auto* device : {first, second}) {
    const auto phone = field_of(record_of(*device->app, *id, "person"), "safe_phone");
    CHECK(phone.conflict);
    CHECK(phone.values.size() == 2);
    CHECK(field_of(record_of(*device->app, *id, "danger_assessment"), "level").conflict);
    CHECK(device->app->conflicts()->size() == 2);
  }
  REQUIRE(first->app->resolve(*id, record, "safe_phone", 1));
  world.settle();
  CHECK_FALSE(field_of(record_of(*second->app, *id, "person"), "safe_phone").conflict);
  CHECK(first->digest() == second->digest());
}

TEST_CASE("cases: two devices that open the same compartment at once lose nothing", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = first->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(id);
  world.settle();
  first->stop();
  second->stop();
  REQUIRE(first->app->add_record(*id, "needs_sheet", std::vector<FieldEdit>{{"adults", "1"}}));
  REQUIRE(second->app->add_record(*id, "needs_sheet", std::vector<FieldEdit>{{"children", "2"}}));
  first->start();
  second->start();
  world.settle();
  CHECK(first->digest() == second->digest());
  for (auto* device : {first, second}) {
    const auto sheet = record_of(*device->app, *id, "needs_sheet");
    CHECK(field_of(sheet, "adults").values.at(0).raw == "1");
    CHECK(field_of(sheet, "children").values.at(0).raw == "2");
  }
}

TEST_CASE("cases: a rotated key turns the feed and old and new devices go on reading", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  REQUIRE(first->app->create_case(std::vector<FieldEdit>{{"last_name", "Avant"}}));
  world.settle();
  second->stop();
  REQUIRE(second->app->create_case(std::vector<FieldEdit>{{"last_name", "Pendant"}}));
  REQUIRE(first->app->rotate_keys());
  world.settle();
  REQUIRE(first->app->create_case(std::vector<FieldEdit>{{"last_name", "Apres"}}));
  world.settle();
  second->start();
  world.settle();
  CHECK(first->app->list(CaseKind::case_file)->size() == 3);
  CHECK(second->app->list(CaseKind::case_file)->size() == 3);
  CHECK(first->digest() == second->digest());
}

TEST_CASE("cases: an address is sealed for the people named now, also when a head came in between",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = first->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(id);
  const auto code = first->app->invite("Inès Kermadec", {"social_worker"});
  REQUIRE(code);
  world.settle();
  auto& colleague = world.add_device();
  REQUIRE(colleague.app->join(*code));
  colleague.start();
  world.settle();
  REQUIRE(colleague.app->status()->person == "Inès Kermadec");
  const std::vector<FieldEdit> home{{"kind", "home"}, {"address", "7 rue des Écluses"}};
  const auto place = first->app->add_record(*id, "location", home);
  REQUIRE(place);
  world.settle();
  // a social worker of the team is not named: she reads the name and not the address
  CHECK(record_of(*colleague.app, *id, "person").fields.size() >= 2);
  CHECK(colleague.app->show(*id, true)->records.size() == 1);

  // what she writes herself, she and the head read
  REQUIRE(colleague.app->add_record(
      *id, "location", std::vector<FieldEdit>{{"kind", "school"}, {"address", "École Bréjaux"}}));
  world.settle();
  CHECK(first->app->show(*id, true)->records.size() == 3);
  CHECK(second->app->show(*id, true)->records.size() == 3);

  // she becomes a head: what is written from now on is for her too
  const auto people = first->app->people();
  for (const auto& person : *people)
    if (person.name == "Inès Kermadec") REQUIRE(first->app->set_roles(person.id, {"head", "social_worker"}));
  world.settle();
  REQUIRE(first->app->edit(*id, *place, std::vector<FieldEdit>{{"since", "2026-01-05"}}));
  world.settle();
  CHECK(colleague.app->show(*id, true)->records.size() == 3);
}

}  // namespace abri::core::test
