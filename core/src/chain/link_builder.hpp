// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/link.hpp"
#include "chain/seeds.hpp"
#include "chain/state.hpp"

#include <abri/base/time.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/sign.hpp>

#include <optional>
#include <vector>

/// Makes links. What is made is not judged here: apply it to a copy with `validate` before it is appended. Wraps draw
/// randomness (crypto/wrap.hpp); new ids and seeds are arguments.
namespace abri::core::chain {

/// Who signs. `device` is the number on the chain; 0 in genesis and join.
struct Author {
  std::uint32_t device{0};
  const crypto::SigningKey& key;
  Time now;
};

/// The signed link that follows `state`.
/// @errors Errc::too_large  a list or text above its limit, or a link above an entry
Result<Bytes> build_link(const ChainState& state, const Author& author, const Body& body);

/// A device as it introduces itself, with its reverse signature; made by the new device.
[[nodiscard]] AddDevice introduce_device(ChainId chain, UserId user, const crypto::SigningKey& sign_key,
                                         const crypto::BoxPublicKey& box_key);

/// Adds the user's present seed to the introduction of another device of hers.
/// @param sender  number of the author's device, of the same user
/// @errors Errc::not_found         unknown user
///         Errc::invalid_argument  the new device's box key is unusable
Result<AddDevice> with_user_seed(const ChainState& state, std::uint32_t sender, AddDevice device,
                                 const crypto::UserSeed& seed, const crypto::Psk* psk = nullptr);

/// What is decided about a new group before its keys.
struct GroupPlan {
  GroupId group;
  GroupPurpose purpose{GroupPurpose::team};
  Bytes name_sealed;  ///< by the caller
  std::optional<FeedInfo> feed;
  std::vector<RecipientId> members;
};

/// @errors Errc::not_found  a member is unknown
Result<CreateGroup> make_create_group(const ChainState& state, std::uint32_t sender, const GroupPlan& plan,
                                      const crypto::GroupSeed& seed, const crypto::Psk* psk = nullptr);

/// @param members  all members after the change; `seed` is wrapped to those who are new
/// @errors Errc::not_found  group or member unknown
Result<SetGroupMembers> make_set_group_members(const ChainState& state, std::uint32_t sender, GroupId group,
                                               const std::vector<RecipientId>& members,
                                               const crypto::GroupSeed& seed,
                                               const crypto::Psk* psk = nullptr);

/// @errors Errc::not_found  group unknown
Result<RotateGroupKey> make_rotate_group_key(const ChainState& state, std::uint32_t sender, GroupId group,
                                             const crypto::GroupSeed& present, const crypto::GroupSeed& next,
                                             const crypto::Psk* psk = nullptr);

/// For the user of the device `sender`.
/// @errors Errc::not_found  device unknown
Result<RotateUserKey> make_rotate_user_key(const ChainState& state, std::uint32_t sender,
                                           const crypto::UserSeed& present, const crypto::UserSeed& next,
                                           const crypto::Psk* psk = nullptr);

/// What is decided about a new organisation. The founder holds the roles given, at least administrator and head, and is the
/// only member of both groups.
struct GenesisPlan {
  OrganisationId organisation;
  Bytes name_sealed;
  std::uint8_t organisation_kind{0};
  ServerAddress server;
  AccountId account;
  Bytes account_seed_sealed;
  UserId user;
  Bytes user_name_sealed;
  Roles roles{Roles(Role::administrator) | Role::head};
  AddDevice device;          ///< by `introduce_device`
  GroupPlan everyone;        ///< purpose and members are set here
  GroupPlan administrators;  ///< purpose and members are set here
};

/// @errors Errc::invalid_argument  a key is unusable
Result<Genesis> make_genesis(ChainId chain, const GenesisPlan& plan, const crypto::UserSeed& user,
                             const crypto::GroupSeed& everyone, const crypto::GroupSeed& administrators,
                             const crypto::Psk* psk = nullptr);

/// The members block of an organisation as its own chain stands: all users, devices and groups, without names of people.
/// The device numbered `first` on that chain comes first, as genesis and join want it.
[[nodiscard]] MembersBlock make_members_block(const ChainState& organisation, std::string name,
                                              std::uint32_t version, std::uint32_t first);

}  // namespace abri::core::chain
