// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/kinds.hpp"
#include "merge/operation.hpp"

#include <abri/base/result.hpp>
#include <abri/v1/workflow.pb.h>

#include <span>
#include <string>
#include <vector>

/// Roles under their one name: that of `Role` in workflow.proto, in lower case without its prefix, "social_worker". A chain
/// holds them as bits, the workflows ask for them as numbers of the schema.
namespace abri::core::cases {

/// The roles of these names, as the command line takes them.
/// @errors Errc::invalid_argument  "role": no chain can hold such a role
Result<chain::Roles> parse_roles(const std::vector<std::string>& names);
/// Their names, in the order of the chain's bits.
std::vector<std::string> role_names(chain::Roles roles);
/// As the workflows ask for them.
merge::Roles workflow_roles(chain::Roles roles);

/// Roles of the schema for which no chain has a bit yet, so that nobody can be given one.
std::span<const v1::Role> roles_without_a_bit();

}  // namespace abri::core::cases
