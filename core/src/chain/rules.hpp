// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/link.hpp"
#include "chain/state.hpp"
#include "chain/validate.hpp"

#include <set>

namespace abri::core::chain {

/// The judge of one link: the only class that changes a `ChainState`. Every rule either refuses before it changes anything,
/// or works on a copy (genesis, members blocks). Private to this folder.
///
///   rules.cpp               sequence, author, signature, version: what comes before any rule
///   rules_organisation.cpp  users, devices, roles, trust, genesis
///   rules_groups.cpp        groups, their members and keys, on both chains
///   rules_bilateral.cpp     members blocks
class LinkRules {
 public:
  LinkRules(ChainState& state, Signatures signatures) : state_(state), signatures_(signatures) {}

  Result<void> apply(BytesView signed_link);
  /// The entry at `position` has been looked at, whatever became of it.
  void pass(std::uint64_t position);
  void stop() { state_.status_ = ChainStatus::update_needed; }

 private:
  // rules.cpp
  Result<void> check_place(const SignedLink& link, const Hash& hash) const;
  Result<void> check_first_signature(const SignedLink& link, const Body& body) const;
  Result<void> check_author(const SignedLink& link);
  Result<void> check_signature(const SignedLink& link, const crypto::SigningPublicKey& key) const;
  Result<Body> understand(const SignedLink& link) const;
  [[nodiscard]] bool may_introduce_itself() const;
  void advance(const Hash& hash);
  [[nodiscard]] std::uint32_t sequence() const { return state_.head_.sequence + 1; }
  [[nodiscard]] const Device& author() const { return *state_.device(author_); }
  [[nodiscard]] Roles author_roles() const { return state_.user(author().user)->roles(); }
  [[nodiscard]] bool author_is(Role role) const { return author_roles().has(role); }
  [[nodiscard]] bool author_leads() const { return author_is(Role::administrator) || author_is(Role::head); }

  // rules_organisation.cpp
  Result<void> rule(const Genesis& body);
  Result<void> rule(const AddUser& body);
  Result<void> rule(const AddDevice& body);
  Result<void> rule(const RotateDeviceKey& body);
  Result<void> rule(const SetRole& body);
  Result<void> rule(const RotateUserKey& body);
  Result<void> rule(const TrustOrganisation& body);
  Result<void> check_new_device(const AddDevice& body) const;
  [[nodiscard]] bool may_change_roles(Roles from, Roles to) const;
  [[nodiscard]] bool stays_led(UserId changed, Roles to) const;
  void insert_user(const AddUser& body, OrganisationId organisation);
  void insert_device(DeviceId id, UserId user, OrganisationId organisation,
                     const crypto::SigningPublicKey& sign_key, const crypto::BoxPublicKey& box_key,
                     bool active);

  // rules_groups.cpp
  Result<void> rule(const CreateGroup& body);
  Result<void> rule(const SetGroupMembers& body);
  Result<void> rule(const RotateGroupKey& body);
  Result<void> check_may_create(const CreateGroup& body) const;
  Result<void> check_may_set(const Group& group, const std::vector<RecipientId>& changed) const;
  Result<void> check_members(GroupPurpose purpose, const std::vector<RecipientId>& members) const;
  Result<void> check_both_sides(const std::vector<RecipientId>& members) const;
  Result<void> check_feed(const FeedInfo& feed) const;
  /// Exactly one wrap for each of `recipients`, to the box key that each has now.
  Result<void> check_wraps(const std::vector<RecipientWrap>& wraps,
                           const std::vector<RecipientId>& recipients, GroupPurpose purpose) const;
  [[nodiscard]] std::optional<std::uint32_t> generation_of(RecipientId member, GroupPurpose purpose) const;
  [[nodiscard]] std::vector<StoredWrap> stored(const std::vector<RecipientWrap>& wraps,
                                               std::uint32_t generation) const;
  void insert_group(const CreateGroup& body, OrganisationId organisation);

  // rules_bilateral.cpp
  Result<void> rule(const BilateralGenesis& body);
  Result<void> rule(const Join& body);
  Result<void> rule(const Members& body);
  Result<void> check_block(const MembersBlock& block) const;
  Result<void> check_block_users(const MembersBlock& block, std::set<UserId>& users) const;
  Result<void> check_block_devices(const MembersBlock& block, const std::set<UserId>& users) const;
  Result<void> check_block_groups(const MembersBlock& block, const std::set<UserId>& users) const;
  Result<void> first_block(const MembersBlock& block, bool opener);
  void apply_block(const MembersBlock& block);
  void apply_block_users(const MembersBlock& block);
  void apply_block_devices(const MembersBlock& block, std::set<UserId>& cut);
  void apply_block_groups(const MembersBlock& block, const std::set<UserId>& cut);

  ChainState& state_;
  Signatures signatures_;
  std::uint32_t author_{0};
};

/// Opens and closes the intervals of a group or device.
void open_interval(Intervals& intervals, std::uint32_t sequence);
void close_interval(Intervals& intervals, std::uint32_t sequence);

/// Whether a list names something twice.
template <class T>
bool has_repeats(const std::vector<T>& items) {
  return std::set<T>(items.begin(), items.end()).size() != items.size();
}

}  // namespace abri::core::chain
