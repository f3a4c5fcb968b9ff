// SPDX-License-Identifier: MPL-2.0
// Signed heads: the greatest one binds the server, with or without the entries that it promises; their times are the server's
// clock.
#include "unit/core/sync/read_feed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace abri::core::sync::test;
using namespace std::chrono_literals;

namespace {

struct Heads : ReadFeed {
  LogKeysPtr chain = other;

  Heads() : ReadFeed(LogKind::chain) { REQUIRE(kept() == 5); }
  /// Size of the greatest head that bob's device holds.
  std::uint64_t kept() { return bob.port.at(feed->id).kept->size; }
  /// Bob's device is locked and unlocked, the log is back at five entries: that is found out.
  void check_bound() {
    log().cut(5);
    auto& restarted = add_device();
    restarted.port.logs = bob.port.logs;
    restarted.start();
    while (restarted.receive()) {
    }
    REQUIRE(restarted.port.evidences.size() == 1);
    CHECK(restarted.port.evidences[0].what.find("rollback") != std::string::npos);
  }
};

}  // namespace

TEST_CASE("engine: MS-05 the head of entries that cannot be applied yet binds the server") {
  Heads world;
  bool link_here = false;
  world.bob.port.before_apply = [&](const Arrived& arrived) -> Result<void> {
    link_here = link_here || arrived.log == world.chain->id;
    return link_here ? Result<void>() : Result<void>(Error{Errc::out_of_sync, "test"});
  };
  world.alice.write(world.feed->id, "entry 5");
  world.alice.write(world.feed->id, "entry 6");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 5);
  CHECK(world.kept() == 6);  // with the first of them the log was left
  SECTION("after a restart") {
    world.check_bound();
  }
  SECTION("when the link comes, on the same connection") {
    world.log().cut(5);
    world.alice.port.make_links_now(world.chain->id);
    world.alice.write(world.chain->id, "the link");
    world.settle();
    REQUIRE(world.bob.port.evidences.size() == 1);
    CHECK(world.bob.port.evidences[0].what.find("rollback") != std::string::npos);
  }
}

TEST_CASE("engine: MS-05 the head of a receipt binds the server before its entries have come") {
  Heads world;
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (!frame.has_append()) return true;
    v1::Frame answer;
    answer.set_request(frame.request());
    const auto append = [&](const std::string& entry) {
      answer.mutable_receipt()->add_positions(world.log().entries.size());
      answer.mutable_receipt()->add_times_ms(world.server.now_ms);
      world.log().append(entry, world.server.now_ms);
    };
    if (frame.append().entries_size() == 2) append(frame.append().entries(0));
    world.log().append("of somebody else", world.server.now_ms);
    append(frame.append().entries(frame.append().entries_size() - 1));
    *answer.mutable_receipt()->mutable_head() = world.server.head(world.feed->id, world.log().entries.size());
    world.server.send(connection, answer);
    return false;
  };
  SECTION("all of them") {
    world.bob.write(world.feed->id, "bob's");
    while (world.bob.receive()) {
    }
    CHECK(world.bob.port.at(world.feed->id).entries.size() == 5);
    CHECK(world.kept() == 7);
  }
  SECTION("some of them") {
    world.bob.port.write(world.feed->id, "bob's first");
    world.bob.write(world.feed->id, "bob's second");
    while (world.bob.receive()) {
    }
    CHECK(world.bob.port.at(world.feed->id).entries.size() == 6);
    CHECK(world.kept() == 8);
  }
  world.check_bound();
}

TEST_CASE("engine: MS-05 a head that comes alone binds the server") {
  Heads world;
  world.log().append("withheld", world.server.now_ms);
  v1::Frame frame;
  auto& entries = *frame.mutable_entries();
  entries.set_log(std::string(as_text(world.feed->id.bytes())));
  entries.set_first(5);
  *entries.mutable_head() = world.server.head(world.feed->id, 6);
  SECTION("live") {
    world.server.send(*world.bob.connection, frame);
    CHECK(world.bob.receive());
  }
  SECTION("at the beginning of a subscription") {
    const auto proof = crypto::consistency_proof(5, 6, world.log().tree.nodes());
    REQUIRE(proof);
    for (const auto& hash : *proof) entries.add_consistency(std::string(as_text(hash.bytes())));
    world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& asked) {
      if (!asked.has_subscribe() || asked.subscribe().size() != 5) return true;
      frame.set_request(asked.request());
      world.server.send(connection, frame);
      return false;
    };
    world.bob.lose();
    world.run(2s);
    world.server.intercept = nullptr;
  }
  CHECK(world.bob.port.evidences.empty());
  CHECK(world.kept() == 6);
  world.check_bound();
}

TEST_CASE("engine: a server whose clock is wrong from the beginning is shown by what it signs") {
  World world;
  const auto feed = std::make_shared<LogKeys>(LogKind::feed);
  const auto other = std::make_shared<LogKeys>(LogKind::feed);
  auto& alice = world.add_device();
  for (const auto& keys : {feed, other}) alice.port.add(keys, /*opened=*/false);
  CHECK_FALSE(alice.engine.status().server_clock_ahead);
  world.server.bend = [&](v1::Frame& frame) {
    // what is not signed says what pleases
    if (frame.has_welcome()) frame.mutable_welcome()->set_time_ms(to_millis(world.now));
    return true;
  };
  SECTION("ahead") {
    world.server.now_ms += 3'600'000;
    alice.start();
    world.settle();
    CHECK(alice.engine.status().server_clock_ahead == 1h);
  }
  SECTION("behind") {
    world.server.now_ms -= 3'600'000;
    alice.start();
    world.settle();
    CHECK(alice.engine.status().server_clock_ahead == -1h);
  }
  SECTION("once, so that one log is ahead of the others") {
    alice.start();
    world.settle();
    CHECK(alice.engine.status().server_clock_ahead == 0ms);
    alice.lose();
    world.server.logs.at(feed->id).append("entry", world.server.now_ms + 7'200'000);
    world.run(2s);
    CHECK(alice.engine.status().server_clock_ahead > 1h);
  }
  SECTION("this device's, until it is set right") {
    const auto right = world.now;
    world.now -= 24h;
    alice.start();
    world.settle();
    CHECK(alice.engine.status().server_clock_ahead == 24h);
    world.now = right;
    alice.time();
    CHECK_FALSE(alice.engine.status().server_clock_ahead);
  }
  CHECK(alice.port.evidences.empty());
}
