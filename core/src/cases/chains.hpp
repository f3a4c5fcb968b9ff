// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"
#include "chain/bodies.hpp"

/// The chains of this device: reading their logs, making links, and the keys that links bring.
namespace abri::core::cases {

inline LogId log_of(const ChainId& chain) {
  return LogId(chain.array());
}
inline ChainId chain_of(const LogId& log) {
  return ChainId(log.array());
}

/// Replays every chain from the vault.
Result<void> load_chains(World& world);

/// A chain that this device begins to follow. `genesis`: the only one to accept, where a code named it.
Result<Chain*> add_chain(World& world, const ChainId& id, chain::ChainKind kind,
                         const chain::ChainSecret& secret, const std::optional<Hash>& genesis, Log log);

/// Entries of a chain's log, in order. Links of ours among them leave the outbox.
/// @return whether groups, feeds or chains to follow changed
Result<bool> apply_chain_entries(World& world, Log& log, const sync::Arrived& arrived);

/// Signs a link, applies it here and queues it for the chain's log.
/// @errors those of `chain::validate`: what nobody would accept is not queued
Result<void> submit(World& world, const ChainId& chain, const chain::Body& body);

/// Makes the waiting links again on top of what came first; those that no longer hold are dropped with a notice.
Result<void> remake_links(World& world, const ChainId& chain);

/// Opens every seed that the chains offer this device, then follows the feeds and chains that became readable.
Result<void> collect_keys(World& world);

/// Seals bytes for all members of a group: generation u32 ‖ sealed.
Result<Bytes> seal_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView plain);
/// @errors Errc::not_found  this device does not hold that generation; Errc::auth_failed
Result<Bytes> open_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView sealed);

/// Name of a person of the own organisation; empty where it cannot be read.
std::string name_of(World& world, const chain::ChainState& state, const UserId& user);

}  // namespace abri::core::cases
