// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/state.hpp"

#include <abri/crypto/keys.hpp>
#include <abri/crypto/wrap.hpp>

/// From the wraps and sealed seeds that stand in links to seeds, and back. Every seed opened here has been compared with
/// the commitment and the box key in its signed link: a wrap only transports.
namespace abri::core::chain {

[[nodiscard]] SeedKeys seed_keys(const crypto::UserSeed& seed);
[[nodiscard]] SeedKeys seed_keys(const crypto::GroupSeed& seed);

/// Whose seed is wrapped to whom, in which link. `sender` is the author's number, also in a genesis (1).
struct WrapPlace {
  ChainId chain;
  std::uint32_t generation{0};  ///< of the wrapped seed
  std::uint32_t sender{0};
  std::uint32_t sequence{0};
};
[[nodiscard]] crypto::WrapContext user_wrap_context(const WrapPlace& place, UserId user, RecipientId device,
                                                    std::uint32_t device_generation);
[[nodiscard]] crypto::WrapContext group_wrap_context(const WrapPlace& place, GroupId group,
                                                     RecipientId member, std::uint32_t member_generation);

/// The newest seed of a user, opened by one of her devices.
/// @param box_key  the device's key of the generation that the wrap names (`User::wrap_for`)
/// @errors Errc::not_found    unknown user, or no wrap for this device
///         Errc::auth_failed  the wrap does not open, or what it holds is not what the link says (`bad_wrap`)
Result<crypto::UserSeed> open_user_seed(const ChainState& state, UserId user, DeviceId device,
                                        const crypto::BoxKey& box_key, const crypto::Psk* psk = nullptr);

/// The newest seed of a group, opened by a member: a user, or a group where it is shared.
/// @param box_key  the member's key of the generation that the wrap names (`Group::wrap_for`)
/// @errors as `open_user_seed`
Result<crypto::GroupSeed> open_group_seed(const ChainState& state, GroupId group, RecipientId member,
                                          const crypto::BoxKey& box_key, const crypto::Psk* psk = nullptr);

/// The seed of generation `generation - 1`, from that of `generation`.
/// @errors Errc::not_found    there is no such generation
///         Errc::auth_failed  another seed, or what it holds is not what the link says
Result<crypto::UserSeed> open_previous_seed(const ChainState& state, UserId user, std::uint32_t generation,
                                            const crypto::UserSeed& seed);
Result<crypto::GroupSeed> open_previous_seed(const ChainState& state, GroupId group, std::uint32_t generation,
                                             const crypto::GroupSeed& seed);

/// The seed of `generation` under its successor, for `rotate_user_key` and `rotate_group_key`.
[[nodiscard]] crypto::SealedKey seal_previous_seed(ChainId chain, UserId user, std::uint32_t generation,
                                                   const crypto::UserSeed& seed,
                                                   const crypto::UserSeed& next);
[[nodiscard]] crypto::SealedKey seal_previous_seed(ChainId chain, GroupId group, std::uint32_t generation,
                                                   const crypto::GroupSeed& seed,
                                                   const crypto::GroupSeed& next);

}  // namespace abri::core::chain
