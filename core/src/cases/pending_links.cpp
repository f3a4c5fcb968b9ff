// SPDX-License-Identifier: MPL-2.0
#include "cases/pending_links.hpp"

#include "cases/chains.hpp"
#include "cases/entry_store.hpp"
#include "cases/group_keys.hpp"
#include "cases/partners.hpp"
#include "chain/link_builder.hpp"
#include "chain/validate.hpp"

namespace abri::core::cases {

namespace {

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

/// A link that waits, and what it holds sealed for everyone in the organisation, in clear.
struct WaitingLink {
  std::int64_t id{0};
  chain::Body body;
  std::optional<Bytes> text;
};

/// The field of a body that is sealed for everyone.
Bytes* sealed_for_everyone(chain::Body& body) {
  if (auto* user = std::get_if<chain::AddUser>(&body)) return &user->name_sealed;
  if (auto* trust = std::get_if<chain::TrustOrganisation>(&body)) return &trust->package_sealed;
  return nullptr;
}

const chain::Group* everyone(const Chain& chain) {
  return chain.state.group_for(chain::GroupPurpose::everyone);
}

/// Read before the seeds of the chain are collected: a text may be sealed under a renewed key that the chain did not take.
Result<std::vector<WaitingLink>> waiting_links(World& world, const Chain& chain) {
  std::vector<WaitingLink> out;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT id, kind, body FROM pending_links WHERE chain = ?1 ORDER BY id"));
  ABRI_CHECK(rows.bind_all(chain.state.id()));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    ABRI_TRY(auto body,
             chain::decode_body(static_cast<chain::LinkKind>(rows.column_int64(1)), rows.column_blob(2)));
    auto& link = out.emplace_back(rows.column_int64(0), std::move(body), std::nullopt);
    const auto* sealed = sealed_for_everyone(link.body);
    if (sealed == nullptr || everyone(chain) == nullptr) continue;
    if (auto text = open_for_group(world, chain.state.id(), everyone(chain)->id, *sealed))
      link.text = std::move(*text);
  }
}

Result<void> make_again(World& world, Chain& chain, WaitingLink& link) {
  const auto id = chain.state.id();
  if (link.text) {
    auto resealed = seal_for_group(world, id, everyone(chain)->id, *link.text);
    crypto::wipe(*link.text);
    if (!resealed) return resealed.error();
    *sealed_for_everyone(link.body) = std::move(*resealed);
  }
  ABRI_TRY(const auto body, refresh(world, chain.state, world.device_number(id), std::move(link.body)));
  ABRI_CHECK(queue_link(world, chain, body));
  ABRI_TRY(const auto encoded, chain::encode_body(body));
  ABRI_TRY(auto update, world.db.statement("UPDATE pending_links SET body = ?2 WHERE id = ?1"));
  return update.run(link.id, BytesView(encoded));
}

}  // namespace

Result<void> submit(World& world, const ChainId& id, const chain::Body& body) {
  auto* chain = world.chain(id);
  if (chain == nullptr) return Error{Errc::not_found, "chain"};
  ABRI_CHECK(queue_link(world, *chain, body));
  ABRI_TRY(const auto encoded, chain::encode_body(body));
  ABRI_TRY(auto insert,
           world.db.statement("INSERT INTO pending_links(chain, kind, body) VALUES(?1, ?2, ?3)"));
  return insert.run(id, static_cast<std::int64_t>(chain::kind_of(body)), BytesView(encoded));
}

Result<void> forget_oldest_link(World& world, const ChainId& id) {
  ABRI_TRY(auto done,
           world.db.statement(
               "DELETE FROM pending_links WHERE id = (SELECT min(id) FROM pending_links WHERE chain = ?1)"));
  return done.run(id);
}

Result<void> remake_links(World& world, const ChainId& id) {
  auto* chain = world.chain(id);
  auto* log = world.log(log_of(id));
  if (chain == nullptr || log == nullptr) return Error{Errc::not_found, "chain"};
  ABRI_CHECK(drop_waiting_entries(world, *log));
  chain->state = chain->confirmed;
  chain->waiting = false;
  ABRI_TRY(auto waiting, waiting_links(world, *chain));
  ABRI_CHECK(collect_seeds(world, chain->state));
  for (auto& link : waiting) {
    const auto made = make_again(world, *chain, link);
    if (made) continue;
    ABRI_CHECK(notice(world, "link_dropped", log->id, as_bytes(to_string(made.error().code))));
    ABRI_TRY(auto remove, world.db.statement("DELETE FROM pending_links WHERE id = ?1"));
    ABRI_CHECK(remove.run(link.id));
  }
  return {};
}

}  // namespace abri::core::cases
