// SPDX-License-Identifier: MPL-2.0
//
// Whoever the bilateral chain does not show in the team yet, and leaders who have not read their own chain.
#include "cases/chains.hpp"
#include "unit/core/cases/partners.hpp"
#include "vault_copy.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {
namespace {

using Edits = std::vector<FieldEdit>;

/// A colleague who mediates so far, outside the team, and a request to the landlord.
struct Mediated : Partners {
  PersonDevice* mediator{nullptr};
  CaseId id;
  CaseId request;
  RecordId main;
  LogId own_chain;
  LogId bilateral;

  Mediated() {
    mediator = &enter("Inès Kermadec", {"mediator"});
    id = family();
    request = send(id);
    main = record_of(*landlord->app, request, "relocation_request").id;
    VaultCopy copy(*association);
    own_chain = cases::log_of(copy.world().organisation);
    for (const auto& [chain_id, chain] : copy.world().chains)
      if (chain_id != copy.world().organisation) bilateral = cases::log_of(chain_id);
  }
  PersonDevice& enter(const std::string& name, const std::vector<std::string>& roles) {
    const auto code = association->app->invite(name, roles);
    REQUIRE(code);
    auto& device = world.add_device();
    REQUIRE(device.app->join(*code));
    device.start();
    world.settle();
    return device;
  }
  void bring_into_team() {
    const auto people = association->app->people();
    const auto person = std::ranges::find(*people, "Inès Kermadec", &PersonView::name);
    REQUIRE(person != people->end());
    REQUIRE(association->app->set_roles(person->id, {"housing_referent"}));
  }
  [[nodiscard]] std::string channel(PersonDevice& device) const {
    return field_of(record_of(*device.app, request, "relocation_request"), "channel").values.at(0).raw;
  }
  [[nodiscard]] std::size_t links(const LogId& log) { return world.server.logs.at(log).entries.size(); }
  /// Some rounds of talk, which need not come to an end.
  void talk(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (auto& device : world.devices) {
        device->local();
        for (int frame = 0; frame < 20; ++frame) device->receive();
      }
    }
  }
};

}  // namespace

TEST_CASE("feeds: what somebody writes before the partner's chain shows her in the team waits until it does",
          "[core][cases]") {
  Mediated it;
  it.colleague->stop();
  it.bring_into_team();
  it.association->local();  // the links leave …
  it.association->stop();   // … and the connection is lost before their receipt
  it.world.settle();
  REQUIRE(it.mediator->app->edit(it.request, it.main, Edits{{"channel", "platform"}}));
  it.world.settle();
  CHECK(it.mediator->app->status()->unsent > 0);
  it.colleague->start();
  it.association->start();
  it.world.settle();
  for (auto* device : {it.association, it.landlord, it.mediator}) CHECK(it.channel(*device) == "platform");
  CHECK(it.mediator->app->status()->unsent == 0);
  CHECK(it.mediator->digest() == it.association->digest());
}

TEST_CASE("partners: a leader who has not read her own chain takes nobody out of the team", "[core][cases]") {
  const bool other_leader = GENERATE(false, true);
  CAPTURE(other_leader);
  Mediated it;
  it.colleague->stop();
  it.bring_into_team();
  it.world.settle();
  const auto before = it.links(it.bilateral);
  if (!other_leader) it.association->stop();
  it.world.server.intercept = [&](auto& connection, const v1::Frame& frame) {
    if (&connection != it.colleague->connection.get() || !frame.has_subscribe() ||
        frame.subscribe().log() != as_text(it.own_chain.bytes()))
      return true;
    v1::Frame answer;
    answer.set_request(frame.request());
    answer.mutable_error()->set_code(v1::RATE_LIMITED);
    answer.mutable_error()->set_log(frame.subscribe().log());
    it.world.server.send(connection, answer);
    return false;
  };
  it.colleague->start();
  it.talk(40);
  CHECK(it.links(it.bilateral) == before);
  REQUIRE(it.mediator->app->edit(it.request, it.main, Edits{{"channel", "platform"}}));
  it.world.server.intercept = {};
  it.association->start();
  it.world.now += std::chrono::minutes(10);
  it.world.settle();
  for (auto* device : {it.association, it.colleague, it.landlord, it.mediator})
    CHECK(it.channel(*device) == "platform");
}

TEST_CASE("requests: a new device edits a file that was sent before the partner's chain shows it",
          "[core][cases]") {
  Mediated it;
  auto& worker = it.enter("Awa Delmotte", {"social_worker"});
  const auto code = worker.app->invite("", {});
  REQUIRE(code);
  it.colleague->stop();
  it.association->stop();
  auto& second = it.world.add_device();
  REQUIRE(second.app->join(*code));
  second.start();
  it.world.settle();
  const auto sheet = record_of(*second.app, it.id, "needs_sheet").id;
  REQUIRE(second.app->edit(it.id, sheet, Edits{{"budget_max", "950"}}));
  it.world.settle();
  CHECK(it.budget_seen(it.request) == "from_600");
  it.association->start();
  it.world.settle();
  it.world.now += std::chrono::minutes(11);
  it.world.settle();
  CHECK(it.budget_seen(it.request) == "from_900");
}

}  // namespace abri::core::test
