// SPDX-License-Identifier: MPL-2.0
// Frames that were lost, repeated, swapped, cut short or changed (docs/security, row MS-08).
#include "unit/core/sync/read_feed.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <span>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace abri::core::sync::test;
using namespace std::chrono_literals;

namespace {

void cut_short(Bytes& frame, std::mt19937& random) {
  frame.resize(random() % frame.size());
}

void change_bytes(Bytes& frame, std::mt19937& random) {
  for (int n = 0; n < 3; ++n) frame[random() % frame.size()] = static_cast<std::byte>(random() % 256);
}

/// A device that begins with what bob held at first and has an entry to send. One frame that it is sent is broken.
class LateReader {
 public:
  LateReader(ReadFeed& world, const std::deque<MemoryPort::Log>& held, std::string entry)
      : world_(world), device_(world.add_device()), entry_(std::move(entry)) {
    device_.port.logs = held;
    device_.port.write(world.feed->id, entry_);
  }
  ~LateReader() {
    device_.lose();
    world_.devices.pop_back();
  }
  LateReader(const LateReader&) = delete;
  LateReader& operator=(const LateReader&) = delete;

  /// @return whether there was a frame to break
  template <class Break>
  bool receive_broken(Break break_frame, std::mt19937& random) {
    device_.start();
    for (auto n = random() % 12; n > 0; --n) device_.receive();
    world_.alice.write(world_.feed->id, "live, beside " + entry_);
    if (!device_.online() || device_.connection->out.empty()) return false;
    break_frame(device_.connection->out.front(), random);
    device_.receive();
    return true;
  }
  /// What a person and time do about it: a device that took the server for a wrong one is started again, and what was
  /// swallowed without a trace shows at the next connection.
  void heal() {
    world_.run(3min);
    if (device_.engine.status().state == State::stopped) {
      CHECK(device_.engine.status().error == Errc::wrong_server);
      device_.start();
    }
    device_.lose();
    world_.run(3min);
  }
  void check_nothing_lost() {
    const auto& held = device_.port.at(world_.feed->id);
    const auto& kept = world_.log().entries;
    CHECK(device_.engine.settled());
    REQUIRE(held.entries.size() <= kept.size());
    CHECK(
        std::ranges::equal(held.entries, std::span(kept).first(held.entries.size()),
                           [](const Bytes& one, const std::string& other) { return as_text(one) == other; }));
    const bool waits = !held.outbox.empty();
    CHECK(std::ranges::count(kept, entry_) + (waits ? 1 : 0) >= 1);
    CHECK(std::ranges::count(kept, entry_) <= 1);
    const auto status = device_.engine.status();
    CHECK(static_cast<std::size_t>(std::ranges::count_if(status.logs, &LogStatus::stopped)) ==
          device_.port.evidences.size());
    if (status.logs[0].stopped) return;  // the feed: it is followed no more
    CHECK(held.entries.size() == kept.size());
    CHECK_FALSE(waits);
  }
  [[nodiscard]] bool accuses() const { return !device_.port.evidences.empty(); }
  [[nodiscard]] bool disconnected() const { return device_.disconnects > 0; }

 private:
  ReadFeed& world_;
  Device& device_;
  std::string entry_;
};

}  // namespace

TEST_CASE("engine: MS-08 frames dropped, repeated and swapped on the way heal without harm or evidence") {
  const auto seed = GENERATE(range(1U, 41U));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  ReadFeed world;
  world.server.entries_per_frame = 3;
  const auto faults = [&] {
    for (const auto& device : world.devices) {
      if (!device->connection || device->connection->out.empty()) continue;
      auto& out = device->connection->out;
      const auto i = random() % out.size();
      switch (random() % 6) {
        case 0:
          out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
          break;
        case 1:
          out.push_back(out[i]);
          break;
        case 2:
          std::swap(out[i], out[random() % out.size()]);
          break;
        default:
          break;
      }
    }
  };
  for (int round = 0; round < 60; ++round) {
    auto& writer = *world.devices[random() % 2];
    writer.write(world.feed->id, "round " + std::to_string(round));
    if (random() % 3 == 0) writer.write(world.other->id, "other " + std::to_string(round));
    faults();
    for (auto& device : world.devices) {
      for (auto n = random() % 4; n > 0; --n) device->receive();
    }
    world.advance(std::chrono::milliseconds(random() % 2000));
    for (auto& device : world.devices) device->time();
  }
  world.run(3min);
  for (auto& device : world.devices) {  // what was swallowed without a trace shows at the next connection
    device->lose();
  }
  world.run(3min);
  for (const auto& keys : {world.feed, world.other}) {
    CHECK(world.alice.port.at(keys->id).entries == world.bob.port.at(keys->id).entries);
    CHECK(world.alice.port.at(keys->id).outbox.empty());
    CHECK(world.bob.port.at(keys->id).outbox.empty());
    const auto& log = world.server.logs.at(keys->id);
    CHECK(std::set(log.entries.begin(), log.entries.end()).size() == log.entries.size());
  }
  CHECK(world.server.logs.at(world.feed->id).entries.size() == 65);
  for (auto& device : world.devices) {
    for (const auto& found : device->port.evidences) FAIL_CHECK(found.what);
  }
}

TEST_CASE("engine: a frame cut short costs a connection, no entry, and accuses nobody") {
  const auto seed = GENERATE(range(1U, 5U));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  ReadFeed world;
  world.server.entries_per_frame = 3;
  const auto held = world.bob.port.logs;
  int disconnected = 0;
  for (int round = 0; round < 25; ++round) {
    INFO("round " << round);
    LateReader reader(world, held, "entry of round " + std::to_string(round));
    if (!reader.receive_broken(cut_short, random)) continue;
    disconnected += reader.disconnected() ? 1 : 0;
    reader.heal();
    reader.check_nothing_lost();
    CHECK_FALSE(reader.accuses());
  }
  CHECK(disconnected > 10);
}

// TLS keeps others from changing a byte: what is changed comes from the server, and may accuse it.
TEST_CASE(
    "engine: a frame with changed bytes costs a connection or accuses the server, and no entry is lost") {
  const auto seed = GENERATE(range(1U, 9U));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  ReadFeed world;
  world.server.entries_per_frame = 3;
  const auto held = world.bob.port.logs;
  int noticed = 0;
  for (int round = 0; round < 25; ++round) {
    INFO("round " << round);
    LateReader reader(world, held, "entry of round " + std::to_string(round));
    if (!reader.receive_broken(change_bytes, random)) continue;
    noticed += reader.disconnected() || reader.accuses() ? 1 : 0;
    reader.heal();
    reader.check_nothing_lost();
  }
  CHECK(noticed > 10);
}
