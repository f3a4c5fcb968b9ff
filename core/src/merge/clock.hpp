// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/limits.hpp>
#include <abri/base/time.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>

namespace abri::core::merge {

/// A hybrid logical clock's reading: 48 bits of milliseconds since 1970, 16 bits of counter.
struct Clock {
  std::uint64_t packed{0};

  static constexpr Clock at(Time time, std::uint16_t counter = 0) {
    return {((to_millis(time) & 0xffffffffffffU) << 16) | counter};
  }
  [[nodiscard]] constexpr Time time() const { return from_millis(packed >> 16); }
  [[nodiscard]] constexpr std::uint16_t counter() const {
    return static_cast<std::uint16_t>(packed & 0xffffU);
  }
  friend constexpr auto operator<=>(Clock, Clock) = default;
};

/// The reading that all order an operation by: its own, but never more than `limits::kClockTolerance` beyond the time of the
/// leaf that holds it. A clock that is years ahead is not rejected and does not win for ever. As a minimum it is monotone:
/// what one author wrote in order stays in order.
constexpr Clock clamp(Clock clock, Time leaf_time) {
  return std::min(clock, Clock::at(leaf_time + limits::kClockTolerance, 0xffff));
}

/// A device's hybrid logical clock. Core strand only; kept in the vault between runs.
class HybridClock {
 public:
  constexpr HybridClock() = default;
  constexpr explicit HybridClock(Clock last) : last_(last) {}

  /// A reading greater than every one given or observed before.
  constexpr Clock tick(Time now) {
    last_ = std::max(Clock{last_.packed + 1}, Clock::at(now));
    return last_;
  }
  /// A received reading, already clamped by its leaf: what is written after it is ordered after it.
  constexpr void observe(Clock clamped) { last_ = std::max(last_, clamped); }
  [[nodiscard]] constexpr Clock last() const { return last_; }

 private:
  Clock last_;
};

}  // namespace abri::core::merge
