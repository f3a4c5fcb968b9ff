// SPDX-License-Identifier: MPL-2.0
#include "cases/enrolment.hpp"

#include "cases/chains.hpp"
#include "cases/entry_store.hpp"
#include "cases/group_keys.hpp"
#include "cases/pending_links.hpp"
#include "chain/link_builder.hpp"
#include "chain/seeds.hpp"

#include <abri/base/account_code.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/merkle.hpp>
#include <abri/crypto/random.hpp>
#include <abri/proto/schema.hpp>

namespace abri::core::cases {

namespace {

constexpr std::chrono::hours kInvitationLife{7 * 24};

/// Roles whose holders read the files of the organisation.
bool reads_cases(chain::Roles roles) {
  using chain::Role;
  return roles.has(Role::head) || roles.has(Role::social_worker) || roles.has(Role::housing_referent) ||
         roles.has(Role::landlord_referent) || roles.has(Role::allocation_officer);
}

enum class Message : std::uint8_t { invitation = 1, answer = 2 };

/// What the inviting device puts into the mailbox.
struct Invitation {
  ChainId chain;
  Bytes secret;  ///< of the chain, wiped by who reads it
  Hash genesis;
  UserId user;
  bool new_user{false};
};

/// What the new device answers.
struct Answer {
  chain::AddDevice device;
  bool new_user{false};
  chain::SeedKeys keys;
};

/// What the inviting device remembers of an invitation, in `meta`.
struct Pending {
  std::uint64_t expires_ms{0};
  UserId user;
  bool new_user{false};
  chain::Roles roles;
  std::string name;
};

std::string pending_key(const LogId& mailbox) {
  return "invitation " + mailbox.hex();
}

Bytes encode_pending(const Pending& p) {
  Writer out;
  out.u64(p.expires_ms).raw(p.user.bytes()).u8(p.new_user ? 1 : 0).u32(p.roles.bits).short_bytes(p.name);
  return out.take();
}

Result<Pending> decode_pending(BytesView bytes) {
  Reader in(bytes);
  Pending p;
  p.expires_ms = in.u64();
  p.user = UserId(in.array<16>());
  p.new_user = in.u8() != 0;
  p.roles = chain::Roles(in.u32());
  p.name = as_text(in.short_bytes());
  ABRI_CHECK(in.finish("invitation"));
  return p;
}

Result<void> post(World& world, const Log& mailbox, BytesView message) {
  const auto* key = world.keyring.mailbox_key(mailbox.id);
  if (key == nullptr) return Error{Errc::not_found, "mailbox"};
  ABRI_TRY(const auto entry, chain::seal_link(*key, chain_of(mailbox.id), message));
  return enqueue_entry(world, mailbox, entry, {});
}

Result<Bytes> encode_invitation(World& world, const Pending& pending) {
  ABRI_TRY(const auto secret, world.keyring.chain_secret(world.db, world.organisation));
  Writer out;
  out.u8(static_cast<std::uint8_t>(Message::invitation)).raw(world.organisation.bytes());
  secret.expose([&](std::span<const std::byte, 32> bytes) { out.raw(bytes); });
  out.raw(world.own_chain()->state.genesis_hash().bytes())
      .raw(pending.user.bytes())
      .u8(pending.new_user ? 1 : 0);
  return out.take();
}

Result<Invitation> decode_invitation(Reader& in) {
  Invitation invitation;
  invitation.chain = ChainId(in.array<16>());
  invitation.secret = to_bytes(in.raw(32));
  invitation.genesis = Hash(in.array<32>());
  invitation.user = UserId(in.array<16>());
  invitation.new_user = in.u8() != 0;
  ABRI_CHECK(in.finish("invitation"));
  return invitation;
}

Bytes encode_answer(const Answer& answer) {
  Writer out;
  out.u8(static_cast<std::uint8_t>(Message::answer)).raw(answer.device.sign_key.bytes());
  out.raw(answer.device.box_key.bytes())
      .raw(answer.device.reverse_signature.bytes())
      .u8(answer.new_user ? 1 : 0);
  out.raw(answer.keys.box_key.bytes()).raw(answer.keys.commitment.bytes());
  return out.take();
}

Result<Answer> decode_answer(Reader& in, const UserId& user) {
  Answer answer;
  answer.device.user = user;
  answer.device.sign_key = crypto::SigningPublicKey(in.array<32>());
  answer.device.box_key = crypto::BoxPublicKey(in.array<32>());
  answer.device.reverse_signature = crypto::Signature(in.array<64>());
  answer.new_user = in.u8() != 0;
  answer.keys.box_key = crypto::BoxPublicKey(in.array<32>());
  answer.keys.commitment = Hash(in.array<32>());
  ABRI_CHECK(in.finish("answer to an invitation"));
  answer.device.device = crypto::device_id(answer.device.sign_key);
  return answer;
}

Result<void> add_member(World& world, const chain::Group* group, const UserId& user) {
  if (group == nullptr) return {};
  const auto& state = world.own_chain()->state;
  const auto* seed = world.keyring.group_seed(state.id(), group->id, group->generation());
  if (seed == nullptr) return Error{Errc::not_found, "key of a group"};
  auto members = state.members(group->id);
  if (std::find(members.begin(), members.end(), chain::recipient(user)) != members.end()) return {};
  members.push_back(chain::recipient(user));
  ABRI_TRY(auto body,
           chain::make_set_group_members(state, world.device_number(state.id()), group->id, members, *seed));
  return submit(world, world.organisation, body);
}

/// Groups that follow from roles: everyone always; the case group where a head decides; administrators.
Result<void> add_to_groups(World& world, const UserId& user, chain::Roles roles) {
  const auto find_group = [&](chain::GroupPurpose purpose) {
    return world.own_chain()->state.group_for(purpose);
  };
  ABRI_CHECK(add_member(world, find_group(chain::GroupPurpose::everyone), user));
  if (reads_cases(roles) && world.own_roles().has(chain::Role::head))
    ABRI_CHECK(add_member(world, world.case_group(), user));
  if (roles.has(chain::Role::administrator))
    ABRI_CHECK(add_member(world, find_group(chain::GroupPurpose::administrators), user));
  return {};
}

/// The new device's keys become links.
Result<void> enrol(World& world, const Pending& pending, Answer answer) {
  auto* chain = world.own_chain();
  if (pending.new_user) {
    const auto* everyone = chain->state.group_for(chain::GroupPurpose::everyone);
    ABRI_TRY(auto name, seal_for_group(world, world.organisation, everyone->id, as_bytes(pending.name)));
    ABRI_CHECK(submit(world, world.organisation,
                      chain::AddUser{pending.user, answer.keys, pending.roles, std::move(name)}));
  } else {
    const auto* user = chain->state.user(pending.user);
    const auto* seed = user == nullptr ? nullptr : world.keyring.user_seed(user->generation());
    if (seed == nullptr) return Error{Errc::not_found, "key of the user"};
    const auto number = world.device_number(world.organisation);
    ABRI_TRY(answer.device, chain::with_user_seed(chain->state, number, answer.device, *seed));
  }
  ABRI_CHECK(submit(world, world.organisation, answer.device));
  return pending.new_user ? add_to_groups(world, pending.user, pending.roles) : Result<void>{};
}

/// An answer arrived in a mailbox that this device opened.
Result<void> take_answer(World& world, const Log& mailbox, Reader& in) {
  ABRI_TRY(const auto stored, get_meta(world.db, pending_key(mailbox.id)));
  if (!stored || stored->empty()) return {};  // not our invitation, or used already
  ABRI_TRY(const auto pending, decode_pending(*stored));
  if (to_millis(world.now()) > pending.expires_ms) return notice(world, "invitation_expired", mailbox.id, {});
  auto answer = decode_answer(in, pending.user);
  if (!answer || answer->new_user != pending.new_user) return notice(world, "bad_answer", mailbox.id, {});
  ABRI_CHECK(set_meta(world.db, pending_key(mailbox.id), {}));
  const auto enrolled = enrol(world, pending, *answer);
  if (!enrolled) return notice(world, "bad_answer", mailbox.id, as_bytes(to_string(enrolled.error().code)));
  return {};
}

/// The invitation arrived on the joining device.
Result<bool> take_invitation(World& world, const Log& mailbox, Reader& in) {
  if (!world.organisation.is_zero()) return false;  // our own invitation, or joined already
  ABRI_TRY(auto invitation, decode_invitation(in));
  ABRI_TRY(const auto secret, chain::ChainSecret::from(invitation.secret));
  crypto::wipe(invitation.secret);
  ABRI_CHECK(world.keyring.make_device(world.db));
  ABRI_CHECK(
      add_chain(world, invitation.chain, chain::ChainKind::organisation, secret, invitation.genesis, Log{}));
  world.organisation = invitation.chain;
  world.user = invitation.user;
  ABRI_CHECK(set_meta(world.db, "organisation", world.organisation.bytes()));
  ABRI_CHECK(set_meta(world.db, "user", world.user.bytes()));
  Answer answer;
  answer.new_user = invitation.new_user;
  if (invitation.new_user) {
    auto seed = crypto::UserSeed::generate();
    answer.keys = chain::seed_keys(seed);
    ABRI_CHECK(world.keyring.add_user_seed(world.db, world.user, 0, std::move(seed)));
  }
  answer.device = chain::introduce_device(invitation.chain, world.user, world.keyring.device(),
                                          world.keyring.box(0)->public_key());
  ABRI_CHECK(post(world, mailbox, encode_answer(answer)));
  return true;
}

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

struct Founding {
  AccountCode account;
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
  const auto colon = organisation.server_address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == organisation.server_address.size() ||
      organisation.server_address.size() > limits::kMaxNameBytes)
    return Error{Errc::invalid_argument, "server_address"};
  const auto key = crypto::SigningPublicKey::from_hex(organisation.server_key);
  if (!key) return Error{Errc::invalid_argument, "server_key"};
  founding.server_key = *key;
  auto account = parse_account_code(organisation.account);
  if (!account) return Error{Errc::invalid_argument, "account"};
  founding.account = *account;
  const auto* kind = proto::schema().find("organisation")->find("kind");
  const auto* value = kind->enumeration->find(organisation.kind);
  if (value == nullptr) return Error{Errc::invalid_argument, "kind"};
  founding.kind = static_cast<std::uint8_t>(value->number);
  founding.landlord = value->name == "landlord";
  return founding;
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
  if (!world.organisation.is_zero()) return Error{Errc::already_exists, "organisation"};
  ABRI_TRY(auto founding, check_founding(organisation));
  ABRI_TRY(const auto account_key, crypto::signing_key_from(founding.account.seed));
  crypto::wipe(founding.account.seed);
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
  world.organisation = id;
  world.user = crypto::random_id<UserId>();
  ABRI_CHECK(set_meta(world.db, "organisation", id.bytes()));
  ABRI_CHECK(set_meta(world.db, "user", world.user.bytes()));
  ABRI_CHECK(world.keyring.add_user_seed(world.db, world.user, 0, crypto::UserSeed::generate()));
  ABRI_CHECK(world.keyring.add_account(world.db, founding.account.id, account_key));

  ABRI_TRY(auto everyone, plan_group(world, id, chain::GroupPurpose::everyone, ""));
  ABRI_TRY(auto administrators, plan_group(world, id, chain::GroupPurpose::administrators, ""));
  ABRI_CHECK(world.keyring.add_group_seed(world.db, id, administrators.group, 0, admin_seed.clone()));
  chain::GenesisPlan plan;
  plan.organisation = crypto::random_id<OrganisationId>();
  ABRI_TRY(plan.name_sealed, seal_for_group(world, id, everyone.group, as_bytes(organisation.name)));
  plan.organisation_kind = founding.kind;
  plan.server = {organisation.server_address, founding.server_key};
  plan.account = founding.account.id;
  ABRI_TRY(plan.account_seed_sealed, account_key.expose_seed([&](auto seed) {
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

namespace {

/// A mailbox of its own for a code: administrators only.
Result<Log*> open_mailbox(World& world, MeetingCode& code) {
  ABRI_TRY(auto log, make_log(world, sync::LogKind::mailbox));
  code.kind = MeetingCode::Kind::device;
  code.log = log.id;
  ABRI_TRY(const auto secret, code.chain_secret());
  ABRI_CHECK(world.keyring.add_mailbox(world.db, log.id, secret));
  log.chain = world.organisation;
  return follow(world, std::move(log));
}

/// Without a right to logs: the mailbox by which this person came in. Its first code may be known to others, so that the messages have
/// a key of their own; a new code takes the place of an earlier one.
Result<Log*> reuse_rendezvous(World& world, MeetingCode& code) {
  const auto& rendezvous = world.keyring.rendezvous();
  auto* mailbox = rendezvous ? world.log(rendezvous->log) : nullptr;
  if (mailbox == nullptr) return Error{Errc::not_permitted, "own_device"};
  code.kind = MeetingCode::Kind::own_device;
  code.log = rendezvous->log;
  code.rendezvous = rendezvous->secret;
  ABRI_TRY(const auto secret, code.chain_secret());
  ABRI_CHECK(world.keyring.add_mailbox_key(world.db, rendezvous->log, secret));
  return mailbox;
}

Result<MeetingCode> decode_device_code(const std::string& text) {
  auto code = MeetingCode::decode(text, MeetingCode::Kind::device);
  if (code) return code;
  auto own = MeetingCode::decode(text, MeetingCode::Kind::own_device);
  return own ? own : code;
}

}  // namespace

Result<std::string> invite(World& world, const std::string& name, const std::vector<std::string>& roles) {
  const auto* own = world.own_chain();
  if (own == nullptr || world.device_number(world.organisation) == 0)
    return Error{Errc::not_joined, "organisation"};
  Pending pending;
  pending.new_user = !name.empty();
  ABRI_TRY(pending.roles, parse_roles(roles));
  if (name.size() > limits::kMaxNameBytes) return Error{Errc::invalid_argument, "name"};
  if (pending.new_user && roles.empty()) return Error{Errc::invalid_argument, "role"};
  // refused here and not at the answer, where nobody is told (the chain's rule for `add_user`)
  if (pending.new_user && pending.roles != chain::Role::administrator &&
      !world.own_roles().has(chain::Role::head))
    return Error{Errc::not_permitted, "role"};
  pending.user = pending.new_user ? crypto::random_id<UserId>() : world.user;
  pending.name = name;
  pending.expires_ms = to_millis(world.now() + kInvitationLife);

  MeetingCode code;
  crypto::random_bytes(code.secret);
  code.server_key = own->state.server().key;
  code.server_address = own->state.server().address;
  auto opened = open_mailbox(world, code);
  if (!opened && !pending.new_user && opened.error().code == Errc::not_permitted)
    opened = reuse_rendezvous(world, code);
  ABRI_TRY(const auto* mailbox, opened);
  ABRI_CHECK(set_meta(world.db, pending_key(mailbox->id), encode_pending(pending)));
  ABRI_TRY(const auto message, encode_invitation(world, pending));
  ABRI_CHECK(post(world, *mailbox, message));
  return code.encode();
}

Result<void> join(World& world, const std::string& text) {
  if (!world.organisation.is_zero()) return Error{Errc::already_exists, "organisation"};
  ABRI_TRY(const auto code, decode_device_code(text));
  ABRI_TRY(const auto rendezvous, code.rendezvous_secret());
  ABRI_CHECK(world.keyring.add_mailbox(world.db, code.log, rendezvous));
  const bool own = code.kind == MeetingCode::Kind::own_device;
  if (own) {
    ABRI_TRY(const auto secret, code.chain_secret());
    ABRI_CHECK(world.keyring.add_mailbox_key(world.db, code.log, secret));
  }
  ABRI_CHECK(world.keyring.set_rendezvous(world.db, {code.log, own ? code.rendezvous : code.secret}));
  Writer server;
  server.raw(code.server_key.bytes()).raw(code.server_address);
  ABRI_CHECK(set_meta(world.db, "server", server.view()));
  Log log;
  log.id = code.log;
  log.kind = sync::LogKind::mailbox;
  ABRI_TRY([[maybe_unused]] const auto* mailbox, follow(world, std::move(log)));
  return {};
}

Result<std::vector<PersonView>> people(World& world) {
  const auto* own = world.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "organisation"};
  std::vector<PersonView> out;
  for (const auto& [id, user] : own->state.users()) {
    const auto devices = own->state.active_devices(id);
    out.push_back({id, name_of(world, own->state, id), role_names(user.roles()),
                   static_cast<std::uint32_t>(devices.size())});
  }
  return out;
}

Result<void> set_roles(World& world, const UserId& user, const std::vector<std::string>& names) {
  if (world.own_chain() == nullptr) return Error{Errc::not_joined, "organisation"};
  ABRI_TRY(const auto roles, parse_roles(names));
  ABRI_CHECK(submit(world, world.organisation, chain::SetRole{user, roles}));
  return add_to_groups(world, user, roles);
}

Result<void> rotate_groups(World& world) {
  auto* own = world.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "organisation"};
  for (auto& [chain_id, chain] : world.chains) {
    std::vector<GroupId> groups;
    for (const auto& [id, group] : chain.state.groups())
      if (world.keyring.group_seed(chain_id, id, group.generation()) != nullptr) groups.push_back(id);
    for (const auto& id : groups) {
      const auto generation = chain.state.group(id)->generation();
      ABRI_CHECK(world.keyring.add_group_seed(world.db, chain_id, id, generation + 1,
                                              crypto::GroupSeed::generate()));
      const auto* present = world.keyring.group_seed(chain_id, id, generation);
      const auto* next = world.keyring.group_seed(chain_id, id, generation + 1);
      ABRI_TRY(auto body,
               chain::make_rotate_group_key(chain.state, world.device_number(chain_id), id, *present, *next));
      ABRI_CHECK(submit(world, chain_id, body));
    }
  }
  return {};
}

Result<bool> apply_mailbox_entries(World& world, Log& log, const sync::Arrived& arrived) {
  const auto* key = world.keyring.mailbox_key(log.id);
  if (key == nullptr) return Error{Errc::not_found, "mailbox"};
  bool logs_changed = false;
  for (const auto entry : arrived.entries) {
    ABRI_TRY(const auto own, acknowledge_entry(world, log, entry));
    if (own) continue;
    const auto message = chain::open_link(*key, chain_of(log.id), entry);
    if (!message) continue;
    Reader in(*message);
    switch (static_cast<Message>(in.u8())) {
      case Message::invitation: {
        ABRI_TRY(const bool taken, take_invitation(world, log, in));
        logs_changed = logs_changed || taken;
        break;
      }
      case Message::answer:
        ABRI_CHECK(take_answer(world, log, in));
        break;
    }
  }
  return logs_changed;
}

}  // namespace abri::core::cases
