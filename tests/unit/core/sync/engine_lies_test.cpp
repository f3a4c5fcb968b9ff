// SPDX-License-Identifier: MPL-2.0
// A server that lies (docs/protocol.md, section of that name; docs/security, rows MS-05, MS-06, MS-08).
#include "unit/core/sync/read_feed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace abri::core::sync::test;
using namespace std::chrono_literals;

namespace {

struct Feeds : ReadFeed {
  /// Bob knows of the lie, follows the feed no more and everything else as before.
  void check_evidence(std::string_view what) {
    REQUIRE(bob.port.evidences.size() == 1);
    CHECK(bob.port.evidences[0].log == feed->id);
    CHECK(bob.port.evidences[0].what.find(what) != std::string::npos);
    CHECK(bob.engine.status().logs[0].stopped);
    CHECK(bob.engine.status().logs[0].error == Errc::server_misbehaved);
    const auto before = bob.port.at(feed->id).entries.size();
    server.bend = nullptr;
    bob.write(other->id, "the other feed goes on");
    settle();
    CHECK(bob.port.at(other->id).entries.size() == 1);
    CHECK(bob.port.at(feed->id).entries.size() == before);
    bob.lose();
    run(2s);
    CHECK(bob.engine.status().logs[0].stopped);  // also after a reconnection
    CHECK(bob.port.evidences.size() == 1);
    auto& restarted = add_device();
    restarted.port.logs = bob.port.logs;
    restarted.port.evidences = bob.port.evidences;
    restarted.start();
    settle();
    CHECK(restarted.engine.settled());
    CHECK(restarted.engine.status().logs[0].stopped);
    CHECK(restarted.engine.status().logs[0].error == Errc::server_misbehaved);
  }
};

std::string flipped(std::string bytes) {
  bytes[0] = static_cast<char>(bytes[0] ^ 1);
  return bytes;
}

}  // namespace

TEST_CASE("engine: MS-05 a log that went back to an old backup is evidence, nothing is lost") {
  Feeds world;
  world.bob.lose();
  world.log().cut(3);
  SECTION("the server does not know the later history") {}
  SECTION("and grew a new one of the same length") {
    world.log().append("another entry 3", world.server.now_ms);
    world.log().append("another entry 4", world.server.now_ms);
  }
  SECTION("and grew a longer one") {
    for (int i = 0; i < 9; ++i) world.log().append("another " + std::to_string(i), world.server.now_ms);
  }
  world.run(2s);
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 5);
  world.check_evidence("rollback");
}

TEST_CASE(
    "engine: MS-05 a server that hides its rollback behind its old answers is found out by the kept head") {
  Feeds world;
  world.bob.lose();
  // It answers every subscription as if the log began and ended at three entries.
  world.log().cut(3);
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (!frame.has_subscribe() || frame.subscribe().size() != 5) return true;
    v1::Frame answer;
    answer.set_request(frame.request());
    answer.mutable_entries()->set_log(frame.subscribe().log());
    answer.mutable_entries()->set_first(5);
    *answer.mutable_entries()->mutable_head() = world.server.head(world.feed->id, 3);
    world.server.send(connection, answer);
    return false;
  };
  world.run(2s);
  world.check_evidence("rollback");
  REQUIRE(world.bob.port.evidences[0].head);
  CHECK(world.bob.port.evidences[0].head->size == 3);
}

TEST_CASE("engine: MS-05 a head kept beyond what was applied still binds the server") {
  Feeds world;
  // Bob's vault kept the head of six entries, but the sixth never arrived; now there are only five.
  auto& bob = world.bob;
  bob.lose();
  world.log().append("entry 5", world.server.now_ms);
  const auto head = world.server.head(world.feed->id, 6);
  bob.port.at(world.feed->id).kept =
      SignedHead{.size = 6,
                 .root = *Hash::from(as_bytes(head.root())),
                 .time_ms = head.time_ms(),
                 .signature = *crypto::Signature::from(as_bytes(head.signature()))};
  Device fresh(world.server, world.now);
  fresh.port.account = world.account;
  fresh.port.logs = bob.port.logs;
  SECTION("the log lost it") {
    world.log().cut(5);
    fresh.start();
    while (fresh.receive()) {
    }
    REQUIRE(fresh.port.evidences.size() == 1);
    CHECK(fresh.port.evidences[0].what.find("rollback") != std::string::npos);
  }
  SECTION("the log replaced it") {
    world.log().cut(5);
    world.log().append("another entry 5", world.server.now_ms);
    world.log().append("entry 6", world.server.now_ms);
    fresh.start();
    while (fresh.receive()) {
    }
    REQUIRE(fresh.port.evidences.size() == 1);
    CHECK(fresh.port.evidences[0].what.find("fork") != std::string::npos);
    REQUIRE(fresh.port.evidences[0].head);
    CHECK(fresh.port.evidences[0].head->size == 6);
  }
  SECTION("the log has it") {
    fresh.start();
    while (fresh.receive()) {
    }
    CHECK(fresh.port.evidences.empty());
    CHECK(fresh.port.at(world.feed->id).entries.size() == 6);
  }
}

TEST_CASE("engine: MS-06 a fork is evidence with the signed head of the other branch") {
  Feeds world;
  SECTION("live: the head is that of another tree") {
    world.server.bend = [&](v1::Frame& frame) {
      if (frame.has_entries() && frame.entries().has_head() && frame.entries().entries_size() == 1) {
        frame.mutable_entries()->set_entries(0, "another entry");
      }
      return true;
    };
    world.alice.write(world.feed->id, "entry 5");
  }
  SECTION("at connection: the proof does not lead from what is held to the head") {
    world.bob.lose();
    world.server.entries_per_frame = 2;
    for (int i = 0; i < 8; ++i) world.log().append("late " + std::to_string(i), world.server.now_ms);
    world.server.bend = [&](v1::Frame& frame) {
      if (frame.has_entries() && frame.entries().consistency_size() > 0) {
        frame.mutable_entries()->set_consistency(0, flipped(frame.entries().consistency(0)));
      }
      return true;
    };
    world.run(2s);
  }
  SECTION("at connection: the entries are not those of the head that was proven") {
    world.bob.lose();
    world.server.entries_per_frame = 2;
    for (int i = 0; i < 8; ++i) world.log().append("late " + std::to_string(i), world.server.now_ms);
    world.server.bend = [&](v1::Frame& frame) {
      if (frame.has_entries() && frame.entries().entries_size() == 2 && frame.entries().first() == 7) {
        frame.mutable_entries()->set_entries(1, "another entry");
      }
      return true;
    };
    world.run(2s);
  }
  world.settle();
  CHECK(world.bob.port.evidences.at(0).head.has_value());
  world.check_evidence("fork");
}

TEST_CASE("engine: a live head without its root is that of the entries, or evidence") {
  Feeds world;
  auto& bob = world.bob;
  std::string put;  // in the place of what Bob is sent
  world.server.bend = [&](v1::Frame& frame) {
    if (frame.has_receipt()) frame.mutable_receipt()->mutable_head()->clear_root();
    if (frame.has_entries() && frame.request() == 0) {
      frame.mutable_entries()->mutable_head()->clear_root();
      if (!put.empty()) frame.mutable_entries()->set_entries(0, put);
    }
    return true;
  };
  SECTION("what was appended arrives under a head that is kept whole") {
    world.alice.write(world.feed->id, "entry 5");
    bob.write(world.feed->id, "entry 6");
    world.settle();
    CHECK(bob.engine.settled());
    CHECK(bob.port.evidences.empty());
    REQUIRE(bob.port.at(world.feed->id).kept);
    CHECK(bob.port.at(world.feed->id).kept->size == 7);
    CHECK(bob.port.at(world.feed->id).kept->root == world.log().tree.root());
  }
  SECTION("another entry") {
    put = "another entry";
    world.alice.write(world.feed->id, "entry 5");
    world.settle();
    world.check_evidence("without the server's signature");
  }
  SECTION("a receipt under the head of another tree") {
    world.server.bend = [&](v1::Frame& frame) {
      if (!frame.has_receipt()) return true;
      *frame.mutable_receipt()->mutable_head() = world.server.head(world.other->id, 0);
      frame.mutable_receipt()->mutable_head()->set_size(6);
      frame.mutable_receipt()->mutable_head()->clear_root();
      return true;
    };
    bob.write(world.feed->id, "entry 5");
    world.settle();
    CHECK(bob.port.at(world.feed->id).outbox.size() == 1);  // it still waits
    CHECK(bob.port.at(world.feed->id).entries.size() == 5);
    REQUIRE(bob.port.evidences.size() == 1);
    CHECK(bob.engine.status().logs[0].stopped);
  }
  SECTION("entries that do not follow what is held end the connection and are asked for again") {
    bool once = true;
    world.server.bend = [&](v1::Frame& frame) {
      if (frame.has_entries() && frame.request() == 0 && std::exchange(once, false)) {
        frame.mutable_entries()->mutable_head()->clear_root();
        frame.mutable_entries()->set_first(6);
      }
      return true;
    };
    world.alice.write(world.feed->id, "entry 5");
    world.settle();
    CHECK(bob.disconnects == 1);
    world.run(2s);
    CHECK(bob.port.evidences.empty());
    CHECK(bob.port.at(world.feed->id).entries.size() == 6);
  }
}

TEST_CASE("engine: a head that the server did not sign is evidence") {
  Feeds world;
  world.server.bend = [&](v1::Frame& frame) {
    if (frame.has_entries() && frame.entries().has_head()) {
      auto& head = *frame.mutable_entries()->mutable_head();
      head.set_signature(flipped(head.signature()));
    }
    return true;
  };
  world.alice.write(world.feed->id, "entry 5");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 5);
  world.check_evidence("signature");
}

TEST_CASE("engine: leaf times that go back are evidence") {
  Feeds world;
  world.log().append("a second older than the one before", world.server.now_ms - 1000);
  world.server.publish();
  world.settle();
  world.check_evidence("goes back");
}

TEST_CASE(
    "engine: a live leaf time off by more than ten minutes is evidence where the clocks agreed before") {
  Feeds world;
  world.log().append("from tomorrow", world.server.now_ms + 86'400'000);
  world.server.publish();
  world.settle();
  world.check_evidence("time of the append");
}

TEST_CASE("engine: where this device's clock is wrong, times are no evidence and the difference is shown") {
  World world;
  const auto feed = std::make_shared<LogKeys>(LogKind::feed);
  auto& alice = world.add_device();
  alice.port.add(feed, /*opened=*/false);
  world.server.now_ms += 3 * 365 * std::uint64_t{86'400'000};
  alice.start();
  world.settle();
  CHECK(alice.engine.status().server_clock_ahead == 3 * 365 * 24h);
  world.server.logs.at(feed->id).append("entry", world.server.now_ms);
  world.server.publish();
  world.settle();
  CHECK(alice.port.evidences.empty());
  CHECK(alice.port.at(feed->id).entries.size() == 1);

  SECTION("also where it was changed while connected") {
    world.advance(-24h * 300);
    world.server.now_ms += 1000;
    world.server.logs.at(feed->id).append("next", world.server.logs.at(feed->id).times_ms.back());
    alice.time();
    world.server.publish();
    world.settle();
    CHECK(alice.port.evidences.empty());
  }
}

TEST_CASE("engine: a clock changed while connected does not accuse the server") {
  Feeds world;
  world.bob.time();
  world.now += 24h * 400;  // bob's; the server's stays
  world.log().append("entry 5", world.server.now_ms);
  world.server.publish();
  world.settle();
  CHECK(world.bob.port.evidences.empty());
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 6);
}

TEST_CASE("engine: a receipt without its entry is evidence") {
  Feeds world;
  const auto forged = [&](std::uint64_t position) {
    world.server.intercept = [&world, position](ServerModel::Connection& connection, const v1::Frame& frame) {
      if (!frame.has_append()) return true;
      v1::Frame answer;
      answer.set_request(frame.request());
      auto& receipt = *answer.mutable_receipt();
      receipt.add_positions(position);
      receipt.add_times_ms(world.server.now_ms);
      if (position >= 5) world.log().append("put in its place", world.server.now_ms);
      if (position >= 6) world.log().append("and one more", world.server.now_ms);
      *receipt.mutable_head() = world.server.head(world.feed->id, world.log().entries.size());
      world.server.send(connection, answer);
      return false;
    };
    world.bob.write(world.feed->id, "bob's entry");
    world.settle();
    world.server.intercept = nullptr;
    world.server.publish();
    world.settle();
  };
  SECTION("at a place that another entry holds already") {
    forged(2);
  }
  SECTION("at the next place, under a head of another tree") {
    forged(5);
  }
  SECTION("further on, where then another entry comes") {
    forged(6);
  }
  REQUIRE(world.bob.port.evidences.size() == 1);
  CHECK(world.bob.port.at(world.feed->id).outbox.size() == 1);  // it still waits: nothing was acknowledged
}

TEST_CASE("engine: MS-08 a receipt that tells of another order than the one sent is evidence") {
  Feeds world;
  world.server.intercept = [&world](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (!frame.has_append()) return true;
    REQUIRE(frame.append().entries_size() == 2);
    v1::Frame answer;
    answer.set_request(frame.request());
    auto& receipt = *answer.mutable_receipt();
    for (const int entry : {1, 0}) world.log().append(frame.append().entries(entry), world.server.now_ms);
    for (const auto position : {6U, 5U}) {
      receipt.add_positions(position);
      receipt.add_times_ms(world.server.now_ms);
    }
    *receipt.mutable_head() = world.server.head(world.feed->id, world.log().entries.size());
    world.server.send(connection, answer);
    return false;
  };
  world.bob.port.write(world.feed->id, "first");
  world.bob.write(world.feed->id, "second");
  world.settle();
  REQUIRE(world.bob.port.evidences.size() == 1);
  CHECK(world.bob.port.at(world.feed->id).outbox.size() == 2);
}

TEST_CASE("engine: MS-08 a repeated frame changes nothing and costs nothing") {
  Feeds world;
  world.server.bend = [&](v1::Frame& frame) {
    if (frame.has_entries() && frame.entries().entries_size() > 0 && world.bob.connection) {
      world.bob.connection->out.push_back(to_bytes(frame.SerializeAsString()));  // and once more by itself
    }
    return true;
  };
  world.alice.write(world.feed->id, "entry 5");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 6);
  CHECK(world.bob.disconnects == 0);
  CHECK(world.bob.port.evidences.empty());
  CHECK(world.bob.engine.settled());
}
