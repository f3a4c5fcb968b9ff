// SPDX-License-Identifier: MPL-2.0
// A store of which a page cannot be read any more.
#include "support/server_world.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <catch2/catch_test_macros.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

namespace {

constexpr std::size_t kPageBytes = 4096;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::remove(path.string() + "-wal");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// Two logs: a long one, whose entries stand on pages of their own, and a short one.
struct Fixture {
  ServerWorld world;
  LogKeys long_log;
  LogKeys short_log;
  std::vector<std::string> long_entries;
  std::vector<std::string> short_entries{"x", "y", "z"};

  Fixture() {
    const auto author = world.connect();
    for (const auto* keys : {&long_log, &short_log}) {
      world.open_log(author, *keys);
      world.prove(author, *keys, {CAPABILITY_WRITE});
    }
    for (char i = 0; i < 40; ++i) long_entries.emplace_back(5'000, static_cast<char>('0' + i));
    for (const auto& entry : long_entries) world.ask(author, append_frame(5, long_log.id, {entry}));
    world.ask(author, append_frame(6, short_log.id, short_entries));
  }
  /// Reads a log and appends to it, each on a connection of its own. True: it was told that the log is damaged; else all of it came and
  /// it grew. What came is what was appended in any case.
  bool told_damaged(const LogKeys& keys, const std::vector<std::string>& entries) {
    bool told = false;
    const auto note = [&](const v1::Frame& frame) {
      if (!frame.has_error()) return;
      CHECK(frame.error().code() == v1::DAMAGED);
      told = true;
    };
    const auto reader = world.connect();
    LogReader held(keys.id);
    const auto proof = prove_frame(5, world.handshake(reader), keys.id, CAPABILITY_READ, keys.read);
    note(world.ask(reader, proof));
    if (!told) {
      world.send(reader, subscribe_frame(6, keys.id));
      for (const auto& frame : world.take(reader)) {
        note(frame);
        if (frame.has_entries()) CHECK(held.take(frame.entries(), world.server_key.public_key()));
      }
    }
    CHECK(std::ranges::equal(held.entries(), std::span(entries).first(held.size())));
    if (!told) CHECK(held.size() == entries.size());
    CHECK_FALSE(world.closed(reader));

    const auto writer = world.connect();
    if (!told)
      note(world.ask(writer, prove_frame(7, world.handshake(writer), keys.id, CAPABILITY_WRITE, keys.write)));
    if (!told) {
      const auto answer = world.ask(writer, append_frame(8, keys.id, {"one more"}));
      note(answer);
      CHECK((told || answer.has_receipt()));
    }
    CHECK_FALSE(world.closed(writer));
    return told;
  }
};

}  // namespace

TEST_CASE("damage: whichever page is broken, a log is refused or whole, and the other one goes on (CS-05)",
          "[sync-server][log]") {
  Fixture f;
  std::string sound;
  f.world.restart([&](const auto& path) { sound = read_file(path); });
  int only_long = 0;
  int only_short = 0;
  for (std::size_t page = 1; page < sound.size() / kPageBytes;
       ++page) {  // without the first one it cannot start
    INFO("page " << page + 1);
    f.world.restart([&](const auto& path) {
      auto broken = sound;
      broken[page * kPageBytes + 100] = static_cast<char>(broken[page * kPageBytes + 100] ^ 1);
      write_file(path, broken);
    });
    f.world.faults.clear();
    const bool told_long = f.told_damaged(f.long_log, f.long_entries);
    const bool told_short = f.told_damaged(f.short_log, f.short_entries);
    CHECK(f.world.faults.empty() == !(told_long || told_short));
    for (const auto& fault : f.world.faults) CHECK(fault.code == Errc::malformed);
    only_long += told_long && !told_short ? 1 : 0;
    only_short += told_short && !told_long ? 1 : 0;
  }
  CHECK(only_long >= 40);  // one at least for each of its entries
  UNSCOPED_INFO(only_long << " pages of the long log, " << only_short << " of the short one");
}
