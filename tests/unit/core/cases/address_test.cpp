// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {
namespace {

TEST_CASE("App: whoever may not read an address is told that there is one, and who wrote it",
          "[core][cases]") {
  PeopleWorld world;
  const auto [head, other] = world.association();
  const auto code = head->app->invite("Inès Kermadec", {"social_worker"});
  REQUIRE(code);
  auto& worker = world.add_device();
  REQUIRE(worker.app->join(*code));
  worker.start();
  world.settle();

  const std::vector<FieldEdit> person{{.field = "last_name", .value = "Traoré"}};
  const auto id = *worker.app->create_case(person);
  const std::vector<FieldEdit> place{{.field = "kind", .value = "shelter"},
                                     {.field = "address", .value = "12 rue des Écluses"}};
  const auto location = worker.app->add_record(id, "location", place);
  REQUIRE(location);
  world.settle();
  CHECK(worker.app->show(id, false)->unreadable.empty());
  CHECK(head->app->show(id, false)->unreadable.empty());

  // the head corrects it, for herself and the other heads: the worker still has the old one, and must not take it for the present one
  const std::vector<FieldEdit> corrected{{.field = "address", .value = "14 rue des Écluses"}};
  REQUIRE(head->app->edit(id, *location, corrected));
  world.settle();
  CHECK(field_of(record_of(*worker.app, id, "location"), "address").values.front().raw ==
        "12 rue des Écluses");
  CHECK(worker.app->show(id, false)->unreadable == std::vector<std::string>{"Awa Lenoir"});
  worker.reopen();
  CHECK(worker.app->show(id, true)->unreadable == std::vector<std::string>{"Awa Lenoir"});
  CHECK(head->app->show(id, false)->unreadable.empty());
  CHECK(other->app->show(id, false)->unreadable.empty());
}

TEST_CASE("App: coordinates are shown as they are entered, in degrees", "[core][cases]") {
  PeopleWorld world;
  auto& device = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const std::vector<FieldEdit> person{{.field = "last_name", .value = "Traoré"}};
  const auto id = *device.app->create_case(person);
  const std::vector<FieldEdit> place{{.field = "kind", .value = "shelter"},
                                     {.field = "latitude", .value = "50.6365"},
                                     {.field = "longitude", .value = "-1.05"}};
  const auto location = device.app->add_record(id, "location", place);
  REQUIRE(location);
  const auto shown = record_of(*device.app, id, "location");
  const auto latitude = field_of(shown, "latitude").values.front().raw;
  CHECK(latitude == "50.636500");
  CHECK(field_of(shown, "longitude").values.front().raw == "-1.050000");
  CHECK(device.app->edit(id, *location, std::vector<FieldEdit>{{.field = "latitude", .value = latitude}}));
}

}  // namespace
}  // namespace abri::core::test
