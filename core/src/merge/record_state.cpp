// SPDX-License-Identifier: MPL-2.0
#include "merge/record_state.hpp"

#include <algorithm>
#include <tuple>

namespace abri::core::merge {

std::span<const Version> RecordState::of(std::uint32_t field) const {
  const auto range = std::ranges::equal_range(versions, field, {}, &Version::field);
  return {range.begin(), range.end()};
}

bool RecordState::is_superseded(std::uint32_t field, const Dot& dot) const {
  return !superseded.empty() &&
         std::ranges::binary_search(superseded, std::tie(field, dot), {},
                                    [](const Superseded& s) { return std::tie(s.field, s.dot); });
}

std::span<const Superseded> RecordState::superseded_of(std::uint32_t field) const {
  const auto range = std::ranges::equal_range(superseded, field, {}, &Superseded::field);
  return {range.begin(), range.end()};
}

Clock RecordState::latest(std::uint32_t field) const {
  Clock out;
  for (const auto& version : of(field)) out = std::max(out, version.clock);
  for (const auto& gone : superseded_of(field)) out = std::max(out, gone.latest());
  return out;
}

}  // namespace abri::core::merge
