// SPDX-License-Identifier: MPL-2.0
#include "cases/chains.hpp"

#include "cases/entry_store.hpp"
#include "cases/partners.hpp"
#include "chain/link_builder.hpp"
#include "chain/seeds.hpp"
#include "chain/validate.hpp"

#include <abri/crypto/aead.hpp>
#include <abri/crypto/merkle.hpp>

namespace abri::core::cases {

namespace {

/// One entry of a chain's log on the confirmed state.
void apply_entry_bytes(Chain& chain, const chain::ChainSecrets& secrets, std::uint64_t position,
                       BytesView entry) {
  const auto opened = chain::open_link(secrets.key, chain.confirmed.id(), entry);
  if (!opened) {
    chain::skip_entry(chain.confirmed, position);
    return;
  }
  static_cast<void>(chain::apply_entry(chain.confirmed, position, *opened));
}

std::string head_key(const ChainId& id) {
  return "head " + id.hex();
}

/// Keeps the head that was reached by checking every signature, for the next unlock.
Result<void> keep_head(World& world, const chain::ChainState& state) {
  Writer head;
  head.u32(state.head().sequence).raw(state.head().hash.bytes());
  return set_meta(world.db, head_key(state.id()), head.view());
}

Result<std::optional<chain::ChainHead>> kept_head(World& world, const ChainId& id) {
  ABRI_TRY(const auto stored, get_meta(world.db, head_key(id)));
  if (!stored) return std::optional<chain::ChainHead>{};
  Reader in(*stored);
  chain::ChainHead head;
  head.sequence = in.u32();
  head.hash = Hash(in.array<32>());
  ABRI_CHECK(in.finish("head of a chain"));
  return std::optional(head);
}

/// The entries of a chain's log, opened; none where the envelope does not open.
Result<std::vector<std::optional<Bytes>>> opened_entries(World& world, const Log& log,
                                                         const chain::ChainSecrets& secrets) {
  std::vector<std::optional<Bytes>> out;
  for (std::uint64_t position = 0; position < log.size; ++position) {
    ABRI_TRY(const auto entry, find_entry(world, log, position));
    if (!entry) return Error{Errc::internal, "entry of a chain"};
    auto opened = chain::open_link(secrets.key, chain_of(log.id), entry->bytes);
    out.push_back(opened ? std::optional(std::move(*opened)) : std::nullopt);
  }
  return out;
}

/// Puts the waiting links on top of the confirmed state. False: one of them no longer follows.
Result<bool> stack_waiting(World& world, Chain& chain, const Log& log) {
  const auto* secrets = world.keyring.chain(chain.confirmed.id());
  chain.state = chain.confirmed;
  chain.waiting = false;
  bool follows = true;
  ABRI_CHECK(visit_waiting(world, log, [&](BytesView entry) -> Result<bool> {
    ABRI_TRY(const auto link, chain::open_link(secrets->key, chain.confirmed.id(), entry));
    follows = chain::apply_link(chain.state, link, chain::Signatures::already_verified).has_value();
    chain.waiting = chain.waiting || follows;
    return follows;
  }));
  return follows;
}

Result<void> load_chain(World& world, const Log& log) {
  const auto id = chain_of(log.id);
  const auto* secrets = world.keyring.chain(id);
  if (secrets == nullptr) return Error{Errc::malformed, "chain without its secret"};
  ABRI_TRY(const auto kind, get_meta(world.db, "chain " + id.hex()));
  if (!kind || kind->empty()) return Error{Errc::malformed, "chain without its kind"};
  std::optional<Hash> genesis;
  if (kind->size() == 1 + Hash::kSize) genesis = Hash(to_array<32>(BytesView(*kind).subspan(1)));
  const chain::ChainState empty(id, static_cast<chain::ChainKind>((*kind)[0]), genesis);
  ABRI_TRY(const auto entries, opened_entries(world, log, *secrets));
  ABRI_TRY(const auto kept, kept_head(world, id));
  Chain chain{chain::replay_entries(empty, entries, kept), empty};
  ABRI_TRY(const bool stacked, stack_waiting(world, chain, log));
  world.chains.insert_or_assign(id, std::move(chain));
  if (!stacked) return remake_links(world, id);
  return {};
}

/// A body as it must be on top of the present state: the wraps name the link's place, memberships add to what is there now.
Result<chain::Body> refresh(World& world, const chain::ChainState& state, std::uint32_t sender,
                            chain::Body body) {
  if (auto* device = std::get_if<chain::AddDevice>(&body); device != nullptr && device->wrap) {
    const auto* user = state.user(device->user);
    const auto* seed = user == nullptr ? nullptr : world.keyring.user_seed(user->generation());
    if (seed == nullptr) return Error{Errc::not_found, "seed of the user"};
    device->wrap.reset();
    ABRI_TRY(auto made, chain::with_user_seed(state, sender, *device, *seed));
    return chain::Body(made);
  }
  if (const auto* members = std::get_if<chain::SetGroupMembers>(&body)) {
    const auto* group = state.group(members->group);
    if (group == nullptr) return Error{Errc::not_found, "group"};
    const auto* seed = world.keyring.group_seed(state.id(), group->id, group->generation());
    if (seed == nullptr) return Error{Errc::not_found, "seed of the group"};
    auto all = state.members(group->id);
    for (const auto& wrap : members->wraps)
      if (std::find(all.begin(), all.end(), wrap.recipient) == all.end()) all.push_back(wrap.recipient);
    ABRI_TRY(auto made, chain::make_set_group_members(state, sender, group->id, all, *seed));
    return chain::Body(std::move(made));
  }
  if (const auto* create = std::get_if<chain::CreateGroup>(&body)) {
    const auto* seed = world.keyring.group_seed(state.id(), create->group, 0);
    if (seed == nullptr) return Error{Errc::not_found, "seed of the group"};
    const chain::GroupPlan plan{create->group, create->purpose, create->name_sealed, create->feed,
                                create->members};
    ABRI_TRY(auto made, chain::make_create_group(state, sender, plan, *seed));
    return chain::Body(std::move(made));
  }
  if (const auto* rotate = std::get_if<chain::RotateGroupKey>(&body)) {
    // somebody else renewed the key meanwhile: that is what was wanted, and ours was made from the key before
    const auto* group = state.group(rotate->group);
    if (group == nullptr || group->generation() + 1 != rotate->generation)
      return Error{Errc::conflict, "renewed"};
    const auto* present = world.keyring.group_seed(state.id(), rotate->group, rotate->generation - 1);
    const auto* next = world.keyring.group_seed(state.id(), rotate->group, rotate->generation);
    if (present == nullptr || next == nullptr) return Error{Errc::not_found, "seed of the group"};
    ABRI_TRY(auto made, chain::make_rotate_group_key(state, sender, rotate->group, *present, *next));
    return chain::Body(std::move(made));
  }
  if (std::holds_alternative<chain::Members>(body)) {
    ABRI_TRY(auto block, own_members_block(world, state));
    return chain::Body(chain::Members{std::move(block)});
  }
  return body;
}

Result<void> queue_link(World& world, Chain& chain, const chain::Body& body) {
  const auto id = chain.state.id();
  auto* log = world.log(log_of(id));
  const auto* secrets = world.keyring.chain(id);
  if (log == nullptr || secrets == nullptr) return Error{Errc::not_found, "chain"};
  const bool introduces_itself = std::holds_alternative<chain::Genesis>(body) ||
                                 std::holds_alternative<chain::BilateralGenesis>(body) ||
                                 std::holds_alternative<chain::Join>(body);
  const chain::Author author{introduces_itself ? 0 : world.device_number(id), world.keyring.device(),
                             world.now()};
  ABRI_TRY(const auto link, chain::build_link(chain.state, author, body));
  ABRI_CHECK(chain::apply_link(chain.state, link));
  ABRI_TRY(const auto entry, chain::seal_link(secrets->key, id, link));
  ABRI_CHECK(enqueue_entry(world, *log, entry, {}));
  chain.waiting = true;
  return {};
}

/// Seeds of the own user, from wraps to this device.
Result<void> collect_user_seeds(World& world, const chain::ChainState& state) {
  const auto* user = state.user(world.user);
  const auto* device = state.device(world.keyring.device_id());
  if (user == nullptr || device == nullptr) return {};
  if (world.keyring.user_seed(user->generation()) == nullptr) {
    for (const auto& wrap : user->wraps) {
      if (wrap.to.recipient != chain::recipient(device->id)) continue;
      const auto* box = world.keyring.box(wrap.to.recipient_generation);
      if (box == nullptr) continue;
      auto seed = chain::open_user_seed(state, user->id, device->id, *box);
      if (!seed) {
        ABRI_CHECK(notice(world, "bad_wrap", log_of(state.id()), user->id.bytes()));
        continue;
      }
      ABRI_CHECK(world.keyring.add_user_seed(world.db, user->id, user->generation(), std::move(*seed)));
    }
  }
  for (auto generation = user->generation(); generation > 0; --generation) {
    const auto* seed = world.keyring.user_seed(generation);
    if (seed == nullptr || world.keyring.user_seed(generation - 1) != nullptr) break;
    ABRI_TRY(auto previous, chain::open_previous_seed(state, user->id, generation, *seed));
    ABRI_CHECK(world.keyring.add_user_seed(world.db, user->id, generation - 1, std::move(previous)));
  }
  return {};
}

/// The box key that a wrap was made for: of this user, or of a group of the own organisation.
std::optional<crypto::BoxKey> recipient_key(World& world, const chain::ChainState& state,
                                            const chain::StoredWrap& wrap) {
  if (state.kind() == chain::ChainKind::organisation) {
    if (wrap.to.recipient != chain::recipient(world.user)) return {};
    const auto* seed = world.keyring.user_seed(wrap.to.recipient_generation);
    if (seed == nullptr) return {};
    return crypto::user_box_key(*seed);
  }
  const auto* seed = world.keyring.group_seed(world.organisation, GroupId(wrap.to.recipient.array()),
                                              wrap.to.recipient_generation);
  if (seed == nullptr) return {};
  return crypto::group_box_key(*seed);
}

bool holds(World& world, const chain::ChainState& state, const chain::Group& group,
           std::uint32_t generation) {
  const auto* seed = world.keyring.group_seed(state.id(), group.id, generation);
  const auto* signed_keys = state.generation(group.id, generation);
  // a rotation of ours that lost its race left a seed that no link names
  return seed != nullptr && signed_keys != nullptr && crypto::commitment(*seed) == signed_keys->commitment;
}

Result<void> collect_group_seeds(World& world, const chain::ChainState& state, const chain::Group& group) {
  if (state.kind() == chain::ChainKind::bilateral && group.purpose != chain::GroupPurpose::shared) return {};
  if (!holds(world, state, group, group.generation())) {
    for (const auto& wrap : group.wraps) {
      const auto box = recipient_key(world, state, wrap);
      if (!box) continue;
      auto seed = chain::open_group_seed(state, group.id, wrap.to.recipient, *box);
      if (!seed) {
        ABRI_CHECK(notice(world, "bad_wrap", log_of(state.id()), group.id.bytes()));
        continue;
      }
      ABRI_CHECK(
          world.keyring.add_group_seed(world.db, state.id(), group.id, group.generation(), std::move(*seed)));
      break;
    }
  }
  for (auto generation = group.generation(); generation > 0; --generation) {
    if (!holds(world, state, group, generation) || holds(world, state, group, generation - 1)) continue;
    const auto* seed = world.keyring.group_seed(state.id(), group.id, generation);
    ABRI_TRY(auto previous, chain::open_previous_seed(state, group.id, generation, *seed));
    ABRI_CHECK(
        world.keyring.add_group_seed(world.db, state.id(), group.id, generation - 1, std::move(previous)));
  }
  return {};
}

}  // namespace

Result<void> load_chains(World& world) {
  world.chains.clear();
  std::vector<const Log*> logs;
  for (const auto& [id, log] : world.logs)
    if (log.kind == sync::LogKind::chain) logs.push_back(&log);
  for (const auto* log : logs) ABRI_CHECK(load_chain(world, *log));
  return {};
}

Result<Chain*> add_chain(World& world, const ChainId& id, chain::ChainKind kind,
                         const chain::ChainSecret& secret, const std::optional<Hash>& genesis, Log log) {
  if (auto* known = world.chain(id)) return known;
  ABRI_CHECK(world.keyring.add_chain(world.db, id, secret));
  Writer meta;
  meta.u8(static_cast<std::uint8_t>(kind));
  if (genesis) meta.raw(genesis->bytes());
  ABRI_CHECK(set_meta(world.db, "chain " + id.hex(), meta.view()));
  log.id = log_of(id);
  log.kind = sync::LogKind::chain;
  log.chain = id;
  ABRI_CHECK(follow(world, std::move(log)));
  const chain::ChainState empty(id, kind, genesis);
  return &world.chains.emplace(id, Chain{empty, empty}).first->second;
}

Result<bool> apply_chain_entries(World& world, Log& log, const sync::Arrived& arrived) {
  const auto id = chain_of(log.id);
  auto* chain = world.chain(id);
  const auto* secrets = world.keyring.chain(id);
  if (chain == nullptr || secrets == nullptr) return Error{Errc::not_found, "chain"};
  bool foreign = false;
  for (std::size_t i = 0; i < arrived.entries.size(); ++i) {
    apply_entry_bytes(*chain, *secrets, arrived.first + i, arrived.entries[i]);
    ABRI_TRY(const auto own, acknowledge_entry(world, log, arrived.entries[i]));
    if (!own) {
      foreign = true;
      continue;
    }
    ABRI_TRY(auto done,
             world.db.statement("DELETE FROM pending_links WHERE id = (SELECT min(id) FROM pending_links "
                                "WHERE chain = ?1)"));
    ABRI_CHECK(done.run(id));
  }
  ABRI_CHECK(keep_head(world, chain->confirmed));
  ABRI_TRY(const bool stacked, stack_waiting(world, *chain, log));
  if (!stacked) ABRI_CHECK(remake_links(world, id));
  const auto logs_before = world.logs.size();
  ABRI_CHECK(collect_keys(world));
  ABRI_CHECK(keep_partners_informed(world));
  return foreign || world.logs.size() != logs_before;
}

Result<void> submit(World& world, const ChainId& id, const chain::Body& body) {
  auto* chain = world.chain(id);
  if (chain == nullptr) return Error{Errc::not_found, "chain"};
  ABRI_CHECK(queue_link(world, *chain, body));
  ABRI_TRY(const auto encoded, chain::encode_body(body));
  ABRI_TRY(auto insert,
           world.db.statement("INSERT INTO pending_links(chain, kind, body) VALUES(?1, ?2, ?3)"));
  return insert.run(id, static_cast<std::int64_t>(chain::kind_of(body)), BytesView(encoded));
}

Result<void> remake_links(World& world, const ChainId& id) {
  auto* chain = world.chain(id);
  auto* log = world.log(log_of(id));
  if (chain == nullptr || log == nullptr) return Error{Errc::not_found, "chain"};
  ABRI_CHECK(drop_waiting_entries(world, *log));
  chain->state = chain->confirmed;
  chain->waiting = false;
  struct Row {
    std::int64_t id;
    chain::LinkKind kind;
    Bytes body;
  };
  std::vector<Row> waiting;
  {
    ABRI_TRY(auto rows,
             world.db.statement("SELECT id, kind, body FROM pending_links WHERE chain = ?1 ORDER BY id"));
    ABRI_CHECK(rows.bind_all(id));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      waiting.push_back({rows.column_int64(0), static_cast<chain::LinkKind>(rows.column_int64(1)),
                         to_bytes(rows.column_blob(2))});
    }
  }
  for (const auto& row : waiting) {
    ABRI_TRY(auto body, chain::decode_body(row.kind, row.body));
    auto fresh = refresh(world, chain->state, world.device_number(id), std::move(body));
    const auto queued = fresh ? queue_link(world, *chain, *fresh) : Result<void>(fresh.error());
    if (queued) continue;
    ABRI_CHECK(notice(world, "link_dropped", log->id, as_bytes(to_string(queued.error().code))));
    ABRI_TRY(auto remove, world.db.statement("DELETE FROM pending_links WHERE id = ?1"));
    ABRI_CHECK(remove.run(row.id));
  }
  return {};
}

Result<void> collect_keys(World& world) {
  auto* own = world.own_chain();
  if (own == nullptr || !world.keyring.has_device()) return {};
  ABRI_CHECK(collect_user_seeds(world, own->state));
  for (const auto& [id, group] : own->state.groups())
    ABRI_CHECK(collect_group_seeds(world, own->state, group));
  ABRI_CHECK(follow_partners(world));
  for (auto& [chain_id, chain] : world.chains) {
    for (const auto& [group_id, group] : chain.state.groups()) {
      if (chain_id != world.organisation) ABRI_CHECK(collect_group_seeds(world, chain.state, group));
      if (!group.feed || !holds(world, chain.state, group, group.generation())) continue;
      Log log;
      log.id = group.feed->log;
      log.kind = sync::LogKind::feed;
      log.chain = chain_id;
      log.group = group_id;
      log.salt = group.feed->salt;
      ABRI_CHECK(follow(world, std::move(log)));
    }
  }
  return {};
}

Result<Bytes> seal_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView plain) {
  const auto* known = world.chain(chain);
  const auto* sealed_for = known == nullptr ? nullptr : known->state.group(group);
  const std::uint32_t generation = sealed_for == nullptr ? 0 : sealed_for->generation();
  const auto* key = world.keyring.wrap_key(chain, group, generation);
  if (key == nullptr) return Error{Errc::not_found, "key of the group"};
  Writer out;
  out.u32(generation);
  auto bytes = out.take();
  crypto::seal_append(bytes, *key, plain, group.bytes());
  return bytes;
}

Result<Bytes> open_for_group(World& world, const ChainId& chain, const GroupId& group, BytesView sealed) {
  Reader in(sealed);
  const auto generation = in.u32();
  const auto rest = in.rest();
  const auto* key = world.keyring.wrap_key(chain, group, generation);
  if (key == nullptr) return Error{Errc::not_found, "key of the group"};
  return crypto::open(*key, rest, group.bytes());
}

std::string name_of(World& world, const chain::ChainState& state, const UserId& user) {
  const auto* known = state.user(user);
  const auto* everyone = state.group_for(chain::GroupPurpose::everyone);
  if (known == nullptr || everyone == nullptr) return {};
  const auto name = open_for_group(world, state.id(), everyone->id, known->name_sealed);
  return name ? std::string(as_text(*name)) : std::string{};
}

}  // namespace abri::core::cases
