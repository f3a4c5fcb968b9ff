// SPDX-License-Identifier: MPL-2.0
#include "cases/chains.hpp"
#include "unit/core/cases/partners.hpp"
#include "vault_copy.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {

TEST_CASE("requests: the landlord sees the projection under a pseudonym and nothing else", "[core][cases]") {
  Partners partners;
  const auto id = partners.family();
  const auto request = partners.send(id);

  const auto seen = partners.landlord->app->list(CaseKind::request);
  REQUIRE(seen->size() == 1);
  CHECK(seen->at(0).state == "sent");
  const auto record = record_of(*partners.landlord->app, request, "relocation_request");
  CHECK(field_of(record, "budget_band").values.at(0).raw == "from_600");
  CHECK(field_of(record, "typology_min").values.at(0).raw == "t3");
  CHECK(partners.landlord->app->list(CaseKind::case_file)->empty());
  CHECK(partners.landlord->app->search("march", 10)->cases.empty());
  CHECK(partners.landlord->app->find_case(id.hex()).error().code == Errc::not_found);
}

TEST_CASE("requests: a change of the needs follows into the request, written on any device",
          "[core][cases]") {
  Partners partners;
  const auto id = partners.family();
  const auto request = partners.send(id);
  const auto sheet = record_of(*partners.colleague->app, id, "needs_sheet").id;
  REQUIRE(partners.colleague->app->edit(id, sheet, std::vector<FieldEdit>{{"budget_max", "950"}}));
  partners.world.settle();
  const auto record = record_of(*partners.landlord->app, request, "relocation_request");
  CHECK(field_of(record, "budget_band").values.at(0).raw == "from_900");
}

TEST_CASE("requests: an edit made before its device knew of the request reaches the landlord",
          "[core][cases]") {
  Partners partners;
  const auto id = partners.family();
  partners.world.settle();
  const auto sheet = record_of(*partners.colleague->app, id, "needs_sheet").id;
  partners.colleague->stop();
  REQUIRE(partners.colleague->app->edit(id, sheet, std::vector<FieldEdit>{{"budget_max", "950"}}));
  const auto request = partners.send(id);
  CHECK(partners.budget_seen(request) == "from_600");
  partners.colleague->start();
  partners.world.settle();
  partners.world.now += std::chrono::minutes(11);  // where the feeds came in the other order
  partners.world.settle();
  CHECK(partners.budget_seen(request) == "from_900");
}

TEST_CASE("requests: what two people add at the same time reaches the landlord together", "[core][cases]") {
  Partners partners;
  const auto id = partners.family();
  const auto sheet = record_of(*partners.association->app, id, "needs_sheet").id;
  REQUIRE(partners.association->app->edit(id, sheet, std::vector<FieldEdit>{{"assessed_on", "2026-11-20"}}));
  const auto request = partners.send(id);
  const auto add_child = [&](PersonDevice& device, const std::string& born) {
    REQUIRE(device.app->add_record(id, "person",
                                   std::vector<FieldEdit>{{"role", "child"}, {"birth_date", born}}));
  };
  const auto ages = [&] {
    return field_of(record_of(*partners.landlord->app, request, "relocation_request"), "children_ages")
        .values.at(0)
        .raw;
  };
  partners.colleague->stop();
  add_child(*partners.association, "2019-03-02");
  add_child(*partners.colleague, "2023-07-14");
  partners.world.settle();
  CHECK(ages() == "from_6_to_10");
  const auto before = partners.world.server.total_entries();
  partners.colleague->start();
  partners.world.settle();
  CHECK(ages() == "from_3_to_5,from_6_to_10");
  // one device saw to it: nobody writes it again
  const auto after = partners.world.server.total_entries();
  CHECK(after <= before + 3);
  partners.world.now += std::chrono::minutes(11);
  partners.world.settle();
  CHECK(partners.world.server.total_entries() == after);
}

TEST_CASE("requests: where the editor could not, a colleague's device sees to the request within ten minutes",
          "[core][cases]") {
  const bool locks = GENERATE(false, true);
  CAPTURE(locks);
  Partners partners;
  const auto id = partners.family();
  const auto request = partners.send(id);
  auto& server = partners.world.server;
  std::string shared_feed;  // where the landlord writes
  server.intercept = [&](auto&, const v1::Frame& frame) {
    if (frame.has_append()) shared_feed = frame.append().log();
    return true;
  };
  const auto main = record_of(*partners.landlord->app, request, "relocation_request").id;
  REQUIRE(partners.landlord->app->advance(request, main, "acknowledge"));
  partners.world.settle();
  REQUIRE_FALSE(shared_feed.empty());

  // what the colleague's device sends there never arrives
  server.intercept = [&](auto& connection, const v1::Frame& frame) {
    return &connection != partners.colleague->connection.get() || !frame.has_append() ||
           frame.append().log() != shared_feed;
  };
  const auto sheet = record_of(*partners.colleague->app, id, "needs_sheet").id;
  REQUIRE(partners.colleague->app->edit(id, sheet, std::vector<FieldEdit>{{"budget_max", "950"}}));
  partners.world.settle();
  partners.colleague->stop();
  CHECK(partners.budget_seen(request) == "from_600");
  // locked meanwhile, it begins to wait anew
  if (locks) {
    partners.association->reopen();
    partners.world.settle();
  }
  partners.world.now += std::chrono::minutes(11);
  partners.world.settle();
  CHECK(partners.budget_seen(request) == "from_900");
}

TEST_CASE("requests: landlord and association move the request and a proposal by their own steps",
          "[core][cases]") {
  Partners partners;
  const auto request = partners.association->app->send_request(partners.family(), partners.landlord_id);
  REQUIRE(request);
  partners.world.settle();
  auto& landlord = *partners.landlord->app;
  auto& association = *partners.association->app;
  const auto main = record_of(landlord, *request, "relocation_request").id;
  CHECK(association.advance(*request, main, "acknowledge").error().code == Errc::not_permitted);
  CHECK(landlord.advance(*request, main, "propose").error().code == Errc::illegal_transition);
  partners.landlord->stop();
  REQUIRE(landlord.advance(*request, main, "acknowledge"));
  REQUIRE(landlord.advance(*request, main, "search"));
  const auto dwelling = landlord.create_dwelling(std::vector<FieldEdit>{{"reference", "ORM-0412"},
                                                                        {"commune", "59350"},
                                                                        {"typology", "T3"},
                                                                        {"rent", "512"},
                                                                        {"address", "3 allée des Charmes"}});
  REQUIRE(dwelling);
  const auto proposal = landlord.propose(*request, *dwelling);
  REQUIRE(proposal);
  partners.landlord->start();
  partners.world.settle();

  const auto seen = record_of(association, *request, "housing_proposal");
  CHECK(field_of(seen, "reference").values.at(0).raw == "ORM-0412");
  CHECK(association.list(CaseKind::request)->at(0).state == "proposed");
  REQUIRE(association.advance(*request, seen.id, "position"));
  partners.world.settle();
  REQUIRE(landlord.advance(*request, *proposal, "receive"));
  CHECK(landlord.advance(*request, *proposal, "plan_visit").error().where == std::string("visit_on"));
  REQUIRE(landlord.edit(*request, *proposal, std::vector<FieldEdit>{{"visit_on", "2026-12-04"}}));
  REQUIRE(landlord.advance(*request, *proposal, "plan_visit"));
  partners.world.settle();
  CHECK(field_of(record_of(association, *request, "housing_proposal"), "status").values.at(0).raw ==
        "visit_planned");
  CHECK(
      association.edit(*request, seen.id, std::vector<FieldEdit>{{"visit_on", "2026-12-05"}}).error().code ==
      Errc::not_permitted);
}

TEST_CASE("partners: where nobody waits to be compared, other digits confirm nothing and raise no alarm",
          "[core][cases]") {
  Partners partners;
  CHECK(partners.association->app->confirm_partner("12345 12345 12345 12345 12345").error().code ==
        Errc::out_of_sync);
}

TEST_CASE("partners: before the answer arrived here its digits are no alarm; with it, other digits are",
          "[core][cases]") {
  PeopleWorld world;
  auto& association = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto code = association.app->invite_partner();
  REQUIRE(code);
  world.settle();
  association.stop();
  REQUIRE(landlord.app->accept_partner(*code));
  CHECK(landlord.app->confirm_partner("12345 12345 12345 12345 12345").error().code == Errc::out_of_sync);
  world.settle();
  const auto read_out = landlord.app->partners()->at(0).fingerprint;
  const auto early = association.app->confirm_partner(read_out);
  CHECK(early.error().code == Errc::out_of_sync);
  CHECK(early.error().where == std::string_view("partner"));
  association.start();
  world.settle();
  CHECK(association.app->confirm_partner("12345 12345 12345 12345 12345").error().code == Errc::auth_failed);
  CHECK(association.app->confirm_partner(read_out));
}

TEST_CASE("requests: to a partner whose answer this device has not read yet none is sent, without an alarm",
          "[core][cases]") {
  PeopleWorld world;
  const auto [association, colleague] = world.association();
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto id = *colleague->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(
      colleague->app->add_record(id, "needs_sheet",
                                 std::vector<FieldEdit>{{"adults", "1"},
                                                        {"typology_min", "T3"},
                                                        {"urgency", "immediate"},
                                                        {"wanted_communes", "59350", FieldEdit::Kind::add}}));
  world.settle();
  colleague->stop();
  world.bring_together(landlord, *association);
  const auto landlord_id = association->app->partners()->at(0).id;
  association->stop();
  landlord.stop();

  // the first link of their chain says who opened it; what says that the association joined comes later
  LogId shared;
  VaultCopy copy(*association);
  for (const auto& [chain, state] : copy.world().chains)
    if (chain != copy.world().organisation) shared = cases::log_of(chain);
  auto& log = world.server.logs.at(shared);
  const auto entries = log.entries;
  const auto times = log.times_ms;
  log.cut(1);
  colleague->start();
  world.settle();
  REQUIRE(colleague->app->partners()->at(0).id == landlord_id);
  const auto early = colleague->app->send_request(id, landlord_id);
  CHECK(early.error().code == Errc::out_of_sync);
  CHECK(early.error().where == std::string_view("partner"));

  for (std::size_t i = 1; i < entries.size(); ++i) log.append(entries[i], times[i]);
  world.server.publish();
  world.settle();
  CHECK(colleague->app->send_request(id, landlord_id));
}

TEST_CASE(
    "partners: an administrator outside the team opens no chain to a partner, whose requests she could read",
    "[core][cases]") {
  PeopleWorld world;
  auto& head = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const auto code = head.app->invite("Inès Kermadec", {"administrator"});
  REQUIRE(code);
  auto& technician = world.add_device();
  REQUIRE(technician.app->join(*code));
  technician.start();
  world.settle();
  const auto refused = technician.app->invite_partner();
  CHECK(refused.error().code == Errc::not_permitted);
  CHECK(refused.error().where == std::string_view("team"));
  CHECK(head.app->invite_partner());
}

}  // namespace abri::core::test
