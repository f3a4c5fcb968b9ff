// SPDX-License-Identifier: MPL-2.0
#include "chain/rules.hpp"

#include <abri/crypto/labels.hpp>

#include <algorithm>

namespace abri::core::chain {

void LinkRules::insert_user(const AddUser& body, OrganisationId organisation) {
  User user;
  user.id = body.user;
  user.organisation = organisation;
  user.name_sealed = body.name_sealed;
  user.role_history.push_back({.since = sequence(), .roles = body.roles});
  user.generations.push_back({.number = 0,
                              .since = sequence(),
                              .box_key = body.keys.box_key,
                              .commitment = body.keys.commitment,
                              .previous_sealed = std::nullopt});
  state_.users_.emplace(body.user, std::move(user));
}

void LinkRules::insert_device(DeviceId id, UserId user, OrganisationId organisation,
                              const crypto::SigningPublicKey& sign_key, const crypto::BoxPublicKey& box_key,
                              bool active) {
  Device device;
  device.id = id;
  device.user = user;
  device.organisation = organisation;
  device.number = static_cast<std::uint32_t>(state_.devices_.size() + 1);
  device.sign_key = sign_key;
  device.box_key = box_key;
  device.box_since = sequence();
  if (active) open_interval(device.active, sequence());
  state_.device_numbers_.emplace(id, device.number);
  state_.devices_.push_back(std::move(device));
}

Result<void> LinkRules::check_new_device(const AddDevice& body) const {
  if (body.device != crypto::device_id(body.sign_key)) return Error{Errc::auth_failed, "device id"};
  if (state_.device(body.device) != nullptr) return Error{Errc::already_exists, "device"};
  if (signatures_ == Signatures::already_verified) return {};
  return crypto::verify(body.sign_key, crypto::labels::kReverse,
                        device_introduction(state_.id_, body.user, body.box_key), body.reverse_signature);
}

/// Genesis works on a copy: its groups are judged by the rules of every group, with the founder already in.
Result<void> LinkRules::rule(const Genesis& body) {
  const auto& founder = body.founder;
  if (body.min_suite == 0 || body.organisation.is_zero() || founder.user.is_zero() ||
      body.server.address.empty()) {
    return Error{Errc::invalid_argument, "genesis"};
  }
  if (!founder.roles.has(Role::administrator) || !founder.roles.has(Role::head)) {
    return Error{Errc::invalid_argument, "genesis roles"};
  }
  if (body.device.user != founder.user || body.device.wrap)
    return Error{Errc::invalid_argument, "genesis device"};
  ABRI_CHECK(check_new_device(body.device));
  if (body.everyone.purpose != GroupPurpose::everyone ||
      body.administrators.purpose != GroupPurpose::administrators ||
      body.everyone.group == body.administrators.group) {
    return Error{Errc::invalid_argument, "genesis groups"};
  }
  auto next = state_;
  LinkRules rules(next, signatures_);
  auto& organisation = next.organisations_.emplace_back();
  organisation.id = body.organisation;
  organisation.name_sealed = body.name_sealed;
  organisation.kind = body.organisation_kind;
  next.server_ = body.server;
  next.account_ = body.account;
  next.account_seed_sealed_ = body.account_seed_sealed;
  rules.insert_user(founder, body.organisation);
  rules.insert_device(body.device.device, founder.user, body.organisation, body.device.sign_key,
                      body.device.box_key, true);
  rules.author_ = 1;
  for (const auto* group : {&body.administrators, &body.everyone}) {
    if (group->members != std::vector{recipient(founder.user)})
      return Error{Errc::invalid_argument, "genesis members"};
    ABRI_CHECK(rules.rule(*group));
  }
  state_ = std::move(next);
  return {};
}

/// An administrator may give `administrator`; everything else is the head's.
bool LinkRules::may_change_roles(Roles from, Roles to) const {
  if (author_is(Role::head)) return true;
  const Roles changed(from.bits ^ to.bits);
  if (changed == Roles{}) return true;
  return changed == Roles(Role::administrator) && to.has(Role::administrator) &&
         author_is(Role::administrator);
}

Result<void> LinkRules::rule(const AddUser& body) {
  if (!author_is(Role::administrator) || !may_change_roles({}, body.roles)) {
    return Error{Errc::not_permitted, "add_user"};
  }
  if (body.user.is_zero() || state_.users_.size() >= limits::kMaxMembers) {
    return Error{Errc::invalid_argument, "add_user"};
  }
  if (state_.user(body.user) != nullptr) return Error{Errc::already_exists, "add_user"};
  insert_user(body, author().organisation);
  return {};
}

Result<void> LinkRules::rule(const AddDevice& body) {
  const auto* user = state_.user(body.user);
  if (user == nullptr) return Error{Errc::not_found, "add_device user"};
  // Whoever may give a person her roles brings her in with her first device. Every further one is hers to bring: it reads what she reads,
  // the addresses too.
  const bool own = author().user == body.user;
  const bool first = state_.active_devices(body.user).empty();
  const bool brings_in = first && author_is(Role::administrator) && may_change_roles({}, user->roles());
  if (!own && !brings_in) return Error{Errc::not_permitted, "add_device"};
  if (body.wrap && !own) return Error{Errc::not_permitted, "add_device wrap"};
  ABRI_CHECK(check_new_device(body));
  if (body.wrap && (body.wrap->recipient != recipient(body.device) || body.wrap->recipient_generation != 0)) {
    return Error{Errc::invalid_argument, "add_device wrap"};
  }
  if (body.wrap) {
    auto& wraps = state_.users_.at(body.user).wraps;
    wraps.push_back(stored({*body.wrap}, user->generation()).front());
  }
  insert_device(body.device, body.user, author().organisation, body.sign_key, body.box_key, true);
  return {};
}

Result<void> LinkRules::rule(const RotateDeviceKey& body) {
  auto& device = state_.devices_[author_ - 1];
  if (body.generation != device.box_generation + 1 || body.box_key == device.box_key) {
    return Error{Errc::invalid_argument, "rotate_device_key"};
  }
  device.box_generation = body.generation;
  device.box_key = body.box_key;
  device.box_since = sequence();
  return {};
}

/// Whether, once `changed` has the roles `to`, there still is an administrator and a head with an active device.
bool LinkRules::stays_led(UserId changed, Roles to) const {
  bool administrator = false;
  bool head = false;
  for (const auto& device : state_.devices_) {
    if (!device.is_active()) continue;
    const auto roles = device.user == changed ? to : state_.users_.at(device.user).roles();
    administrator = administrator || roles.has(Role::administrator);
    head = head || roles.has(Role::head);
  }
  return administrator && head;
}

Result<void> LinkRules::rule(const SetRole& body) {
  const auto it = state_.users_.find(body.user);
  if (it == state_.users_.end()) return Error{Errc::not_found, "set_role user"};
  auto& user = it->second;
  if (!author_leads() || !may_change_roles(user.roles(), body.roles))
    return Error{Errc::not_permitted, "set_role"};
  if (user.roles() == body.roles) return Error{Errc::invalid_argument, "set_role same"};
  if (!stays_led(body.user, body.roles)) return Error{Errc::invalid_argument, "set_role last"};
  const auto* administrators = state_.group_for(GroupPurpose::administrators);
  if (!body.roles.has(Role::administrator) && administrators->has_member(recipient(body.user))) {
    return Error{Errc::invalid_argument, "set_role still in administrators"};
  }
  user.role_history.push_back({.since = sequence(), .roles = body.roles});
  return {};
}

Result<void> LinkRules::rule(const RotateUserKey& body) {
  auto& user = state_.users_.at(author().user);
  if (body.generation != user.generation() + 1 || body.keys.box_key == user.generations.back().box_key) {
    return Error{Errc::invalid_argument, "rotate_user_key"};
  }
  const auto devices = state_.active_devices(user.id);
  std::set<RecipientId> wrapped;
  for (const auto& wrap : body.wraps) {
    const auto it =
        std::ranges::find(devices, wrap.recipient, [](const Device* one) { return recipient(one->id); });
    if (it == devices.end() || (*it)->box_generation != wrap.recipient_generation) {
      return Error{Errc::invalid_argument, "rotate_user_key wrap"};
    }
    wrapped.insert(wrap.recipient);
  }
  if (wrapped.size() != devices.size() || body.wraps.size() != devices.size()) {
    return Error{Errc::invalid_argument, "rotate_user_key wraps"};
  }
  user.generations.push_back({.number = body.generation,
                              .since = sequence(),
                              .box_key = body.keys.box_key,
                              .commitment = body.keys.commitment,
                              .previous_sealed = body.previous_sealed});
  user.wraps = stored(body.wraps, body.generation);
  return {};
}

Result<void> LinkRules::rule(const TrustOrganisation& body) {
  if (!author_leads()) return Error{Errc::not_permitted, "trust_organisation"};
  if (body.bilateral == state_.id_ || body.bilateral.is_zero() || body.other.is_zero() ||
      state_.organisation(body.other) != nullptr) {
    return Error{Errc::invalid_argument, "trust_organisation"};
  }
  if (state_.trust(body.bilateral) != nullptr) return Error{Errc::already_exists, "trust_organisation"};
  state_.trusts_.push_back({.body = body, .sequence = sequence()});
  return {};
}

}  // namespace abri::core::chain
