// SPDX-License-Identifier: MPL-2.0
#include "cases/partners.hpp"
#include "cases/pending_links.hpp"
#include "unit/core/cases/partners.hpp"
#include "vault_copy.hpp"

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

std::string names_of(PersonDevice& device) {
  std::vector<std::string> names;
  const auto people = device.app->people();
  for (const auto& person : *people) names.push_back(person.name);
  std::ranges::sort(names);
  std::string out;
  for (const auto& name : names) out += name + ";";
  return out;
}

TEST_CASE("App::rotate_keys: who joins under a renewal that came second comes in all the same, by her name",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(kPerson);
  auto code = first->app->invite("Inès Kermadec", {"social_worker"});
  REQUIRE(code);
  world.settle();
  auto& third = world.add_device();
  REQUIRE(third.app->join(*code));
  third.start();
  while (third.receive()) {
  }
  third.local();
  while (third.receive()) {
  }
  // her answer, then the other one's renewal wait for `first`, which sends its own before it reads them
  REQUIRE(second->app->rotate_keys());
  second->local();
  while (second->receive()) {
  }
  REQUIRE(first->app->rotate_keys());
  world.settle();
  for (auto* device : {first, second, &third}) {
    CHECK(names_of(*device) == "Awa Lenoir;Inès Kermadec;");
    CHECK(device->app->status()->unsent == 0);
  }
  set_language(*second, id, "lingala");
  world.settle();
  CHECK(language(third, id) == "lingala");
  CHECK(third.digest() == first->digest());
}

TEST_CASE(
    "App::rotate_keys: a partner trusted under a renewal that came second is the colleagues' partner too",
    "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto code = first->app->invite_partner();
  REQUIRE(code);
  world.settle();
  REQUIRE(landlord.app->accept_partner(*code));
  world.settle();
  const auto fingerprint = first->app->partners()->at(0).fingerprint;
  first->stop();
  REQUIRE(first->app->rotate_keys());
  REQUIRE(first->app->confirm_partner(fingerprint));
  REQUIRE(second->app->rotate_keys());
  world.settle();
  first->start();
  world.settle();
  for (auto* device : {first, second}) {
    const auto partners = device->app->partners();
    REQUIRE(partners->size() == 1);
    CHECK(partners->at(0).confirmed);
    CHECK(partners->at(0).name == "Habitat des Ormes");
  }
}

TEST_CASE("App::rotate_keys: a partner whose key nothing can be sealed for does not keep the own keys old",
          "[core][cases]") {
  Partners partners;
  const auto id = partners.family();
  partners.world.settle();
  partners.landlord->change_vault([](cases::World& world) {
    for (const auto& [chain_id, chain] : world.chains) {
      if (chain_id == world.organisation) continue;
      auto block = cases::own_members_block(world, chain.state);
      REQUIRE(block);
      REQUIRE(block->groups.size() == 1);
      block->groups[0].generation += 1;
      block->groups[0].box_key = {};  // a point of small order
      REQUIRE(cases::submit(world, chain_id, chain::Members{*block}));
    }
  });
  partners.world.settle();

  auto& association = *partners.association;
  CHECK(association.app->rotate_keys().error().code == Errc::invalid_argument);
  partners.world.settle();
  VaultCopy copy(association);
  CHECK(copy.world().case_group()->generation() == 1);
  for (const auto& [chain_id, chain] : copy.world().chains)
    if (chain_id != copy.world().organisation)
      CHECK(chain.state.group_for(chain::GroupPurpose::shared)->generation() == 0);
  set_language(association, id, "lingala");
  partners.world.settle();
  CHECK(language(*partners.colleague, id) == "lingala");
}

}  // namespace
}  // namespace abri::core::test
