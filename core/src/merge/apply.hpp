// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/operation.hpp"
#include "merge/record_state.hpp"

#include <abri/proto/schema.hpp>

#include <cstdint>

namespace abri::core::merge {

/// Why an operation counts for nothing, for everyone alike.
enum class Void : std::uint8_t {
  no,
  wrong_compartment,  ///< the field belongs to another compartment than the body's
  wrong_side,         ///< written by the other organisation than the one the field belongs to
  wrong_actor,        ///< a transition by another role than its actor; it is kept, and never followed
  wrong_kind,         ///< not a kind of operation of the field's merge policy
  malformed,          ///< a value not of the field's kind
};

struct Effect {
  bool changed{false};   ///< what a reader sees of the field may differ
  bool deferred{false};  ///< of a newer version: kept for later
  Void void_reason{Void::no};
};

/// Merges one operation into its record. Pure; commutative, associative and idempotent for every merge policy: the state after
/// any number of operations does not depend on their order or repetition.
///
/// @param field  what the schema says of `operation.field`; null where this version does not know the record type or field
Effect apply(RecordState& state, const proto::Field* field, const Operation& operation,
             const OperationContext& context);

/// Applies what was deferred and is understood now (after an update of Abri).
/// @return  how many operations were applied
std::size_t reconsider(RecordState& state, const proto::RecordType& type);

}  // namespace abri::core::merge
