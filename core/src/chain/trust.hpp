// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>

#include <string>

namespace abri::core::chain {

/// Stands for both organisations of a bilateral chain: the hash of its genesis hash ‖ its join hash. It is what
/// `trust_organisation` records.
[[nodiscard]] Hash trust_hash(const Hash& genesis, const Hash& join);

/// `trust_hash` in five groups of five digits, for two people to compare by telephone.
[[nodiscard]] std::string short_fingerprint(const Hash& genesis, const Hash& join);

}  // namespace abri::core::chain
