// SPDX-License-Identifier: MPL-2.0
#include "cases/chains.hpp"

#include "cases/entry_store.hpp"
#include "cases/group_keys.hpp"
#include "cases/partners.hpp"
#include "cases/pending_links.hpp"
#include "chain/validate.hpp"

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

/// Does every member of each group have a wrap of its present key, and nobody else? The rules see to it link by link; what a renewed
/// key of a person leaves without, another link has to mend.
Result<void> audit_wraps(World& world, const Chain& chain) {
  for (const auto& [id, group] : chain.confirmed.groups())
    if (!chain.confirmed.missing_or_extra_wraps(id).clean())
      ABRI_CHECK(notice(world, "wraps_differ", log_of(chain.confirmed.id()), id.bytes()));
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
    ABRI_CHECK(forget_oldest_link(world, id));
  }
  ABRI_CHECK(keep_head(world, chain->confirmed));
  ABRI_TRY(const bool stacked, stack_waiting(world, *chain, log));
  if (!stacked) ABRI_CHECK(remake_links(world, id));
  const auto logs_before = world.logs.size();
  ABRI_CHECK(pass_over(world, log.id, collect_keys(world)));
  ABRI_CHECK(pass_over(world, log.id, keep_partners_informed(world)));
  ABRI_CHECK(audit_wraps(world, *chain));
  return foreign || world.logs.size() != logs_before;
}

std::string name_of(World& world, const chain::ChainState& state, const UserId& user) {
  const auto* known = state.user(user);
  const auto* everyone = state.group_for(chain::GroupPurpose::everyone);
  if (known == nullptr || everyone == nullptr) return {};
  const auto name = open_for_group(world, state.id(), everyone->id, known->name_sealed);
  return name ? std::string(as_text(*name)) : std::string{};
}

}  // namespace abri::core::cases
