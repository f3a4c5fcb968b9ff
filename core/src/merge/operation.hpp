// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/clock.hpp"

#include <abri/base/id.hpp>
#include <abri/base/time.hpp>
#include <abri/options.pb.h>
#include <abri/proto/value.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace abri::core::merge {

/// Names one operation, once and for all: who wrote it and its number there.
struct Dot {
  std::uint32_t device{0};       ///< the author device's number on the chain
  std::uint64_t incarnation{0};  ///< 8 random bytes, big-endian
  std::uint64_t counter{0};      ///< below 2^48, counted by device and incarnation
  friend constexpr auto operator<=>(const Dot&, const Dot&) = default;
};

/// As in entry.proto. Numbers beyond these are of a newer version: kept, not understood.
enum class OperationKind : std::uint32_t {
  set = 0,
  add = 1,
  remove = 2,
  note = 3,
  amend = 4,
  redact = 5,
  transition = 6,
  resolve = 7,
};
constexpr bool is_known(OperationKind kind) {
  return kind <= OperationKind::resolve;
}

/// One operation, by itself: nothing in it refers to the change that carried it.
struct Operation {
  std::uint32_t record_type{0};
  RecordId record;
  std::uint32_t field{0};
  OperationKind kind{OperationKind::set};
  proto::Value value;
  std::vector<Dot> supersedes;
  std::uint32_t from{0};  ///< of a transition
  Dot dot;
  Clock clock;
  std::uint32_t projection{0};  ///< version of the projecting function, 0: not projected
  Clock source_clock;           ///< with projection: greatest clock of the sources
  std::string extra;  ///< fields of the encoded operation that this version does not know, as they came

  friend bool operator==(const Operation&, const Operation&) = default;
};

/// A set of `abri::v1::Role`: bit n for role number n.
using Roles = std::uint32_t;
constexpr Roles role_bit(int role) {
  return 1U << static_cast<unsigned>(role);
}

/// What the authenticated surroundings of an operation say.
struct OperationContext {
  Compartment compartment{COMPARTMENT_UNSPECIFIED};
  /// Of the author's organisation in a shared feed; SIDE_UNSPECIFIED in a team's own feed, where sides do not apply.
  Side side{SIDE_UNSPECIFIED};
  Roles roles{0};  ///< of the author, by the chain state that judges the batch
  /// Of the leaf that holds it. Nothing: written on this device and not yet in the log. When the entry is in the log, an
  /// operation whose clock the leaf clamps (`clamp(clock, leaf) != clock`) is applied again with its leaf time; for all others
  /// there is nothing to do.
  std::optional<Time> leaf_time;
};

}  // namespace abri::core::merge
