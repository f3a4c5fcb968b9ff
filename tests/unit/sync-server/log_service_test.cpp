// SPDX-License-Identifier: MPL-2.0
// Appending: positions, times, repetition, compare-and-set, quota, restart.
#include "support/server_world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

namespace {
struct Fixture {
  ServerWorld world;
  LogKeys keys;
  server::ConnectionId author = world.connect();

  Fixture() { ready(); }
  explicit Fixture(std::uint64_t max_bytes, std::uint32_t max_logs) : world(max_bytes, max_logs) { ready(); }
  void ready() {
    world.open_log(author, keys);
    world.prove(author, keys, {CAPABILITY_WRITE, CAPABILITY_READ});
  }
  v1::Frame append(const std::vector<std::string>& entries, std::optional<std::uint64_t> expected = {}) {
    return world.ask(author, append_frame(50, keys.id, entries, expected));
  }
};
}  // namespace

TEST_CASE("log: entries take the next positions and the receipt's head is the tree of exactly them",
          "[sync-server][log]") {
  Fixture f;
  const auto first = f.append({"a", "b"}).receipt();
  CHECK(first.positions(0) == 0);
  CHECK(first.positions(1) == 1);
  const auto second = f.append({"c"}).receipt();
  CHECK(second.positions(0) == 2);
  crypto::Frontier tree;
  tree.append(leaf("a", first.times_ms(0)));
  tree.append(leaf("b", first.times_ms(1)));
  tree.append(leaf("c", second.times_ms(0)));
  CHECK(hash_field(second.head().root()) == tree.root());
  CHECK(signed_by(second.head(), f.keys.id, f.world.server_key.public_key()));
}

TEST_CASE("log: repeating an entry is harmless and names its first position", "[sync-server][log]") {
  Fixture f;
  const auto first = f.append({"a", "b", "a"}).receipt();
  CHECK(std::vector<std::uint64_t>(first.positions().begin(), first.positions().end()) ==
        std::vector<std::uint64_t>{0, 1, 0});
  CHECK(first.head().size() == 2);
  f.world.pass(10s);
  const auto again = f.append({"b", "c"}).receipt();
  CHECK(again.positions(0) == 1);
  CHECK(again.positions(1) == 2);
  CHECK(again.times_ms(0) == first.times_ms(1));
  CHECK(again.head().size() == 3);
  const auto whole = f.append({"a", "b"}, /*expected=*/0).receipt();  // its receipt was lost: sent once more
  CHECK(whole.positions(1) == 1);
}

TEST_CASE("log: of two that expect the same size one wins and the other is told", "[sync-server][log]") {
  Fixture f;
  const auto rival = f.world.connect();
  f.world.prove(rival, f.keys, {CAPABILITY_WRITE});
  f.world.send(f.author, append_frame(60, f.keys.id, {"mine"}, 0));
  f.world.send(rival, append_frame(61, f.keys.id, {"yours"}, 0));
  f.world.settle();
  CHECK(f.world.take(f.author).at(0).has_receipt());
  CHECK(f.world.take(rival).at(0).error().code() == v1::CONFLICT);
  CHECK(f.append({"next"}, 1).receipt().positions(0) == 1);
}

TEST_CASE("log: an entry of a few bytes takes as much of the account as the smallest bucket (PD-08)",
          "[sync-server][log]") {
  Fixture f(/*max_bytes=*/5 * limits::kMinEntryBytes, /*max_logs=*/2);
  CHECK(f.append({"a", "b", "c"}).has_receipt());
  CHECK(f.append({"a", "d"}).has_receipt());
  CHECK(f.append({"e", "f"}).error().code() == v1::QUOTA);
  f.world.restart();
  const auto id = f.world.connect();
  f.world.prove(id, f.keys, {CAPABILITY_WRITE});
  CHECK(f.world.ask(id, append_frame(5, f.keys.id, {"e"})).has_receipt());
  CHECK(f.world.ask(id, append_frame(6, f.keys.id, {"f"})).error().code() == v1::QUOTA);
}

TEST_CASE("log: leaf times never go back, whatever the clock does (CS-08)", "[sync-server][log]") {
  Fixture f;
  const auto first = f.append({"a"}).receipt();
  f.world.now -= 24h;
  const auto second = f.append({"b"}).receipt();
  CHECK(second.times_ms(0) == first.times_ms(0));
  CHECK(second.head().time_ms() >= first.head().time_ms());
  f.world.restart();
  const auto id = f.world.connect();
  f.world.prove(id, f.keys, {CAPABILITY_WRITE});
  CHECK(f.world.ask(id, append_frame(5, f.keys.id, {"c"})).receipt().times_ms(0) == first.times_ms(0));
}

TEST_CASE("log: after a restart the log goes on where it was", "[sync-server][log]") {
  Fixture f;
  crypto::Frontier tree;
  for (int i = 0; i < 37; ++i) {
    const auto entry = "entry " + std::to_string(i);
    tree.append(leaf(entry, f.append({entry}).receipt().times_ms(0)));
  }
  f.world.restart();
  const auto id = f.world.connect();
  f.world.prove(id, f.keys, {CAPABILITY_WRITE, CAPABILITY_READ});
  const auto read = f.world.ask(id, subscribe_frame(5, f.keys.id, 37, tree.root()));
  CHECK(read.entries().head().size() == 37);
  CHECK(hash_field(read.entries().head().root()) == tree.root());
  const auto receipt = f.world.ask(id, append_frame(6, f.keys.id, {"entry 5"})).receipt();
  CHECK(receipt.positions(0) == 5);
}

TEST_CASE("log: opening twice with the same keys is harmless, with others a conflict", "[sync-server][log]") {
  Fixture f;
  const auto& handshake = f.world.handshake(f.author);
  const auto open = [&](const LogKeys& keys, const crypto::SigningKey& account_key) {
    return f.world.ask(f.author, open_frame(70, handshake, f.world.account.id, account_key, keys));
  };
  CHECK(open(f.keys, f.world.account_key).has_done());
  LogKeys other;
  other.owner = crypto::SigningKey::from_seed(f.keys.owner.expose_seed([](auto seed) {
    ByteArray<32> copy{};
    std::ranges::copy(seed, copy.begin());
    return copy;
  }));
  other.salt = f.keys.salt;
  CHECK(open(other, f.world.account_key).error().code() == v1::CONFLICT);
  CHECK(open(LogKeys{}, crypto::SigningKey::generate()).error().code() == v1::NOT_PERMITTED);
}

TEST_CASE("log: an account holds so many bytes and logs, and no more (PD-08)", "[sync-server][log]") {
  Fixture f(/*max_bytes=*/1000, /*max_logs=*/2);
  CHECK(f.append({std::string(600, 'a')}).has_receipt());
  CHECK(f.append({std::string(600, 'b')}).error().code() == v1::QUOTA);
  CHECK(f.append({std::string(600, 'a')}).has_receipt());  // repeating takes no room
  CHECK(f.append({std::string(400, 'c')}).has_receipt());
  f.world.restart();
  const auto id = f.world.connect();
  LogKeys second;
  f.world.open_log(id, second);
  f.world.prove(id, second, {CAPABILITY_WRITE});
  CHECK(f.world.ask(id, append_frame(5, second.id, {"d"})).error().code() == v1::QUOTA);
  LogKeys third;
  CHECK(f.world.ask(id, open_frame(6, f.world.handshake(id), f.world.account.id, f.world.account_key, third))
            .error()
            .code() == v1::QUOTA);
}
