// SPDX-License-Identifier: MPL-2.0
#include "chain/rules.hpp"

#include <abri/crypto/keys.hpp>

#include <algorithm>

namespace abri::core::chain {
namespace {

bool leads(Roles roles) {
  return roles.has(Role::administrator) || roles.has(Role::head);
}

bool is_leader(const MembersBlock& block, UserId user) {
  const auto it = std::ranges::find(block.users, user, &MemberUser::user);
  return it != block.users.end() && leads(it->roles);
}

bool has_active_leader(const MembersBlock& block) {
  return std::ranges::any_of(block.devices, [&](const MemberDevice& device) {
    return device.active && is_leader(block, device.user);
  });
}

}  // namespace

Result<void> LinkRules::check_block_users(const MembersBlock& block, std::set<UserId>& users) const {
  for (const auto& user : block.users) {
    if (user.user.is_zero() || !users.insert(user.user).second)
      return Error{Errc::invalid_argument, "block user"};
    const auto* known = state_.user(user.user);
    if (known != nullptr && known->organisation != block.organisation) {
      return Error{Errc::already_exists, "block user of the other side"};
    }
  }
  return {};
}

/// Devices never vanish, never change hands, and once inactive never return.
Result<void> LinkRules::check_block_devices(const MembersBlock& block, const std::set<UserId>& users) const {
  std::set<DeviceId> seen;
  for (const auto& device : block.devices) {
    if (device.device != crypto::device_id(device.sign_key))
      return Error{Errc::auth_failed, "block device id"};
    if (!seen.insert(device.device).second) return Error{Errc::invalid_argument, "block device twice"};
    if (device.active && !users.contains(device.user)) return Error{Errc::not_found, "block device user"};
    const auto* known = state_.device(device.device);
    if (known == nullptr) continue;
    if (known->organisation != block.organisation) {
      return Error{Errc::already_exists, "block device of the other side"};
    }
    if (known->user != device.user || (device.active && !known->is_active())) {
      return Error{Errc::invalid_argument, "block device"};
    }
  }
  for (const auto& known : state_.devices_) {
    if (known.organisation == block.organisation && !seen.contains(known.id)) {
      return Error{Errc::invalid_argument, "block device missing"};
    }
  }
  return {};
}

/// Groups never vanish and never go back; the same generation has the same key.
Result<void> LinkRules::check_block_groups(const MembersBlock& block, const std::set<UserId>& users) const {
  std::set<GroupId> seen;
  for (const auto& group : block.groups) {
    if (group.group.is_zero() || group.purpose == GroupPurpose::shared || !seen.insert(group.group).second ||
        has_repeats(group.users)) {
      return Error{Errc::invalid_argument, "block group"};
    }
    if (!std::ranges::all_of(group.users, [&](UserId user) { return users.contains(user); })) {
      return Error{Errc::not_found, "block group user"};
    }
    const auto* known = state_.group(group.group);
    if (known == nullptr) continue;
    if (known->organisation != block.organisation) return Error{Errc::already_exists, "block group"};
    const bool same_key = known->generations.back().box_key == group.box_key;
    if (known->purpose != group.purpose || group.generation < known->generation() ||
        same_key != (group.generation == known->generation())) {
      return Error{Errc::invalid_argument, "block group generation"};
    }
  }
  for (const auto& [id, known] : state_.groups_) {
    if (known.organisation == block.organisation && !seen.contains(id)) {
      return Error{Errc::invalid_argument, "block group missing"};
    }
  }
  return {};
}

Result<void> LinkRules::check_block(const MembersBlock& block) const {
  if (block.organisation.is_zero() || block.name.empty()) return Error{Errc::invalid_argument, "block"};
  std::set<UserId> users;
  ABRI_CHECK(check_block_users(block, users));
  ABRI_CHECK(check_block_devices(block, users));
  ABRI_CHECK(check_block_groups(block, users));
  if (!has_active_leader(block)) return Error{Errc::invalid_argument, "block without a leader"};
  return {};
}

void LinkRules::apply_block_users(const MembersBlock& block) {
  std::set<UserId> present;
  for (const auto& user : block.users) {
    present.insert(user.user);
    auto& known = state_.users_[user.user];
    known.id = user.user;
    known.organisation = block.organisation;
    known.active = true;
    if (known.role_history.empty() || known.roles() != user.roles) {
      known.role_history.push_back({.since = sequence(), .roles = user.roles});
    }
  }
  for (auto& [id, user] : state_.users_) {
    if (user.organisation != block.organisation || !user.active || present.contains(id)) continue;
    user.active = false;
    user.role_history.push_back({.since = sequence(), .roles = {}});
  }
}

void LinkRules::apply_block_devices(const MembersBlock& block, std::set<UserId>& cut) {
  for (const auto& device : block.devices) {
    const auto it = state_.device_numbers_.find(device.device);
    if (it == state_.device_numbers_.end()) {
      insert_device(device.device, device.user, block.organisation, device.sign_key, device.box_key,
                    device.active);
      continue;
    }
    auto& known = state_.devices_[it->second - 1];
    if (known.box_key != device.box_key) {
      known.box_key = device.box_key;
      ++known.box_generation;
      known.box_since = sequence();
    }
    if (!device.active && known.is_active()) {
      close_interval(known.active, sequence());
      cut.insert(known.user);
    }
  }
}

/// `cut` are the users who lost a device: whoever loses a device or a place in a group makes the shared groups turn.
void LinkRules::apply_block_groups(const MembersBlock& block, const std::set<UserId>& cut) {
  std::set<RecipientId> reduced;
  for (const auto& group : block.groups) {
    auto& known = state_.groups_[group.group];
    if (known.generations.empty()) {
      known.id = group.group;
      known.purpose = group.purpose;
      known.organisation = block.organisation;
      known.created_at = sequence();
      known.created_by = author_;
    }
    if (known.generations.empty() || known.generation() != group.generation) {
      known.generations.push_back({.number = group.generation,
                                   .since = sequence(),
                                   .box_key = group.box_key,
                                   .commitment = {},
                                   .previous_sealed = std::nullopt});
    }
    const std::set<UserId> users(group.users.begin(), group.users.end());
    for (auto& [member, intervals] : known.membership) {
      const UserId user(member.array());
      const bool was = intervals.back().until == Interval::kOpen;
      if (was && (!users.contains(user) || cut.contains(user))) reduced.insert(recipient(group.group));
      if (!users.contains(user)) close_interval(intervals, sequence());
    }
    for (const auto user : users) open_interval(known.membership[recipient(user)], sequence());
  }
  for (auto& [id, shared] : state_.groups_) {
    if (shared.purpose != GroupPurpose::shared) continue;
    shared.rotation_due = shared.rotation_due || std::ranges::any_of(reduced, [&](RecipientId member) {
                            return shared.has_member(member);
                          });
  }
}

void LinkRules::apply_block(const MembersBlock& block) {
  const auto it = std::ranges::find(state_.organisations_, block.organisation, &Organisation::id);
  it->name = block.name;
  it->version = block.version;
  std::set<UserId> cut;
  apply_block_users(block);
  apply_block_devices(block, cut);
  apply_block_groups(block, cut);
}

/// In genesis and join the author is the first device of the block.
Result<void> LinkRules::first_block(const MembersBlock& block, bool opener) {
  if (block.version != 0) return Error{Errc::invalid_argument, "block version"};
  if (state_.organisation(block.organisation) != nullptr)
    return Error{Errc::already_exists, "block organisation"};
  ABRI_CHECK(check_block(block));
  const auto& first = block.devices.front();
  if (!first.active || !is_leader(block, first.user)) return Error{Errc::not_permitted, "first device"};
  author_ = static_cast<std::uint32_t>(state_.devices_.size() + 1);
  auto& organisation = state_.organisations_.emplace_back();
  organisation.id = block.organisation;
  organisation.opener = opener;
  apply_block(block);
  return {};
}

Result<void> LinkRules::rule(const BilateralGenesis& body) {
  if (body.min_suite == 0 || body.server.address.empty()) return Error{Errc::invalid_argument, "genesis"};
  ABRI_CHECK(first_block(body.opener, /*opener=*/true));
  state_.server_ = body.server;
  return {};
}

Result<void> LinkRules::rule(const Join& body) {
  ABRI_CHECK(first_block(body.block, /*opener=*/false));
  state_.join_sequence_ = sequence();
  return {};
}

Result<void> LinkRules::rule(const Members& body) {
  const auto& block = body.block;
  if (author().organisation != block.organisation || !author_leads())
    return Error{Errc::not_permitted, "members"};
  if (block.version != state_.organisation(block.organisation)->version + 1) {
    return Error{Errc::invalid_argument, "members version"};
  }
  ABRI_CHECK(check_block(block));
  apply_block(block);
  return {};
}

}  // namespace abri::core::chain
