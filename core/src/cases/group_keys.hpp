// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"

/// The seeds that chains wrap to this device, and what is sealed under the keys derived from them.
namespace abri::core::cases {

/// Opens every seed that one chain offers this device. A seed of ours that no link names, since the rotation that made it came second,
/// is replaced by the one that the chain names.
Result<void> collect_seeds(World& world, const chain::ChainState& state);

/// Does this device hold the seed that the chain names for the group's present generation?
bool holds_present_seed(World& world, const chain::ChainState& state, const GroupId& group);

/// Opens the seeds of all chains, then follows the feeds and chains that became readable.
Result<void> collect_keys(World& world);

/// Seals bytes for all members of a group under its present generation: generation u32 ‖ sealed.
/// @errors Errc::not_found  this device does not hold that generation
Result<Bytes> seal_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView plain);
/// @errors Errc::not_found  this device does not hold that generation; Errc::auth_failed
Result<Bytes> open_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView sealed);

}  // namespace abri::core::cases
