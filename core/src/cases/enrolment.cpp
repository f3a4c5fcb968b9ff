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
  chain::ChainSecret secret;
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

constexpr std::size_t kInvitationSize = 1 + 16 + 32 + 32 + 16 + 1;

/// Holds the secret of the chain: the caller wipes it.
Result<Bytes> encode_invitation(World& world, const Pending& pending) {
  ABRI_TRY(const auto secret, world.keyring.chain_secret(world.db, world.organisation));
  Writer out(kInvitationSize);  // never moved to larger memory: no copy is left behind
  out.u8(static_cast<std::uint8_t>(Message::invitation)).raw(world.organisation.bytes());
  secret.expose([&](std::span<const std::byte, 32> bytes) { out.raw(bytes); });
  out.raw(world.own_chain()->state.genesis_hash().bytes())
      .raw(pending.user.bytes())
      .u8(pending.new_user ? 1 : 0);
  ABRI_ASSERT(out.size() == kInvitationSize);
  return out.take();
}

Result<Invitation> decode_invitation(Reader& in) {
  const ChainId chain(in.array<16>());
  ABRI_TRY(auto secret, chain::ChainSecret::from(in.raw(32)));
  Invitation invitation{chain, std::move(secret), {}, {}, false};
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

/// Does the new device's own key vouch for what it answers? The chain asks the same, of a link that comes after the person's.
bool is_signed(World& world, const chain::AddDevice& device) {
  const auto introduction = chain::device_introduction(world.organisation, device.user, device.box_key);
  return crypto::verify(device.sign_key, crypto::labels::kReverse, introduction, device.reverse_signature)
      .has_value();
}

bool is_of_storage(Errc code) {
  return code == Errc::storage_busy || code == Errc::storage_full || code == Errc::storage_failed;
}

/// An answer arrived in a mailbox that this device opened.
Result<void> take_answer(World& world, const Log& mailbox, Reader& in) {
  ABRI_TRY(const auto stored, get_meta(world.db, pending_key(mailbox.id)));
  if (!stored || stored->empty()) return {};  // not our invitation, or used already
  ABRI_TRY(const auto pending, decode_pending(*stored));
  if (to_millis(world.now()) > pending.expires_ms) return notice(world, "invitation_expired", mailbox.id, {});
  auto answer = decode_answer(in, pending.user);
  if (!answer || answer->new_user != pending.new_user || !is_signed(world, answer->device))
    return notice(world, "bad_answer", mailbox.id, {});
  const auto enrolled = vault::in_transaction(world.db, [&]() -> Result<void> {
    ABRI_CHECK(set_meta(world.db, pending_key(mailbox.id), {}));
    return enrol(world, pending, *answer);
  });
  if (enrolled) return {};
  if (is_of_storage(enrolled.error().code)) return enrolled.error();  // the answer will come again
  // all of it or nothing: the links are gone, and the code may still be used
  ABRI_CHECK(load_world(world));
  return notice(world, "bad_answer", mailbox.id, as_bytes(to_string(enrolled.error().code)));
}

/// The invitation arrived on the joining device. Memory follows the vault: the organisation is known when all is written.
Result<bool> take_invitation(World& world, const Log& mailbox, Reader& in) {
  if (!world.organisation.is_zero()) return false;  // our own invitation, or joined already
  const auto invitation = decode_invitation(in);
  if (!invitation) {
    ABRI_CHECK(notice(world, "bad_invitation", mailbox.id, {}));
    return false;
  }
  ABRI_CHECK(world.keyring.make_device(world.db));
  ABRI_CHECK(add_chain(world, invitation->chain, chain::ChainKind::organisation, invitation->secret,
                       invitation->genesis, Log{}));
  ABRI_CHECK(set_meta(world.db, "organisation", invitation->chain.bytes()));
  ABRI_CHECK(set_meta(world.db, "user", invitation->user.bytes()));
  Answer answer;
  answer.new_user = invitation->new_user;
  if (invitation->new_user) {
    auto seed = crypto::UserSeed::generate();
    answer.keys = chain::seed_keys(seed);
    ABRI_CHECK(world.keyring.add_user_seed(world.db, invitation->user, 0, std::move(seed)));
  }
  answer.device = chain::introduce_device(invitation->chain, invitation->user, world.keyring.device(),
                                          world.keyring.box(0)->public_key());
  ABRI_CHECK(post(world, mailbox, encode_answer(answer)));
  world.organisation = invitation->chain;
  world.user = invitation->user;
  return true;
}

/// @return whether there are new logs to follow
Result<bool> take_message(World& world, const Log& mailbox, BytesView message) {
  Reader in(message);
  switch (static_cast<Message>(in.u8())) {
    case Message::invitation:
      return take_invitation(world, mailbox, in);
    case Message::answer:
      ABRI_CHECK(take_answer(world, mailbox, in));
      return false;
  }
  return false;
}

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

/// As `chain/rules_organisation.cpp` will judge the link: an administrator gives her own role, a head who is one every role.
Result<void> check_may_invite(World& world, chain::Roles roles) {
  using chain::Role;
  const auto own = world.own_roles();
  if (!own.has(Role::administrator)) return Error{Errc::not_permitted, "administrator"};
  if (!own.has(Role::head) && roles != chain::Roles(Role::administrator))
    return Error{Errc::not_permitted, "head"};
  return {};
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
  // roles are somebody's: a code without a name would bring in a device that reads what its maker reads
  if (!pending.new_user && !roles.empty()) return Error{Errc::invalid_argument, "name"};
  if (pending.new_user && roles.empty()) return Error{Errc::invalid_argument, "role"};
  if (pending.new_user) ABRI_CHECK(check_may_invite(world, pending.roles));
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
  ABRI_TRY(auto message, encode_invitation(world, pending));
  const auto posted = post(world, *mailbox, message);
  crypto::wipe(message);
  if (!posted) return posted.error();
  return code.encode();
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

Result<void> rotate_groups(World& world, const ChainId& chain_id) {
  auto* chain = world.chain(chain_id);
  if (chain == nullptr) return Error{Errc::not_found, "chain"};
  std::vector<GroupId> groups;
  for (const auto& [id, group] : chain->state.groups())
    if (world.keyring.group_seed(chain_id, id, group.generation()) != nullptr) groups.push_back(id);
  for (const auto& id : groups) {
    const auto generation = chain->state.group(id)->generation();
    ABRI_CHECK(
        world.keyring.add_group_seed(world.db, chain_id, id, generation + 1, crypto::GroupSeed::generate()));
    const auto* present = world.keyring.group_seed(chain_id, id, generation);
    const auto* next = world.keyring.group_seed(chain_id, id, generation + 1);
    ABRI_TRY(auto body,
             chain::make_rotate_group_key(chain->state, world.device_number(chain_id), id, *present, *next));
    ABRI_CHECK(submit(world, chain_id, body));
  }
  return {};
}

Result<bool> apply_mailbox_entries(World& world, Log& log, const sync::Arrived& arrived) {
  bool logs_changed = false;
  for (const auto entry : arrived.entries) {
    ABRI_TRY(const auto own, acknowledge_entry(world, log, entry));
    if (own) continue;
    const auto* key = world.keyring.mailbox_key(log.id);  // a message may have made the keyring anew
    if (key == nullptr) return Error{Errc::not_found, "mailbox"};
    auto message = chain::open_link(*key, chain_of(log.id), entry);
    if (!message) continue;
    const auto taken = take_message(world, log, *message);
    crypto::wipe(*message);
    if (!taken) return taken.error();
    logs_changed = logs_changed || *taken;
  }
  return logs_changed;
}

}  // namespace abri::core::cases
