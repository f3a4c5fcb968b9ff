// SPDX-License-Identifier: MPL-2.0
#include "cases/port.hpp"

#include "cases/chains.hpp"
#include "cases/compartments.hpp"
#include "cases/enrolment.hpp"
#include "cases/entry_store.hpp"
#include "cases/feed_writer.hpp"
#include "cases/group_keys.hpp"
#include "cases/pending_links.hpp"
#include "cases/requests.hpp"
#include "cases/restored.hpp"

#include <abri/crypto/random.hpp>

#include <algorithm>
#include <tuple>

namespace abri::core::cases {

namespace {

/// Where a device that has not joined yet finds its server: from the code.
struct MeetingServer {
  crypto::SigningPublicKey key;
  std::string address;
};

std::optional<MeetingServer> meeting_server(World& world) {
  const auto stored = get_meta(world.db, "server");
  if (!stored || !*stored) return {};
  Reader in(**stored);
  MeetingServer server;
  server.key = crypto::SigningPublicKey(in.array<32>());
  server.address = as_text(in.rest());
  if (!in.ok()) return {};
  return server;
}

bool has_genesis(World& world) {
  const auto* own = world.own_chain();
  return own != nullptr && own->state.status() == chain::ChainStatus::active;
}

const crypto::GroupSeed* administrators_seed(World& world) {
  const auto* own = world.own_chain();
  const auto* group = own == nullptr ? nullptr : own->state.group_for(chain::GroupPurpose::administrators);
  return group == nullptr ? nullptr : world.keyring.group_seed(world.organisation, group->id, 0);
}

/// Read and write capability of a log. A feed's belong to its first generation: they change only with a revocation.
struct Capabilities {
  const crypto::SigningKey& read;
  const crypto::SigningKey& write;
};

template <class Use>
auto with_capabilities(World& world, const Log& log, Use&& use)
    -> decltype(use(std::declval<Capabilities>())) {
  if (log.kind == sync::LogKind::feed) {
    const auto* key = world.keyring.feed_key(log.chain, log.group, 0, log.id);
    if (key == nullptr) return Error{Errc::not_permitted, "key of the feed"};
    const auto read = crypto::read_capability(*key);
    const auto write = crypto::write_capability(*key);
    return use(Capabilities{read, write});
  }
  const auto* secrets = log.kind == sync::LogKind::chain ? world.keyring.chain(chain_of(log.id))
                                                         : world.keyring.mailbox(log.id);
  if (secrets == nullptr) return Error{Errc::not_found, "secret of the log"};
  return use(Capabilities{secrets->read, secrets->write});
}

/// Leaf time of the last entry held, 0 where it is not known.
std::uint64_t last_leaf_time(World& world, const Log& log) {
  if (log.size == 0) return 0;
  const auto leaf = find_leaf(world, log, log.size - 1);
  return leaf && *leaf ? to_millis((*leaf)->time) : 0;
}

bool is_greater(const sync::SignedHead& head, const Log& log) {
  return head.size > (log.head ? log.head->size : 0);
}

void note_whole(World& world, const Log& log, const sync::SignedHead& head) {
  if (log.kind != sync::LogKind::chain || head.size != log.size) return;
  auto& whole = world.whole[log.id];
  whole.signed_ms = head.time_ms;
  ++whole.heads;
}

}  // namespace

DevicePort::DevicePort(World& world, vault::Vault& vault, Changed changed)
    : world_(world), vault_(vault), changed_(std::move(changed)) {}

/// One transaction; after a failure memory is made to agree with the vault again.
template <class Body>
auto DevicePort::change(Body&& body) {
  auto result = vault::in_transaction(world_.db, std::forward<Body>(body));
  if (!result)
    static_cast<void>(result.error().code == Errc::out_of_sync ? load_unsent(world_) : load_world(world_));
  return result;
}

std::optional<crypto::SigningPublicKey> DevicePort::server_key() {
  if (has_genesis(world_)) return world_.own_chain()->state.server().key;
  const auto server = meeting_server(world_);
  return server ? std::optional(server->key) : std::nullopt;
}

std::string DevicePort::server_address() {
  if (has_genesis(world_)) return world_.own_chain()->state.server().address;
  const auto server = meeting_server(world_);
  return server ? server->address : std::string{};
}

std::vector<sync::Cursor> DevicePort::cursors() {
  std::vector<sync::Cursor> out;
  out.reserve(world_.logs.size());
  for (const auto& [id, log] : world_.logs)
    out.push_back({.log = id,
                   .kind = log.kind,
                   .size = log.size,
                   .frontier = log.frontier,
                   .last_time_ms = last_leaf_time(world_, log),
                   .opened = log.opened,
                   .stopped = log.stopped});
  // the own chain before the bilateral ones, chains before feeds
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) {
    const auto rank = [&](const auto& c) {
      return std::tuple(c.kind, c.log != log_of(world_.organisation), c.log);
    };
    return rank(a) < rank(b);
  });
  return out;
}

std::optional<sync::SignedHead> DevicePort::kept_head(const LogId& id) {
  const auto* log = world_.log(id);
  return log == nullptr ? std::nullopt : log->head;
}

Result<void> DevicePort::keep_head(const LogId& id, const sync::SignedHead& head) {
  auto* log = world_.log(id);
  if (log == nullptr) return Error{Errc::not_found, "log"};
  note_whole(world_, *log, head);
  if (!is_greater(head, *log)) return {};
  // After a loss of power the server is bound by what was kept before, as with entries of a feed.
  const vault::DeferredCommits deferred(world_.db, true);
  return change([&]() -> Result<void> {
    log->head = head;
    return store_log(world_, *log);
  });
}

Result<sync::OpenParameters> DevicePort::open_parameters(const LogId& id) {
  const auto* log = world_.log(id);
  const auto* seed = administrators_seed(world_);
  if (log == nullptr || seed == nullptr) return Error{Errc::not_permitted, "owner of the log"};
  return with_capabilities(world_, *log, [&](const Capabilities& caps) -> Result<sync::OpenParameters> {
    sync::OpenParameters out;
    out.account = world_.own_chain()->state.account();
    out.salt = log->salt.array();
    out.owner_key = crypto::owner_capability(*seed, log->salt).public_key();
    out.read_key = caps.read.public_key();
    out.write_key = caps.write.public_key();
    return out;
  });
}

Result<crypto::Signature> DevicePort::sign_open(const LogId&, BytesView body) {
  const auto* own = world_.own_chain();
  if (own == nullptr) return Error{Errc::not_joined, "account"};
  const auto account = own->state.account();
  if (world_.keyring.account(account) == nullptr) {
    const auto* group = own->state.group_for(chain::GroupPurpose::administrators);
    ABRI_TRY(auto seed,
             open_for_group(world_, world_.organisation, group->id, own->state.account_seed_sealed()));
    const auto key = crypto::signing_key_from(seed);
    crypto::wipe(seed);
    if (!key) return key.error();
    ABRI_CHECK(world_.keyring.add_account(world_.db, account, *key));
  }
  return world_.keyring.account(account)->sign(crypto::labels::kOpen, body);
}

Result<crypto::Signature> DevicePort::sign_prove(const LogId& id, sync::Capability capability,
                                                 BytesView body) {
  const auto* log = world_.log(id);
  if (log == nullptr) return Error{Errc::not_found, "log"};
  return with_capabilities(world_, *log, [&](const Capabilities& caps) -> Result<crypto::Signature> {
    switch (capability) {
      case sync::Capability::read:
        return caps.read.sign(crypto::labels::kProve, body);
      case sync::Capability::write:
        return caps.write.sign(crypto::labels::kProve, body);
    }
    return Error{Errc::internal, "capability"};
  });
}

Result<void> DevicePort::opened(const LogId& id) {
  auto* log = world_.log(id);
  if (log == nullptr) return Error{Errc::not_found, "log"};
  return change([&]() -> Result<void> {
    log->opened = true;
    return store_log(world_, *log);
  });
}

Result<DevicePort::Effect> DevicePort::apply_entries(Log& log, const sync::Arrived& arrived) {
  switch (log.kind) {
    case sync::LogKind::chain: {
      ABRI_TRY(const bool changed, apply_chain_entries(world_, log, arrived));
      ABRI_CHECK(pass_over(world_, log.id, grant_to_new_devices(world_)));
      return Effect{.logs_changed = changed, .cases = {}};
    }
    case sync::LogKind::mailbox: {
      ABRI_TRY(const bool changed, apply_mailbox_entries(world_, log, arrived));
      return Effect{.logs_changed = changed, .cases = {}};
    }
    case sync::LogKind::feed: {
      ABRI_TRY(auto cases, apply_feed_entries(world_, log, arrived));
      return Effect{.logs_changed = false, .cases = std::move(cases)};
    }
  }
  return Error{Errc::internal, "kind of a log"};
}

Result<sync::Port::Applied> DevicePort::apply(const sync::Arrived& arrived) {
  const auto* known = world_.log(arrived.log);
  if (known == nullptr || arrived.first != known->size) return Error{Errc::internal, "cursor"};
  Log log = *known;  // changed in memory only when the transaction holds
  // What a feed brings, a receipt of ours too, the server gives again after a loss of power. Links make keys and answers here: those wait.
  const vault::DeferredCommits deferred(world_.db, log.kind == sync::LogKind::feed);
  const auto logs_before = world_.logs.size();
  NamedCases cases;
  auto applied = change([&]() -> Result<Applied> {
    ABRI_CHECK(store_entries(world_, log, arrived));
    ABRI_TRY(auto effect, apply_entries(log, arrived));
    cases = std::move(effect.cases);
    log.size += arrived.entries.size();
    if (!arrived.frontier.empty()) log.frontier = arrived.frontier;
    if (arrived.head) note_whole(world_, log, *arrived.head);
    if (arrived.head && is_greater(*arrived.head, log)) log.head = arrived.head;
    ABRI_CHECK(store_log(world_, log));
    return Applied{effect.logs_changed || world_.logs.size() != logs_before};
  });
  if (!applied) return applied;
  world_.logs.insert_or_assign(arrived.log, std::move(log));
  if (to_refresh_) to_refresh_->insert(cases.changed_by_others.begin(), cases.changed_by_others.end());
  refresh_as_editor(cases.changed_by_others);
  if (changed_) changed_(cases.all);
  return applied;
}

/// Where a colleague changed a case while our own changes of it were not acknowledged, neither of us knew what it says together:
/// of two concurrent edits that is seen by the device whose edit comes later in the feed, and by no other.
void DevicePort::refresh_as_editor(std::span<const CaseId> cases) {
  for (const auto& id : cases) {
    if (!world_.unsent.contains(id)) continue;
    // a failure costs time only: the case is looked at again in `upkeep`
    static_cast<void>(change([&] { return refresh_requests(world_, id); }));
  }
}

/// Whoever did not edit leaves it to those who did, who write at once, and looks after one to ten minutes whether they could. Each
/// device waits another time: the first one writes, the others find nothing to do. What it meant to look after when it locked it does not
/// know any more: after unlocking it looks after every request once.
sync::Port::Upkeep DevicePort::upkeep(Time now) {
  constexpr std::chrono::milliseconds kFirst = std::chrono::minutes(1);
  constexpr std::chrono::milliseconds kSpread = std::chrono::minutes(9);
  constexpr std::size_t kCasesAtOnce = 64;
  if (!to_refresh_) {
    const auto requested = requested_cases(world_);
    if (!requested) return {};
    to_refresh_.emplace(requested->begin(), requested->end());
  }
  if (to_refresh_->empty()) return {};
  if (!refresh_at_ || *refresh_at_ > now + kFirst + kSpread)
    refresh_at_ =
        now + kFirst +
        std::chrono::milliseconds(crypto::random_u64() % static_cast<std::uint64_t>(kSpread.count()));
  if (now < *refresh_at_) return {.done = false, .next = refresh_at_};
  for (std::size_t done = 0; done < kCasesAtOnce && !to_refresh_->empty(); ++done) {
    const auto id = *to_refresh_->begin();
    to_refresh_->erase(to_refresh_->begin());
    static_cast<void>(change([&] { return refresh_requests(world_, id); }));
  }
  if (to_refresh_->empty()) refresh_at_.reset();
  return {.done = true, .next = refresh_at_};
}

/// What is to be sent is asked for when a log was read to its end: a restored vault may write again once all were.
Result<void> DevicePort::confirm_reading(const LogId& id) {
  if (!world_.stale) return {};
  world_.read_to_head.insert(id);
  for (const auto& [known, log] : world_.logs)
    if (!log.stopped && !world_.read_to_head.contains(known)) return {};
  ABRI_CHECK(change([&] { return remake_waiting(world_); }));
  ABRI_CHECK(vault_.confirm_fresh());
  world_.stale = false;
  return {};
}

Result<std::optional<sync::Outgoing>> DevicePort::waiting(const Log& log, std::size_t max_bytes) {
  sync::Outgoing out;
  std::size_t bytes = 0;
  ABRI_CHECK(visit_waiting(world_, log, [&](BytesView entry) -> Result<bool> {
    // links belong together: all or none
    if (log.kind != sync::LogKind::chain && !out.entries.empty() && bytes + entry.size() > max_bytes)
      return false;
    bytes += entry.size();
    out.entries.push_back(to_bytes(entry));
    return true;
  }));
  if (out.entries.empty()) return std::optional<sync::Outgoing>{};
  if (log.kind == sync::LogKind::chain) out.expected_size = log.size;
  return std::optional(std::move(out));
}

Result<std::optional<sync::Outgoing>> DevicePort::outgoing(const LogId& id, std::size_t max_bytes, Time now) {
  const auto* log = world_.log(id);
  if (log == nullptr || log->stopped) return std::optional<sync::Outgoing>{};
  ABRI_CHECK(confirm_reading(id));
  ABRI_TRY(auto ready, waiting(*log, max_bytes));
  if (ready || log->kind != sync::LogKind::feed) return ready;
  ABRI_TRY(const auto time, sealing_time(world_, *log, now));
  if (time.later) next_ = next_ ? std::min(*next_, *time.later) : *time.later;
  if (!time.now) return std::optional<sync::Outgoing>{};
  ABRI_CHECK(change([&] { return seal_pending(world_, *log); }));
  return waiting(*log, max_bytes);
}

std::optional<Time> DevicePort::next_outgoing_time() {
  return std::exchange(next_, std::nullopt);
}

Result<void> DevicePort::lost_race(const LogId& id) {
  return change([&] { return remake_links(world_, chain_of(id)); });
}

void DevicePort::evidence(const LogId& id, const char* what, const std::optional<sync::SignedHead>&) {
  auto* log = world_.log(id);
  if (log == nullptr) return;
  static_cast<void>(change([&]() -> Result<void> {
    log->stopped = true;
    ABRI_CHECK(store_log(world_, *log));
    return notice(world_, "evidence_server", id, as_bytes(what));
  }));
}

}  // namespace abri::core::cases
