// SPDX-License-Identifier: MPL-2.0
#include "cases/group_keys.hpp"

#include "cases/chains.hpp"
#include "cases/partners.hpp"
#include "chain/seeds.hpp"

#include <abri/crypto/aead.hpp>

namespace abri::core::cases {

namespace {

/// Seeds of the own user, from wraps to this device.
Result<void> collect_user_seeds(World& world, const chain::ChainState& state) {
  const auto* user = state.user(world.user);
  const auto* device = state.device(world.keyring.device_id());
  if (user == nullptr || device == nullptr) return {};
  if (world.keyring.user_seed(user->generation()) == nullptr) {
    for (const auto& wrap : user->wraps) {
      if (wrap.to.recipient != chain::recipient(device->id)) continue;
      const auto* box = world.keyring.box(wrap.to.recipient_generation);
      if (box == nullptr) continue;
      auto seed = chain::open_user_seed(state, user->id, device->id, *box);
      if (!seed) {
        ABRI_CHECK(notice(world, "bad_wrap", log_of(state.id()), user->id.bytes()));
        continue;
      }
      ABRI_CHECK(world.keyring.add_user_seed(world.db, user->id, user->generation(), std::move(*seed)));
    }
  }
  for (auto generation = user->generation(); generation > 0; --generation) {
    const auto* seed = world.keyring.user_seed(generation);
    if (seed == nullptr || world.keyring.user_seed(generation - 1) != nullptr) break;
    auto previous = chain::open_previous_seed(state, user->id, generation, *seed);
    if (!previous) {
      ABRI_CHECK(notice(world, "bad_wrap", log_of(state.id()), user->id.bytes()));
      break;
    }
    ABRI_CHECK(world.keyring.add_user_seed(world.db, user->id, generation - 1, std::move(*previous)));
  }
  return {};
}

/// The box key that a wrap was made for: of this user, or of a group of the own organisation.
std::optional<crypto::BoxKey> recipient_key(World& world, const chain::ChainState& state,
                                            const chain::StoredWrap& wrap) {
  if (state.kind() == chain::ChainKind::organisation) {
    if (wrap.to.recipient != chain::recipient(world.user)) return {};
    const auto* seed = world.keyring.user_seed(wrap.to.recipient_generation);
    if (seed == nullptr) return {};
    return crypto::user_box_key(*seed);
  }
  const auto* seed = world.keyring.group_seed(world.organisation, GroupId(wrap.to.recipient.array()),
                                              wrap.to.recipient_generation);
  if (seed == nullptr) return {};
  return crypto::group_box_key(*seed);
}

bool holds(World& world, const chain::ChainState& state, const chain::Group& group,
           std::uint32_t generation) {
  const auto* seed = world.keyring.group_seed(state.id(), group.id, generation);
  const auto* signed_keys = state.generation(group.id, generation);
  // a rotation of ours that lost its race left a seed that no link names
  return seed != nullptr && signed_keys != nullptr && crypto::commitment(*seed) == signed_keys->commitment;
}

Result<void> collect_group_seeds(World& world, const chain::ChainState& state, const chain::Group& group) {
  if (state.kind() == chain::ChainKind::bilateral && group.purpose != chain::GroupPurpose::shared) return {};
  if (!holds(world, state, group, group.generation())) {
    for (const auto& wrap : group.wraps) {
      const auto box = recipient_key(world, state, wrap);
      if (!box) continue;
      auto seed = chain::open_group_seed(state, group.id, wrap.to.recipient, *box);
      if (!seed) {
        ABRI_CHECK(notice(world, "bad_wrap", log_of(state.id()), group.id.bytes()));
        continue;
      }
      ABRI_CHECK(
          world.keyring.add_group_seed(world.db, state.id(), group.id, group.generation(), std::move(*seed)));
      break;
    }
  }
  for (auto generation = group.generation(); generation > 0; --generation) {
    if (!holds(world, state, group, generation) || holds(world, state, group, generation - 1)) continue;
    const auto* seed = world.keyring.group_seed(state.id(), group.id, generation);
    auto previous = chain::open_previous_seed(state, group.id, generation, *seed);
    if (!previous) {  // whoever renewed it sealed something else: that must not stop the chain
      ABRI_CHECK(notice(world, "bad_wrap", log_of(state.id()), group.id.bytes()));
      break;
    }
    ABRI_CHECK(
        world.keyring.add_group_seed(world.db, state.id(), group.id, generation - 1, std::move(*previous)));
  }
  return {};
}

}  // namespace

Result<void> collect_seeds(World& world, const chain::ChainState& state) {
  if (state.id() == world.organisation) ABRI_CHECK(collect_user_seeds(world, state));
  for (const auto& [id, group] : state.groups()) ABRI_CHECK(collect_group_seeds(world, state, group));
  return {};
}

bool holds_present_seed(World& world, const chain::ChainState& state, const GroupId& id) {
  const auto* group = state.group(id);
  return group != nullptr && holds(world, state, *group, group->generation());
}

Result<void> collect_keys(World& world) {
  auto* own = world.own_chain();
  if (own == nullptr || !world.keyring.has_device()) return {};
  ABRI_CHECK(collect_seeds(world, own->state));
  ABRI_CHECK(follow_partners(world));
  for (auto& [chain_id, chain] : world.chains) {
    if (chain_id != world.organisation) ABRI_CHECK(collect_seeds(world, chain.state));
    for (const auto& [group_id, group] : chain.state.groups()) {
      if (!group.feed || !holds_present_seed(world, chain.state, group_id)) continue;
      Log log;
      log.id = group.feed->log;
      log.kind = sync::LogKind::feed;
      log.chain = chain_id;
      log.group = group_id;
      log.salt = group.feed->salt;
      ABRI_CHECK(follow(world, std::move(log)));
    }
  }
  return {};
}

Result<Bytes> seal_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView plain) {
  const auto* known = world.chain(chain);
  const auto* sealed_for = known == nullptr ? nullptr : known->state.group(group);
  const std::uint32_t generation = sealed_for == nullptr ? 0 : sealed_for->generation();
  const auto* key = world.keyring.wrap_key(chain, group, generation);
  if (key == nullptr) return Error{Errc::not_found, "key of the group"};
  Writer out;
  out.u32(generation);
  auto bytes = out.take();
  crypto::seal_append(bytes, *key, plain, group.bytes());
  return bytes;
}

Result<Bytes> open_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView sealed) {
  Reader in(sealed);
  const auto generation = in.u32();
  const auto rest = in.rest();
  const auto* key = world.keyring.wrap_key(chain, group, generation);
  if (key == nullptr) return Error{Errc::not_found, "key of the group"};
  return crypto::open(*key, rest, group.bytes());
}

}  // namespace abri::core::cases
