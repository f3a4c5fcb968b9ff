// SPDX-License-Identifier: MPL-2.0
#include "people_world.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {
namespace {

struct Stuck {
  PeopleWorld world;
  PersonDevice* founder{&world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir")};
  PersonDevice* device{&world.add_device()};

  std::string invite() {
    const auto code = founder->app->invite("Inès Kermadec", {"social_worker"});
    REQUIRE(code);
    world.settle();
    return *code;
  }
  void pass(std::chrono::milliseconds time) {
    world.now += time;
    world.server.now_ms = to_millis(world.now);
  }
  NewOrganisation organisation() {
    return world.organisation("Foyer des Charmes", "fnsf_association", "Inès Kermadec");
  }
};

}  // namespace

TEST_CASE("join: a code that came to nothing gives way to another", "[core][cases]") {
  enum class Why { used, expired, never_read };
  const auto why = GENERATE(Why::used, Why::expired, Why::never_read);
  CAPTURE(static_cast<int>(why));
  Stuck it;
  const auto code = it.invite();
  if (why == Why::used) {
    auto& other = it.world.add_device();
    REQUIRE(other.app->join(code));
    other.start();
    it.world.settle();
    REQUIRE(other.app->status()->person == "Inès Kermadec");
  }
  if (why == Why::expired) it.pass(std::chrono::hours(8 * 24));
  CHECK_FALSE(it.device->app->status()->joining);
  REQUIRE(it.device->app->join(code));
  if (why != Why::never_read) {
    it.device->start();
    it.world.settle();
  }
  CHECK(it.device->app->status()->joining);
  CHECK(it.device->app->status()->person.empty());

  const auto next = it.invite();
  REQUIRE(it.device->app->join(next));
  if (why == Why::never_read) it.device->start();
  it.world.settle();
  CHECK_FALSE(it.device->app->status()->joining);
  CHECK(it.device->app->status()->person == "Inès Kermadec");
  const auto id = it.device->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(id);
  it.world.settle();
  CHECK(it.founder->app->list(CaseKind::case_file)->size() == 1);
  it.device->reopen();
  it.world.settle();
  CHECK(it.device->app->status()->person == "Inès Kermadec");
  CHECK(it.device->app->join(it.invite()).error().where == std::string_view("organisation"));
}

TEST_CASE("join: the same code twice is no other code", "[core][cases]") {
  Stuck it;
  const auto code = it.invite();
  REQUIRE(it.device->app->join(code));
  const auto again = it.device->app->join(code);
  CHECK(again.error().code == Errc::already_exists);
  CHECK(again.error().where == std::string_view("join"));
  it.device->start();
  it.world.settle();
  CHECK(it.device->app->status()->person == "Inès Kermadec");
}

TEST_CASE("create_organisation: while a code may still bring the device in, none is founded on it",
          "[core][cases]") {
  Stuck it;
  REQUIRE(it.device->app->join(it.invite()));
  it.founder->stop();
  it.device->start();
  it.world.settle();
  const auto refused = it.device->app->create_organisation(it.organisation());
  CHECK(refused.error().code == Errc::already_exists);
  CHECK(refused.error().where == std::string_view("join"));
  CHECK(it.device->app->status()->joining);

  it.pass(std::chrono::hours(7 * 24 + 1));
  REQUIRE(it.device->app->create_organisation(it.organisation()));
  it.world.settle();
  CHECK_FALSE(it.device->app->status()->joining);
  CHECK(it.device->app->status()->organisation == "Foyer des Charmes");
  CHECK(it.device->app->status()->unsent == 0);
  CHECK(it.device->app->create_organisation(it.organisation()).error().where ==
        std::string_view("organisation"));
  // what the inviting device makes of the answer now is its own affair
  it.founder->start();
  it.world.settle();
  CHECK(it.device->app->status()->organisation == "Foyer des Charmes");
}

}  // namespace abri::core::test
