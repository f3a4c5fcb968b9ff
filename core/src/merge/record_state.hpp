// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/operation.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace abri::core::merge {

/// What a version is in its field.
enum class Slot : std::uint8_t {
  single =
      0,  ///< LWW: the winner (and, while this device's own one is not in the log yet, the best of the others)
  sibling = 1,     ///< MUST_RESOLVE, MAX_SAFETY
  item = 2,        ///< ADD_WINS
  transition = 3,  ///< WORKFLOW
  note = 4,        ///< NOTES: the text itself …
  amend = 5,       ///< … a later text of `target` …
  redact = 6,      ///< … and its removal
};

/// What one operation left in a record.
struct Version {
  std::uint32_t field{0};
  Slot slot{Slot::single};
  bool pending{false};          ///< written here and not yet in the log: its clock may still be clamped
  Side side{SIDE_UNSPECIFIED};  ///< of the author; kept of transitions and notes
  Roles roles{0};               ///< of the author; kept of transitions
  std::uint32_t from{0};        ///< of transitions
  std::uint32_t projection{0};
  Clock clock;  ///< clamped
  Dot dot;
  Dot target;          ///< of amend and redact
  proto::Value value;  ///< of a transition: the state aimed at

  friend bool operator==(const Version&, const Version&) = default;
};

/// A dot of a field that a later operation replaced, removed or dismissed. Remembered, so that the order of arrival is nothing.
struct Superseded {
  std::uint32_t field{0};
  Dot dot;
  Clock
      clock{};  ///< the greatest of the operations that did it, clamped; zero while none of them is in the log
  Clock
      pending{};  ///< of this device's own one that is not in the log yet, which may still be clamped; zero where there is none

  [[nodiscard]] constexpr Clock latest() const { return std::max(clock, pending); }
  friend constexpr bool operator==(const Superseded&, const Superseded&) = default;
};

/// An operation of a newer version: kept until it is understood (`reconsider`).
struct Deferred {
  Dot dot;
  OperationContext context;
  std::string change;  ///< encoded change of this one operation
};

/// The merged state of one record in one compartment of one case. A plain value: `apply` changes it, the functions of view.hpp
/// read it. Everything is kept in canonical order.
struct RecordState {
  std::vector<Version> versions;       ///< by (field, dot)
  std::vector<Superseded> superseded;  ///< by (field, dot)
  std::vector<Deferred> deferred;      ///< by dot

  [[nodiscard]] std::span<const Version> of(std::uint32_t field) const;
  [[nodiscard]] bool is_superseded(std::uint32_t field, const Dot& dot) const;
  [[nodiscard]] std::span<const Superseded> superseded_of(std::uint32_t field) const;
  [[nodiscard]] bool empty() const { return versions.empty() && superseded.empty() && deferred.empty(); }
  /// The greatest clock of a field, of what was taken away too; zero where it was never written.
  [[nodiscard]] Clock latest(std::uint32_t field) const;
};

/// For the vault: about 12 bytes beside each value where a record has one author. The layout stands in record_codec.cpp.
Bytes encode(const RecordState& state);
/// @errors Errc::malformed, Errc::version_unsupported
Result<RecordState> decode_record(BytesView bytes);

/// Names a record everywhere.
struct RecordKey {
  CaseId case_id;
  Compartment compartment{COMPARTMENT_UNSPECIFIED};
  std::uint32_t type{0};
  RecordId record;
  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

/// Of what all devices must agree on: not of what is pending, nor of a runner-up. Equal states, whatever the order of arrival,
/// have equal digests.
Hash digest(const RecordState& state);

/// One digest of many records, given in ascending order of their keys.
class StateDigest {
 public:
  void add(const RecordKey& key, const Hash& record);
  [[nodiscard]] Hash finish() const;

 private:
  Bytes keyed_;
};

}  // namespace abri::core::merge
