// SPDX-License-Identifier: MPL-2.0
// Two devices, the real server, real sockets.
#include "integration/sync/device.hpp"
#include "support/server_process.hpp"

#include <csignal>
#include <optional>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::test;
using core::sync::LogKind;
using core::sync::State;
using core::sync::test::LogKeys;
using core::sync::test::MemoryPort;
using core::sync::test::TestAccount;

namespace {

/// A server and two devices that share a feed.
struct Pair {
  TempFolder folder;
  std::optional<ServerProcess> server{std::in_place, ServerProcess::Options{.data = folder.path() / "data"}};
  boost::asio::io_context context;
  std::shared_ptr<LogKeys> feed = std::make_shared<LogKeys>(LogKind::feed);
  NetDevice alice{context, server->key(), server->port()};
  NetDevice bob{context, server->key(), server->port()};

  Pair() {
    auto code = server->add_account();
    alice.port.account = std::make_shared<TestAccount>(
        TestAccount{.id = code.id, .key = crypto::SigningKey::from_seed(code.seed)});
    alice.port.add(feed, /*opened=*/false);
    bob.port.add(feed);
  }
  void start() {
    alice.net.start();
    REQUIRE(run_until(context, [&] { return alice.engine.settled(); }));
    bob.net.start();
    REQUIRE(run_until(context, [&] { return bob.engine.settled(); }));
  }
  MemoryPort::Log& log(NetDevice& device) { return device.port.at(feed->id); }
  [[nodiscard]] bool both_hold(std::size_t count) {
    return log(alice).entries.size() == count && log(bob).entries.size() == count && alice.engine.settled() &&
           bob.engine.settled();
  }
  /// The power cut; the server comes back on the same port with what was durable.
  void kill_server() {
    const auto port = server->port();
    server->send_signal(SIGKILL);
    server.reset();
    server.emplace(ServerProcess::Options{.data = folder.path() / "data", .port = port});
  }
};

std::string entry(const char* who, int number) {
  return std::string(who) + " " + std::to_string(number) + std::string(600, '.');
}

}  // namespace

TEST_CASE("sync: a thousand entries of two devices reach both through the real server") {
  Pair world;
  world.start();
  for (int i = 0; i < 500; ++i) {
    world.alice.write(world.feed->id, entry("alice", i));
    world.bob.write(world.feed->id, entry("bob", i));
    if (i % 50 == 0) world.context.run_for(std::chrono::milliseconds{1});
  }
  REQUIRE(run_until(world.context, [&] { return world.both_hold(1000); }));
  CHECK(world.log(world.alice).entries == world.log(world.bob).entries);
  CHECK(world.log(world.alice).frontier == world.log(world.bob).frontier);
  CHECK(world.alice.port.evidences.empty());
  CHECK(world.bob.port.evidences.empty());
}

TEST_CASE("sync: the server killed in between loses nothing that it acknowledged, and everything arrives") {
  Pair world;
  world.start();
  std::vector<Bytes> acknowledged;
  int written = 0;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 250; ++i) world.alice.write(world.feed->id, entry("alice", written++));
    // At some moment of the transfer, another one each time.
    const auto enough = world.log(world.alice).entries.size() + static_cast<std::size_t>(round) * 60;
    REQUIRE(run_until(world.context, [&] { return world.log(world.alice).entries.size() >= enough; }));
    world.context.run_for(std::chrono::milliseconds{round * 3});
    acknowledged = world.log(world.alice).entries;
    if (round < 3) world.kill_server();
  }
  REQUIRE(run_until(world.context, [&] { return world.both_hold(1000); }));
  const auto& there = world.log(world.bob).entries;
  CHECK(there == world.log(world.alice).entries);
  REQUIRE(there.size() >= acknowledged.size());
  CHECK(std::equal(acknowledged.begin(), acknowledged.end(), there.begin()));
  for (int i = 0; i < 1000; ++i) CHECK(there[static_cast<std::size_t>(i)] == to_bytes(entry("alice", i)));
  CHECK(world.alice.port.evidences.empty());
  CHECK(world.bob.port.evidences.empty());
}

TEST_CASE("sync: twelve megabytes written offline are pushed, and a fresh device reads them") {
  Pair world;
  world.alice.net.start();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) world.log(world.alice).outbox.emplace_back(60'000, static_cast<std::byte>(i));
  world.alice.net.notify_local();
  REQUIRE(run_until(world.context, [&] { return world.alice.engine.settled(); }));
  const auto pushed = std::chrono::steady_clock::now();
  world.bob.net.start();
  REQUIRE(run_until(world.context, [&] { return world.both_hold(200); }));
  const auto read = std::chrono::steady_clock::now();
  const auto ms = [](auto d) { return std::chrono::duration_cast<std::chrono::milliseconds>(d).count(); };
  UNSCOPED_INFO("pushed in " << ms(pushed - begin) << " ms, read in " << ms(read - pushed) << " ms");
  CHECK(world.log(world.bob).entries == world.log(world.alice).entries);
}

TEST_CASE("sync: the callback tells each change, and a stopped device stays offline") {
  Pair world;
  std::vector<State> seen;
  world.alice.net.on_change([&](const core::sync::Status& status) {
    if (seen.empty() || seen.back() != status.state) seen.push_back(status.state);
  });
  world.start();
  CHECK(seen.front() == State::connecting);
  CHECK(seen.back() == State::live);
  world.alice.net.stop();
  REQUIRE(run_until(world.context, [&] { return seen.back() == State::stopped; }));
  world.bob.write(world.feed->id, "meanwhile");
  REQUIRE(run_until(world.context,
                    [&] { return world.bob.engine.settled() && world.log(world.bob).entries.size() == 1; }));
  CHECK(world.log(world.alice).entries.empty());
  world.alice.net.start();
  REQUIRE(run_until(world.context, [&] { return world.both_hold(1); }));
}
