// SPDX-License-Identifier: MPL-2.0
#include "chain/link_builder.hpp"

#include <abri/base/limits.hpp>
#include <abri/crypto/labels.hpp>
#include <abri/crypto/padding.hpp>

#include <algorithm>

namespace abri::core::chain {
namespace {

/// Someone to wrap to, with the key of that generation.
struct Recipient {
  RecipientId id;
  std::uint32_t generation{0};
  crypto::BoxPublicKey box_key;
};

Result<Recipient> find_recipient(const ChainState& state, RecipientId id, GroupPurpose purpose) {
  if (purpose == GroupPurpose::shared) {
    const auto* group = state.group(GroupId(id.array()));
    if (group == nullptr) return Error{Errc::not_found, "member"};
    return Recipient{
        .id = id, .generation = group->generation(), .box_key = group->generations.back().box_key};
  }
  const auto* user = state.user(UserId(id.array()));
  if (user == nullptr || user->generations.empty()) return Error{Errc::not_found, "member"};
  return Recipient{.id = id, .generation = user->generation(), .box_key = user->generations.back().box_key};
}

WrapPlace next_place(const ChainState& state, std::uint32_t sender, std::uint32_t generation) {
  return {
      .chain = state.id(), .generation = generation, .sender = sender, .sequence = state.head().sequence + 1};
}

Result<RecipientWrap> wrap_to(const WrapPlace& place, GroupId group, const Recipient& to,
                              const crypto::GroupSeed& seed, const crypto::Psk* psk) {
  const auto context = group_wrap_context(place, group, to.id, to.generation);
  ABRI_TRY(const auto wrap, crypto::wrap(to.box_key, context, seed, psk));
  return RecipientWrap{.recipient = to.id, .recipient_generation = to.generation, .wrap = wrap};
}

Result<std::vector<RecipientWrap>> wrap_to_all(const ChainState& state, const WrapPlace& place, GroupId group,
                                               GroupPurpose purpose, const std::vector<RecipientId>& members,
                                               const crypto::GroupSeed& seed, const crypto::Psk* psk) {
  std::vector<RecipientWrap> out;
  out.reserve(members.size());
  for (const auto member : members) {
    ABRI_TRY(const auto to, find_recipient(state, member, purpose));
    ABRI_TRY(const auto wrap, wrap_to(place, group, to, seed, psk));
    out.push_back(wrap);
  }
  return out;
}

CreateGroup start_group(const GroupPlan& plan, const crypto::GroupSeed& seed) {
  CreateGroup out;
  out.group = plan.group;
  out.purpose = plan.purpose;
  out.name_sealed = plan.name_sealed;
  out.feed = plan.feed;
  out.keys = seed_keys(seed);
  out.members = plan.members;
  return out;
}

Result<CreateGroup> founding_group(ChainId chain, const GroupPlan& plan, GroupPurpose purpose, UserId founder,
                                   const crypto::BoxPublicKey& box_key, const crypto::GroupSeed& seed,
                                   const crypto::Psk* psk) {
  auto out = start_group(plan, seed);
  out.purpose = purpose;
  out.members = {recipient(founder)};
  const WrapPlace place{.chain = chain, .generation = 0, .sender = 1, .sequence = 1};
  const Recipient to{.id = recipient(founder), .generation = 0, .box_key = box_key};
  ABRI_TRY(const auto wrap, wrap_to(place, plan.group, to, seed, psk));
  out.wraps.push_back(wrap);
  return out;
}

}  // namespace

Result<Bytes> build_link(const ChainState& state, const Author& author, const Body& body) {
  Link link;
  link.chain = state.id();
  link.sequence = state.head().sequence + 1;
  link.previous = state.head().hash;
  link.author = author.device;
  link.time_ms = to_millis(author.now);
  link.kind = static_cast<std::uint8_t>(kind_of(body));
  ABRI_TRY(link.body, encode_body(body));
  auto out = sign_link(link, author.key);
  if (out.size() > crypto::kMaxEnvelopeBytes) return Error{Errc::too_large, "build_link"};
  return out;
}

AddDevice introduce_device(ChainId chain, UserId user, const crypto::SigningKey& sign_key,
                           const crypto::BoxPublicKey& box_key) {
  AddDevice out;
  out.device = crypto::device_id(sign_key.public_key());
  out.user = user;
  out.sign_key = sign_key.public_key();
  out.box_key = box_key;
  out.reverse_signature = sign_key.sign(crypto::labels::kReverse, device_introduction(chain, user, box_key));
  return out;
}

Result<AddDevice> with_user_seed(const ChainState& state, std::uint32_t sender, AddDevice device,
                                 const crypto::UserSeed& seed, const crypto::Psk* psk) {
  const auto* user = state.user(device.user);
  if (user == nullptr) return Error{Errc::not_found, "user"};
  const auto to = recipient(device.device);
  const auto context = user_wrap_context(next_place(state, sender, user->generation()), user->id, to, 0);
  ABRI_TRY(const auto wrap, crypto::wrap(device.box_key, context, seed, psk));
  device.wrap = RecipientWrap{.recipient = to, .recipient_generation = 0, .wrap = wrap};
  return device;
}

Result<CreateGroup> make_create_group(const ChainState& state, std::uint32_t sender, const GroupPlan& plan,
                                      const crypto::GroupSeed& seed, const crypto::Psk* psk) {
  auto out = start_group(plan, seed);
  ABRI_TRY(out.wraps, wrap_to_all(state, next_place(state, sender, 0), plan.group, plan.purpose, plan.members,
                                  seed, psk));
  return out;
}

Result<SetGroupMembers> make_set_group_members(const ChainState& state, std::uint32_t sender, GroupId id,
                                               const std::vector<RecipientId>& members,
                                               const crypto::GroupSeed& seed, const crypto::Psk* psk) {
  const auto* group = state.group(id);
  if (group == nullptr) return Error{Errc::not_found, "group"};
  std::vector<RecipientId> added;
  std::ranges::copy_if(members, std::back_inserter(added),
                       [&](RecipientId one) { return !group->has_member(one); });
  SetGroupMembers out{.group = id, .members = members, .wraps = {}};
  const auto place = next_place(state, sender, group->generation());
  ABRI_TRY(out.wraps, wrap_to_all(state, place, id, group->purpose, added, seed, psk));
  return out;
}

Result<RotateGroupKey> make_rotate_group_key(const ChainState& state, std::uint32_t sender, GroupId id,
                                             const crypto::GroupSeed& present, const crypto::GroupSeed& next,
                                             const crypto::Psk* psk) {
  const auto* group = state.group(id);
  if (group == nullptr) return Error{Errc::not_found, "group"};
  RotateGroupKey out;
  out.group = id;
  out.generation = group->generation() + 1;
  out.keys = seed_keys(next);
  out.previous_sealed = seal_previous_seed(state.id(), id, group->generation(), present, next);
  const auto place = next_place(state, sender, out.generation);
  ABRI_TRY(out.wraps, wrap_to_all(state, place, id, group->purpose, state.members(id), next, psk));
  return out;
}

Result<RotateUserKey> make_rotate_user_key(const ChainState& state, std::uint32_t sender,
                                           const crypto::UserSeed& present, const crypto::UserSeed& next,
                                           const crypto::Psk* psk) {
  const auto* device = state.device(sender);
  const auto* user = device == nullptr ? nullptr : state.user(device->user);
  if (user == nullptr) return Error{Errc::not_found, "device"};
  RotateUserKey out;
  out.generation = user->generation() + 1;
  out.keys = seed_keys(next);
  out.previous_sealed = seal_previous_seed(state.id(), user->id, user->generation(), present, next);
  for (const auto* to : state.active_devices(user->id)) {
    const auto context = user_wrap_context(next_place(state, sender, out.generation), user->id,
                                           recipient(to->id), to->box_generation);
    ABRI_TRY(const auto wrap, crypto::wrap(to->box_key, context, next, psk));
    out.wraps.push_back(
        {.recipient = recipient(to->id), .recipient_generation = to->box_generation, .wrap = wrap});
  }
  return out;
}

Result<Genesis> make_genesis(ChainId chain, const GenesisPlan& plan, const crypto::UserSeed& user,
                             const crypto::GroupSeed& everyone, const crypto::GroupSeed& administrators,
                             const crypto::Psk* psk) {
  Genesis out;
  out.organisation = plan.organisation;
  out.name_sealed = plan.name_sealed;
  out.organisation_kind = plan.organisation_kind;
  out.server = plan.server;
  out.account = plan.account;
  out.account_seed_sealed = plan.account_seed_sealed;
  out.founder = {
      .user = plan.user, .keys = seed_keys(user), .roles = plan.roles, .name_sealed = plan.user_name_sealed};
  out.device = plan.device;
  const auto& box_key = out.founder.keys.box_key;
  ABRI_TRY(out.everyone,
           founding_group(chain, plan.everyone, GroupPurpose::everyone, plan.user, box_key, everyone, psk));
  ABRI_TRY(out.administrators, founding_group(chain, plan.administrators, GroupPurpose::administrators,
                                              plan.user, box_key, administrators, psk));
  return out;
}

MembersBlock make_members_block(const ChainState& organisation, std::string name, std::uint32_t version,
                                std::uint32_t first) {
  MembersBlock out;
  if (!organisation.organisations().empty()) out.organisation = organisation.organisations().front().id;
  out.name = std::move(name);
  out.version = version;
  for (const auto& [id, user] : organisation.users()) {
    if (user.active) out.users.push_back({.user = id, .roles = user.roles()});
  }
  for (const auto& device : organisation.devices()) {
    out.devices.push_back({.device = device.id,
                           .user = device.user,
                           .sign_key = device.sign_key,
                           .box_key = device.box_key,
                           .active = device.is_active()});
  }
  const auto is_first = [&](const MemberDevice& one) {
    const auto* device = organisation.device(first);
    return device != nullptr && one.device == device->id;
  };
  const auto it = std::ranges::find_if(out.devices, is_first);
  if (it != out.devices.end()) std::rotate(out.devices.begin(), it, it + 1);
  for (const auto& [id, group] : organisation.groups()) {
    MemberGroup shown;
    shown.group = id;
    shown.generation = group.generation();
    shown.box_key = group.generations.back().box_key;
    shown.purpose = group.purpose;
    for (const auto user : organisation.member_users(id)) shown.users.push_back(user);
    out.groups.push_back(std::move(shown));
  }
  return out;
}

}  // namespace abri::core::chain
