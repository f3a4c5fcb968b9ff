// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/people_world.hpp"

namespace abri::core::test {
namespace {

const std::vector<FieldEdit> kPerson{{.field = "last_name", .value = "Traoré"}};

bool unsent(PersonDevice& device, const CaseId& id) {
  const auto list = device.app->list(CaseKind::case_file);
  const auto row = std::ranges::find(*list, id, &CaseSummary::id);
  REQUIRE(row != list->end());
  CHECK(device.app->show(id, false)->summary.unsent == row->unsent);
  return row->unsent;
}

void rename(PersonDevice& device, const CaseId& id, const std::string& name) {
  const std::vector<FieldEdit> edits{{.field = "first_name", .value = name}};
  REQUIRE(device.app->edit(id, record_of(*device.app, id, "person").id, edits));
}

TEST_CASE("App: a case is unsent until the server acknowledged every edit of it", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  const auto other = *first->app->create_case(kPerson);
  CHECK(unsent(*first, id));
  world.settle();
  CHECK_FALSE(unsent(*first, id));
  CHECK_FALSE(unsent(*second, id));

  // what was sealed and sent, but not acknowledged, is unsent still
  REQUIRE(first->app->flush());
  rename(*first, id, "Awa");
  first->local();
  CHECK(unsent(*first, id));
  CHECK_FALSE(unsent(*first, other));
  first->reopen();
  CHECK(unsent(*first, id));
  CHECK_FALSE(unsent(*first, other));
  world.settle();
  CHECK_FALSE(unsent(*first, id));

  first->stop();
  rename(*first, id, "Inès");
  rename(*first, id, "Zoé");
  CHECK(unsent(*first, id));
  first->start();
  world.settle();
  CHECK_FALSE(unsent(*first, id));
  CHECK(first->app->status()->unsent == 0);
  CHECK(first->digest() == second->digest());
}

void receive_all(PersonDevice& device) {
  while (device.receive()) {
  }
}

TEST_CASE("App: while connected, an edit that is to be sent is sealed with its own transaction",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  world.settle();
  const auto sent = [&] { return world.server.total_entries(); };
  const auto before = sent();
  REQUIRE(first->app->flush());
  rename(*first, id, "Awa");
  CHECK(first->app->status()->unsent == 1);  // one entry, no row that still waits to be sealed
  first->local();
  CHECK(sent() == before + 1);

  // fifty edits that are saved together share an entry
  receive_all(*first);
  for (int i = 0; i < 49; ++i) rename(*first, id, "Awa " + std::to_string(i));
  REQUIRE(first->app->flush());
  rename(*first, id, "Awa 49");
  first->local();
  CHECK(sent() == before + 2);
  world.settle();
  CHECK(field_of(record_of(*second->app, id, "person"), "first_name").values.front().raw == "Awa 49");
}

TEST_CASE("App: edits saved while an entry is on its way share the next one, which leaves with the receipt",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  world.settle();
  const auto before = world.server.total_entries();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(first->app->flush());
    rename(*first, id, "Awa " + std::to_string(i));
    first->local();
  }
  CHECK(world.server.total_entries() == before + 1);
  CHECK(unsent(*first, id));
  receive_all(*first);  // no pause: a person saved
  CHECK(world.server.total_entries() == before + 2);
  CHECK_FALSE(unsent(*first, id));
  receive_all(*second);
  CHECK(field_of(record_of(*second->app, id, "person"), "first_name").values.front().raw == "Awa 19");
}

TEST_CASE("App: whoever shows a case is told when it changed, and of no other", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  const auto other = *first->app->create_case(kPerson);
  std::vector<std::vector<CaseId>> told;
  second->app->on_change(
      [&](std::span<const CaseId> cases) { told.emplace_back(cases.begin(), cases.end()); });
  world.settle();
  REQUIRE(told.size() == 1);
  CHECK(std::ranges::is_permutation(told.front(), std::vector{id, other}));
  told.clear();
  rename(*first, id, "Awa");
  rename(*first, id, "Zoé");
  world.settle();
  REQUIRE(told.size() == 1);
  CHECK(told.front() == std::vector<CaseId>{id});
}

}  // namespace
}  // namespace abri::core::test
