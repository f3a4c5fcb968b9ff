// SPDX-License-Identifier: MPL-2.0
#include "mailbox.hpp"
#include "vault_copy.hpp"

namespace abri::core::test {
namespace {

const std::vector<std::string> kWorker{"social_worker"};

/// The device that a code brings in.
PersonDevice& enter(PeopleWorld& world, const std::string& code) {
  auto& device = world.add_device();
  REQUIRE(device.app->join(code));
  device.start();
  world.settle();
  return device;
}

/// An association whose founder invited somebody.
struct Invited {
  PeopleWorld world;
  PersonDevice* founder{&world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir")};

  std::string invite(const std::string& name = "Inès Kermadec",
                     const std::vector<std::string>& roles = kWorker) {
    const auto code = founder->app->invite(name, roles);
    REQUIRE(code);
    world.settle();
    return *code;
  }
  [[nodiscard]] std::size_t people() const { return founder->app->people()->size(); }
};

}  // namespace

TEST_CASE("invite: roles without a name make no code", "[core][cases]") {
  PeopleWorld world;
  auto& founder = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const auto refused = founder.app->invite("", kWorker);
  CHECK(refused.error().code == Errc::invalid_argument);
  CHECK(refused.error().where == std::string_view("name"));
  CHECK(founder.app->invite("", {}));
}

TEST_CASE("invite: an administrator who is no head is refused the roles that the chain would refuse her",
          "[core][cases]") {
  Invited it;
  auto& administrator = enter(it.world, it.invite("Inès Kermadec", {"administrator"}));
  REQUIRE(administrator.app->status()->roles == std::vector<std::string>{"administrator"});
  for (const auto* role : {"social_worker", "shelter", "mediator", "regional_coordination", "head"}) {
    INFO(role);
    CHECK(administrator.app->invite("Zoé Vasseur", {role}).error().code == Errc::not_permitted);
    CHECK(administrator.app->invite("Zoé Vasseur", {"administrator", role}).error().code ==
          Errc::not_permitted);
  }
  const auto code = administrator.app->invite("Zoé Vasseur", {"administrator"});
  REQUIRE(code);
  it.world.settle();
  auto& other = enter(it.world, *code);
  CHECK(other.app->status()->person == "Zoé Vasseur");
  CHECK(it.people() == 3);
}

TEST_CASE("enrolment: an answer that its own key does not vouch for changes nothing", "[core][cases]") {
  Invited it;
  const auto code = it.invite();
  Mailbox mailbox(it.world.server, code);
  auto device = Mailbox::device_of(mailbox.invitation(), crypto::SigningKey::generate());
  device.box_key = crypto::BoxKey::generate().public_key();
  mailbox.answer(device);
  it.world.settle();
  CHECK(it.people() == 1);
  CHECK(VaultCopy(*it.founder).notices("bad_answer") == 1);
  // the code is still hers
  CHECK(enter(it.world, code).app->status()->person == "Inès Kermadec");
  CHECK(it.people() == 2);
}

TEST_CASE("enrolment: where the chain refuses a later link the earlier ones are not made either",
          "[core][cases]") {
  Invited it;
  const auto key = crypto::SigningKey::generate();
  const auto first = it.invite("Zoé Vasseur");
  Mailbox mailbox(it.world.server, first);
  mailbox.answer(Mailbox::device_of(mailbox.invitation(), key));
  it.world.settle();
  REQUIRE(it.people() == 2);

  // a device that is on the chain already is nobody else's
  const auto second = it.invite();
  Mailbox other(it.world.server, second);
  other.answer(Mailbox::device_of(other.invitation(), key));
  it.world.settle();
  CHECK(it.people() == 2);
  CHECK(VaultCopy(*it.founder).notices("bad_answer") == 1);
  CHECK(it.founder->app->status()->unsent == 0);

  auto& meant = enter(it.world, second);
  CHECK(meant.app->status()->person == "Inès Kermadec");
  const auto id = it.founder->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(id);
  it.world.settle();
  CHECK(meant.app->list(CaseKind::case_file)->size() == 1);
  it.founder->reopen();
  CHECK(it.people() == 3);
}

TEST_CASE("enrolment: what is no invitation does not keep a device from its own", "[core][cases]") {
  Invited it;
  const auto code = it.founder->app->invite("Inès Kermadec", kWorker);
  REQUIRE(code);
  Mailbox mailbox(it.world.server, *code);
  // somebody else's message comes first
  it.world.server.intercept = [&](auto&, const v1::Frame& frame) {
    return !frame.has_append() || frame.append().log() != as_text(mailbox.id().bytes());
  };
  it.world.settle();
  mailbox.post(to_bytes("\x01 too short"));
  it.world.server.intercept = nullptr;
  it.founder->stop();
  it.founder->start();
  it.world.settle();
  CHECK(enter(it.world, *code).app->status()->person == "Inès Kermadec");
}

}  // namespace abri::core::test
