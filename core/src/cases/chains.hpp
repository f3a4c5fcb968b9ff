// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"

/// The chains of this device: reading their logs. Making links: pending_links.hpp; the keys that links bring: group_keys.hpp.
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

/// Name of a person of the own organisation; empty where it cannot be read.
std::string name_of(World& world, const chain::ChainState& state, const UserId& user);

}  // namespace abri::core::cases
