// SPDX-License-Identifier: MPL-2.0
#include "cases/chains.hpp"
#include "cases/enrolment.hpp"
#include "cases/group_keys.hpp"
#include "cases/pending_links.hpp"
#include "chain/link_builder.hpp"
#include "chain/seeds.hpp"

#include <abri/base/account_code.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/random.hpp>
#include <abri/proto/schema.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace abri::core::cases {

namespace {

Result<chain::GroupPlan> plan_group(World& world, const ChainId& chain, chain::GroupPurpose purpose,
                                    std::string_view name) {
  chain::GroupPlan plan;
  plan.group = crypto::random_id<GroupId>();
  plan.purpose = purpose;
  ABRI_CHECK(world.keyring.add_group_seed(world.db, chain, plan.group, 0, crypto::GroupSeed::generate()));
  plan.name_sealed = to_bytes(name);
  return plan;
}

/// The group whose feed holds the files, with its log.
Result<void> create_case_group(World& world, bool landlord) {
  const auto* own = world.own_chain();
  ABRI_TRY(auto log, make_log(world, sync::LogKind::feed));
  const auto purpose = landlord ? chain::GroupPurpose::referents : chain::GroupPurpose::team;
  ABRI_TRY(auto plan, plan_group(world, world.organisation, purpose, ""));
  const auto* administrators = own->state.group_for(chain::GroupPurpose::administrators);
  const auto* admin_seed = world.keyring.group_seed(world.organisation, administrators->id, 0);
  plan.feed =
      chain::FeedInfo{log.id, log.salt, crypto::owner_capability(*admin_seed, log.salt).public_key(), 0};
  plan.members = {chain::recipient(world.user)};
  log.group = plan.group;
  log.chain = world.organisation;
  ABRI_CHECK(follow(world, std::move(log)));
  const auto* seed = world.keyring.group_seed(world.organisation, plan.group, 0);
  ABRI_TRY(auto body,
           chain::make_create_group(own->state, world.device_number(world.organisation), plan, *seed));
  return submit(world, world.organisation, body);
}

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A name or an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view text) {
  const bool in_brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (in_brackets) text = text.substr(1, text.size() - 2);
  const std::string_view others = in_brackets ? ".:" : ".-";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// "host:port", as the transport takes it: without a scheme, a path or spaces.
bool is_server_address(std::string_view text) {
  const auto colon = text.rfind(':');
  return colon != std::string_view::npos && text.size() <= limits::kMaxNameBytes &&
         is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

struct Founding {
  crypto::SigningPublicKey server_key;
  std::uint8_t kind{0};
  bool landlord{false};
};

Result<Founding> check_founding(const NewOrganisation& organisation) {
  Founding founding;
  if (organisation.name.empty() || organisation.name.size() > limits::kMaxNameBytes)
    return Error{Errc::invalid_argument, "name"};
  if (organisation.person.empty() || organisation.person.size() > limits::kMaxNameBytes)
    return Error{Errc::invalid_argument, "person"};
  if (!is_server_address(organisation.server_address)) return Error{Errc::invalid_argument, "server_address"};
  const auto key = crypto::SigningPublicKey::from_hex(organisation.server_key);
  if (!key) return Error{Errc::invalid_argument, "server_key"};
  founding.server_key = *key;
  const auto* kind = proto::schema().find("organisation")->find("kind");
  const auto* value = kind->enumeration->find(organisation.kind);
  if (value == nullptr) return Error{Errc::invalid_argument, "kind"};
  founding.kind = static_cast<std::uint8_t>(value->number);
  founding.landlord = value->name == "landlord";
  return founding;
}

struct Account {
  AccountId id;
  crypto::SigningKey key;
};

Result<Account> read_account(std::string_view text) {
  auto code = parse_account_code(text);
  if (!code) return Error{Errc::invalid_argument, "account"};
  auto key = crypto::signing_key_from(code->seed);
  crypto::wipe(code->seed);
  if (!key) return key.error();
  return Account{code->id, std::move(*key)};
}

}  // namespace

Result<Log> make_log(World& world, sync::LogKind kind) {
  const auto* own = world.own_chain();
  const auto* administrators =
      own == nullptr ? nullptr : own->state.group_for(chain::GroupPurpose::administrators);
  const auto* seed = administrators == nullptr
                         ? nullptr
                         : world.keyring.group_seed(world.organisation, administrators->id, 0);
  if (seed == nullptr) return Error{Errc::not_permitted, "administrator"};
  Log log;
  log.kind = kind;
  log.opened = false;
  log.salt = crypto::random_id<crypto::LogSalt>();
  log.id = crypto::log_id(crypto::owner_capability(*seed, log.salt).public_key().bytes(), log.salt.bytes());
  return log;
}

Result<void> create_organisation(World& world, const NewOrganisation& organisation) {
  ABRI_TRY(const auto founding, check_founding(organisation));
  ABRI_TRY(const auto account, read_account(organisation.account));
  ABRI_CHECK(begin_outside(world, Beginning::organisation));
  ABRI_CHECK(world.keyring.make_device(world.db));

  const auto admin_seed = crypto::GroupSeed::generate();
  Log log;
  log.opened = false;
  log.salt = crypto::random_id<crypto::LogSalt>();
  log.id =
      crypto::log_id(crypto::owner_capability(admin_seed, log.salt).public_key().bytes(), log.salt.bytes());
  const auto id = chain_of(log.id);
  ABRI_CHECK(add_chain(world, id, chain::ChainKind::organisation, chain::ChainSecret::generate(), {},
                       std::move(log)));
  const auto user = crypto::random_id<UserId>();
  ABRI_CHECK(set_meta(world.db, "organisation", id.bytes()));
  ABRI_CHECK(set_meta(world.db, "user", user.bytes()));
  world.organisation = id;
  world.user = user;
  ABRI_CHECK(world.keyring.add_user_seed(world.db, world.user, 0, crypto::UserSeed::generate()));
  ABRI_CHECK(world.keyring.add_account(world.db, account.id, account.key));

  ABRI_TRY(auto everyone, plan_group(world, id, chain::GroupPurpose::everyone, ""));
  ABRI_TRY(auto administrators, plan_group(world, id, chain::GroupPurpose::administrators, ""));
  ABRI_CHECK(world.keyring.add_group_seed(world.db, id, administrators.group, 0, admin_seed.clone()));
  chain::GenesisPlan plan;
  plan.organisation = crypto::random_id<OrganisationId>();
  ABRI_TRY(plan.name_sealed, seal_for_group(world, id, everyone.group, as_bytes(organisation.name)));
  plan.organisation_kind = founding.kind;
  plan.server = {organisation.server_address, founding.server_key};
  plan.account = account.id;
  ABRI_TRY(plan.account_seed_sealed, account.key.expose_seed([&](auto seed) {
    return seal_for_group(world, id, administrators.group, seed);
  }));
  plan.user = world.user;
  ABRI_TRY(plan.user_name_sealed, seal_for_group(world, id, everyone.group, as_bytes(organisation.person)));
  using chain::Role;
  plan.roles = chain::Roles(Role::administrator) | Role::head;
  plan.roles = founding.landlord ? plan.roles | Role::landlord_referent | Role::allocation_officer
                                 : plan.roles | Role::social_worker | Role::housing_referent;
  plan.device =
      chain::introduce_device(id, world.user, world.keyring.device(), world.keyring.box(0)->public_key());
  plan.everyone = std::move(everyone);
  plan.administrators = std::move(administrators);
  ABRI_TRY(auto genesis,
           chain::make_genesis(id, plan, *world.keyring.user_seed(0),
                               *world.keyring.group_seed(id, plan.everyone.group, 0), admin_seed));
  ABRI_CHECK(submit(world, id, genesis));
  return create_case_group(world, founding.landlord);
}

}  // namespace abri::core::cases
