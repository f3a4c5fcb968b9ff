// SPDX-License-Identifier: MPL-2.0
#include "chain/rules.hpp"

#include <abri/crypto/hash.hpp>

#include <algorithm>

namespace abri::core::chain {
namespace {

/// Present in one list only. Both are sorted.
std::vector<RecipientId> only_in(const std::vector<RecipientId>& a, const std::vector<RecipientId>& b) {
  std::vector<RecipientId> out;
  std::ranges::set_difference(a, b, std::back_inserter(out));
  return out;
}

std::vector<RecipientId> sorted(std::vector<RecipientId> ids) {
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

/// The generation of a member's box key now; none if nobody of that kind is known here.
std::optional<std::uint32_t> LinkRules::generation_of(RecipientId member, GroupPurpose purpose) const {
  if (purpose != GroupPurpose::shared) {
    const auto* user = state_.user(UserId(member.array()));
    if (user == nullptr || !user->active) return std::nullopt;
    return user->generation();
  }
  const auto* group = state_.group(GroupId(member.array()));
  if (group == nullptr || group->purpose == GroupPurpose::shared) return std::nullopt;
  return group->generation();
}

Result<void> LinkRules::check_members(GroupPurpose purpose, const std::vector<RecipientId>& members) const {
  if (has_repeats(members)) return Error{Errc::invalid_argument, "members twice"};
  for (const auto member : members) {
    if (!generation_of(member, purpose)) return Error{Errc::not_found, "member"};
    if (purpose == GroupPurpose::administrators &&
        !state_.user(UserId(member.array()))->roles().has(Role::administrator)) {
      return Error{Errc::invalid_argument, "member is no administrator"};
    }
  }
  return {};
}

Result<void> LinkRules::check_wraps(const std::vector<RecipientWrap>& wraps,
                                    const std::vector<RecipientId>& recipients, GroupPurpose purpose) const {
  std::set<RecipientId> waiting(recipients.begin(), recipients.end());
  for (const auto& wrap : wraps) {
    if (waiting.erase(wrap.recipient) == 0) return Error{Errc::invalid_argument, "wrap recipient"};
    if (generation_of(wrap.recipient, purpose) != wrap.recipient_generation) {
      return Error{Errc::invalid_argument, "wrap generation"};
    }
  }
  if (!waiting.empty()) return Error{Errc::invalid_argument, "wrap missing"};
  return {};
}

std::vector<StoredWrap> LinkRules::stored(const std::vector<RecipientWrap>& wraps,
                                          std::uint32_t generation) const {
  std::vector<StoredWrap> out;
  out.reserve(wraps.size());
  for (const auto& wrap : wraps) {
    out.push_back({.to = wrap, .generation = generation, .sequence = sequence(), .sender = author_});
  }
  return out;
}

Result<void> LinkRules::check_feed(const FeedInfo& feed) const {
  if (feed.log != crypto::log_id(feed.owner_key.bytes(), feed.salt.bytes()))
    return Error{Errc::auth_failed, "feed log"};
  if (state_.group_of_feed(feed.log) != nullptr || feed.log.array() == state_.id_.array()) {
    return Error{Errc::already_exists, "feed log"};
  }
  const auto* administrators = state_.group_for(GroupPurpose::administrators, author().organisation);
  const auto newest = administrators == nullptr ? 0 : administrators->generation();
  if (feed.owner_generation > newest) return Error{Errc::invalid_argument, "feed owner"};
  return {};
}

Result<void> LinkRules::check_both_sides(const std::vector<RecipientId>& members) const {
  for (const auto& organisation : state_.organisations_) {
    const auto is_theirs = [&](RecipientId member) {
      return state_.group(GroupId(member.array()))->organisation == organisation.id;
    };
    if (std::ranges::none_of(members, is_theirs))
      return Error{Errc::invalid_argument, "members of one side only"};
  }
  return {};
}

Result<void> LinkRules::check_may_create(const CreateGroup& body) const {
  if (!author_leads()) return Error{Errc::not_permitted, "create_group"};
  if (state_.kind_ == ChainKind::bilateral) {
    if (body.purpose != GroupPurpose::shared) return Error{Errc::not_permitted, "create_group purpose"};
    if (!state_.join_sequence_) return Error{Errc::out_of_sync, "create_group before join"};
    return {};
  }
  if (owns_cases(body.purpose)) {
    if (!body.members.empty() && !author_is(Role::head))
      return Error{Errc::not_permitted, "create_group members"};
    return {};
  }
  // Everyone and administrators are born in the genesis only.
  if (body.purpose == GroupPurpose::shared || state_.status_ != ChainStatus::empty) {
    return Error{Errc::not_permitted, "create_group purpose"};
  }
  return {};
}

void LinkRules::insert_group(const CreateGroup& body, OrganisationId organisation) {
  Group group;
  group.id = body.group;
  group.purpose = body.purpose;
  group.organisation = organisation;
  group.created_at = sequence();
  group.created_by = author_;
  group.name_sealed = body.name_sealed;
  group.feed = body.feed;
  group.generations.push_back({.number = 0,
                               .since = sequence(),
                               .box_key = body.keys.box_key,
                               .commitment = body.keys.commitment,
                               .previous_sealed = std::nullopt});
  for (const auto member : body.members) open_interval(group.membership[member], sequence());
  group.wraps = stored(body.wraps, 0);
  state_.groups_.emplace(body.group, std::move(group));
}

Result<void> LinkRules::rule(const CreateGroup& body) {
  ABRI_CHECK(check_may_create(body));
  if (body.group.is_zero()) return Error{Errc::invalid_argument, "create_group id"};
  if (state_.group(body.group) != nullptr) return Error{Errc::already_exists, "create_group"};
  ABRI_CHECK(check_members(body.purpose, body.members));
  const bool shared = body.purpose == GroupPurpose::shared;
  if (shared) ABRI_CHECK(check_both_sides(body.members));
  ABRI_CHECK(check_wraps(body.wraps, body.members, body.purpose));
  if (body.feed) ABRI_CHECK(check_feed(*body.feed));
  insert_group(body, shared ? OrganisationId{} : author().organisation);
  return {};
}

Result<void> LinkRules::check_may_set(const Group& group, const std::vector<RecipientId>& changed) const {
  if (state_.kind_ == ChainKind::bilateral) {
    const auto is_foreign = [&](RecipientId member) {
      return state_.group(GroupId(member.array()))->organisation != author().organisation;
    };
    if (group.purpose != GroupPurpose::shared || !author_leads() ||
        std::ranges::any_of(changed, is_foreign)) {
      return Error{Errc::not_permitted, "set_group_members"};
    }
    return {};
  }
  if (!author_is(owns_cases(group.purpose) ? Role::head : Role::administrator)) {
    return Error{Errc::not_permitted, "set_group_members"};
  }
  return {};
}

Result<void> LinkRules::rule(const SetGroupMembers& body) {
  const auto it = state_.groups_.find(body.group);
  if (it == state_.groups_.end()) return Error{Errc::not_found, "set_group_members"};
  auto& group = it->second;
  if (group.rotation_due) return Error{Errc::not_permitted, "set_group_members before rotation"};
  ABRI_CHECK(check_members(group.purpose, body.members));
  if (body.members.empty()) return Error{Errc::invalid_argument, "set_group_members empty"};
  const auto before = state_.members(body.group);
  const auto after = sorted(body.members);
  const auto added = only_in(after, before);
  const auto removed = only_in(before, after);
  auto changed = added;
  changed.insert(changed.end(), removed.begin(), removed.end());
  if (changed.empty()) return Error{Errc::invalid_argument, "set_group_members same"};
  ABRI_CHECK(check_may_set(group, changed));
  ABRI_CHECK(check_wraps(body.wraps, added, group.purpose));

  for (const auto member : added) open_interval(group.membership[member], sequence());
  for (const auto member : removed) close_interval(group.membership[member], sequence());
  std::ranges::move(stored(body.wraps, group.generation()), std::back_inserter(group.wraps));
  group.rotation_due = !removed.empty();
  return {};
}

Result<void> LinkRules::rule(const RotateGroupKey& body) {
  const auto it = state_.groups_.find(body.group);
  if (it == state_.groups_.end()) return Error{Errc::not_found, "rotate_group_key"};
  auto& group = it->second;
  const bool shared = group.purpose == GroupPurpose::shared;
  if (shared != (state_.kind_ == ChainKind::bilateral)) return Error{Errc::not_permitted, "rotate_group_key"};
  if (!state_.is_active_member(author().user, body.group))
    return Error{Errc::not_permitted, "rotate_group_key"};
  if (body.generation != group.generation() + 1 || body.keys.box_key == group.generations.back().box_key) {
    return Error{Errc::invalid_argument, "rotate_group_key generation"};
  }
  ABRI_CHECK(check_wraps(body.wraps, state_.members(body.group), group.purpose));
  group.generations.push_back({.number = body.generation,
                               .since = sequence(),
                               .box_key = body.keys.box_key,
                               .commitment = body.keys.commitment,
                               .previous_sealed = body.previous_sealed});
  group.wraps = stored(body.wraps, body.generation);
  group.rotation_due = false;
  return {};
}

}  // namespace abri::core::chain
