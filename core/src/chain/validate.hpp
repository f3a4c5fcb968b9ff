// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/link.hpp"
#include "chain/state.hpp"

#include <optional>
#include <vector>

namespace abri::core::chain {

/// `already_verified` skips the signature. Only for a link that this device itself made or found valid before: among the kept
/// entries of a log there are refused ones, so a log is replayed by `replay_entries`.
enum class Signatures : std::uint8_t { check, already_verified };

/// Decides whether a signed link may follow the state. Pure: the same state and bytes give the same answer on every device.
///
/// @param signed_link  as opened from its envelope (envelope.hpp)
/// @return             the state after it
/// @errors  Errc::malformed            no link, or a body that does not follow its layout
///          Errc::out_of_sync          another chain, sequence or previous link than expected, or a second genesis
///          Errc::auth_failed          unknown or inactive author, a signature or reverse signature that does not verify,
///                                     a device or log id that is not the hash of its key
///          Errc::not_permitted        the author has no right to it
///          Errc::invalid_argument     wraps, members, generations or versions that do not fit the state
///          Errc::already_exists, Errc::not_found   ids
///          Errc::version_unsupported  signed by an active device, but of a version or kind this program does not know (or a first
///                                     link whose author stands in it);
///                                     `apply_entry` then stops the chain
/// @threads safe on any thread
/// @source  docs/protocol.md section "Chains"; docs/adr/0002
Result<ChainState> validate(const ChainState& state, BytesView signed_link,
                            Signatures signatures = Signatures::check);

/// As `validate`, changing the state where it is: on an error it is as before.
Result<void> apply_link(ChainState& state, BytesView signed_link, Signatures signatures = Signatures::check);

/// What became of one entry of the chain's log.
enum class Outcome : std::uint8_t {
  applied,
  skipped,  ///< refused: skipped by every device alike, the next link names the last valid one
  stopped,  ///< newer than this program: `ChainStatus::update_needed`, now and for every later entry
};
struct EntryOutcome {
  Outcome outcome{Outcome::skipped};
  /// Of skipped and stopped; tells a ghost's link (auth_failed, not_permitted) from a lost race (out_of_sync).
  std::optional<Error> reason;
};

/// Applies the entry at `position` of the chain's log. Positions come in order, each once: another one than
/// `state.next_position()` is a bug of the caller and stops the program.
EntryOutcome apply_entry(ChainState& state, std::uint64_t position, BytesView signed_link);

/// All entries of a chain's log again, as at unlock: quickly, without checking signatures, and then held against the head
/// that this device reached and kept when it did check them. A head names all links before it, so a refused link that slipped
/// in shows; in that case, and without a kept head, every signature is checked.
///
/// @param empty    a new state, with the expected genesis where it is known
/// @param entries  opened entries by position; none where the envelope did not open
/// @param kept     `head()` after the last entry of the log, kept in the vault
ChainState replay_entries(const ChainState& empty, const std::vector<std::optional<Bytes>>& entries,
                          const std::optional<ChainHead>& kept);

/// An entry whose envelope does not open stands for nothing; it only takes its position.
void skip_entry(ChainState& state, std::uint64_t position);

}  // namespace abri::core::chain
