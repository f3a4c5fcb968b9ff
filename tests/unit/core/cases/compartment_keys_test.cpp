// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

#include <set>
#include <string>
#include <tuple>

namespace abri::core::test {
namespace {

/// Compartment, place in the feed, commitment.
using Key = std::tuple<std::int64_t, std::int64_t, std::string>;

std::set<Key> keys_of(PersonDevice& device) {
  std::set<Key> keys;
  device.change_vault([&](cases::World& world) {
    auto rows = world.db.statement("SELECT compartment, position, commitment FROM compartment_keys");
    REQUIRE(rows);
    while (*rows->step())
      keys.emplace(rows->column_int64(0), rows->column_int64(1), rows->column_id<Hash>(2)->hex());
  });
  return keys;
}

}  // namespace

TEST_CASE(
    "compartments: keys that two devices made at once have one order on both, and what they close is read",
    "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  world.settle();
  const auto before = keys_of(*first);
  first->stop();
  second->stop();
  REQUIRE(first->app->add_record(id, "needs_sheet", std::vector<FieldEdit>{{"adults", "1"}}));
  REQUIRE(second->app->add_record(id, "needs_sheet",
                                  std::vector<FieldEdit>{{"adults", "1"}, {"typology_min", "T3"}}));
  first->start();
  second->start();
  world.settle();

  const auto keys = keys_of(*first);
  CHECK(keys.size() == before.size() + 2);
  CHECK(keys == keys_of(*second));
  for (auto* device : {first, second}) {
    const auto sheet = record_of(*device->app, id, "needs_sheet");
    CHECK(field_of(sheet, "adults").values.at(0).raw == "1");
    CHECK(field_of(sheet, "typology_min").values.at(0).raw == "t3");
  }
  CHECK(first->digest() == second->digest());
}

}  // namespace abri::core::test
