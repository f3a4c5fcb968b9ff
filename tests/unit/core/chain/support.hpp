// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/link_builder.hpp"
#include "chain/validate.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/init.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// People, devices and chains of the tests. Every id and key comes from a name, so that a failure is the same each time.
namespace chain_test {

using namespace abri;               // NOLINT(google-global-names-in-headers)
using namespace abri::core::chain;  // NOLINT(google-global-names-in-headers)

/// The library is ready before the first key.
inline const bool kInitialised = crypto::initialise().has_value();

template <std::size_t N>
ByteArray<N> named(std::string_view name) {
  ByteArray<N> out{};
  const auto hash = crypto::hash(crypto::labels::kCode, as_bytes(name));
  std::copy_n(hash.bytes().begin(), N, out.begin());
  return out;
}
template <class I>
I id(std::string_view name) {
  return I(named<I::kSize>(name));
}
template <class Seed>
Seed seed(std::string_view name) {
  auto raw = named<32>(name);
  return Seed::take(raw);
}
inline crypto::SigningKey signing_key(std::string_view name) {
  return crypto::SigningKey::from_seed(named<32>(name));
}
inline crypto::BoxKey box_key(std::string_view name) {
  return crypto::BoxKey::from_secret(named<32>(name));
}
inline constexpr Time kNow = from_millis(1'793'000'000'000);

/// A device: "alice/1" belongs to alice.
struct Machine {
  explicit Machine(std::string name_) : name(std::move(name_)), sign(signing_key(name)), box(box_key(name)) {}
  std::string name;
  crypto::SigningKey sign;
  crypto::BoxKey box;
  std::uint32_t number{0};
  [[nodiscard]] DeviceId device() const { return crypto::device_id(sign.public_key()); }
};

inline FeedInfo feed(std::string_view name) {
  FeedInfo out;
  out.owner_key = signing_key(std::string(name) + " owner").public_key();
  out.salt = id<crypto::LogSalt>(name);
  out.log = crypto::log_id(out.owner_key.bytes(), out.salt.bytes());
  return out;
}

/// An organisation's chain. When `founded`, alice is administrator and head, her device is number 1.
class OrgChain {
 public:
  explicit OrgChain(std::string name = "org")
      : name_(std::move(name)),
        state(id<ChainId>(name_), ChainKind::organisation),
        alice(name_ + " alice/1") {}

  [[nodiscard]] UserId user(std::string_view who) const { return id<UserId>(name_ + " " + std::string(who)); }
  [[nodiscard]] GroupId group(std::string_view which) const {
    return id<GroupId>(name_ + " " + std::string(which));
  }
  [[nodiscard]] crypto::UserSeed user_seed(std::string_view who, int generation = 0) const {
    return seed<crypto::UserSeed>(name_ + " user " + std::string(who) + std::to_string(generation));
  }
  [[nodiscard]] crypto::GroupSeed group_seed(std::string_view which, int generation = 0) const {
    return seed<crypto::GroupSeed>(name_ + " group " + std::string(which) + std::to_string(generation));
  }

  [[nodiscard]] Genesis genesis() const {
    GenesisPlan plan;
    plan.organisation = id<OrganisationId>(name_);
    plan.name_sealed = to_bytes("sealed name");
    plan.organisation_kind = 1;
    plan.server = {.address = "sync.example:7443", .key = signing_key("server").public_key()};
    plan.account = id<AccountId>("account");
    plan.account_seed_sealed = to_bytes("sealed account");
    plan.user = user("alice");
    plan.user_name_sealed = to_bytes("sealed alice");
    plan.device = introduce_device(state.id(), plan.user, alice.sign, alice.box.public_key());
    plan.everyone.group = group("everyone");
    plan.administrators.group = group("administrators");
    auto out = make_genesis(state.id(), plan, user_seed("alice"), group_seed("everyone"),
                            group_seed("administrators"));
    ABRI_ASSERT(out);
    return *std::move(out);
  }
  /// The bytes of the next link.
  [[nodiscard]] Bytes link(const Machine& by, const Body& body) const {
    auto out = build_link(state, {.device = by.number, .key = by.sign, .now = kNow}, body);
    ABRI_ASSERT(out);
    return *std::move(out);
  }
  /// What becomes of a body signed by this device now, without keeping it.
  [[nodiscard]] Result<ChainState> try_link(const Machine& by, const Body& body) const {
    return validate(state, link(by, body));
  }
  /// Must be valid.
  void apply(const Machine& by, const Body& body) {
    const auto applied = apply_link(state, link(by, body));
    if (!applied) std::fprintf(stderr, "refused: %s\n", applied.error().where);
    ABRI_ASSERT(applied);
  }

  static OrgChain founded(std::string name = "org") {
    OrgChain out(std::move(name));
    out.apply(out.alice, out.genesis());
    out.alice.number = 1;
    return out;
  }
  [[nodiscard]] AddUser new_user(std::string_view who, Roles roles = {}) const {
    return {.user = user(who),
            .keys = seed_keys(user_seed(who)),
            .roles = roles,
            .name_sealed = to_bytes("sealed")};
  }
  [[nodiscard]] AddDevice new_device(std::string_view who, const Machine& machine) const {
    return introduce_device(state.id(), user(who), machine.sign, machine.box.public_key());
  }
  /// A user with one device.
  Machine enrol(std::string_view who, Roles roles = {}) {
    Machine machine(name_ + " " + std::string(who) + "/1");
    apply(alice, new_user(who, roles));
    apply(alice, new_device(who, machine));
    machine.number = state.device(machine.device())->number;
    return machine;
  }
  [[nodiscard]] std::vector<RecipientId> people(const std::vector<std::string_view>& who) const {
    std::vector<RecipientId> out;
    for (const auto one : who) out.push_back(recipient(user(one)));
    return out;
  }
  [[nodiscard]] CreateGroup new_group(const Machine& by, std::string_view which,
                                      const std::vector<std::string_view>& members,
                                      GroupPurpose purpose = GroupPurpose::team) const {
    GroupPlan plan{.group = group(which),
                   .purpose = purpose,
                   .name_sealed = to_bytes("sealed"),
                   .feed = {},
                   .members = {}};
    plan.feed = feed(std::string(which) + " feed");
    plan.members = people(members);
    auto out = make_create_group(state, by.number, plan, group_seed(which));
    ABRI_ASSERT(out);
    return *std::move(out);
  }
  [[nodiscard]] SetGroupMembers membership(const Machine& by, std::string_view which,
                                           const std::vector<std::string_view>& members) const {
    const auto* known = state.group(group(which));
    const auto generation = known == nullptr ? 0 : static_cast<int>(known->generation());
    auto out = make_set_group_members(state, by.number, group(which), people(members),
                                      group_seed(which, generation));
    ABRI_ASSERT(out);
    return *std::move(out);
  }
  [[nodiscard]] RotateGroupKey rotation(const Machine& by, std::string_view which) const {
    const auto old = static_cast<int>(state.group(group(which))->generation());
    auto out = make_rotate_group_key(state, by.number, group(which), group_seed(which, old),
                                     group_seed(which, old + 1));
    ABRI_ASSERT(out);
    return *std::move(out);
  }

 private:
  std::string name_;

 public:
  ChainState state;
  Machine alice;
};

/// The error code of a result; `internal` stands for none.
template <class T>
Errc code(const Result<T>& result) {
  return result ? Errc::internal : result.error().code;
}
inline constexpr Errc kAccepted = Errc::internal;

/// A link like that of `bytes`, changed and signed again.
template <class F>
Bytes resigned(BytesView bytes, const crypto::SigningKey& key, F&& change) {
  auto link = decode_signed_link(bytes)->link;
  change(link);
  return sign_link(link, key);
}

}  // namespace chain_test
