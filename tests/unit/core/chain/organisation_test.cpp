// SPDX-License-Identifier: MPL-2.0
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace chain_test;

TEST_CASE("genesis: makes the organisation, its founder, her device and the two first groups",
          "[core][chain]") {
  const auto org = OrgChain::founded();
  const auto& state = org.state;
  CHECK(state.status() == ChainStatus::active);
  CHECK(state.head().sequence == 1);
  CHECK(state.genesis_hash() == state.head().hash);
  CHECK(state.server().address == "sync.example:7443");
  REQUIRE(state.device(1) != nullptr);
  CHECK(state.device(1)->user == org.user("alice"));
  CHECK(state.device(org.alice.device()) == state.device(1));
  CHECK(state.user(org.user("alice"))->roles() == (Roles(Role::administrator) | Role::head));
  for (const auto purpose : {GroupPurpose::everyone, GroupPurpose::administrators}) {
    const auto* group = state.group_for(purpose);
    REQUIRE(group != nullptr);
    CHECK(state.is_active_member(org.user("alice"), group->id));
    CHECK(state.missing_or_extra_wraps(group->id).clean());
  }
}

TEST_CASE("genesis: what does not fit together is refused", "[core][chain]") {
  const OrgChain org;
  const auto refused = [&](auto&& change) {
    auto body = org.genesis();
    change(body);
    return code(org.try_link(org.alice, body));
  };
  CHECK(refused([](Genesis&) {}) == kAccepted);
  CHECK(refused([](Genesis& g) { g.min_suite = 0; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.organisation = {}; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.server.address.clear(); }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.founder.roles = Role::administrator; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.founder.roles = Role::head; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.device.user = id<UserId>("x"); }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.device.device = id<DeviceId>("x"); }) == Errc::auth_failed);
  CHECK(refused([](Genesis& g) { g.device.reverse_signature = {}; }) == Errc::auth_failed);
  CHECK(refused([](Genesis& g) { g.everyone.purpose = GroupPurpose::team; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.everyone.group = g.administrators.group; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.everyone.members.clear(); }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.administrators.wraps.clear(); }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.administrators.purpose = GroupPurpose::team; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.founder.user = g.device.user = {}; }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) { g.device.wrap = g.everyone.wraps.front(); }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) {  // a group that nobody could open
          g.everyone.members.clear();
          g.everyone.wraps.clear();
        }) == Errc::invalid_argument);
  CHECK(refused([](Genesis& g) {
          g.everyone.feed = feed("everyone");
          g.everyone.feed->salt = {};
        }) == Errc::auth_failed);
}

TEST_CASE("genesis: MS-14 a device that knows its genesis accepts no other, so no other server key",
          "[core][chain][adversary]") {
  const OrgChain org;
  const Machine mallory("mallory/1");
  const auto genuine = org.link(org.alice, org.genesis());
  const ChainState joining(org.state.id(), ChainKind::organisation, link_hash(genuine));
  auto forged = org.genesis();
  forged.server.key = mallory.sign.public_key();
  forged.device = introduce_device(joining.id(), forged.founder.user, mallory.sign, mallory.box.public_key());
  const auto bytes = build_link(joining, {.device = 0, .key = mallory.sign, .now = kNow}, forged);
  CHECK(validate(ChainState(joining.id(), ChainKind::organisation), *bytes));  // well made, but another one
  CHECK(code(validate(joining, *bytes)) == Errc::auth_failed);
  auto state = joining;
  CHECK(apply_entry(state, 0, *bytes).outcome == Outcome::skipped);
  CHECK(apply_entry(state, 1, genuine).outcome == Outcome::applied);
  CHECK(state.server().key == signing_key("server").public_key());
}

TEST_CASE("genesis: there is only one, and each chain has its own kind", "[core][chain]") {
  const auto org = OrgChain::founded();
  const Machine mallory("mallory/1");
  Machine nobody("org alice/1");
  CHECK(code(org.try_link(nobody, org.genesis())) == Errc::auth_failed);
  CHECK(code(org.try_link(org.alice, org.genesis())) == Errc::out_of_sync);
  const OrgChain fresh;
  const ChainState bilateral(fresh.state.id(), ChainKind::bilateral);
  CHECK(code(validate(bilateral, fresh.link(fresh.alice, fresh.genesis()))) == Errc::not_permitted);
  CHECK(code(fresh.try_link(fresh.alice, fresh.new_user("bob"))) == Errc::auth_failed);
}

TEST_CASE("chain: a link of another chain, place or past is refused", "[core][chain]") {
  auto org = OrgChain::founded();
  const auto link = org.link(org.alice, org.new_user("bob"));
  const auto changed = [&](auto&& change) {
    return code(validate(org.state, resigned(link, org.alice.sign, change)));
  };
  CHECK(changed([](Link&) {}) == kAccepted);
  CHECK(changed([](Link& l) { l.chain = id<ChainId>("other"); }) == Errc::out_of_sync);
  CHECK(changed([](Link& l) { l.sequence = 3; }) == Errc::out_of_sync);
  CHECK(changed([](Link& l) { l.sequence = 1; }) == Errc::out_of_sync);
  CHECK(changed([](Link& l) { l.previous = {}; }) == Errc::out_of_sync);
  CHECK(changed([](Link& l) { l.author = 2; }) == Errc::auth_failed);
  CHECK(changed([](Link& l) { l.author = 0; }) == Errc::auth_failed);
  REQUIRE(apply_link(org.state, link));
  CHECK(code(validate(org.state, link)) == Errc::out_of_sync);  // replayed
}

TEST_CASE("chain: device numbers follow the order of appearance", "[core][chain]") {
  auto org = OrgChain::founded();
  CHECK(org.enrol("bob").number == 2);
  CHECK(org.enrol("carol").number == 3);
  CHECK(org.state.device(0U) == nullptr);
  CHECK(org.state.device(4U) == nullptr);
  CHECK(org.state.devices().size() == 3);
}

TEST_CASE("roles: an administrator enrols, only a head gives what reads cases", "[core][chain]") {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob", Role::administrator);
  const auto hanna = org.enrol("hanna", Role::head);
  const auto carol = org.enrol("carol", Role::social_worker);

  // add_user
  CHECK(code(org.try_link(bob, org.new_user("dora"))) == kAccepted);
  CHECK(code(org.try_link(bob, org.new_user("dora", Role::administrator))) == kAccepted);
  CHECK(code(org.try_link(bob, org.new_user("dora", Role::social_worker))) == Errc::not_permitted);
  CHECK(code(org.try_link(bob, org.new_user("dora", Role::head))) == Errc::not_permitted);
  CHECK(code(org.try_link(hanna, org.new_user("dora"))) == Errc::not_permitted);
  CHECK(code(org.try_link(carol, org.new_user("dora"))) == Errc::not_permitted);
  CHECK(code(org.try_link(org.alice, org.new_user("carol"))) == Errc::already_exists);
  auto nameless = org.new_user("dora");
  nameless.user = {};
  CHECK(code(org.try_link(org.alice, nameless)) == Errc::invalid_argument);

  // set_role
  const auto give = [&](const Machine& by, std::string_view who, Roles roles) {
    return code(org.try_link(by, SetRole{.user = org.user(who), .roles = roles}));
  };
  CHECK(give(hanna, "carol", Roles(Role::social_worker) | Role::housing_referent) == kAccepted);
  CHECK(give(hanna, "carol", {}) == kAccepted);
  CHECK(give(hanna, "carol", Role::administrator) == kAccepted);
  CHECK(give(bob, "carol", Roles(Role::social_worker) | Role::administrator) == kAccepted);
  CHECK(give(bob, "carol", Role::administrator) == Errc::not_permitted);  // takes social_worker away
  CHECK(give(bob, "carol", Roles(Role::social_worker) | Role::head) == Errc::not_permitted);
  CHECK(give(bob, "bob", Roles(Role::administrator) | Role::head) == Errc::not_permitted);
  CHECK(give(bob, "hanna", {}) == Errc::not_permitted);
  CHECK(give(carol, "carol", Roles(Role::social_worker) | Role::head) == Errc::not_permitted);
  CHECK(give(carol, "carol", Role::social_worker) == Errc::not_permitted);
  CHECK(give(hanna, "carol", Role::social_worker) == Errc::invalid_argument);  // no change
  CHECK(give(hanna, "nobody", Role::head) == Errc::not_found);
}

TEST_CASE("roles: the organisation keeps an administrator and a head with a device", "[core][chain]") {
  auto org = OrgChain::founded();
  org.apply(org.alice, org.new_user("bob", Roles(Role::administrator) | Role::head));  // without a device
  const auto set = [&](Roles roles) {
    return code(org.try_link(org.alice, SetRole{.user = org.user("alice"), .roles = roles}));
  };
  CHECK(set(Role::head) == Errc::invalid_argument);
  CHECK(set(Role::administrator) == Errc::invalid_argument);
  org.apply(org.alice, org.new_device("bob", Machine("org bob/1")));
  CHECK(set(Role::administrator) == kAccepted);
  // Still in the administrators' group: first out of it, then the role.
  CHECK(set(Role::head) == Errc::invalid_argument);
}

TEST_CASE("chain: the list of users ends at its limit", "[core][chain]") {
  auto org = OrgChain::founded();
  auto user = org.new_user("someone");
  for (std::size_t i = 1; i < limits::kMaxMembers; ++i) {
    user.user = id<UserId>(std::to_string(i));
    REQUIRE(apply_link(org.state, org.link(org.alice, user)));
  }
  user.user = id<UserId>("one more");
  CHECK(code(apply_link(org.state, org.link(org.alice, user))) == Errc::invalid_argument);
}

TEST_CASE("roles: history answers what someone was allowed at a link", "[core][chain]") {
  auto org = OrgChain::founded();
  org.enrol("bob", Role::social_worker);  // links 2 and 3
  org.apply(org.alice, SetRole{.user = org.user("bob"), .roles = Role::shelter});
  CHECK(org.state.roles_at(org.user("bob"), 1) == Roles{});
  CHECK(org.state.roles_at(org.user("bob"), 2) == Roles(Role::social_worker));
  CHECK(org.state.roles_at(org.user("bob"), 3) == Roles(Role::social_worker));
  CHECK(org.state.roles_at(org.user("bob"), 4) == Roles(Role::shelter));
}

TEST_CASE(
    "devices: the first is an administrator's to add, each further one its user's, with its own signature",
    "[core][chain]") {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob", Role::social_worker);
  const auto carol = org.enrol("carol", Role::head);
  const Machine second("org bob/2");
  const auto body = org.new_device("bob", second);
  CHECK(code(org.try_link(bob, body)) == kAccepted);
  CHECK(code(org.try_link(carol, body)) == Errc::not_permitted);
  CHECK(code(org.try_link(org.alice, org.new_device("nobody", second))) == Errc::not_found);
  CHECK(code(org.try_link(bob, org.new_device("bob", bob))) == Errc::already_exists);

  auto changed = body;
  changed.device = id<DeviceId>("other");
  CHECK(code(org.try_link(bob, changed)) == Errc::auth_failed);
  changed = body;
  changed.box_key = carol.box.public_key();  // someone else's key under this device's name
  CHECK(code(org.try_link(bob, changed)) == Errc::auth_failed);
  changed = body;
  changed.user = org.user("alice");  // the reverse signature names bob
  CHECK(code(org.try_link(org.alice, changed)) == Errc::auth_failed);
}

TEST_CASE("devices: MS-02 an administrator makes no device of a head's, which would read the addresses",
          "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const auto carol = org.enrol("carol", Role::head);
  const Machine planted("org carol/2");
  CHECK(code(org.try_link(org.alice, org.new_device("carol", planted))) == Errc::not_permitted);
  CHECK(code(org.try_link(carol, org.new_device("carol", planted))) == kAccepted);
}

TEST_CASE("devices: MS-02 who may not make a head gives a new head no first device",
          "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const auto technician = org.enrol("technician", Role::administrator);
  const Machine planted("org carol/1");
  const Machine real("org carol/1 of hers");
  // of the links that bring her in the server let only the first one through
  org.apply(org.alice, org.new_user("carol", Roles(Role::head)));
  CHECK(code(org.try_link(technician, org.new_device("carol", planted))) == Errc::not_permitted);
  CHECK(code(org.try_link(org.alice, org.new_device("carol", real))) == kAccepted);
}

TEST_CASE("devices: the user's seed comes along only from herself, and opens on the new device",
          "[core][chain]") {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob");
  const Machine second("org bob/2");
  const auto body =
      with_user_seed(org.state, bob.number, org.new_device("bob", second), org.user_seed("bob"));
  REQUIRE(body);
  CHECK(code(org.try_link(org.alice, *body)) == Errc::not_permitted);
  auto misdirected = *body;
  misdirected.wrap->recipient = recipient(bob.device());
  CHECK(code(org.try_link(bob, misdirected)) == Errc::invalid_argument);
  org.apply(bob, *body);
  const auto opened = open_user_seed(org.state, org.user("bob"), second.device(), second.box);
  REQUIRE(opened);
  CHECK(*opened == org.user_seed("bob"));
  CHECK(code(open_user_seed(org.state, org.user("bob"), second.device(), bob.box)) == Errc::auth_failed);
  CHECK(code(open_user_seed(org.state, org.user("bob"), bob.device(), bob.box)) == Errc::not_found);
}

TEST_CASE("devices: MS-02 no link brings a device in that nobody entitled signed",
          "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob", Role::social_worker);
  const Machine ghost("ghost/1");
  const auto body = org.new_device("alice", ghost);
  const auto good = org.link(org.alice, body);
  const auto link = decode_signed_link(good)->link;
  const auto unsigned_link = encode_signed_link(encode_link(link), {{.device = 1, .signature = {}}});
  const auto other = OrgChain::founded("other");
  CHECK(code(validate(org.state, unsigned_link)) == Errc::auth_failed);
  CHECK(code(validate(org.state, sign_link(link, ghost.sign))) == Errc::auth_failed);  // signs for itself
  CHECK(code(validate(org.state, sign_link(link, other.alice.sign))) ==
        Errc::auth_failed);                                     // another organisation's
  CHECK(code(org.try_link(bob, body)) == Errc::not_permitted);  // a colleague
  CHECK(code(org.try_link(ghost, body)) == Errc::auth_failed);  // as a newcomer
  CHECK(org.state.active_devices(org.user("alice")).size() == 1);
}

TEST_CASE("chain: MS-01 forged members are skipped and no key is ever due to them",
          "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob", Role::social_worker);
  org.enrol("eve", Role::social_worker);
  org.apply(org.alice, org.new_group(org.alice, "team", {"alice", "bob"}));
  const auto before = org.state;
  const Machine ghost("ghost/1");
  const auto other = OrgChain::founded("other");

  std::vector<Bytes> forged;
  const auto body = org.membership(org.alice, "team", {"alice", "bob", "eve"});
  const auto link = decode_signed_link(org.link(org.alice, body))->link;
  forged.push_back(encode_signed_link(encode_link(link), {{.device = 1, .signature = {}}}));  // unsigned
  forged.push_back(sign_link(link, ghost.sign));                                              // self-signed
  forged.push_back(sign_link(link, other.alice.sign));  // other organisation
  forged.push_back(org.link(bob, body));                // by who has no right
  forged.push_back(org.link(bob, org.new_user("ghost", Role::head)));
  const auto replayed = org.link(org.alice, org.new_user("zoe"));
  org.apply(org.alice, SetRole{.user = org.user("bob"), .roles = Role::shelter});
  forged.push_back(replayed);  // valid once, now replayed after another link

  auto state = org.state;
  std::uint64_t position = 0;
  for (const auto& bytes : forged) {
    INFO("forged link " << position);
    const auto outcome = apply_entry(state, position++, bytes);
    CHECK(outcome.outcome == Outcome::skipped);
    REQUIRE(outcome.reason);
    const auto why = outcome.reason->code;
    CHECK((why == Errc::auth_failed || why == Errc::not_permitted || why == Errc::out_of_sync));
  }
  CHECK(state.head() == org.state.head());
  CHECK(state.members(org.group("team")) == before.members(org.group("team")));
  CHECK(state.users().size() == before.users().size());
  CHECK(state.missing_or_extra_wraps(org.group("team")).clean());
}

TEST_CASE("chain: MS-14 forged policies and recoveries neither apply nor stop the chain",
          "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const Machine ghost("ghost/1");
  const auto good = org.link(org.alice, org.new_user("bob"));
  auto state = org.state;
  std::uint64_t position = 0;
  for (const auto kind : {LinkKind::policy, LinkKind::set_recovery, LinkKind::recovery_use,
                          LinkKind::wipe_device, LinkKind::reseed, static_cast<LinkKind>(200)}) {
    const auto bytes =
        resigned(good, ghost.sign, [&](Link& link) { link.kind = static_cast<std::uint8_t>(kind); });
    CHECK(apply_entry(state, position++, bytes).outcome == Outcome::skipped);
    const auto newcomer = resigned(good, ghost.sign, [&](Link& link) {
      link.kind = static_cast<std::uint8_t>(kind);
      link.author = 0;
    });
    CHECK(apply_entry(state, position++, newcomer).outcome == Outcome::skipped);
  }
  CHECK(state.status() == ChainStatus::active);
  CHECK(apply_entry(state, position, good).outcome == Outcome::applied);
}

TEST_CASE("keys: a device turns its own box key, one generation at a time", "[core][chain]") {
  auto org = OrgChain::founded();
  const auto fresh = box_key("fresh").public_key();
  CHECK(code(org.try_link(org.alice, RotateDeviceKey{.generation = 2, .box_key = fresh})) ==
        Errc::invalid_argument);
  CHECK(code(org.try_link(org.alice,
                          RotateDeviceKey{.generation = 1, .box_key = org.alice.box.public_key()})) ==
        Errc::invalid_argument);
  org.apply(org.alice, RotateDeviceKey{.generation = 1, .box_key = fresh});
  CHECK(org.state.device(1)->box_key == fresh);
  CHECK(org.state.device(1)->box_generation == 1);
  CHECK(org.state.device(1)->box_since == 2);
}

TEST_CASE("keys: a user turns her own key, wrapped to exactly her devices, and the past stays readable",
          "[core][chain]") {
  auto org = OrgChain::founded();
  const Machine second("org alice/2");
  org.apply(org.alice, org.new_device("alice", second));
  org.enrol("bob");
  const auto body = make_rotate_user_key(org.state, 1, org.user_seed("alice"), org.user_seed("alice", 1));
  REQUIRE(body);
  auto changed = *body;
  changed.wraps.pop_back();
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  changed = *body;
  changed.wraps.push_back(changed.wraps.front());
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  changed = *body;
  changed.wraps.back().recipient = recipient(id<DeviceId>("ghost"));
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  changed = *body;
  changed.wraps.back() = changed.wraps.front();  // one device twice, the other not at all
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  changed = *body;
  changed.wraps.back().recipient_generation = 1;  // a key that the device does not have
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  changed = *body;
  changed.keys = seed_keys(org.user_seed("alice"));  // the old key again
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  changed = *body;
  changed.generation = 2;
  CHECK(code(org.try_link(org.alice, changed)) == Errc::invalid_argument);
  org.apply(org.alice, *body);
  CHECK(org.state.user(org.user("alice"))->generation() == 1);
  CHECK(org.state.user(org.user("bob"))->generation() == 0);
  const auto opened = open_user_seed(org.state, org.user("alice"), second.device(), second.box);
  REQUIRE(opened);
  CHECK(*opened == org.user_seed("alice", 1));
  const auto previous = open_previous_seed(org.state, org.user("alice"), 1, *opened);
  REQUIRE(previous);
  CHECK(*previous == org.user_seed("alice"));
  CHECK(code(open_previous_seed(org.state, org.user("alice"), 0, *previous)) == Errc::not_found);
}

TEST_CASE("trust: a head or administrator records a partner once, others never", "[core][chain]") {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob", Role::social_worker);
  const auto carol = org.enrol("carol", Role::administrator);
  const TrustOrganisation body{.bilateral = id<ChainId>("pair"),
                               .other = id<OrganisationId>("landlord"),
                               .fingerprint = id<Hash>("both"),
                               .package_sealed = to_bytes("sealed")};
  CHECK(code(org.try_link(bob, body)) == Errc::not_permitted);
  CHECK(code(org.try_link(carol, body)) == kAccepted);
  const auto refused = [&](auto&& change) {
    auto changed = body;
    change(changed);
    return code(org.try_link(org.alice, changed));
  };
  CHECK(refused([](TrustOrganisation& b) { b.other = id<OrganisationId>("org"); }) == Errc::invalid_argument);
  CHECK(refused([](TrustOrganisation& b) { b.bilateral = id<ChainId>("org"); }) == Errc::invalid_argument);
  CHECK(refused([](TrustOrganisation& b) { b.bilateral = {}; }) == Errc::invalid_argument);
  CHECK(refused([](TrustOrganisation& b) { b.other = {}; }) == Errc::invalid_argument);
  org.apply(org.alice, body);
  CHECK(code(org.try_link(org.alice, body)) == Errc::already_exists);
  REQUIRE(org.state.trust(body.bilateral) != nullptr);
  CHECK(org.state.trust(body.bilateral)->body == body);
}
