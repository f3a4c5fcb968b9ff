// SPDX-License-Identifier: MPL-2.0
#include "chain/state.hpp"

#include <algorithm>

namespace abri::core::chain {
namespace {

bool any_contains(const Intervals& intervals, std::uint32_t sequence) {
  return std::ranges::any_of(intervals, [&](const Interval& one) { return one.contains(sequence); });
}

const StoredWrap* find_wrap(const std::vector<StoredWrap>& wraps, RecipientId recipient) {
  // The newest: someone who left and came back has two.
  const auto it = std::ranges::find(wraps.rbegin(), wraps.rend(), recipient,
                                    [](const StoredWrap& one) { return one.to.recipient; });
  return it == wraps.rend() ? nullptr : &*it;
}

template <class Map, class Key>
auto find_in(const Map& map, const Key& key) -> decltype(&map.begin()->second) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

const Generation* find_generation(const std::vector<Generation>& generations, std::uint32_t number) {
  const auto it = std::ranges::find(generations, number, &Generation::number);
  return it == generations.end() ? nullptr : &*it;
}

}  // namespace

const StoredWrap* User::wrap_for(DeviceId device) const {
  return find_wrap(wraps, recipient(device));
}

const StoredWrap* Group::wrap_for(RecipientId member) const {
  return find_wrap(wraps, member);
}

bool Group::has_member(RecipientId member) const {
  const auto* intervals = find_in(membership, member);
  return intervals != nullptr && intervals->back().until == Interval::kOpen;
}

bool Group::had_member(RecipientId member, std::uint32_t sequence) const {
  const auto* intervals = find_in(membership, member);
  return intervals != nullptr && any_contains(*intervals, sequence);
}

Hash ChainState::hash_at(std::uint32_t sequence) const {
  if (sequence == 0 || sequence > hashes_.size()) return {};
  return hashes_[sequence - 1];
}

std::optional<Hash> ChainState::join_hash() const {
  if (!join_sequence_) return std::nullopt;
  return hash_at(*join_sequence_);
}

const Organisation* ChainState::organisation(OrganisationId id) const {
  const auto it = std::ranges::find(organisations_, id, &Organisation::id);
  return it == organisations_.end() ? nullptr : &*it;
}

const Trust* ChainState::trust(ChainId bilateral) const {
  const auto it = std::ranges::find(trusts_, bilateral, [](const Trust& one) { return one.body.bilateral; });
  return it == trusts_.end() ? nullptr : &*it;
}

const Device* ChainState::device(std::uint32_t number) const {
  if (number == 0 || number > devices_.size()) return nullptr;
  return &devices_[number - 1];
}

const Device* ChainState::device(DeviceId id) const {
  const auto* number = find_in(device_numbers_, id);
  return number == nullptr ? nullptr : device(*number);
}

const User* ChainState::user(UserId id) const {
  return find_in(users_, id);
}

const Group* ChainState::group(GroupId id) const {
  return find_in(groups_, id);
}

const Group* ChainState::group_for(GroupPurpose purpose, std::optional<OrganisationId> owner) const {
  const Group* first = nullptr;
  for (const auto& [id, group] : groups_) {
    if (group.purpose != purpose || (owner && group.organisation != *owner)) continue;
    if (first == nullptr || group.created_at < first->created_at) first = &group;
  }
  return first;
}

const Group* ChainState::group_of_feed(LogId feed) const {
  for (const auto& [id, group] : groups_) {
    if (group.feed && group.feed->log == feed) return &group;
  }
  return nullptr;
}

std::vector<const Device*> ChainState::active_devices(UserId user) const {
  std::vector<const Device*> out;
  for (const auto& device : devices_) {
    if (device.user == user && device.is_active()) out.push_back(&device);
  }
  return out;
}

std::vector<RecipientId> ChainState::members(GroupId id) const {
  std::vector<RecipientId> out;
  const auto* found = group(id);
  if (found == nullptr) return out;
  for (const auto& [member, intervals] : found->membership) {
    if (intervals.back().until == Interval::kOpen) out.push_back(member);
  }
  return out;
}

std::vector<UserId> ChainState::member_users(GroupId id) const {
  std::vector<UserId> out;
  const auto* found = group(id);
  if (found == nullptr) return out;
  for (const auto member : members(id)) {
    if (found->purpose != GroupPurpose::shared) {
      out.emplace_back(member.array());
      continue;
    }
    for (const auto user : members(GroupId(member.array()))) out.emplace_back(user.array());
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool ChainState::is_active_member(UserId user, GroupId group) const {
  return is_active_member(user, group, head_.sequence);
}

bool ChainState::is_active_member(UserId user, GroupId id, std::uint32_t sequence) const {
  const auto* found = group(id);
  if (found == nullptr) return false;
  if (found->purpose != GroupPurpose::shared) return found->had_member(recipient(user), sequence);
  return std::ranges::any_of(found->membership, [&](const auto& one) {
    const auto* inner = group(GroupId(one.first.array()));
    return any_contains(one.second, sequence) && inner != nullptr &&
           inner->had_member(recipient(user), sequence);
  });
}

bool ChainState::may_write(std::uint32_t number, GroupId group, std::uint32_t sequence) const {
  return was_active(number, sequence) && is_active_member(device(number)->user, group, sequence);
}

bool ChainState::was_active(std::uint32_t number, std::uint32_t sequence) const {
  const auto* found = device(number);
  return found != nullptr && any_contains(found->active, sequence);
}

Roles ChainState::roles_at(UserId id, std::uint32_t sequence) const {
  Roles out;
  const auto* found = user(id);
  if (found == nullptr) return out;
  for (const auto& change : found->role_history) {
    if (change.since <= sequence) out = change.roles;
  }
  return out;
}

std::optional<std::uint32_t> ChainState::generation_at(GroupId id, std::uint32_t sequence) const {
  std::optional<std::uint32_t> out;
  const auto* found = group(id);
  if (found == nullptr) return out;
  for (const auto& one : found->generations) {
    if (one.since <= sequence) out = one.number;
  }
  return out;
}

const Generation* ChainState::generation(GroupId id, std::uint32_t number) const {
  const auto* found = group(id);
  return found == nullptr ? nullptr : find_generation(found->generations, number);
}

const Generation* ChainState::user_generation(UserId id, std::uint32_t number) const {
  const auto* found = user(id);
  return found == nullptr ? nullptr : find_generation(found->generations, number);
}

WrapAudit ChainState::missing_or_extra_wraps(GroupId id) const {
  WrapAudit out;
  const auto* found = group(id);
  if (found == nullptr) return out;
  for (const auto member : members(id)) {
    if (found->wrap_for(member) == nullptr) out.missing.push_back(member);
  }
  for (const auto& wrap : found->wraps) {
    if (!found->has_member(wrap.to.recipient)) out.extra.push_back(wrap.to.recipient);
  }
  return out;
}

}  // namespace abri::core::chain
