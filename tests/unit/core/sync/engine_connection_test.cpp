// SPDX-License-Identifier: MPL-2.0
#include "unit/core/sync/world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace abri::core::sync::test;
using namespace std::chrono_literals;

TEST_CASE("engine: connects, proves and reads everything before it is live") {
  World world;
  const auto chain = std::make_shared<LogKeys>(LogKind::chain);
  const auto feed = std::make_shared<LogKeys>(LogKind::feed);
  auto& alice = world.add_device();
  alice.port.add(feed, /*opened=*/false);
  alice.port.add(chain, /*opened=*/false);
  CHECK(alice.engine.status().state == State::offline);

  const auto subscriptions = [&] {
    std::vector<LogId> logs;
    for (const auto& frame : alice.connection->seen) {
      if (frame.has_subscribe()) logs.push_back(*LogId::from(as_bytes(frame.subscribe().log())));
    }
    return logs;
  };
  alice.start();
  CHECK(alice.engine.status().state == State::connecting);
  REQUIRE(alice.receive());  // the welcome
  CHECK(alice.engine.status().state == State::catching_up);
  CHECK(subscriptions() ==
        std::vector{chain->id});  // the chain is read to its end before the feed is asked for
  world.settle();
  CHECK(subscriptions() == std::vector{chain->id, feed->id});
  CHECK(alice.engine.status().state == State::live);
  CHECK(alice.engine.settled());
  CHECK(alice.engine.status().last_contact == world.now);
  CHECK(alice.port.at(chain->id).opened);
  CHECK(alice.port.at(feed->id).opened);
}

TEST_CASE("engine: goes nowhere without an address or a pinned key, and connects when told of one") {
  World world;
  auto& alice = world.add_device();
  alice.port.address.clear();
  alice.start();
  CHECK(alice.attempts == 0);
  CHECK(alice.engine.status().state == State::offline);
  CHECK_FALSE(alice.engine.next_deadline());
  CHECK_FALSE(alice.engine.settled());

  alice.port.address = "server:7443";
  alice.local();
  world.settle();
  CHECK(alice.engine.status().state == State::live);
}

TEST_CASE("engine: a server with another key than the pinned one is refused for good") {
  World world;
  auto& alice = world.add_device();
  alice.port.pinned = crypto::SigningKey::generate().public_key();
  alice.start();
  world.settle();
  CHECK_FALSE(alice.online());
  CHECK(alice.engine.status().state == State::stopped);
  CHECK(alice.engine.status().error == Errc::wrong_server);
  CHECK_FALSE(alice.engine.next_deadline());
  world.run(1h);
  CHECK(alice.attempts == 1);

  alice.port.pinned = world.server.key.public_key();
  alice.start();
  world.settle();
  CHECK(alice.engine.status().state == State::live);
  CHECK_FALSE(alice.engine.status().error);
}

TEST_CASE("engine: NW-01 a welcome relayed from the true server over another TLS connection is refused") {
  World world;
  auto& alice = world.add_device();
  const auto feed = std::make_shared<LogKeys>(LogKind::feed);
  alice.port.add(feed, /*opened=*/false);
  alice.relayed = true;
  alice.start();
  world.settle();
  CHECK(alice.engine.status().error == Errc::wrong_server);
  CHECK(alice.engine.status().state == State::stopped);
  CHECK(world.server.logs.empty());  // nothing was proven or opened on the way
}

TEST_CASE("engine: reconnects with growing, jittered pauses of at most a minute") {
  World world;
  auto& alice = world.add_device();
  alice.refuse_connections = true;
  alice.start();
  CHECK(alice.engine.status().state == State::offline);
  CHECK(alice.engine.status().error == Errc::network_lost);
  auto bound = 500ms;
  for (int i = 0; i < 12; ++i) {
    const auto at = alice.engine.next_deadline();
    REQUIRE(at);
    CHECK(*at - world.now <= bound);
    world.advance(*at - world.now);
    alice.time();
    CHECK(alice.attempts == i + 2);
    bound = std::min<std::chrono::milliseconds>(bound * 2, 60s);
  }
  alice.refuse_connections = false;
  world.run(61s);
  CHECK(alice.engine.status().state == State::live);
  CHECK_FALSE(alice.engine.status().error);
  alice.lose();  // after a connection that worked it begins anew
  CHECK(*alice.engine.next_deadline() - world.now <= 500ms);
}

TEST_CASE("engine: stop ends the connection and start begins another") {
  World world;
  auto& alice = world.add_device();
  alice.start();
  world.settle();
  alice.stop();
  CHECK_FALSE(alice.online());
  CHECK(alice.engine.status().state == State::stopped);
  world.run(5min);
  CHECK(alice.attempts == 1);
  alice.start();
  world.settle();
  CHECK(alice.engine.status().state == State::live);
}

TEST_CASE(
    "engine: started again while the connection of before is closing, it connects as soon as that is over") {
  World world;
  auto& alice = world.add_device();
  alice.start();
  world.settle();
  REQUIRE(alice.engine.stop().size() == 1);  // the transport takes its time
  CHECK(alice.engine.start(world.now).empty());
  CHECK(alice.engine.status().state == State::connecting);  // not "offline": nothing failed
  alice.lose();
  CHECK(alice.attempts == 2);
  world.settle();
  CHECK(alice.engine.status().state == State::live);
}

TEST_CASE("engine: pings when idle, and leaves a server that does not answer") {
  World world;
  auto& alice = world.add_device();
  alice.start();
  world.settle();
  world.run(10min);
  CHECK(alice.attempts == 1);
  std::size_t pings = 0;
  for (const auto& frame : alice.connection->seen) pings += frame.has_ping() ? 1U : 0U;
  CHECK(pings >= 12);
  CHECK(pings <= 14);

  world.server.bend = [](v1::Frame& frame) { return !frame.has_pong(); };
  world.run(80s);
  CHECK(alice.disconnects == 1);
}

TEST_CASE("engine: a server that says nothing after the connection is left after ten seconds") {
  World world;
  auto& alice = world.add_device();
  world.server.bend = [](v1::Frame&) { return false; };
  alice.start();
  world.advance(10s);
  alice.time();
  CHECK_FALSE(alice.online());
  CHECK(alice.engine.status().error == Errc::timed_out);
}

TEST_CASE("engine: a clock set back years keeps neither ping nor reconnection waiting") {
  World world;
  auto& alice = world.add_device();
  alice.start();
  world.settle();
  world.advance(-24h * 1000);
  alice.time();
  CHECK(*alice.engine.next_deadline() - world.now <= 46s);
  alice.lose();
  world.advance(-24h * 1000);
  alice.time();
  CHECK(*alice.engine.next_deadline() - world.now <= 60s);
}

TEST_CASE("engine: bytes that are no frame of a server end the connection, and it heals") {
  World world;
  const auto feed = std::make_shared<LogKeys>(LogKind::feed);
  auto& alice = world.add_device();
  alice.port.add(feed, /*opened=*/false);
  alice.start();
  world.settle();
  SECTION("not protobuf") {
    alice.frame(as_bytes("\xff\xff\xff garbage"));
  }
  SECTION("empty") {
    alice.frame({});
  }
  SECTION("too large") {
    alice.frame(Bytes(limits::kMaxFrameBytes + 1));
  }
  SECTION("what only clients send") {
    v1::Frame frame;
    frame.mutable_hello();
    alice.frame(as_bytes(frame.SerializeAsString()));
  }
  SECTION("entries of a log without id") {
    v1::Frame frame;
    frame.mutable_entries()->set_log("short");
    alice.frame(as_bytes(frame.SerializeAsString()));
  }
  SECTION("a receipt that nobody asked for") {
    v1::Frame frame;
    frame.set_request(4711);
    frame.mutable_receipt();
    alice.frame(as_bytes(frame.SerializeAsString()));
  }
  CHECK_FALSE(alice.online());
  CHECK(alice.engine.status().error.has_value());
  world.run(1s);
  CHECK(alice.engine.status().state == State::live);
  CHECK(alice.port.evidences.empty());
}

TEST_CASE("engine: a catch-up cannot fill the memory, neither with empty frames nor with tiny entries") {
  World world;
  const auto feed = std::make_shared<LogKeys>(LogKind::feed);
  auto& alice = world.add_device();
  auto& bob = world.add_device();
  alice.port.add(feed, /*opened=*/false);
  bob.port.add(feed);
  alice.start();
  world.settle();
  auto& log = world.server.logs.at(feed->id);
  for (int i = 0; i < 10'000; ++i) log.append(std::to_string(i), world.server.now_ms);
  SECTION("tiny entries") {
    world.server.entries_per_frame = 500;
    bob.start();
    world.settle();
    CHECK(bob.port.at(feed->id).entries.size() == 10'000);
    CHECK(bob.port.applies >= 5);  // not all at once
  }
  SECTION("empty frames") {
    world.server.entries_per_frame = 1;
    world.server.bend = [&](v1::Frame& frame) {
      if (frame.has_entries() && frame.request() != 0 && !frame.entries().has_head()) {
        frame.mutable_entries()->clear_entries();
        frame.mutable_entries()->clear_times_ms();
        frame.mutable_entries()->set_first(1);
      }
      return true;
    };
    bob.start();
    world.settle();
    CHECK(bob.disconnects == 1);
    CHECK(bob.engine.status().error == Errc::malformed);
  }
}

TEST_CASE("engine: an overloaded server's pause is respected") {
  World world;
  auto& alice = world.add_device();
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame&) {
    v1::Frame frame;
    frame.mutable_error()->set_code(v1::UNAVAILABLE);
    frame.mutable_error()->set_retry_ms(20'000);
    world.server.send(connection, frame);
    return false;
  };
  alice.start();
  world.settle();
  CHECK_FALSE(alice.online());
  CHECK(*alice.engine.next_deadline() - world.now == 20s);
}
