// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"
#include "feed/entry.hpp"
#include "merge/operation.hpp"

#include <abri/options.pb.h>

#include <span>

/// From what a person wrote to sealed entries: `pending` rows, made in the transaction of the edit, become entries in `outbox` when the
/// feed may send; those bytes are what every retry sends (docs/adr/0005).
namespace abri::core::cases {

/// The pause between two entries of one feed while edits go on.
inline constexpr std::chrono::seconds kCoalescing{2};

/// Queues a body in clear (keys, turn) for a feed.
Result<void> queue_body(World& world, const Log& feed, const feed::BodyHeader& header, BytesView payload);
/// Queues stamped operations of one compartment.
Result<void> queue_change(World& world, const Log& feed, const CaseId& id, Compartment compartment,
                          std::span<const merge::Operation> operations);

/// Would everybody take an entry that this device wrote now? By the chain as the log has it, which this version must understand to its
/// end. Where not, what is saved waits in the vault.
bool may_write_now(World& world, const Log& feed);

/// May what waits for this feed be sealed now? Otherwise when to ask again; nullopt where nothing waits or something else must come
/// first (a chain link of ours or one that lets this device write, a full reading after a restore).
struct SealingTime {
  bool now{false};
  std::optional<Time> later;
};
Result<SealingTime> sealing_time(World& world, const Log& feed, Time now);

/// Seals what waits, oldest first, up to a few hundred KiB: keys in entries of their own, then changes.
Result<void> seal_pending(World& world, const Log& feed);

/// Seals what may be sealed now in every feed that has nothing on its way: what is saved until the receipt comes shares the next
/// entry (as Nagle's algorithm, RFC 896).
Result<void> seal_all(World& world);

/// After a turn: entries that wait are enveloped again under the new epoch.
Result<void> reseal_outbox(World& world, const Log& feed, std::uint32_t epoch);

/// What a `turn` body says.
///   generation u32 ‖ chain sequence u32 ‖ link hash 32
struct Turn {
  std::uint32_t generation{0};
  std::uint32_t sequence{0};
  Hash link;
  [[nodiscard]] Bytes encode() const;
  static Result<Turn> decode(BytesView payload);
};

}  // namespace abri::core::cases
