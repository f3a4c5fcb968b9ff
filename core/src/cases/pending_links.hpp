// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"
#include "chain/bodies.hpp"

/// Links made here that a chain's log does not hold yet.
namespace abri::core::cases {

/// Signs a link, applies it here and queues it for the chain's log.
/// @errors those of `chain::validate`: what nobody would accept is not queued
Result<void> submit(World& world, const ChainId& chain, const chain::Body& body);

/// The log holds the oldest of them.
Result<void> forget_oldest_link(World& world, const ChainId& chain);

/// Makes the waiting links again on top of what came first; those that no longer hold are dropped with a notice.
Result<void> remake_links(World& world, const ChainId& chain);

}  // namespace abri::core::cases
