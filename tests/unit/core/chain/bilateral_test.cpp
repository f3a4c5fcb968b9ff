// SPDX-License-Identifier: MPL-2.0
#include "chain/trust.hpp"
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace chain_test;

namespace {

/// An association and a landlord on their common chain. Each has a leader with device /1, a worker with device /1 and a group.
struct Pair {
  OrgChain association = OrgChain::founded("association");
  OrgChain landlord = OrgChain::founded("landlord");
  Machine worker = association.enrol("bob", Role::social_worker);
  Machine referent = landlord.enrol("rita", Role::landlord_referent);
  ChainState state{id<ChainId>("pair"), ChainKind::bilateral};
  Machine opener{"association alice/1"};
  Machine joiner{"landlord alice/1"};
  GroupId shared = id<GroupId>("shared");

  Pair() {
    association.apply(association.alice, association.new_group(association.alice, "team", {"alice", "bob"}));
    landlord.apply(landlord.alice, landlord.new_group(landlord.alice, "referents", {"alice", "rita"},
                                                      GroupPurpose::referents));
  }
  [[nodiscard]] MembersBlock association_block(std::uint32_t version = 0) const {
    return make_members_block(association.state, "Association", version, 1);
  }
  [[nodiscard]] MembersBlock landlord_block(std::uint32_t version = 0) const {
    return make_members_block(landlord.state, "Bailleur", version, 1);
  }
  [[nodiscard]] BilateralGenesis genesis() const {
    BilateralGenesis out;
    out.server = {.address = "sync.example:7443", .key = signing_key("server").public_key()};
    out.opener = association_block();
    return out;
  }
  [[nodiscard]] Bytes link(const Machine& by, const Body& body) const {
    return *build_link(state, {.device = by.number, .key = by.sign, .now = kNow}, body);
  }
  [[nodiscard]] Errc attempt(const Machine& by, const Body& body) const {
    return code(validate(state, link(by, body)));
  }
  void apply(const Machine& by, const Body& body) {
    const auto applied = apply_link(state, link(by, body));
    if (!applied) std::fprintf(stderr, "refused: %s\n", applied.error().where);
    ABRI_ASSERT(applied);
  }
  void open() {
    apply(opener, genesis());
    opener.number = 1;
    worker.number = 2;
  }
  void join() {
    apply(joiner, Join{landlord_block()});
    joiner.number = 3;
    referent.number = 4;
  }
  [[nodiscard]] RecipientId team() const { return recipient(association.group("team")); }
  [[nodiscard]] RecipientId referents() const { return recipient(landlord.group("referents")); }
  [[nodiscard]] crypto::GroupSeed shared_seed(int generation = 0) const {
    return seed<crypto::GroupSeed>("shared " + std::to_string(generation));
  }
  [[nodiscard]] CreateGroup new_group(const std::vector<RecipientId>& members) const {
    GroupPlan plan{.group = shared,
                   .purpose = GroupPurpose::shared,
                   .name_sealed = {},
                   .feed = feed("shared"),
                   .members = members};
    return *make_create_group(state, 1, plan, shared_seed());
  }
  [[nodiscard]] RotateGroupKey rotation(const Machine& by) const {
    const auto old = static_cast<int>(state.group(shared)->generation());
    return *make_rotate_group_key(state, by.number, shared, shared_seed(old), shared_seed(old + 1));
  }
  void share() { apply(opener, new_group({team(), referents()})); }
};

}  // namespace

TEST_CASE("bilateral: opening and joining number both sides' devices and end at one fingerprint",
          "[core][chain]") {
  Pair p;
  p.open();
  CHECK_FALSE(p.state.join_hash());
  CHECK(p.state.devices().size() == 2);
  p.join();
  REQUIRE(p.state.join_hash());
  CHECK(p.state.device(3)->id == p.joiner.device());
  CHECK(p.state.device(4)->id == p.referent.device());
  CHECK(p.state.organisations().size() == 2);
  CHECK(p.state.organisations().front().opener);
  CHECK_FALSE(p.state.organisations().back().opener);
  CHECK(p.state.user(p.landlord.user("rita"))->organisation == id<OrganisationId>("landlord"));
  CHECK(short_fingerprint(p.state.genesis_hash(), *p.state.join_hash()).size() == 29);
}

TEST_CASE("bilateral: genesis needs a leader's own device first", "[core][chain]") {
  const Pair p;
  const auto refused = [&](auto&& change) {
    auto body = p.genesis();
    change(body);
    return p.attempt(p.opener, body);
  };
  CHECK(refused([](BilateralGenesis&) {}) == kAccepted);
  CHECK(refused([](BilateralGenesis& g) { std::swap(g.opener.devices[0], g.opener.devices[1]); }) ==
        Errc::auth_failed);
  CHECK(refused([](BilateralGenesis& g) { g.opener.devices[0].active = false; }) != kAccepted);
  CHECK(refused([](BilateralGenesis& g) { g.opener.devices.clear(); }) == Errc::auth_failed);
  CHECK(refused([](BilateralGenesis& g) { g.opener.version = 1; }) == Errc::invalid_argument);
  CHECK(refused([](BilateralGenesis& g) { g.opener.name.clear(); }) == Errc::invalid_argument);
  CHECK(refused([](BilateralGenesis& g) { g.server.address.clear(); }) == Errc::invalid_argument);
  CHECK(refused([&](BilateralGenesis& g) {
          for (auto& user : g.opener.users) user.roles = Role::social_worker;
        }) == Errc::invalid_argument);
  CHECK(refused([](BilateralGenesis& g) { g.min_suite = 0; }) == Errc::invalid_argument);
  CHECK(refused([](BilateralGenesis& g) { g.opener.organisation = {}; }) == Errc::invalid_argument);
  CHECK(refused([](BilateralGenesis& g) {  // another device of the same leader is no author
          const Machine second("association alice/2");
          g.opener.devices.push_back({.device = second.device(),
                                      .user = g.opener.devices[0].user,
                                      .sign_key = second.sign.public_key(),
                                      .box_key = second.box.public_key(),
                                      .active = true});
          g.opener.devices[0].active = false;
        }) == Errc::not_permitted);
  auto by_worker = p.genesis();
  by_worker.opener = make_members_block(p.association.state, "Association", 0, p.worker.number);
  CHECK(p.attempt(Machine("association bob/1"), by_worker) == Errc::not_permitted);
}

TEST_CASE("bilateral: one organisation joins once, with its own people and devices", "[core][chain]") {
  Pair p;
  p.open();
  auto body = Join{p.landlord_block()};
  body.block.organisation = id<OrganisationId>("association");
  CHECK(p.attempt(p.joiner, body) == Errc::already_exists);
  body = Join{p.landlord_block()};
  body.block.devices.push_back(p.association_block().devices.front());
  body.block.devices.back().user = body.block.users.front().user;
  CHECK(p.attempt(p.joiner, body) == Errc::already_exists);
  body = Join{p.landlord_block()};
  body.block.users.push_back(p.association_block().users.front());
  CHECK(p.attempt(p.joiner, body) == Errc::already_exists);
  body = Join{p.landlord_block()};
  body.block.groups.push_back(p.association_block().groups.front());
  body.block.groups.back().users.clear();
  CHECK(p.attempt(p.joiner, body) == Errc::already_exists);
  CHECK(p.attempt(p.opener, Join{p.landlord_block()}) == Errc::not_permitted);
  p.join();
  const auto third = OrgChain::founded("third");
  CHECK(p.attempt(Machine("third alice/1"), Join{make_members_block(third.state, "Troisième", 0, 1)}) ==
        Errc::auth_failed);
}

TEST_CASE("bilateral: MS-01 a joiner who is not the author of its block's first device is refused",
          "[core][chain][adversary]") {
  Pair p;
  p.open();
  const Machine ghost("ghost/1");
  CHECK(p.attempt(ghost, Join{p.landlord_block()}) == Errc::auth_failed);
  CHECK(p.state.organisations().size() == 1);
}

TEST_CASE("bilateral: each side replaces its own block, one version at a time", "[core][chain]") {
  Pair p;
  p.open();
  p.join();
  p.association.enrol("carol", Role::social_worker);
  const auto next = Members{p.association_block(1)};
  CHECK(p.attempt(p.opener, next) == kAccepted);
  CHECK(p.attempt(p.worker, next) == Errc::not_permitted);  // no leader
  CHECK(p.attempt(p.joiner, next) == Errc::not_permitted);  // the other side
  CHECK(p.attempt(p.opener, Members{p.association_block(2)}) == Errc::invalid_argument);
  CHECK(p.attempt(p.opener, Members{p.association_block(0)}) == Errc::invalid_argument);
  p.apply(p.opener, next);
  CHECK(p.state.devices().size() == 5);
  CHECK(p.state.device(5)->organisation == id<OrganisationId>("association"));
  CHECK(p.state.organisation(id<OrganisationId>("association"))->version == 1);
}

TEST_CASE("bilateral: in a block nothing vanishes, returns, changes hands or goes back", "[core][chain]") {
  Pair p;
  p.open();
  p.join();
  p.association.apply(p.association.alice, p.association.rotation(p.association.alice, "team"));
  p.apply(p.opener, Members{p.association_block(1)});
  const auto refused = [&](auto&& change) {
    auto body = Members{p.association_block(2)};
    change(body.block);
    return p.attempt(p.opener, body);
  };
  const auto team = [&](MembersBlock& block) -> MemberGroup& {
    return *std::ranges::find(block.groups, p.association.group("team"), &MemberGroup::group);
  };
  CHECK(refused([](MembersBlock&) {}) == kAccepted);
  CHECK(refused([](MembersBlock& b) { b.devices.pop_back(); }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.groups.pop_back(); }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.devices[1].user = b.devices[0].user; }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.devices[1].device = id<DeviceId>("x"); }) == Errc::auth_failed);
  CHECK(refused([](MembersBlock& b) { b.devices.push_back(b.devices[0]); }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.users.push_back(b.users[0]); }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.users.clear(); }) == Errc::not_found);
  CHECK(refused([&](MembersBlock& b) { team(b).generation = 0; }) == Errc::invalid_argument);
  CHECK(refused([&](MembersBlock& b) { team(b).generation = 2; }) == Errc::invalid_argument);  // same key
  CHECK(refused([&](MembersBlock& b) { team(b).box_key = id<crypto::BoxPublicKey>("x"); }) ==
        Errc::invalid_argument);
  CHECK(refused([&](MembersBlock& b) { team(b).purpose = GroupPurpose::everyone; }) ==
        Errc::invalid_argument);
  CHECK(refused([&](MembersBlock& b) { team(b).purpose = GroupPurpose::shared; }) == Errc::invalid_argument);
  CHECK(refused([&](MembersBlock& b) { team(b).users.push_back(id<UserId>("ghost")); }) == Errc::not_found);
  CHECK(refused([](MembersBlock& b) {  // a device of nobody
          const Machine ghost("ghost/1");
          b.devices.push_back({.device = ghost.device(),
                               .user = id<UserId>("ghost"),
                               .sign_key = ghost.sign.public_key(),
                               .box_key = ghost.box.public_key(),
                               .active = true});
        }) == Errc::not_found);
  CHECK(refused([](MembersBlock& b) { b.users.push_back({.user = {}, .roles = {}}); }) ==
        Errc::invalid_argument);
  CHECK(refused([&](MembersBlock& b) { team(b).users.push_back(team(b).users.front()); }) ==
        Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.groups.push_back(b.groups.front()); }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) {
          b.groups.push_back(b.groups.front());
          b.groups.back().group = {};
        }) == Errc::invalid_argument);
  CHECK(refused([](MembersBlock& b) { b.organisation = id<OrganisationId>("landlord"); }) ==
        Errc::not_permitted);
  CHECK(refused([](MembersBlock& b) {
          for (auto& device : b.devices) device.active = false;
        }) == Errc::invalid_argument);

  auto without = p.association_block(2);
  without.devices[1].active = false;
  p.apply(p.opener, Members{without});
  CHECK_FALSE(p.state.device(2)->is_active());
  CHECK(p.state.was_active(2, p.state.head().sequence - 1));
  CHECK(p.attempt(p.worker, Members{p.association_block(3)}) == Errc::auth_failed);
  CHECK(p.attempt(p.opener, Members{p.association_block(3)}) == Errc::invalid_argument);  // it would return
}

TEST_CASE("bilateral: a shared group needs both sides and their known groups", "[core][chain]") {
  Pair p;
  p.open();
  CHECK(p.attempt(p.opener, p.new_group({p.team()})) == Errc::out_of_sync);
  p.join();
  CHECK(p.attempt(p.opener, p.new_group({p.team(), p.referents()})) == kAccepted);
  CHECK(p.attempt(p.joiner, p.new_group({p.team(), p.referents()})) == kAccepted);
  CHECK(p.attempt(p.worker, p.new_group({p.team(), p.referents()})) == Errc::not_permitted);
  CHECK(p.attempt(p.opener, p.new_group({p.team()})) == Errc::invalid_argument);
  CHECK(p.attempt(p.opener, p.new_group({p.referents()})) == Errc::invalid_argument);
  auto body = p.new_group({p.team(), p.referents()});
  body.members.push_back(recipient(p.association.user("bob")));
  CHECK(p.attempt(p.opener, body) == Errc::not_found);
  body = p.new_group({p.team(), p.referents()});
  body.purpose = GroupPurpose::team;
  CHECK(p.attempt(p.opener, body) == Errc::not_permitted);
  body = p.new_group({p.team(), p.referents()});
  body.wraps.front().recipient_generation = 3;
  CHECK(p.attempt(p.opener, body) == Errc::invalid_argument);
  // What belongs to an organisation's own chain has no place here.
  CHECK(p.attempt(p.opener, p.association.new_user("zoe")) == Errc::not_permitted);
  CHECK(p.attempt(p.opener, RotateDeviceKey{.generation = 1, .box_key = id<crypto::BoxPublicKey>("x")}) ==
        Errc::not_permitted);
}

TEST_CASE("bilateral: people of both groups write in the shared feed, others never", "[core][chain]") {
  Pair p;
  p.open();
  p.join();
  p.share();
  const auto at = p.state.head().sequence;
  for (const auto* machine : {&p.opener, &p.worker, &p.joiner, &p.referent}) {
    CHECK(p.state.may_write(machine->number, p.shared, at));
    CHECK_FALSE(p.state.may_write(machine->number, p.shared, at - 1));
  }
  CHECK(p.state.member_users(p.shared).size() == 4);
  CHECK(p.state.members(p.shared).size() == 2);
  CHECK_FALSE(p.state.is_active_member(id<UserId>("ghost"), p.shared));
  const auto key = crypto::group_box_key(p.landlord.group_seed("referents"));
  const auto opened = open_group_seed(p.state, p.shared, p.referents(), key);
  REQUIRE(opened);
  CHECK(*opened == p.shared_seed());
  CHECK(p.state.missing_or_extra_wraps(p.shared).clean());
}

TEST_CASE("bilateral: each side takes only its own groups in and out", "[core][chain]") {
  Pair p;
  p.association.apply(p.association.alice, p.association.new_group(p.association.alice, "second", {"alice"}));
  p.open();
  p.join();
  p.share();
  const auto second = recipient(p.association.group("second"));
  const auto set = [&](const Machine& by, const std::vector<RecipientId>& members) {
    return p.attempt(by, *make_set_group_members(p.state, by.number, p.shared, members, p.shared_seed()));
  };
  CHECK(set(p.opener, {p.team(), p.referents(), second}) == kAccepted);
  CHECK(set(p.opener, {p.referents(), second}) == kAccepted);
  CHECK(set(p.joiner, {p.team(), p.referents(), second}) == Errc::not_permitted);
  CHECK(set(p.opener, {p.team()}) == Errc::not_permitted);
  CHECK(set(p.joiner, {p.team()}) == kAccepted);
  CHECK(set(p.worker, {p.team(), p.referents(), second}) == Errc::not_permitted);
}

TEST_CASE("bilateral: an organisation's own group changes only by its members block", "[core][chain]") {
  Pair p;
  p.open();
  p.join();
  const auto team = p.association.group("team");
  const SetGroupMembers alone{
      .group = team, .members = {recipient(p.association.user("alice"))}, .wraps = {}};
  CHECK(p.attempt(p.opener, alone) == Errc::not_permitted);
  RotateGroupKey turn;
  turn.group = team;
  turn.generation = 1;
  turn.keys = seed_keys(p.shared_seed());
  for (const auto user : p.state.members(team)) {
    turn.wraps.push_back({.recipient = user, .recipient_generation = 0, .wrap = {}});
  }
  CHECK(p.attempt(p.opener, turn) == Errc::not_permitted);
}

TEST_CASE("bilateral: whoever loses a place or a device makes the shared group turn, by either side",
          "[core][chain]") {
  Pair p;
  p.open();
  p.join();
  p.share();
  SECTION("a person leaves the team") {
    p.association.apply(p.association.alice,
                        p.association.membership(p.association.alice, "team", {"alice"}));
    p.association.apply(p.association.alice, p.association.rotation(p.association.alice, "team"));
    p.apply(p.opener, Members{p.association_block(1)});
  }
  SECTION("a device is lost") {
    auto block = p.association_block(1);
    block.devices[1].active = false;
    p.apply(p.opener, Members{block});
  }
  SECTION("a person leaves the organisation") {
    auto block = p.association_block(1);
    block.devices[1].active = false;
    std::erase_if(block.users, [&](const MemberUser& one) { return one.user == p.association.user("bob"); });
    for (auto& group : block.groups) std::erase(group.users, p.association.user("bob"));
    p.apply(p.opener, Members{block});
    CHECK(p.state.roles_at(p.association.user("bob"), p.state.head().sequence) == Roles{});
  }
  CHECK(p.state.group(p.shared)->rotation_due);
  CHECK_FALSE(p.state.may_write(2, p.shared, p.state.head().sequence));
  CHECK(p.state.may_write(2, p.shared, p.state.head().sequence - 1));
  CHECK(p.attempt(p.joiner, *make_set_group_members(p.state, 3, p.shared, {p.team()}, p.shared_seed())) ==
        Errc::not_permitted);
  CHECK(p.attempt(p.worker, p.rotation(p.worker)) != kAccepted);
  p.apply(p.referent, p.rotation(p.referent));
  CHECK_FALSE(p.state.group(p.shared)->rotation_due);
  CHECK(p.state.generation_at(p.shared, p.state.head().sequence) == 1);
}

TEST_CASE("bilateral: a new person or a weekly turn of a team needs no turn of the shared group",
          "[core][chain]") {
  Pair p;
  p.open();
  p.join();
  p.share();
  p.association.enrol("carol", Role::social_worker);
  p.association.apply(p.association.alice,
                      p.association.membership(p.association.alice, "team", {"alice", "bob", "carol"}));
  p.association.apply(p.association.alice, p.association.rotation(p.association.alice, "team"));
  p.apply(p.opener, Members{p.association_block(1)});
  CHECK_FALSE(p.state.group(p.shared)->rotation_due);
  CHECK(p.state.is_active_member(p.association.user("carol"), p.shared));
  // The next wrap goes to the team's new key.
  const auto body = p.rotation(p.joiner);
  const auto to_team = std::ranges::find(body.wraps, p.team(), &RecipientWrap::recipient);
  REQUIRE(to_team != body.wraps.end());
  CHECK(to_team->recipient_generation == 1);
  CHECK(p.attempt(p.joiner, body) == kAccepted);
}
