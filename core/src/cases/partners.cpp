// SPDX-License-Identifier: MPL-2.0
#include "cases/partners.hpp"

#include "cases/chains.hpp"
#include "cases/enrolment.hpp"
#include "cases/group_keys.hpp"
#include "cases/pending_links.hpp"
#include "chain/link_builder.hpp"
#include "chain/trust.hpp"

#include <abri/crypto/random.hpp>

namespace abri::core::cases {

namespace {

bool may_represent(World& world) {
  const auto roles = world.own_roles();
  return roles.has(chain::Role::administrator) || roles.has(chain::Role::head);
}

std::string own_name(World& world) {
  const auto& state = world.own_chain()->state;
  const auto* everyone = state.group_for(chain::GroupPurpose::everyone);
  const auto name =
      open_for_group(world, state.id(), everyone->id, state.organisations().front().name_sealed);
  return name ? std::string(as_text(*name)) : std::string{};
}

const chain::Organisation* other_organisation(World& world, const chain::ChainState& state) {
  for (const auto& organisation : state.organisations())
    if (organisation.id != world.own_organisation()) return &organisation;
  return nullptr;
}

bool same_users(const chain::Group& group, const chain::MemberGroup& wanted, const chain::ChainState& state) {
  auto present = state.member_users(group.id);
  auto users = wanted.users;
  std::sort(present.begin(), present.end());
  std::sort(users.begin(), users.end());
  return present == users && group.generation() == wanted.generation;
}

/// Does the chain show the own organisation as it is?
bool up_to_date(const chain::ChainState& state, const chain::MembersBlock& block) {
  for (const auto& user : block.users) {
    const auto* shown = state.user(user.user);
    if (shown == nullptr || shown->roles() != user.roles) return false;
  }
  for (const auto& device : block.devices) {
    const auto* shown = state.device(device.device);
    if (shown == nullptr || shown->is_active() != device.active || shown->box_key != device.box_key)
      return false;
  }
  for (const auto& group : block.groups) {
    const auto* shown = state.group(group.group);
    if (shown == nullptr || !same_users(*shown, group, state)) return false;
  }
  return true;
}

/// Does the chain show of the own organisation what this device has not read of it yet? Nothing is ever taken out of it in this version: what
/// the partner is shown and the own chain does not have comes from a device that read further.
bool is_behind(const chain::ChainState& own, const chain::ChainState& shown) {
  const auto organisation = own.organisations().front().id;
  const auto unknown_user = [&](const chain::User& user) {
    const auto* known = own.user(user.id);
    if (known == nullptr) return true;
    return std::ranges::find(known->role_history, user.roles(), &chain::RoleChange::roles) ==
           known->role_history.end();
  };
  for (const auto& [id, user] : shown.users())
    if (user.organisation == organisation && user.active && unknown_user(user)) return true;
  for (const auto& device : shown.devices())
    if (device.organisation == organisation && device.is_active() && own.device(device.id) == nullptr)
      return true;
  for (const auto& [id, group] : shown.groups()) {
    if (group.purpose == chain::GroupPurpose::shared || group.organisation != organisation) continue;
    const auto* known = own.group(id);
    if (known == nullptr || known->generation() < group.generation()) return true;
    const auto members = shown.member_users(id);
    if (std::ranges::any_of(members, [&](UserId user) { return !known->has_member(chain::recipient(user)); }))
      return true;
  }
  return false;
}

bool in_case_group(World& world) {
  const auto* group = world.case_group();
  return group != nullptr && group->has_member(chain::recipient(world.user));
}

/// The shared group of a bilateral chain: the case groups of both organisations.
Result<void> create_shared_group(World& world, Chain& chain) {
  const auto* mine = world.case_group();
  const auto* other = other_organisation(world, chain.state);
  if (mine == nullptr || other == nullptr) return Error{Errc::not_found, "partner"};
  const auto* theirs = chain.state.group_for(chain::GroupPurpose::referents, other->id);
  if (theirs == nullptr) theirs = chain.state.group_for(chain::GroupPurpose::team, other->id);
  if (theirs == nullptr || chain.state.group(mine->id) == nullptr)
    return Error{Errc::not_found, "group of the partner"};
  ABRI_TRY(auto log, make_log(world, sync::LogKind::feed));
  const auto* administrators = world.own_chain()->state.group_for(chain::GroupPurpose::administrators);
  const auto* admin_seed = world.keyring.group_seed(world.organisation, administrators->id, 0);
  const auto id = chain.state.id();
  chain::GroupPlan plan;
  plan.group = crypto::random_id<GroupId>();
  plan.purpose = chain::GroupPurpose::shared;
  plan.feed =
      chain::FeedInfo{log.id, log.salt, crypto::owner_capability(*admin_seed, log.salt).public_key(), 0};
  plan.members = {chain::recipient(mine->id), chain::recipient(theirs->id)};
  ABRI_CHECK(world.keyring.add_group_seed(world.db, id, plan.group, 0, crypto::GroupSeed::generate()));
  log.group = plan.group;
  log.chain = id;
  ABRI_CHECK(follow(world, std::move(log)));
  const auto* seed = world.keyring.group_seed(id, plan.group, 0);
  ABRI_TRY(auto body, chain::make_create_group(chain.state, world.device_number(id), plan, *seed));
  return submit(world, id, body);
}

std::string digits_of(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c >= '0' && c <= '9') out.push_back(c);
  return out;
}

/// Of the chain that this organisation is one of the two on. Where another one answered the code in its place, there is nothing
/// to compare: the digits that the opener reads out are the other one's.
std::string fingerprint_of(World& world, const chain::ChainState& state) {
  const auto joined = state.join_hash();
  if (!joined || state.organisation(world.own_organisation()) == nullptr) return {};
  return chain::short_fingerprint(state.genesis_hash(), *joined);
}

Result<void> trust(World& world, Chain& chain) {
  const auto id = chain.state.id();
  const auto* other = other_organisation(world, chain.state);
  const auto* everyone = world.own_chain()->state.group_for(chain::GroupPurpose::everyone);
  if (other == nullptr || everyone == nullptr) return Error{Errc::not_found, "partner"};
  ABRI_TRY(const auto secret, world.keyring.chain_secret(world.db, id));
  ABRI_TRY(auto package, secret.expose([&](std::span<const std::byte, 32> bytes) {
    return seal_for_group(world, world.organisation, everyone->id, bytes);
  }));
  const auto joined = chain.state.join_hash();
  if (!joined) return Error{Errc::out_of_sync, "partner"};
  const auto hash = chain::trust_hash(chain.state.genesis_hash(), *joined);
  return submit(world, world.organisation, chain::TrustOrganisation{id, other->id, hash, std::move(package)});
}

}  // namespace

Result<chain::MembersBlock> own_members_block(World& world, const chain::ChainState& bilateral) {
  const auto* own = world.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "organisation"};
  const auto* shown = bilateral.organisation(world.own_organisation());
  const auto version = shown == nullptr ? 0 : shown->version + 1;
  auto block = chain::make_members_block(own->state, own_name(world), version,
                                         world.device_number(world.organisation));
  // only the group that works with partners is shown to them
  const auto* mine = world.case_group();
  std::erase_if(block.groups, [&](const auto& group) { return mine == nullptr || group.group != mine->id; });
  return block;
}

Result<void> follow_partners(World& world) {
  const auto* own = world.own_chain();
  const auto* everyone = own->state.group_for(chain::GroupPurpose::everyone);
  for (const auto& trusted : own->state.trusts()) {
    if (world.chain(trusted.body.bilateral) != nullptr || everyone == nullptr) continue;
    auto package = open_for_group(world, world.organisation, everyone->id, trusted.body.package_sealed);
    if (!package) continue;
    ABRI_TRY(const auto secret, chain::ChainSecret::from(*package));
    crypto::wipe(*package);
    ABRI_CHECK(add_chain(world, trusted.body.bilateral, chain::ChainKind::bilateral, secret, {}, Log{}));
  }
  return {};
}

Result<void> keep_partners_informed(World& world) {
  if (world.own_chain() == nullptr || !may_represent(world) || world.device_number(world.organisation) == 0)
    return {};
  for (auto& [id, chain] : world.chains) {
    if (id == world.organisation || chain.state.status() != chain::ChainStatus::active) continue;
    ABRI_TRY(auto block, own_members_block(world, chain.state));
    if (chain.state.organisation(block.organisation) == nullptr) {
      // of a chain that was confirmed the join is in the log, and may not have been read yet
      const bool confirmed = world.own_chain()->state.trust(id) != nullptr;
      if (!chain.state.join_hash() && !confirmed)
        ABRI_CHECK(submit(world, id, chain::Join{std::move(block)}));
    } else if (world.device_number(id) != 0 && !world.own_chain()->waiting &&
               !up_to_date(chain.state, block) && !is_behind(world.own_chain()->state, chain.state)) {
      ABRI_CHECK(submit(world, id, chain::Members{std::move(block)}));
    }
  }
  return {};
}

Result<std::string> invite_partner(World& world) {
  const auto* own = world.own_chain();
  if (own == nullptr || world.device_number(world.organisation) == 0)
    return Error{Errc::not_joined, "organisation"};
  if (!may_represent(world)) return Error{Errc::not_permitted, "role"};
  // she will make the key of the shared group, and so be able to read what is shared
  if (!in_case_group(world)) return Error{Errc::not_permitted, "team"};
  ABRI_TRY(auto log, make_log(world, sync::LogKind::chain));
  MeetingCode code;
  code.kind = MeetingCode::Kind::partner;
  crypto::random_bytes(code.secret);
  code.log = log.id;
  code.server_key = own->state.server().key;
  code.server_address = own->state.server().address;
  ABRI_TRY(const auto secret, code.chain_secret());
  const auto id = chain_of(log.id);
  ABRI_TRY(const auto* chain, add_chain(world, id, chain::ChainKind::bilateral, secret, {}, std::move(log)));
  ABRI_TRY(auto block, own_members_block(world, chain->state));
  chain::BilateralGenesis genesis;
  genesis.server = own->state.server();
  genesis.opener = std::move(block);
  ABRI_CHECK(submit(world, id, genesis));
  return code.encode();
}

Result<void> accept_partner(World& world, const std::string& text) {
  const auto* own = world.own_chain();
  if (own == nullptr || world.device_number(world.organisation) == 0)
    return Error{Errc::not_joined, "organisation"};
  if (!may_represent(world)) return Error{Errc::not_permitted, "role"};
  ABRI_TRY(const auto code, MeetingCode::decode(text, MeetingCode::Kind::partner));
  if (code.server_key != own->state.server().key) return Error{Errc::wrong_server, "code"};
  if (world.chain(chain_of(code.log)) != nullptr) return Error{Errc::already_exists, "partner"};
  ABRI_TRY(const auto secret, code.chain_secret());
  ABRI_TRY([[maybe_unused]] const auto* chain,
           add_chain(world, chain_of(code.log), chain::ChainKind::bilateral, secret, {}, Log{}));
  return {};
}

Result<std::vector<PartnerView>> list_partners(World& world) {
  const auto* own = world.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "organisation"};
  std::vector<PartnerView> out;
  for (const auto& [id, chain] : world.chains) {
    if (id == world.organisation) continue;
    PartnerView view;
    if (const auto* other = other_organisation(world, chain.state)) {
      view.id = other->id;
      view.name = other->name;
    }
    view.fingerprint = fingerprint_of(world, chain.state);
    view.joined = !view.fingerprint.empty();
    view.confirmed = own->state.trust(id) != nullptr;
    out.push_back(std::move(view));
  }
  return out;
}

Result<void> confirm_partner(World& world, const std::string& fingerprint) {
  auto* own = world.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "organisation"};
  const auto digits = digits_of(fingerprint);
  bool to_compare = false;
  for (auto& [id, chain] : world.chains) {
    if (id == world.organisation) continue;
    to_compare = to_compare || (chain.state.join_hash() && own->state.trust(id) == nullptr);
    if (digits.empty() || digits_of(fingerprint_of(world, chain.state)) != digits) continue;
    if (own->state.trust(id) != nullptr) return {};
    ABRI_CHECK(trust(world, chain));
    // whoever opened the chain pays for its logs
    if (chain.state.organisations().front().id == world.own_organisation())
      return create_shared_group(world, chain);
    return {};
  }
  // an alarm only where there is something to compare: the partner's answer may not have arrived here yet
  return to_compare ? Error{Errc::auth_failed, "fingerprint"} : Error{Errc::out_of_sync, "partner"};
}

Result<Chain*> partner_chain(World& world, const OrganisationId& partner) {
  const auto* own = world.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "organisation"};
  for (auto& [id, chain] : world.chains) {
    if (id == world.organisation || own->state.trust(id) == nullptr) continue;
    const auto* other = other_organisation(world, chain.state);
    if (other == nullptr || other->id != partner) continue;
    // what the person compared, and what this device reads, must be the same two organisations
    const auto joined = chain.confirmed.join_hash();
    if (!joined) return Error{Errc::out_of_sync, "partner"};
    if (chain::trust_hash(chain.state.genesis_hash(), *joined) != own->state.trust(id)->body.fingerprint)
      return Error{Errc::auth_failed, "partner"};
    return &chain;
  }
  return Error{Errc::not_found, "partner"};
}

}  // namespace abri::core::cases
