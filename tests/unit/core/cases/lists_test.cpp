// SPDX-License-Identifier: MPL-2.0
#include "people_world.hpp"

namespace abri::core::test {
namespace {

using Edits = std::vector<FieldEdit>;

std::vector<std::string> titles(const SearchResult& found) {
  std::vector<std::string> out;
  for (const auto& one : found.cases) out.push_back(one.title);
  return out;
}

}  // namespace

TEST_CASE("App::search: words of different people and records of a case meet", "[core][cases]") {
  PeopleWorld world;
  auto& app = *world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir").app;
  const auto id = *app.create_case(Edits{{"last_name", "Marchwyn"}, {"first_name", "Lou"}});
  REQUIRE(app.add_record(id, "person", Edits{{"role", "child"}, {"first_name", "Milo"}}));
  REQUIRE(app.add_record(id, "case_file", Edits{{"pseudonym", "Tournesol"}}));
  const auto other = *app.create_case(Edits{{"last_name", "Quintrec"}, {"first_name", "Milo"}});
  CHECK(app.search("milo tournesol", 10)->cases.size() == 1);
  CHECK(app.search("milo tournesol", 10)->cases.at(0).id == id);
  CHECK(app.search("lou mar", 10)->total == 1);
  CHECK(app.search("quint tourn", 10)->total == 0);
  CHECK(app.search("milo quint", 10)->cases.at(0).id == other);
}

TEST_CASE("App::search: the best come first, and what a limit leaves out is counted", "[core][cases]") {
  PeopleWorld world;
  auto& app = *world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir").app;
  REQUIRE(app.batch([&]() -> Result<void> {
    for (const auto* name : {"Louvarn", "Lourdel", "Loutrier", "Lou", "Lousteau", "Loubry"}) {
      const Edits person{{"last_name", name}};
      ABRI_CHECK(app.create_case(person));
    }
    return {};
  }));
  const auto found = app.search("lou", 3);
  REQUIRE(found);
  CHECK(titles(*found) == std::vector<std::string>{"Lou", "Loubry", "Lourdel"});
  CHECK(found->total == 6);
  CHECK(app.search("lou", 6)->cases.size() == 6);
  CHECK(app.search("marchwyn", 6)->total == 0);
}

TEST_CASE("App::list: a case and a dwelling are shown in the state that they begin with", "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(Edits{{"last_name", "Marchwyn"}});
  REQUIRE(first->app->create_dwelling(
      Edits{{"reference", "ORM-0412"}, {"commune", "59350"}, {"typology", "T3"}}));
  world.settle();
  for (auto* device : {first, second}) {
    CHECK(device->app->list(CaseKind::case_file)->at(0).state == "active");
    CHECK(device->app->list(CaseKind::dwelling)->at(0).state == "draft");
    CHECK(device->app->show(id, false)->summary.state == "active");
    CHECK(device->app->search("march", 1)->cases.at(0).state == "active");
  }
  REQUIRE(first->app->add_record(id, "case_file", Edits{{"pseudonym", "Tournesol"}}));
  CHECK(first->app->list(CaseKind::case_file)->at(0).state == "active");
}

TEST_CASE("App::list: a name that is erased stands in no list, heading or search, on any device",
          "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(Edits{{"last_name", "Marchwyn"}, {"first_name", "Lou"}});
  const auto person = record_of(*first->app, id, "person").id;
  world.settle();
  REQUIRE(second->app->list(CaseKind::case_file)->at(0).title == "Marchwyn Lou");
  REQUIRE(first->app->edit(id, person, Edits{{"last_name", ""}, {"first_name", ""}}));
  world.settle();
  for (auto* device : {first, second}) {
    CHECK(device->app->list(CaseKind::case_file)->at(0).title.empty());
    CHECK(device->app->show(id, true)->summary.title.empty());
    CHECK(device->app->search("march", 10)->total == 0);
  }
}

TEST_CASE(
    "App::list: of two women in one file all devices show the same one, and the other where she is taken out",
    "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(Edits{{"last_name", "Marchwyn"}});
  const auto mother = record_of(*first->app, id, "person").id;
  world.settle();
  first->stop();
  second->stop();
  const auto daughter =
      *second->app->add_record(id, "person", Edits{{"role", "victim"}, {"last_name", "Quintrec"}});
  REQUIRE(first->app->edit(id, mother, Edits{{"first_name", "Lou"}}));
  first->start();
  second->start();
  world.settle();
  const bool mother_first = mother < daughter;
  const std::string shown = mother_first ? "Marchwyn Lou" : "Quintrec";
  for (auto* device : {first, second}) CHECK(device->app->list(CaseKind::case_file)->at(0).title == shown);
  REQUIRE(first->app->edit(id, mother_first ? mother : daughter, Edits{{"role", "other_adult"}}));
  world.settle();
  const std::string remaining = mother_first ? "Quintrec" : "Marchwyn Lou";
  for (auto* device : {first, second})
    CHECK(device->app->list(CaseKind::case_file)->at(0).title == remaining);
}

TEST_CASE("App::address_holders: one device, several of one person, or several people", "[core][cases]") {
  PeopleWorld world;
  auto& first = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const auto id = *first.app->create_case(Edits{{"last_name", "Marchwyn"}});
  const auto place = *first.app->add_record(id, "location", Edits{{"kind", "home"}});
  const auto person = record_of(*first.app, id, "person").id;
  CHECK(*first.app->address_holders(id, place) == AddressHolders::one_device);
  CHECK(*first.app->address_holders(id, person) == AddressHolders::several_people);

  const auto enter = [&](const std::string& name, const std::vector<std::string>& roles) {
    const auto code = first.app->invite(name, roles);
    REQUIRE(code);
    world.settle();
    auto& device = world.add_device();
    REQUIRE(device.app->join(*code));
    device.start();
    world.settle();
  };
  enter("", {});
  CHECK(*first.app->address_holders(id, place) == AddressHolders::several_devices);
  enter("Inès Kermadec", {"head"});
  CHECK(*first.app->address_holders(id, place) == AddressHolders::several_people);
}

}  // namespace abri::core::test
