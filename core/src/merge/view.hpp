// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/record_state.hpp"

#include <abri/proto/schema.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What a merged record says, and the operations that a person's wish becomes. All pure.
namespace abri::core::merge {

/// The value that governs now: LWW the winner; MUST_RESOLVE the last one (see `conflict_of`); MAX_SAFETY the safest; WORKFLOW
/// the state reached; ADD_WINS the items as a list; NOTES none (see `notes`).
proto::Value current(const RecordState& state, const proto::Field& field);

struct Note {
  Dot dot;  ///< `dot.device` is its author
  Clock clock;
  std::string text;  ///< the latest; empty once redacted
  bool amended{false};
  bool redacted{false};
};
/// In order of their clocks.
std::vector<Note> notes(const RecordState& state, const proto::Field& field);

enum class ConflictKind : std::uint8_t {
  values,      ///< MUST_RESOLVE: several values stand; a person chooses
  safer,       ///< MAX_SAFETY: several values stand; the safest governs until a person settles it
  transition,  ///< WORKFLOW: a step that was legal where it was made came too late
};

/// Something that waits for a person.
struct Conflict {
  ConflictKind kind{ConflictKind::values};
  const proto::Field* field{nullptr};
  std::vector<Version> versions;  ///< the values that stand, or the steps that were not taken; by clock
};
/// The conflict of one field; `versions` is empty where there is none.
Conflict conflict_of(const RecordState& state, const proto::Field& field);
std::vector<Conflict> conflicts(const RecordState& state, const proto::RecordType& type);

// --- From a wish to an operation. Dot, clock and record are given by the caller (`stamp`).

/// Sets a field (LWW, MUST_RESOLVE, MAX_SAFETY), naming the values it replaces.
/// @errors  Errc::invalid_argument     the field's merge policy knows no `set`
///          Errc::unresolved_conflict  MUST_RESOLVE, and several values stand: `resolve` instead
Result<Operation> set(const RecordState& state, const proto::Field& field, proto::Value value);
/// Chooses among the values that stand (any value may be chosen), or dismisses the steps of a workflow that were not taken.
/// @errors  Errc::not_found  there is nothing to resolve
Result<Operation> resolve(const RecordState& state, const proto::Field& field, proto::Value chosen);
/// @errors  Errc::invalid_argument  not an ADD_WINS field, or an empty item
Result<Operation> add(const proto::Field& field, proto::Value item);
/// @errors  Errc::invalid_argument  not an ADD_WINS field
///          Errc::not_found         no such item
///          Errc::not_permitted     items of a field of both sides are only added
Result<Operation> remove(const RecordState& state, const proto::Field& field, const proto::Value& item);
/// @errors  Errc::invalid_argument  not a NOTES field, or no text
Result<Operation> note(const proto::Field& field, std::string_view text);
/// @errors  Errc::not_found  no such note, or it is redacted
Result<Operation> amend(const RecordState& state, const proto::Field& field, const Dot& note,
                        std::string_view text);
Result<Operation> redact(const RecordState& state, const proto::Field& field, const Dot& note);
/// @errors  Errc::illegal_transition  the workflow has no such step from the present state
///          Errc::not_permitted      not by this side and these roles
Result<Operation> transition(const RecordState& state, const proto::Field& field, std::uint32_t to, Side side,
                             Roles roles);

}  // namespace abri::core::merge
