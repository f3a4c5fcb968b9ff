// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"
#include "chain/bodies.hpp"

#include <abri/core/views.hpp>

/// Organisations that share: opening a bilateral chain, joining it, comparing, and keeping the members blocks up to date.
namespace abri::core::cases {

/// The own organisation as it shows itself on a bilateral chain now: the next version of its block there.
Result<chain::MembersBlock> own_members_block(World& world, const chain::ChainState& bilateral);

/// Follows the bilateral chains that the own chain trusts.
Result<void> follow_partners(World& world);

/// Appends a `members` link where the own organisation changed, and joins a chain that this device accepted a code for. Done by
/// whoever has the right.
Result<void> keep_partners_informed(World& world);

Result<std::string> invite_partner(World& world);
Result<void> accept_partner(World& world, const std::string& code);
Result<std::vector<PartnerView>> list_partners(World& world);
/// @errors Errc::auth_failed  at "fingerprint": not that of a partner who waits to be compared
///         Errc::out_of_sync  at "partner": none waits here
Result<void> confirm_partner(World& world, const std::string& fingerprint);

/// The bilateral chain with a confirmed partner.
/// @errors Errc::not_found    no such partner, or not confirmed yet
///         Errc::out_of_sync  at "partner": its answer has not arrived here yet
///         Errc::auth_failed  at "partner": it is another one than was compared
Result<Chain*> partner_chain(World& world, const OrganisationId& partner);

}  // namespace abri::core::cases
