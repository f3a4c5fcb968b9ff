// SPDX-License-Identifier: MPL-2.0
#include "cases/records.hpp"
#include "insider.hpp"
#include "unit/core/cases/partners.hpp"

namespace abri::core::test {
namespace {

using Edits = std::vector<FieldEdit>;

std::size_t count(App& app, const CaseId& id, const std::string& type) {
  const auto view = app.show(id, false);
  REQUIRE(view);
  return static_cast<std::size_t>(std::ranges::count(view->records, type, &RecordView::type));
}

/// A needs sheet with an id of its own, as another program would make it.
void add_foreign_sheet(Partners& partners, const CaseId& id, const RecordId& record) {
  partners.world.settle();
  Insider insider(partners.world.server, *partners.colleague);
  const auto core = insider.next();
  const auto change = insider.change("needs_sheet", record, "assessed_on", "2026-11-20");
  insider.publish(
      core, insider.sealed(core, {feed::BodyKind::change, id, NEEDS, 0}, insider.key(id, NEEDS), change));
  partners.world.settle();
}

}  // namespace

TEST_CASE("add_record: of what a case has one of, a second one is refused", "[core][cases]") {
  PeopleWorld world;
  auto& device = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const auto id = *device.app->create_case(Edits{{"last_name", "Marchwyn"}});
  const auto other = *device.app->create_case(Edits{{"last_name", "Quintrec"}});
  const std::vector<std::pair<std::string, FieldEdit>> single{{"needs_sheet", {"adults", "1"}},
                                                              {"danger_assessment", {"level", "watch"}},
                                                              {"case_file", {"pseudonym", "Tournesol"}}};
  for (const auto& [type, field] : single) {
    INFO(type);
    const auto record = device.app->add_record(id, type, Edits{field});
    REQUIRE(record);
    const auto again = device.app->add_record(id, type, Edits{field});
    CHECK(again.error().code == Errc::already_exists);
    CHECK(again.error().where == type);
    CHECK(count(*device.app, id, type) == 1);
    const auto elsewhere = device.app->add_record(other, type, Edits{field});
    REQUIRE(elsewhere);
    CHECK(*elsewhere != *record);
  }
  for (int i = 0; i < 2; ++i) {
    CHECK(device.app->add_record(id, "person", Edits{{"role", "child"}}));
    CHECK(device.app->add_record(id, "location", Edits{{"kind", "school"}}));
  }
}

TEST_CASE(
    "add_record: two people who assess the danger apart write into one assessment, and the higher level "
    "holds",
    "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(Edits{{"last_name", "Marchwyn"}});
  world.settle();
  first->stop();
  second->stop();
  REQUIRE(first->app->add_record(id, "danger_assessment", Edits{{"level", "low"}, {"grid", "eva"}}));
  REQUIRE(second->app->add_record(id, "danger_assessment",
                                  Edits{{"level", "high"}, {"weapon_reported", "true"}}));
  first->start();
  second->start();
  world.settle();
  CHECK(first->digest() == second->digest());
  for (auto* device : {first, second}) {
    REQUIRE(count(*device->app, id, "danger_assessment") == 1);
    const auto record = record_of(*device->app, id, "danger_assessment");
    CHECK(field_of(record, "level").conflict);
    CHECK(field_of(record, "level").values.size() == 2);
    CHECK(field_of(record, "grid").values.at(0).raw == "eva");
    CHECK(field_of(record, "weapon_reported").values.at(0).raw == "true");
    CHECK(device->app->conflicts()->size() == 1);
  }
}

TEST_CASE(
    "requests: of two needs sheets with something in them none is sent, and an open request stays as it is",
    "[core][cases]") {
  Partners partners;
  const auto id = partners.family();
  const auto request = partners.send(id);
  const auto foreign = crypto::random_id<RecordId>();
  add_foreign_sheet(partners, id, foreign);
  REQUIRE(count(*partners.association->app, id, "needs_sheet") == 2);

  auto& app = *partners.association->app;
  const auto records = app.show(id, false)->records;
  const auto own = std::ranges::find_if(
      records, [&](const auto& r) { return r.type == "needs_sheet" && r.id != foreign; });
  REQUIRE(own != records.end());
  REQUIRE(app.edit(id, own->id, Edits{{"budget_max", "950"}}));
  partners.world.settle();
  CHECK(partners.budget_seen(request) == "from_600");
  REQUIRE(app.advance(request, record_of(app, request, "relocation_request").id, "withdraw"));
  const auto refused = app.send_request(id, partners.landlord_id);
  CHECK(refused.error().code == Errc::conflict);
  CHECK(refused.error().where == std::string_view("needs_sheet"));

  REQUIRE(app.edit(id, foreign, Edits{{"assessed_on", ""}}));
  const auto sent = partners.send(id);
  CHECK(partners.budget_seen(sent) == "from_900");
}

}  // namespace abri::core::test
