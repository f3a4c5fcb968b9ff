// SPDX-License-Identifier: MPL-2.0
#include "chain/seeds.hpp"

#include <abri/crypto/kdf.hpp>
#include <abri/crypto/labels.hpp>

namespace abri::core::chain {
namespace {

crypto::BoxPublicKey box_public_key(const crypto::UserSeed& seed) {
  return crypto::user_box_key(seed).public_key();
}
crypto::BoxPublicKey box_public_key(const crypto::GroupSeed& seed) {
  return crypto::group_box_key(seed).public_key();
}

template <class Seed>
SeedKeys keys_of(const Seed& seed) {
  return {.box_key = box_public_key(seed), .commitment = crypto::commitment(seed)};
}

/// A seed counts only as what the signed link says.
template <class Seed>
Result<Seed> checked(Seed seed, const Generation& generation) {
  const auto keys = keys_of(seed);
  if (keys.commitment != generation.commitment || keys.box_key != generation.box_key) {
    return Error{Errc::auth_failed, "seed"};
  }
  return seed;
}

using PreviousKey = crypto::SecretKey<struct PreviousKeyTag, 32>;

/// What the key and the context of a sealed previous seed are made of: chain 16 ‖ user or group 16 ‖ its generation u32.
Bytes previous_context(ChainId chain, BytesView owner, std::uint32_t generation) {
  return Writer(36).raw(chain.bytes()).raw(owner).u32(generation).take();
}

template <class Seed>
crypto::SealedKey seal_previous(const Seed& seed, const Seed& next, BytesView context) {
  const auto key = crypto::derive<PreviousKey>(next, crypto::labels::kGroupNext, {});
  return crypto::seal_key(key, context, seed);
}

template <class Seed>
Result<Seed> open_previous(const Seed& seed, const Generation* generation, const Generation* previous,
                           BytesView context) {
  if (generation == nullptr || previous == nullptr || !generation->previous_sealed) {
    return Error{Errc::not_found, "previous generation"};
  }
  const auto key = crypto::derive<PreviousKey>(seed, crypto::labels::kGroupNext, {});
  ABRI_TRY(auto opened,
           crypto::open_key<Seed>(key, context, previous->commitment, *generation->previous_sealed));
  return checked(std::move(opened), *previous);
}

WrapPlace place_of(ChainId chain, const StoredWrap& wrap) {
  return {.chain = chain, .generation = wrap.generation, .sender = wrap.sender, .sequence = wrap.sequence};
}

crypto::WrapContext context_of(crypto::WrapPurpose purpose, const WrapPlace& place,
                               const ByteArray<16>& subject, RecipientId to, std::uint32_t to_generation) {
  crypto::WrapContext out;
  out.purpose = purpose;
  out.log = LogId(place.chain.array());
  out.subject = subject;
  out.generation = place.generation;
  out.recipient = to.array();
  out.recipient_generation = to_generation;
  out.sender_device = place.sender;
  out.sequence = place.sequence;
  return out;
}

}  // namespace

SeedKeys seed_keys(const crypto::UserSeed& seed) {
  return keys_of(seed);
}
SeedKeys seed_keys(const crypto::GroupSeed& seed) {
  return keys_of(seed);
}

crypto::WrapContext user_wrap_context(const WrapPlace& place, UserId user, RecipientId device,
                                      std::uint32_t device_generation) {
  return context_of(crypto::WrapPurpose::user_seed, place, user.array(), device, device_generation);
}

crypto::WrapContext group_wrap_context(const WrapPlace& place, GroupId group, RecipientId member,
                                       std::uint32_t member_generation) {
  return context_of(crypto::WrapPurpose::group_seed, place, group.array(), member, member_generation);
}

Result<crypto::UserSeed> open_user_seed(const ChainState& state, UserId id, DeviceId device,
                                        const crypto::BoxKey& box_key, const crypto::Psk* psk) {
  const auto* user = state.user(id);
  const auto* wrap = user == nullptr ? nullptr : user->wrap_for(device);
  if (wrap == nullptr) return Error{Errc::not_found, "user wrap"};
  const auto context =
      user_wrap_context(place_of(state.id(), *wrap), id, recipient(device), wrap->to.recipient_generation);
  ABRI_TRY(auto seed, crypto::unwrap<crypto::UserSeed>(box_key, context, wrap->to.wrap, psk));
  return checked(std::move(seed), user->generations.back());
}

Result<crypto::GroupSeed> open_group_seed(const ChainState& state, GroupId id, RecipientId member,
                                          const crypto::BoxKey& box_key, const crypto::Psk* psk) {
  const auto* group = state.group(id);
  const auto* wrap = group == nullptr ? nullptr : group->wrap_for(member);
  if (wrap == nullptr) return Error{Errc::not_found, "group wrap"};
  const auto context =
      group_wrap_context(place_of(state.id(), *wrap), id, member, wrap->to.recipient_generation);
  ABRI_TRY(auto seed, crypto::unwrap<crypto::GroupSeed>(box_key, context, wrap->to.wrap, psk));
  return checked(std::move(seed), group->generations.back());
}

Result<crypto::UserSeed> open_previous_seed(const ChainState& state, UserId user, std::uint32_t generation,
                                            const crypto::UserSeed& seed) {
  return open_previous(seed, state.user_generation(user, generation),
                       state.user_generation(user, generation - 1),
                       previous_context(state.id(), user.bytes(), generation - 1));
}

Result<crypto::GroupSeed> open_previous_seed(const ChainState& state, GroupId group, std::uint32_t generation,
                                             const crypto::GroupSeed& seed) {
  return open_previous(seed, state.generation(group, generation), state.generation(group, generation - 1),
                       previous_context(state.id(), group.bytes(), generation - 1));
}

crypto::SealedKey seal_previous_seed(ChainId chain, UserId user, std::uint32_t generation,
                                     const crypto::UserSeed& seed, const crypto::UserSeed& next) {
  return seal_previous(seed, next, previous_context(chain, user.bytes(), generation));
}

crypto::SealedKey seal_previous_seed(ChainId chain, GroupId group, std::uint32_t generation,
                                     const crypto::GroupSeed& seed, const crypto::GroupSeed& next) {
  return seal_previous(seed, next, previous_context(chain, group.bytes(), generation));
}

}  // namespace abri::core::chain
