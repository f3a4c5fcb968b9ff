// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace abri::core::sync {

/// Waiting times that grow: between zero and a bound that doubles with each failure ("full jitter"), so that devices do not
/// come back all at once.
class Backoff {
 public:
  using Millis = std::chrono::milliseconds;
  /// @param seed  of the jitter; the same seed gives the same times
  Backoff(std::uint64_t seed, Millis first, Millis most) : random_(seed), first_(first), most_(most) {}

  Millis next() {
    const auto bound = std::min(first_ * (std::int64_t{1} << failures_), most_);
    failures_ = std::min(failures_ + 1, 20);
    return Millis{static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(bound.count() + 1))};
  }
  void reset() { failures_ = 0; }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014): spreads clients, protects nothing.
  std::uint64_t draw() {
    random_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = random_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t random_;
  Millis first_;
  Millis most_;
  int failures_{0};
};

}  // namespace abri::core::sync
