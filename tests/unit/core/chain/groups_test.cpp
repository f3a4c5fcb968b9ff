// SPDX-License-Identifier: MPL-2.0
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace chain_test;

namespace {

/// alice (administrator and head), bob and carol (social workers), dan (administrator only); a team of alice and bob.
struct Team {
  OrgChain org = OrgChain::founded();
  Machine bob = org.enrol("bob", Role::social_worker);
  Machine carol = org.enrol("carol", Role::social_worker);
  Machine dan = org.enrol("dan", Role::administrator);
  GroupId group = org.group("team");

  Team() { org.apply(org.alice, org.new_group(org.alice, "team", {"alice", "bob"})); }
  [[nodiscard]] std::uint32_t now() const { return org.state.head().sequence; }
};

}  // namespace

TEST_CASE("groups: a head or administrator makes one, but only a head puts people into it", "[core][chain]") {
  const Team t;
  const auto& org = t.org;
  CHECK(code(org.try_link(org.alice, org.new_group(org.alice, "new", {"carol"}))) == kAccepted);
  CHECK(code(org.try_link(t.dan, org.new_group(t.dan, "new", {}))) == kAccepted);
  CHECK(code(org.try_link(t.dan, org.new_group(t.dan, "new", {"dan"}))) == Errc::not_permitted);
  CHECK(code(org.try_link(t.bob, org.new_group(t.bob, "new", {}))) == Errc::not_permitted);
  CHECK(code(org.try_link(org.alice, org.new_group(org.alice, "team", {"carol"}))) == Errc::already_exists);
  for (const auto purpose : {GroupPurpose::everyone, GroupPurpose::administrators, GroupPurpose::shared}) {
    auto body = org.new_group(org.alice, "new", {"alice"});
    body.purpose = purpose;
    CHECK(code(org.try_link(org.alice, body)) == Errc::not_permitted);
  }
}

TEST_CASE("groups: members, wraps and the feed's log must fit together", "[core][chain]") {
  const Team t;
  const auto refused = [&](auto&& change) {
    auto body = t.org.new_group(t.org.alice, "new", {"bob", "carol"});
    change(body);
    return code(t.org.try_link(t.org.alice, body));
  };
  CHECK(refused([](CreateGroup&) {}) == kAccepted);
  CHECK(refused([](CreateGroup& g) { g.wraps.pop_back(); }) == Errc::invalid_argument);
  CHECK(refused([](CreateGroup& g) { g.wraps.push_back(g.wraps.front()); }) == Errc::invalid_argument);
  CHECK(refused([](CreateGroup& g) { g.wraps.front().recipient_generation = 1; }) == Errc::invalid_argument);
  CHECK(refused([](CreateGroup& g) { g.members.pop_back(); }) ==
        Errc::invalid_argument);  // a wrap to a ghost
  CHECK(refused([](CreateGroup& g) { g.members.push_back(g.members.front()); }) == Errc::invalid_argument);
  CHECK(refused([](CreateGroup& g) { g.members.push_back(id<RecipientId>("ghost")); }) == Errc::not_found);
  CHECK(refused([](CreateGroup& g) { g.group = {}; }) == Errc::invalid_argument);
  CHECK(refused([](CreateGroup& g) { g.feed->log = id<LogId>("other"); }) == Errc::auth_failed);
  CHECK(refused([](CreateGroup& g) { g.feed = feed("team feed"); }) == Errc::already_exists);
  CHECK(refused([](CreateGroup& g) { g.feed->owner_generation = 1; }) == Errc::invalid_argument);
  CHECK(refused([](CreateGroup& g) { g.feed.reset(); }) == kAccepted);
  CHECK(refused([&](CreateGroup& g) {
          g.feed.reset();
          g.group = t.group;
        }) == Errc::already_exists);
  auto unknown = t.org.membership(t.org.alice, "team", {"alice"});
  unknown.group = t.org.group("nothing");
  CHECK(code(t.org.try_link(t.org.alice, unknown)) == Errc::not_found);
}

TEST_CASE("groups: the chain's own log is nobody's feed", "[core][chain]") {
  OrgChain org;
  org.state = ChainState(ChainId(feed("team feed").log.array()), ChainKind::organisation);
  org.apply(org.alice, org.genesis());
  org.alice.number = 1;
  CHECK(code(org.try_link(org.alice, org.new_group(org.alice, "team", {"alice"}))) == Errc::already_exists);
  CHECK(code(org.try_link(org.alice, org.new_group(org.alice, "other", {"alice"}))) == kAccepted);
}

TEST_CASE("groups: the head fills a team, the administrator everyone and the administrators",
          "[core][chain]") {
  auto t = Team();
  auto& org = t.org;
  const auto team = [&](const Machine& by) {
    return code(org.try_link(by, org.membership(by, "team", {"alice", "bob", "carol"})));
  };
  CHECK(team(org.alice) == kAccepted);
  CHECK(team(t.dan) == Errc::not_permitted);
  CHECK(team(t.bob) == Errc::not_permitted);
  const auto everyone = [&](const Machine& by) {
    return code(org.try_link(by, org.membership(by, "everyone", {"alice", "bob"})));
  };
  CHECK(everyone(t.dan) == kAccepted);
  CHECK(everyone(t.bob) == Errc::not_permitted);
  CHECK(code(org.try_link(t.dan, org.membership(t.dan, "administrators", {"alice", "dan"}))) == kAccepted);
  CHECK(code(org.try_link(t.dan, org.membership(t.dan, "administrators", {"alice", "bob"}))) ==
        Errc::invalid_argument);
  CHECK(code(org.try_link(org.alice, org.membership(org.alice, "team", {"alice", "bob"}))) ==
        Errc::invalid_argument);
  CHECK(code(org.try_link(org.alice, org.membership(org.alice, "team", {}))) == Errc::invalid_argument);
  org.apply(org.alice, SetRole{.user = org.user("bob"), .roles = Role::head});
  CHECK(code(org.try_link(t.bob, org.membership(t.bob, "everyone", {"alice", "bob"}))) ==
        Errc::not_permitted);
}

TEST_CASE("groups: who is added gets the present seed by a wrap, and it opens", "[core][chain]") {
  auto t = Team();
  auto& org = t.org;
  auto body = org.membership(org.alice, "team", {"alice", "bob", "carol"});
  auto extra = body;
  extra.wraps.push_back({.recipient = recipient(org.user("dan")), .recipient_generation = 0, .wrap = {}});
  CHECK(code(org.try_link(org.alice, extra)) == Errc::invalid_argument);
  auto missing = body;
  missing.wraps.clear();
  CHECK(code(org.try_link(org.alice, missing)) == Errc::invalid_argument);
  org.apply(org.alice, body);
  const auto key = crypto::user_box_key(org.user_seed("carol"));
  const auto opened = open_group_seed(org.state, t.group, recipient(org.user("carol")), key);
  REQUIRE(opened);
  CHECK(*opened == org.group_seed("team"));
  const auto wrong = crypto::user_box_key(org.user_seed("dan"));
  CHECK(code(open_group_seed(org.state, t.group, recipient(org.user("carol")), wrong)) == Errc::auth_failed);
  CHECK(code(open_group_seed(org.state, t.group, recipient(org.user("dan")), wrong)) == Errc::not_found);
}

TEST_CASE("groups: CM-07 a wrap that opens to another seed than the link names is refused",
          "[core][chain][adversary]") {
  auto t = Team();
  auto body = t.org.membership(t.org.alice, "team", {"alice", "bob", "carol"});
  const auto wrong = make_set_group_members(t.org.state, 1, t.group, t.org.people({"alice", "bob", "carol"}),
                                            t.org.group_seed("another"));
  t.org.apply(t.org.alice, *wrong);  // nobody but carol can tell
  const auto key = crypto::user_box_key(t.org.user_seed("carol"));
  CHECK(code(open_group_seed(t.org.state, t.group, recipient(t.org.user("carol")), key)) ==
        Errc::auth_failed);
}

TEST_CASE("groups: after a removal only a rotation is accepted, and it cuts the removed person off",
          "[core][chain]") {
  auto t = Team();
  auto& org = t.org;
  org.apply(org.alice, org.membership(org.alice, "team", {"alice", "carol"}));  // bob leaves, carol comes
  CHECK(org.state.group(t.group)->rotation_due);
  const auto audit = org.state.missing_or_extra_wraps(t.group);
  CHECK(audit.missing.empty());
  CHECK(audit.extra == org.people({"bob"}));
  CHECK(code(org.try_link(org.alice, org.membership(org.alice, "team", {"alice"}))) == Errc::not_permitted);
  CHECK(code(org.try_link(t.bob, org.rotation(t.bob, "team"))) == Errc::not_permitted);
  // Other groups go on.
  CHECK(code(org.try_link(org.alice, org.membership(org.alice, "everyone", {"alice", "bob"}))) == kAccepted);

  auto leaving = org.rotation(t.carol, "team");
  leaving.wraps.push_back({.recipient = recipient(org.user("bob")), .recipient_generation = 0, .wrap = {}});
  CHECK(code(org.try_link(t.carol, leaving)) == Errc::invalid_argument);
  org.apply(t.carol, org.rotation(t.carol, "team"));
  CHECK_FALSE(org.state.group(t.group)->rotation_due);
  CHECK(org.state.missing_or_extra_wraps(t.group).clean());
  const auto bob = crypto::user_box_key(org.user_seed("bob"));
  CHECK(code(open_group_seed(org.state, t.group, recipient(org.user("bob")), bob)) == Errc::not_found);
  const auto carol = crypto::user_box_key(org.user_seed("carol"));
  const auto newest = open_group_seed(org.state, t.group, recipient(org.user("carol")), carol);
  REQUIRE(newest);
  CHECK(*newest == org.group_seed("team", 1));
  const auto previous = open_previous_seed(org.state, t.group, 1, *newest);
  REQUIRE(previous);
  CHECK(*previous == org.group_seed("team"));
}

TEST_CASE("groups: a member turns a key, by one generation and with a new key", "[core][chain]") {
  const Team t;
  const auto& org = t.org;
  const auto turned = [&](const Machine& by) { return code(org.try_link(by, org.rotation(by, "team"))); };
  CHECK(turned(t.bob) == kAccepted);
  CHECK(turned(t.dan) == Errc::not_permitted);
  CHECK(turned(t.carol) == Errc::not_permitted);
  auto body = org.rotation(t.bob, "team");
  body.generation = 2;
  CHECK(code(org.try_link(t.bob, body)) == Errc::invalid_argument);
  body = org.rotation(t.bob, "team");
  body.keys = seed_keys(org.group_seed("team"));
  CHECK(code(org.try_link(t.bob, body)) == Errc::invalid_argument);
  body = org.rotation(t.bob, "team");
  body.wraps.pop_back();
  CHECK(code(org.try_link(t.bob, body)) == Errc::invalid_argument);
  body = org.rotation(t.bob, "team");
  body.group = org.group("nothing");
  CHECK(code(org.try_link(t.bob, body)) == Errc::not_found);
}

TEST_CASE("groups: a wrap goes to the key that a member has now, not to one she has left", "[core][chain]") {
  auto t = Team();
  auto& org = t.org;
  const auto stale = org.rotation(org.alice, "team");
  const auto turn =
      make_rotate_user_key(org.state, t.bob.number, org.user_seed("bob"), org.user_seed("bob", 1));
  org.apply(t.bob, *turn);
  CHECK(code(org.try_link(org.alice, stale)) == Errc::invalid_argument);
  CHECK(code(org.try_link(org.alice, org.rotation(org.alice, "team"))) == kAccepted);
}

TEST_CASE("groups: history says who was a member, and which key was in force, after each link",
          "[core][chain]") {
  auto t = Team();
  auto& org = t.org;
  const auto created = t.now();
  org.apply(org.alice, org.membership(org.alice, "team", {"alice", "carol"}));
  const auto removed = t.now();
  org.apply(org.alice, org.rotation(org.alice, "team"));
  const auto turned = t.now();
  org.apply(org.alice, org.membership(org.alice, "team", {"alice", "bob", "carol"}));
  const auto back = t.now();

  const auto bob = org.user("bob");
  CHECK_FALSE(org.state.is_active_member(bob, t.group, created - 1));
  CHECK(org.state.is_active_member(bob, t.group, created));
  CHECK_FALSE(org.state.is_active_member(bob, t.group, removed));
  CHECK_FALSE(org.state.is_active_member(bob, t.group, turned));
  CHECK(org.state.is_active_member(bob, t.group, back));
  CHECK(org.state.is_active_member(bob, t.group));
  CHECK(org.state.may_write(t.bob.number, t.group, created));
  CHECK_FALSE(org.state.may_write(t.bob.number, t.group, removed));
  CHECK_FALSE(org.state.may_write(99, t.group, created));
  CHECK_FALSE(org.state.was_active(t.bob.number, 1));  // before it was enrolled
  CHECK(org.state.generation_at(t.group, created - 1) == std::nullopt);
  CHECK(org.state.generation_at(t.group, removed) == 0);
  CHECK(org.state.generation_at(t.group, turned) == 1);
  CHECK(org.state.generation(t.group, 1)->since == turned);
  CHECK(org.state.group_of_feed(feed("team feed").log)->id == t.group);
}
