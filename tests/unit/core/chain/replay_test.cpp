// SPDX-License-Identifier: MPL-2.0
#include "support.hpp"

#include <chrono>
#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace chain_test;

namespace {

struct Log {
  std::vector<std::optional<Bytes>> entries;
  ChainState state;
};

/// A log of good links with forged and stale ones between them.
Log mixed_log() {
  OrgChain org;
  const Machine ghost("ghost/1");
  std::vector<std::optional<Bytes>> entries;
  const auto add = [&](const Machine& by, const Body& body) {
    const auto link = org.link(by, body);
    entries.emplace_back(
        resigned(link, ghost.sign, [](Link&) {}));  // the same, signed by a ghost, comes first
    entries.emplace_back(std::nullopt);             // an envelope that does not open
    entries.emplace_back(link);
    entries.emplace_back(link);  // and again
    ABRI_ASSERT(apply_link(org.state, link));
  };
  add(org.alice, org.genesis());
  org.alice.number = 1;
  add(org.alice, org.new_user("bob", Role::social_worker));
  const Machine bob("org bob/1");
  add(org.alice, org.new_device("bob", bob));
  add(org.alice, org.new_group(org.alice, "team", {"alice", "bob"}));
  add(org.alice, org.membership(org.alice, "team", {"alice"}));
  add(org.alice, org.rotation(org.alice, "team"));
  return {.entries = std::move(entries), .state = org.state};
}

}  // namespace

TEST_CASE("replay: refused entries take their position and change nothing else", "[core][chain]") {
  const auto log = mixed_log();
  ChainState state(log.state.id(), ChainKind::organisation);
  std::size_t applied = 0;
  for (std::size_t i = 0; i < log.entries.size(); ++i) {
    if (!log.entries[i]) {
      skip_entry(state, i);
      continue;
    }
    const auto before = state.head();
    const auto outcome = apply_entry(state, i, *log.entries[i]);
    if (outcome.outcome == Outcome::applied) ++applied;
    CHECK((outcome.outcome == Outcome::applied) == (state.head() != before));
  }
  CHECK(applied == 6);
  CHECK(state.next_position() == log.entries.size());
  CHECK(state.head() == log.state.head());
  CHECK(state.groups() == log.state.groups());
}

TEST_CASE("replay: MS-01 a link refused for its signature stays refused after a restart",
          "[core][chain][adversary]") {
  const auto log = mixed_log();
  const ChainState empty(log.state.id(), ChainKind::organisation);
  const auto checked = replay_entries(empty, log.entries, std::nullopt);
  CHECK(checked.head() == log.state.head());
  // With the kept head, too: ghosts stand before each good link of this log.
  CHECK(replay_entries(empty, log.entries, log.state.head()) == checked);
  CHECK(replay_entries(empty, log.entries, ChainHead{.sequence = 3, .hash = id<Hash>("x")}) == checked);
}

TEST_CASE("replay: a kept head lets a clean log be read without signatures", "[core][chain]") {
  auto log = mixed_log();
  std::vector<std::optional<Bytes>> good;
  for (std::size_t i = 2; i < log.entries.size(); i += 4) good.push_back(log.entries[i]);
  const ChainState empty(log.state.id(), ChainKind::organisation);
  const auto state = replay_entries(empty, good, log.state.head());
  CHECK(state.head() == log.state.head());
  CHECK(state.users() == log.state.users());
}

TEST_CASE("chain: an unknown or reserved kind, or a newer version, stops it for good", "[core][chain]") {
  const auto org = OrgChain::founded();
  const auto good = org.link(org.alice, org.new_user("bob"));
  const auto stops = [&](auto&& change) {
    auto state = org.state;
    CHECK(apply_entry(state, 0, resigned(good, org.alice.sign, change)).outcome == Outcome::stopped);
    CHECK(state.status() == ChainStatus::update_needed);
    CHECK(state.head() == org.state.head());
    CHECK(state.users() == org.state.users());
    CHECK(apply_entry(state, 1, good).outcome == Outcome::stopped);
    CHECK(code(validate(state, good)) == Errc::version_unsupported);
  };
  stops([](Link& l) { l.kind = static_cast<std::uint8_t>(LinkKind::revoke_device); });
  stops([](Link& l) { l.kind = 0; });
  stops([](Link& l) { l.kind = 200; });
  stops([](Link& l) { l.version = 2; });
  stops([](Link& l) { l.suite = 2; });
  stops([](Link& l) {  // a role that a later version gives
    l.kind = static_cast<std::uint8_t>(LinkKind::set_role);
    l.body = Writer().raw(id<UserId>("org alice").bytes()).u32(1U << 20).take();
  });
}

TEST_CASE("chain: who may not write cannot stop it by a newer link", "[core][chain][adversary]") {
  const auto org = OrgChain::founded();
  const Machine ghost("ghost/1");
  const auto good = org.link(org.alice, org.new_user("bob"));
  const auto skipped = [&](auto&& change) {
    auto state = org.state;
    CHECK(apply_entry(state, 0, resigned(good, ghost.sign, change)).outcome == Outcome::skipped);
    CHECK(apply_entry(state, 1, good).outcome == Outcome::applied);
  };
  skipped([](Link& l) { l.kind = 200; });
  skipped([](Link& l) { l.version = 2; });
  skipped([](Link& l) { l.author = 7; });
  skipped([](Link& l) { l.sequence = 9; });
}

TEST_CASE("chain: a genesis of a newer version asks for an update, another than the expected one is skipped",
          "[core][chain]") {
  const OrgChain org;
  const auto newer =
      resigned(org.link(org.alice, org.genesis()), org.alice.sign, [](Link& l) { l.version = 2; });
  auto joining = ChainState(org.state.id(), ChainKind::organisation, link_hash(newer));
  CHECK(apply_entry(joining, 0, newer).outcome == Outcome::stopped);
  auto elsewhere = ChainState(org.state.id(), ChainKind::organisation, id<Hash>("another"));
  CHECK(apply_entry(elsewhere, 0, newer).outcome == Outcome::skipped);
}

TEST_CASE("chain: every truncation of a good link is skipped and leaves the state as it is",
          "[core][chain]") {
  const auto org = OrgChain::founded();
  const auto link = org.link(org.alice, org.new_group(org.alice, "team", {"alice"}));
  auto state = org.state;
  for (std::size_t size = 0; size < link.size(); ++size) {
    REQUIRE(apply_entry(state, size, BytesView(link).first(size)).outcome == Outcome::skipped);
  }
  CHECK(state.head() == org.state.head());
  CHECK(state.groups() == org.state.groups());
}

namespace {

/// A body that is sometimes right and sometimes not.
std::optional<Body> random_body(const OrgChain& org, const Machine& by, std::mt19937& random) {
  static const std::vector<std::string_view> kPeople = {"alice", "bob", "carol", "dan", "eve"};
  static const std::vector<std::string_view> kGroups = {"team", "second", "everyone", "administrators"};
  const auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  std::vector<std::string_view> known;
  for (const auto who : kPeople) {
    if (org.state.user(org.user(who)) != nullptr && random() % 3 != 0) known.push_back(who);
  }
  const auto which = pick(kGroups);
  const bool exists = org.state.group(org.group(which)) != nullptr;
  switch (random() % 8) {
    case 0:
      return org.new_user(pick(kPeople), Roles(random() % 4));
    case 1: {
      const auto who = pick(kPeople);
      return org.new_device(who, Machine("org " + std::string(who) + "/" + std::to_string(1 + random() % 2)));
    }
    case 2:
      return SetRole{.user = org.user(pick(kPeople)), .roles = Roles(random() % 16)};
    case 3:
      return org.new_group(by, pick(kGroups), known);
    case 4:
      if (!exists) return std::nullopt;
      return org.membership(by, which, known);
    case 5:
      if (!exists) return std::nullopt;
      return org.rotation(by, which);
    case 6:
      return RotateDeviceKey{.generation = 1, .box_key = id<crypto::BoxPublicKey>("k")};
    default:
      return org.new_user("ghost", Role::head);
  }
}

/// What no sequence of links may ever break.
void check_invariants(const ChainState& state) {
  bool administrator = false;
  bool head = false;
  for (const auto& device : state.devices()) {
    REQUIRE(state.device(device.id)->number == device.number);
    const auto roles = state.user(device.user)->roles();
    administrator = administrator || (device.is_active() && roles.has(Role::administrator));
    head = head || (device.is_active() && roles.has(Role::head));
  }
  REQUIRE(administrator);
  REQUIRE(head);
  for (const auto& [id, group] : state.groups()) {
    const auto audit = state.missing_or_extra_wraps(id);
    REQUIRE(audit.missing.empty());
    REQUIRE(audit.extra.empty() != group.rotation_due);
    for (const auto member : state.members(id)) REQUIRE(state.user(UserId(member.array())) != nullptr);
    if (group.purpose != GroupPurpose::administrators) continue;
    for (const auto user : state.member_users(id))
      REQUIRE(state.user(user)->roles().has(Role::administrator));
  }
  REQUIRE(state.hash_at(state.head().sequence) == state.head().hash);
}

}  // namespace

TEST_CASE("chain: random links keep an administrator, a head, clean wraps and one answer for all",
          "[core][chain][property]") {
  const auto seed = GENERATE(range(1U, 9U));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  auto org = OrgChain::founded();
  std::vector<Machine> machines;
  for (const auto* name :
       {"org alice/1", "org bob/1", "org bob/2", "org carol/1", "org dan/1", "org eve/1", "ghost/1"}) {
    machines.emplace_back(name);
  }
  auto follower = org.state;
  std::size_t applied = 0;
  for (int step = 0; step < 150; ++step) {
    auto& by = random() % 2 == 0 ? machines.front() : machines[random() % machines.size()];
    const auto* device = org.state.device(by.device());
    by.number = device == nullptr ? static_cast<std::uint32_t>(1 + random() % 3) : device->number;
    const auto body = random_body(org, by, random);
    if (!body) continue;
    auto bytes = org.link(by, *body);
    if (random() % 10 == 0) bytes[random() % bytes.size()] ^= std::byte{1};
    const auto before = org.state;
    const auto outcome = apply_link(org.state, bytes);
    if (outcome) ++applied;
    if (!outcome) REQUIRE(org.state == before);
    REQUIRE(apply_link(follower, bytes).has_value() == outcome.has_value());
    check_invariants(org.state);
  }
  CHECK(applied > 10);
  CHECK(follower == org.state);
}
