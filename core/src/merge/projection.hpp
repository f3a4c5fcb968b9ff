// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/record_state.hpp"

#include <abri/proto/schema.hpp>

#include <span>
#include <vector>

namespace abri::core::merge {

/// A private record that may be projected.
struct Source {
  const proto::RecordType* type{nullptr};
  const RecordState* state{nullptr};
};

/// What a projected field ought to hold, and the clock that orders it.
struct Projected {
  const proto::Field* field{nullptr};
  proto::Value value;
  Clock source_clock;  ///< greatest clock of what the value was made of
};

/// The projected fields of a shared record as a pure function of its merged sources, exactly as the schema declares them. Fields
/// whose sources were never written, or wait for a person to resolve them, are left out: what was shared last stays.
std::vector<Projected> project(const proto::RecordType& target, std::span<const Source> sources);

/// The operations that bring a shared record up to date: only where the value differs and (function version, source clock) is
/// greater than what stands. Equal clocks with another value are taken one tick up. Dots, clocks and record are given by the
/// caller.
std::vector<Operation> project_onto(const RecordState& target, std::span<const Projected> projected);

}  // namespace abri::core::merge
