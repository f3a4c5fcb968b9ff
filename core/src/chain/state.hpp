// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/bodies.hpp"
#include "chain/kinds.hpp"

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace abri::core::chain {

enum class ChainStatus : std::uint8_t {
  empty,  ///< before the genesis
  active,
  update_needed,  ///< a link of a newer version came: read only, nothing after it is applied
};

/// The last valid link.
struct ChainHead {
  std::uint32_t sequence{0};
  Hash hash;
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

/// Links [from, until) of the chain. `until` stays open while it lasts.
struct Interval {
  static constexpr std::uint32_t kOpen = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t from{0};
  std::uint32_t until{kOpen};
  [[nodiscard]] bool contains(std::uint32_t sequence) const { return from <= sequence && sequence < until; }
  friend bool operator==(const Interval&, const Interval&) = default;
};
using Intervals = std::vector<Interval>;

/// One generation of a user's or group's seed.
struct Generation {
  std::uint32_t number{0};
  std::uint32_t since{0};  ///< sequence of the link that began it
  crypto::BoxPublicKey box_key;
  Hash commitment;  ///< zeros for a group of an organisation on a bilateral chain
  std::optional<crypto::SealedKey>
      previous_sealed;  ///< none at generation 0 and on a bilateral chain's known groups
  friend bool operator==(const Generation&, const Generation&) = default;
};

/// A wrap of the newest seed and the link it stood in.
struct StoredWrap {
  RecipientWrap to;
  std::uint32_t generation{0};  ///< of the wrapped seed
  std::uint32_t sequence{0};    ///< of the link
  std::uint32_t sender{0};      ///< device number
  friend bool operator==(const StoredWrap&, const StoredWrap&) = default;
};

struct RoleChange {
  std::uint32_t since{0};
  Roles roles;
  friend bool operator==(const RoleChange&, const RoleChange&) = default;
};

struct Organisation {
  OrganisationId id;
  std::string name;          ///< bilateral chains only
  Bytes name_sealed;         ///< organisation chains only
  std::uint8_t kind{0};      ///< organisation chains only
  std::uint32_t version{0};  ///< of the members block
  bool opener{true};
  friend bool operator==(const Organisation&, const Organisation&) = default;
};

struct User {
  UserId id;
  OrganisationId organisation;
  bool active{true};
  Bytes name_sealed;                     ///< organisation chains only
  std::vector<RoleChange> role_history;  ///< oldest first, never empty
  std::vector<Generation> generations;   ///< oldest first; empty on bilateral chains
  std::vector<StoredWrap> wraps;         ///< of the newest seed to her devices

  [[nodiscard]] Roles roles() const { return role_history.back().roles; }
  [[nodiscard]] std::uint32_t generation() const {
    return generations.empty() ? 0 : generations.back().number;
  }
  [[nodiscard]] const StoredWrap* wrap_for(DeviceId device) const;
  friend bool operator==(const User&, const User&) = default;
};

struct Device {
  std::uint32_t number{0};  ///< 1, 2, 3 … in the order of appearance; never used again
  DeviceId id;
  UserId user;
  OrganisationId organisation;
  crypto::SigningPublicKey sign_key;
  crypto::BoxPublicKey box_key;
  std::uint32_t box_generation{0};
  std::uint32_t box_since{0};  ///< sequence of the link that brought the box key
  Intervals active;

  [[nodiscard]] bool is_active() const { return !active.empty() && active.back().until == Interval::kOpen; }
  friend bool operator==(const Device&, const Device&) = default;
};

struct Group {
  GroupId id;
  GroupPurpose purpose{GroupPurpose::team};
  OrganisationId organisation;  ///< whose it is; zero for a shared group of a bilateral chain
  std::uint32_t created_at{0};
  std::uint32_t created_by{0};  ///< device number
  Bytes name_sealed;
  std::optional<FeedInfo> feed;
  std::vector<Generation> generations;  ///< oldest first, never empty
  std::map<RecipientId, Intervals> membership;
  std::vector<StoredWrap> wraps;  ///< of the newest seed
  bool rotation_due{false};  ///< someone lost the right: `rotate_group_key` comes before anything else of it

  [[nodiscard]] std::uint32_t generation() const { return generations.back().number; }
  [[nodiscard]] const StoredWrap* wrap_for(RecipientId member) const;
  [[nodiscard]] bool has_member(RecipientId id) const;
  [[nodiscard]] bool had_member(RecipientId id, std::uint32_t sequence) const;
  friend bool operator==(const Group&, const Group&) = default;
};

struct Trust {
  TrustOrganisation body;
  std::uint32_t sequence{0};
  friend bool operator==(const Trust&, const Trust&) = default;
};

/// What the wraps of a group's newest seed say, beside who is a member.
struct WrapAudit {
  std::vector<RecipientId> missing;  ///< members without a wrap
  std::vector<RecipientId> extra;    ///< recipients who are members no more
  [[nodiscard]] bool clean() const { return missing.empty() && extra.empty(); }
  friend bool operator==(const WrapAudit&, const WrapAudit&) = default;
};

/// Everything that the valid links of one chain say. Rebuilt by replaying the stored links; changed only by `validate` and
/// `apply_entry` (validate.hpp). A value: copying it is a snapshot.
///
/// Questions about a moment take a chain sequence `s` and answer as things stood after link `s`.
///
/// @threads const member functions on any thread; no hidden state
class ChainState {
 public:
  /// @param genesis  the `link_hash` of the only genesis to accept, where it is known from a code or a stored chain
  ChainState(ChainId id, ChainKind kind, std::optional<Hash> genesis = std::nullopt)
      : id_(id), kind_(kind), expected_genesis_(genesis) {}

  [[nodiscard]] ChainId id() const { return id_; }
  [[nodiscard]] ChainKind kind() const { return kind_; }
  [[nodiscard]] ChainStatus status() const { return status_; }
  [[nodiscard]] const ChainHead& head() const { return head_; }
  [[nodiscard]] std::uint64_t next_position() const { return next_position_; }  ///< in the chain's log
  /// Hash of link `sequence`; to judge the heads that feed entries pin. Zeros if there is no such link.
  [[nodiscard]] Hash hash_at(std::uint32_t sequence) const;
  [[nodiscard]] Hash genesis_hash() const { return hash_at(1); }
  /// Of the `join` link, where the other organisation has joined.
  [[nodiscard]] std::optional<Hash> join_hash() const;
  [[nodiscard]] const ServerAddress& server() const { return server_; }
  [[nodiscard]] AccountId account() const { return account_; }  ///< organisation chains
  [[nodiscard]] const Bytes& account_seed_sealed() const {
    return account_seed_sealed_;
  }  ///< organisation chains

  /// One on an organisation's chain; the opener, then who joined, on a bilateral one.
  [[nodiscard]] const std::vector<Organisation>& organisations() const { return organisations_; }
  [[nodiscard]] const Organisation* organisation(OrganisationId id) const;
  [[nodiscard]] const std::vector<Trust>& trusts() const { return trusts_; }
  [[nodiscard]] const Trust* trust(ChainId bilateral) const;

  [[nodiscard]] const std::vector<Device>& devices() const {
    return devices_;
  }  ///< by number, from 1 at index 0
  [[nodiscard]] const std::map<UserId, User>& users() const { return users_; }
  [[nodiscard]] const std::map<GroupId, Group>& groups() const { return groups_; }
  [[nodiscard]] const Device* device(std::uint32_t number) const;
  [[nodiscard]] const Device* device(DeviceId id) const;
  [[nodiscard]] const User* user(UserId id) const;
  [[nodiscard]] const Group* group(GroupId id) const;
  /// The first group of that purpose; of that organisation where one is given.
  [[nodiscard]] const Group* group_for(GroupPurpose purpose,
                                       std::optional<OrganisationId> owner = std::nullopt) const;
  [[nodiscard]] const Group* group_of_feed(LogId feed) const;
  [[nodiscard]] std::vector<const Device*> active_devices(UserId user) const;

  /// Members of the group now: users, or groups where the group is shared.
  [[nodiscard]] std::vector<RecipientId> members(GroupId group) const;
  /// Users who hold the group's key now; through member groups where it is shared.
  [[nodiscard]] std::vector<UserId> member_users(GroupId group) const;
  [[nodiscard]] bool is_active_member(UserId user, GroupId group) const;
  [[nodiscard]] bool is_active_member(UserId user, GroupId group, std::uint32_t sequence) const;
  /// Device active, and its user a member of the group, after link `sequence`: what an author of a feed needs.
  [[nodiscard]] bool may_write(std::uint32_t device, GroupId group, std::uint32_t sequence) const;
  [[nodiscard]] bool was_active(std::uint32_t device, std::uint32_t sequence) const;
  [[nodiscard]] Roles roles_at(UserId user, std::uint32_t sequence) const;
  /// The generation of the group after link `sequence`; none before it was created.
  [[nodiscard]] std::optional<std::uint32_t> generation_at(GroupId group, std::uint32_t sequence) const;
  [[nodiscard]] const Generation* generation(GroupId group, std::uint32_t number) const;
  [[nodiscard]] const Generation* user_generation(UserId user, std::uint32_t number) const;

  /// The auditor's question: are the recipients of the newest wraps exactly the members? Empty for unknown groups.
  [[nodiscard]] WrapAudit missing_or_extra_wraps(GroupId group) const;

  friend bool operator==(const ChainState&, const ChainState&) = default;

 private:
  friend class LinkRules;  // rules.hpp: the only one that changes a state

  ChainId id_;
  ChainKind kind_;
  std::optional<Hash> expected_genesis_;
  ChainStatus status_{ChainStatus::empty};
  ChainHead head_;
  std::uint64_t next_position_{0};
  std::vector<Hash> hashes_;
  std::optional<std::uint32_t> join_sequence_;
  ServerAddress server_;
  AccountId account_;
  Bytes account_seed_sealed_;
  std::vector<Organisation> organisations_;
  std::vector<Trust> trusts_;
  std::vector<Device> devices_;
  std::map<DeviceId, std::uint32_t> device_numbers_;
  std::map<UserId, User> users_;
  std::map<GroupId, Group> groups_;
};

}  // namespace abri::core::chain
