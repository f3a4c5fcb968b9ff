// SPDX-License-Identifier: MPL-2.0
// What one connection may say and is told; the hub, the logs and the store behind it are the real ones.
#include "support/server_world.hpp"

#include <abri/base/limits.hpp>

#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using v1::CAPABILITY_OWNER;
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

TEST_CASE("connection: the welcome proves the server's key over both nonces and the TLS exporter",
          "[sync-server][connection]") {
  ServerWorld world;
  const auto id = world.connect(/*greet=*/false);
  const auto welcome = world.ask(id, hello_frame(world.handshake(id))).welcome();
  CHECK(welcome.server_key() == field(world.server_key.public_key().bytes()));
  const auto signature = crypto::Signature::from(as_bytes(welcome.signature()));
  REQUIRE(signature);
  auto handshake = world.handshake(id);
  CHECK(crypto::verify(world.server_key.public_key(), crypto::labels::kWelcome, wire::welcome_body(handshake),
                       *signature));
  handshake.exporter[0] ^= std::byte{1};  // another TLS connection
  CHECK_FALSE(crypto::verify(world.server_key.public_key(), crypto::labels::kWelcome,
                             wire::welcome_body(handshake), *signature));
}

TEST_CASE("connection: a wrong version, an early request and a second hello end it",
          "[sync-server][connection]") {
  ServerWorld world;
  const auto old = world.connect(/*greet=*/false);
  CHECK(world.ask(old, hello_frame(world.handshake(old), 2)).error().code() == v1::VERSION_UNSUPPORTED);
  CHECK(world.closed(old));
  const auto early = world.connect(/*greet=*/false);
  CHECK(world.ask(early, subscribe_frame(5, LogId{})).error().code() == v1::OUT_OF_ORDER);
  CHECK(world.closed(early));
  const auto twice = world.connect();
  CHECK(world.ask(twice, hello_frame(world.handshake(twice))).error().code() == v1::OUT_OF_ORDER);
  CHECK(world.closed(twice));
}

TEST_CASE("connection: what is malformed ends it with an error (PD-03, PD-06)", "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  std::vector<std::string> bad{"", "\xff\xff\xff", std::string(limits::kMaxFrameBytes + 1, 'x')};
  v1::Frame frame;
  frame.mutable_welcome();  // only a server says so
  bad.push_back(frame.SerializeAsString());
  frame = append_frame(7, keys.id, {"entry"});
  frame.mutable_append()->set_log("short");
  bad.push_back(frame.SerializeAsString());
  bad.push_back(append_frame(7, keys.id, {}).SerializeAsString());
  bad.push_back(append_frame(7, keys.id, {"a", ""}).SerializeAsString());
  bad.push_back(append_frame(0, keys.id, {"a"}).SerializeAsString());
  frame = subscribe_frame(7, keys.id, 3);  // a size without its root
  bad.push_back(frame.SerializeAsString());
  frame = append_frame(7, keys.id, {"entry"});
  auto cut = frame.SerializeAsString();
  cut.pop_back();
  bad.push_back(cut);
  for (const auto& bytes : bad) {
    const auto id = world.connect();
    world.send_bytes(id, bytes);
    const auto answers = world.take(id);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].error().code() == v1::MALFORMED);
    CHECK(world.closed(id));
  }
}

TEST_CASE("connection: random bytes are answered or end it, and never more (PD-03)",
          "[sync-server][connection]") {
  ServerWorld world;
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  LogKeys keys;
  const auto valid = append_frame(7, keys.id, {"entry", "another"}).SerializeAsString();
  for (int round = 0; round < 2000; ++round) {
    const auto id = world.connect();
    std::string bytes = valid;
    const auto flips = 1 + random() % 8;
    for (std::size_t i = 0; i < flips; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    world.send_bytes(id, bytes);
    for (const auto& answer : world.take(id)) CHECK_FALSE(answer.has_receipt());
    if (world.closed(id)) continue;
    v1::Frame ping;
    ping.mutable_ping();
    CHECK(world.ask(id, ping).has_pong());
  }
}

TEST_CASE("connection: an unknown log, a wrong key and a proof of another connection look alike (PD-07)",
          "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  LogKeys unknown;
  const auto id = world.connect();
  world.open_log(id, keys);
  const auto answer = [&](const v1::Frame& frame) {
    auto out = world.ask(id, frame);
    out.mutable_error()->clear_log();
    return out.SerializeAsString();
  };
  const auto& handshake = world.handshake(id);
  auto replayed = handshake;
  replayed.exporter[5] ^= std::byte{1};
  const auto no_log = answer(prove_frame(9, handshake, unknown.id, CAPABILITY_READ, unknown.read));
  CHECK(no_log == answer(prove_frame(9, handshake, keys.id, CAPABILITY_READ, keys.write)));
  CHECK(no_log == answer(prove_frame(9, handshake, keys.id, CAPABILITY_WRITE, keys.read)));
  CHECK(no_log == answer(prove_frame(9, replayed, keys.id, CAPABILITY_READ, keys.read)));
  CHECK(world.ask(id, prove_frame(9, handshake, keys.id, CAPABILITY_READ, keys.read)).has_done());
}

TEST_CASE("connection: guessing capabilities from one address is slowed down, others are not (PD-07)",
          "[sync-server][connection]") {
  ServerWorld world;
  world.limits.failed_proofs = server::BucketTable(server::Rate{.burst = 3, .per_second = 1});
  LogKeys keys;
  const auto id = world.connect();
  world.open_log(id, keys);
  const auto guess = [&] {
    return world.ask(id, prove_frame(9, world.handshake(id), keys.id, CAPABILITY_READ, keys.write)).error();
  };
  for (int i = 0; i < 3; ++i) CHECK(guess().code() == v1::NOT_PERMITTED);
  CHECK(guess().code() == v1::RATE_LIMITED);
  CHECK(guess().retry_ms() > 0);
  const auto elsewhere = world.connect(true, "192.0.2.2");
  CHECK(world.ask(elsewhere, prove_frame(9, world.handshake(elsewhere), keys.id, CAPABILITY_READ, keys.read))
            .has_done());
  world.pass(1100ms);
  CHECK(guess().code() == v1::NOT_PERMITTED);
}

TEST_CASE("connection: each capability allows its own verb only", "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto id = world.connect();
  world.open_log(id, keys);
  const auto refused = [&](const v1::Frame& frame) { return world.ask(id, frame).error().code(); };
  const auto other = crypto::SigningKey::generate();
  const auto try_all = [&](v1::Capability but) {
    if (but != CAPABILITY_READ) CHECK(refused(subscribe_frame(20, keys.id)) == v1::NOT_PERMITTED);
    if (but != CAPABILITY_WRITE) CHECK(refused(append_frame(21, keys.id, {"x"})) == v1::NOT_PERMITTED);
    if (but != CAPABILITY_OWNER) CHECK(refused(rotate_frame(22, keys, other, other)) == v1::NOT_PERMITTED);
  };
  try_all(v1::CAPABILITY_UNSPECIFIED);
  const auto capability = GENERATE(CAPABILITY_READ, CAPABILITY_WRITE, CAPABILITY_OWNER);
  world.prove(id, keys, {capability});
  try_all(capability);
}

TEST_CASE("connection: frames are not read while an answer that later ones rely on is on its way",
          "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto id = world.connect();
  const auto& handshake = world.handshake(id);
  const auto holds_back = [&](const v1::Frame& frame) {
    world.send(id, frame);
    const bool held = !world.logic(id).wants_frame();
    world.settle();
    return held && world.logic(id).wants_frame();
  };
  CHECK(holds_back(open_frame(3, handshake, world.account.id, world.account_key, keys)));
  for (const auto capability : {CAPABILITY_READ, CAPABILITY_WRITE, CAPABILITY_OWNER}) {
    CHECK(holds_back(prove_frame(4, handshake, keys.id, capability, keys.of(capability))));
  }
  CHECK(holds_back(prove_frame(5, handshake, keys.id, CAPABILITY_READ, keys.write)));  // refused: goes on too
  CHECK(holds_back(subscribe_frame(6, keys.id)));
  CHECK(holds_back(rotate_frame(7, keys, keys.read, keys.write)));
}

TEST_CASE("connection: appended bytes that wait hold further frames back", "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto id = world.connect();
  world.open_log(id, keys);
  world.prove(id, keys, {CAPABILITY_WRITE});
  std::uint32_t request = 10;
  std::size_t sent = 0;
  while (world.logic(id).wants_frame()) {
    world.send(id, append_frame(request, keys.id, {std::string(60'000, 'a') + std::to_string(request)}));
    ++request;
    sent += 60'000;
    REQUIRE(sent < 3'000'000);
  }
  CHECK(sent >= world.limits.max_append_bytes_waiting - 60'000);
  world.settle();
  CHECK(world.logic(id).wants_frame());
}

TEST_CASE("connection: who says nothing after connecting, or falls silent, is disconnected (PD-01)",
          "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto mute = world.connect(/*greet=*/false);
  const auto quiet = world.connect();
  const auto lively = world.connect();
  world.open_log(quiet, keys);
  for (const auto id : {quiet, lively}) world.prove(id, keys, {CAPABILITY_READ});
  world.pass(4900ms);
  CHECK_FALSE(world.closed(mute));
  world.pass(200ms);
  CHECK(world.closed(mute));
  world.pass(45s);
  auto pings = world.take(lively);
  REQUIRE(pings.size() == 1);
  CHECK(pings[0].has_ping());
  v1::Frame pong;
  pong.mutable_pong();
  world.send(lively, pong);
  world.pass(45s);
  CHECK(world.closed(quiet));
  CHECK_FALSE(world.closed(lively));
}

TEST_CASE("connection: who proves nothing is disconnected, however much it says (PD-01)",
          "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto idle = world.connect();
  const auto owner = world.connect();
  world.open_log(owner, keys);
  v1::Frame ping;
  ping.mutable_ping();
  for (int second = 0; second < 14; ++second) {
    world.pass(1s);
    CHECK(world.ask(idle, ping).has_pong());
    world.ask(idle, prove_frame(9, world.handshake(idle), keys.id, CAPABILITY_READ, keys.write));
  }
  world.prove(owner, keys, {CAPABILITY_OWNER});
  CHECK_FALSE(world.closed(idle));
  world.pass(1s);
  CHECK(world.closed(idle));
  CHECK_FALSE(world.closed(owner));
}

TEST_CASE("connection: entries above their limits are refused and the connection goes on",
          "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto id = world.connect();
  world.open_log(id, keys);
  world.prove(id, keys, {CAPABILITY_WRITE});
  const std::string large(limits::kMaxEntryBytes + 1, 'x');
  CHECK(world.ask(id, append_frame(5, keys.id, {large})).error().code() == v1::TOO_LARGE);
  std::vector<std::string> many(limits::kMaxEntriesPerFrame + 1, "x");
  CHECK(world.ask(id, append_frame(6, keys.id, many)).error().code() == v1::TOO_LARGE);
  const std::string most(limits::kMaxEntryBytes, 'x');
  CHECK(world.ask(id, append_frame(7, keys.id, {most})).has_receipt());
}

TEST_CASE("connection: an append of tiny entries is as large as their smallest buckets (PD-03)",
          "[sync-server][connection]") {
  ServerWorld world;
  LogKeys keys;
  const auto id = world.connect();
  world.open_log(id, keys);
  world.prove(id, keys, {CAPABILITY_READ, CAPABILITY_WRITE});
  std::vector<std::string> many;
  while ((many.size() + 1) * limits::kMinEntryBytes <= wire::kMaxAppendBytes) {
    many.push_back(std::to_string(many.size()));
  }
  auto more = many;
  more.emplace_back("one more");
  CHECK(world.ask(id, append_frame(5, keys.id, more)).error().code() == v1::TOO_LARGE);
  const auto answer = world.ask(id, append_frame(6, keys.id, many));
  CHECK(answer.receipt().positions_size() == static_cast<int>(many.size()));
  CHECK(answer.ByteSizeLong() <= limits::kMaxFrameBytes);
  const auto read = world.ask(id, subscribe_frame(7, keys.id));
  CHECK(read.entries().entries_size() == static_cast<int>(many.size()));
  CHECK(read.ByteSizeLong() <= limits::kMaxFrameBytes);
}

TEST_CASE("connection: a capability that writes without end is slowed down (PD-08)",
          "[sync-server][connection]") {
  ServerWorld world;
  world.limits.append_bytes = server::BucketTable(server::Rate{.burst = 1000, .per_second = 100});
  LogKeys keys;
  const auto id = world.connect();
  world.open_log(id, keys);
  world.prove(id, keys, {CAPABILITY_WRITE});
  CHECK(world.ask(id, append_frame(5, keys.id, {std::string(900, 'a')})).has_receipt());
  const auto refused = world.ask(id, append_frame(6, keys.id, {std::string(900, 'b')})).error();
  CHECK(refused.code() == v1::RATE_LIMITED);
  CHECK(refused.retry_ms() > 7'000);
  world.pass(std::chrono::milliseconds{refused.retry_ms()});
  CHECK(world.ask(id, append_frame(6, keys.id, {std::string(900, 'b')})).has_receipt());
  world.pass(10s);
  CHECK(world.ask(id, append_frame(7, keys.id, {"c", "d"})).has_receipt());
  CHECK(world.ask(id, append_frame(8, keys.id, {"e"})).error().code() == v1::RATE_LIMITED);
}
