// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace abri {

/// Wall-clock time in milliseconds since 1970-01-01T00:00Z. Always an argument: nothing below `clients`, `core/net` and
/// the server's edge reads a clock.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// Milliseconds since 1970, as the wire and the vault hold them.
constexpr std::uint64_t to_millis(Time t) {
  return static_cast<std::uint64_t>(t.time_since_epoch().count());
}
constexpr Time from_millis(std::uint64_t ms) {
  return Time{std::chrono::milliseconds{static_cast<std::int64_t>(ms)}};
}

}  // namespace abri
