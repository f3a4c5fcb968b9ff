// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "unit/core/sync/world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace abri::core::sync::test {

/// A feed with five entries that alice wrote and bob has read, beside a second log with none; a chain is read first.
struct ReadFeed : World {
  LogKeysPtr feed = std::make_shared<LogKeys>(LogKind::feed);
  LogKeysPtr other;
  Device& alice = add_device();
  Device& bob = add_device();

  explicit ReadFeed(LogKind kind_of_other = LogKind::feed) : other(std::make_shared<LogKeys>(kind_of_other)) {
    for (const auto& keys : {feed, other}) {
      alice.port.add(keys, /*opened=*/false);
      bob.port.add(keys);
    }
    for (int i = 0; i < 5; ++i) alice.port.write(feed->id, "entry " + std::to_string(i));
    alice.start();
    settle();
    bob.start();
    settle();
    REQUIRE(bob.port.at(feed->id).entries.size() == 5);
  }
  ServerModel::Log& log() { return server.logs.at(feed->id); }
};

}  // namespace abri::core::sync::test
