// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>

#include <cstdint>

/// The numbers that stand in links. A number is never given another meaning.
namespace abri::core::chain {

inline constexpr std::uint8_t kLinkVersion = 1;

/// Which rules a chain follows; fixed by its genesis.
enum class ChainKind : std::uint8_t { organisation = 1, bilateral = 2 };

/// What a link does. A reserved kind stops the chain ("update needed") just as an unknown one does.
enum class LinkKind : std::uint8_t {
  genesis = 1,
  add_user = 2,
  add_device = 3,
  rotate_device_key = 4,
  revoke_device = 5,  ///< reserved
  remove_user = 6,    ///< reserved
  set_role = 7,
  create_group = 8,
  set_group_members = 9,
  rotate_user_key = 10,
  rotate_group_key = 11,
  invite = 12,         ///< reserved
  cancel_invite = 13,  ///< reserved
  trust_organisation = 14,
  end_trust = 15,            ///< reserved
  policy = 16,               ///< reserved
  wipe_device = 17,          ///< reserved
  set_recovery = 18,         ///< reserved
  recovery_use = 19,         ///< reserved
  cancel_recovery = 20,      ///< reserved
  quarantine_decision = 21,  ///< reserved
  reseed = 22,               ///< reserved
  bilateral_genesis = 32,
  join = 33,
  leave = 34,  ///< reserved
  members = 35,
};

/// What a group is for. `team` and `referents` own cases: only a head puts people into them.
enum class GroupPurpose : std::uint8_t {
  everyone = 1,        ///< all users of the organisation; names of people are sealed under it
  administrators = 2,  ///< holds the owner capabilities and the account
  team = 3,            ///< a service or a site of an association
  referents = 4,       ///< the landlord's people for rehousing
  shared = 5,          ///< of a bilateral chain; its members are groups
};
constexpr bool owns_cases(GroupPurpose purpose) {
  return purpose == GroupPurpose::team || purpose == GroupPurpose::referents;
}

/// What a user may do. Kept as bits: one person may hold several. The names are those of `Role` in workflow.proto
/// (cases/roles.cpp, which a test compares).
enum class Role : std::uint32_t {
  administrator = 1U << 0,
  head = 1U << 1,
  social_worker = 1U << 2,
  housing_referent = 1U << 3,
  shelter = 1U << 4,
  landlord_referent = 1U << 5,
  allocation_officer = 1U << 6,
  mediator = 1U << 7,
  rights_adviser = 1U << 8,
  data_protection = 1U << 9,
  regional_coordination = 1U << 10,
};

/// A set of roles. `Roles{Role::administrator} | Role::head`.
struct Roles {
  std::uint32_t bits{0};

  constexpr Roles() = default;
  constexpr explicit Roles(std::uint32_t raw) : bits(raw) {}
  constexpr Roles(Role role)
      : bits(static_cast<std::uint32_t>(role)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] constexpr bool has(Role role) const { return (bits & static_cast<std::uint32_t>(role)) != 0; }
  friend constexpr Roles operator|(Roles a, Roles b) { return Roles(a.bits | b.bits); }
  friend constexpr bool operator==(Roles a, Roles b) = default;
};
inline constexpr std::uint32_t kKnownRoleBits = (1U << 11) - 1;

/// Whom a key is wrapped to and who can be a member: a user or device on an organisation's chain, a group of one of the
/// two organisations on a bilateral chain.
using RecipientId = Id<struct RecipientIdTag, 16>;
constexpr RecipientId recipient(UserId id) {
  return RecipientId(id.array());
}
constexpr RecipientId recipient(DeviceId id) {
  return RecipientId(id.array());
}
constexpr RecipientId recipient(GroupId id) {
  return RecipientId(id.array());
}

}  // namespace abri::core::chain
