// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"

/// A vault that was put back from a copy. What waited in the copy may have been sent since, by the device it was copied from: it is not sent
/// again under other names (docs/protocol.md, section "A server that lies").
namespace abri::core::cases {

/// A new life of this device, whose earlier one may still write elsewhere. What waits now belongs to the earlier one.
Result<void> begin_new_life(World& world);

/// Once everything was read: of what waited, the part that the earlier life sent is dropped, the rest is written anew under this life's
/// dots. Nothing where the vault is as it was left.
Result<void> remake_waiting(World& world);

}  // namespace abri::core::cases
