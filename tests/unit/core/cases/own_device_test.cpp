// SPDX-License-Identifier: MPL-2.0
#include "cases/meeting_code.hpp"
#include "people_world.hpp"

namespace abri::core::test {

namespace {

/// An association with its founder and a colleague who is a social worker and nothing else.
struct Team {
  PeopleWorld world;
  PersonDevice* founder{nullptr};
  PersonDevice* worker{nullptr};
  std::string first_code;

  Team() {
    founder = &world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
    auto code = founder->app->invite("Inès Kermadec", {"social_worker"});
    REQUIRE(code);
    first_code = *code;
    worker = &enter(first_code);
    REQUIRE(worker->app->status()->roles == std::vector<std::string>{"social_worker"});
  }
  PersonDevice& enter(const std::string& code) {
    auto& device = world.add_device();
    REQUIRE(device.app->join(code));
    device.start();
    world.settle();
    return device;
  }
  [[nodiscard]] std::uint32_t devices_of(const std::string& name) const {
    const auto people = founder->app->people();
    for (const auto& person : *people)
      if (person.name == name) return person.devices;
    return 0;
  }
};

}  // namespace

TEST_CASE("enrolment: a social worker brings her own second and third device in, without an administrator",
          "[core][cases]") {
  Team team;
  const auto id = team.worker->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(id);
  REQUIRE(team.worker->app->add_record(
      *id, "location", std::vector<FieldEdit>{{"kind", "home"}, {"address", "7 rue des Écluses"}}));
  team.world.settle();
  team.founder->stop();
  const auto code = team.worker->app->invite("", {});
  REQUIRE(code);
  auto& second = team.enter(*code);
  CHECK(second.app->status()->person == "Inès Kermadec");
  CHECK(field_of(record_of(*second.app, *id, "person"), "last_name").values.at(0).raw == "Marchwyn");
  const auto next = second.app->invite("", {});
  REQUIRE(next);
  second.reopen();
  auto& third = team.enter(*next);
  CHECK(third.app->status()->person == "Inès Kermadec");
  team.founder->start();
  team.world.settle();
  CHECK(team.devices_of("Inès Kermadec") == 3);
  CHECK(team.devices_of("Awa Lenoir") == 1);
  CHECK(third.digest() == team.founder->digest());
  REQUIRE(third.app->edit(*id, record_of(*third.app, *id, "person").id,
                          std::vector<FieldEdit>{{"first_name", "Lou"}}));
  team.world.settle();
  CHECK(field_of(record_of(*team.founder->app, *id, "person"), "first_name").values.at(0).raw == "Lou");
}

TEST_CASE("enrolment: the code by which a person came in does not bring a device in as her later on",
          "[core][cases]") {
  Team team;
  const auto code = team.worker->app->invite("", {});
  REQUIRE(code);
  team.world.settle();
  // whoever kept her first code can read the mailbox, not what is in it now
  auto& thief = team.enter(team.first_code);
  CHECK(team.devices_of("Inès Kermadec") == 1);
  CHECK(thief.app->list(CaseKind::case_file)->empty());
  CHECK(thief.app->status()->person.empty());
  team.enter(*code);
  CHECK(team.devices_of("Inès Kermadec") == 2);
  // used once
  team.enter(*code);
  CHECK(team.devices_of("Inès Kermadec") == 2);
}

TEST_CASE("enrolment: a new code for one's own device takes the place of the earlier one", "[core][cases]") {
  Team team;
  const auto earlier = team.worker->app->invite("", {});
  const auto later = team.worker->app->invite("", {});
  REQUIRE(earlier);
  REQUIRE(later);
  team.world.settle();
  team.enter(*earlier);
  CHECK(team.devices_of("Inès Kermadec") == 1);
  team.enter(*later);
  CHECK(team.devices_of("Inès Kermadec") == 2);
}

TEST_CASE("enrolment: without the role of an administrator nobody brings another person in",
          "[core][cases]") {
  Team team;
  CHECK(team.worker->app->invite("Zoé Vasseur", {"social_worker"}).error().code == Errc::not_permitted);
  CHECK(team.worker->app->invite("Zoé Vasseur", {"shelter"}).error().code == Errc::not_permitted);
  team.world.settle();
  CHECK(team.founder->app->people()->size() == 2);
}

TEST_CASE("enrolment: a code for one's own device is read back as it was printed", "[core][cases]") {
  Team team;
  const auto code = team.worker->app->invite("", {});
  REQUIRE(code);
  const auto read = cases::MeetingCode::decode(*code, cases::MeetingCode::Kind::own_device);
  REQUIRE(read);
  CHECK(read->encode() == *code);
  CHECK(read->server_address == "127.0.0.1:1");
  CHECK_FALSE(cases::MeetingCode::decode(*code, cases::MeetingCode::Kind::device));
  CHECK_FALSE(team.founder->app->accept_partner(*code));
}

}  // namespace abri::core::test
