// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {
namespace {

const std::vector<FieldEdit> kPerson{{.field = "last_name", .value = "Traoré"}};

void set_language(PersonDevice& device, const CaseId& id, const std::string& value) {
  const std::vector<FieldEdit> edits{{.field = "language", .value = value}};
  REQUIRE(device.app->edit(id, record_of(*device.app, id, "person").id, edits));
}

std::string language(PersonDevice& device, const CaseId& id) {
  return field_of(record_of(*device.app, id, "person"), "language").values.front().raw;
}

TEST_CASE("App::rotate_keys: two people renew the keys at once, and both go on working", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  world.settle();
  for (auto* device : {first, second}) {
    device->stop();
    REQUIRE(device->app->rotate_keys());
    set_language(*device, id, device == first ? "dari" : "pachto");
  }
  first->start();
  world.settle();
  second->start();
  world.settle();
  CHECK(first->app->status()->unsent == 0);
  CHECK(second->app->status()->unsent == 0);
  CHECK(first->digest() == second->digest());

  set_language(*second, id, "lingala");
  world.settle();
  CHECK(language(*first, id) == "lingala");
  set_language(*first, id, "wolof");
  world.settle();
  CHECK(language(*second, id) == "wolof");

  // renewed once more, and read by a device that comes later
  REQUIRE(second->app->rotate_keys());
  world.settle();
  set_language(*second, id, "turc");
  world.settle();
  auto code = first->app->invite("", {});
  REQUIRE(code);
  auto& third = world.add_device();
  REQUIRE(third.app->join(*code));
  third.start();
  world.settle();
  CHECK(language(third, id) == "turc");
  CHECK(third.digest() == second->digest());
  for (auto* device : {first, second, &third}) CHECK(device->app->status()->evidence.empty());
}

}  // namespace
}  // namespace abri::core::test
