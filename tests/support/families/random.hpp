// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace abri::test {

/// Draws that are the same on every platform for one seed: the engine is fixed by the standard, its distributions are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 0 to `bound` - 1; `bound` > 0.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  /// `low` to `high`, both included.
  int between(int low, int high) {
    ABRI_ASSERT(low <= high);
    return low + static_cast<int>(below(static_cast<std::size_t>(high - low) + 1));
  }
  bool chance(int percent) { return between(0, 99) < percent; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  /// The index of one of `weights`, in their proportion.
  std::size_t weighted(std::span<const int> weights) {
    std::size_t total = 0;
    for (const int weight : weights) total += static_cast<std::size_t>(weight);
    auto drawn = below(total);
    std::size_t index = 0;
    while (drawn >= static_cast<std::size_t>(weights[index]))
      drawn -= static_cast<std::size_t>(weights[index++]);
    return index;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace abri::test
