// SPDX-License-Identifier: MPL-2.0
#include "cases/feed_reader.hpp"

#include "cases/chains.hpp"
#include "cases/entry_store.hpp"
#include "cases/feed_writer.hpp"
#include "cases/group_keys.hpp"
#include "cases/records.hpp"
#include "cases/requests.hpp"
#include "merge/change.hpp"

#include <abri/crypto/merkle.hpp>

#include <algorithm>

namespace abri::core::cases {

namespace {

/// Why an entry counts for nothing, as its notice says.
enum class Verdict : std::uint8_t {
  valid,
  repeated,
  old_epoch,
  unreadable,
  foreign,
  forged,
  fork,
  pinned_back
};

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid:
      return "valid";
    case Verdict::repeated:
      return "repeated";
    case Verdict::old_epoch:
      return "void_old_epoch";
    case Verdict::unreadable:
      return "unreadable_entry";
    case Verdict::foreign:
      return "author_without_right";
    case Verdict::forged:
      return "forged_entry";
    case Verdict::fork:
      return "evidence_fork";
    case Verdict::pinned_back:
      return "author_went_back";
  }
  return "?";
}

Result<std::optional<feed::ShortHash>> root_at(World& world, const Log& feed, const sync::Arrived& arrived,
                                               std::uint64_t size) {
  using Root = std::optional<feed::ShortHash>;
  if (size == 0) return Root{};
  if (size > arrived.first) {
    const auto index = size - arrived.first - 1;
    return index < arrived.roots.size() ? Root(feed::shorten(arrived.roots[index])) : Root{};
  }
  ABRI_TRY(const auto leaf, find_leaf(world, feed, size - 1));
  return leaf ? Root(leaf->root) : Root{};
}

void keep_once(std::vector<CaseId>& cases) {
  std::ranges::sort(cases);
  const auto repeated = std::ranges::unique(cases);
  cases.erase(repeated.begin(), repeated.end());
}

class FeedReader {
 public:
  FeedReader(World& world, Log& feed, const sync::Arrived& arrived)
      : world_(world), feed_(feed), arrived_(arrived) {}

  Result<NamedCases> apply_all() {
    for (std::size_t i = 0; i < arrived_.entries.size(); ++i) ABRI_CHECK(apply(i));
    keep_once(cases_.all);
    keep_once(cases_.changed_by_others);
    return std::move(cases_);
  }

 private:
  Result<void> apply(std::size_t index) {
    const auto entry = arrived_.entries[index];
    const auto position = arrived_.first + index;
    const auto leaf_time = from_millis(arrived_.times_ms[index]);
    ABRI_TRY(const auto sent, acknowledge_entry(world_, feed_, entry));
    auto opened = open_entry_of(world_, feed_, entry);
    if (!opened) {
      if (may_open_later(position, arrived_.times_ms[index]))
        return Error{Errc::out_of_sync, "key of the feed"};
      return refuse(Verdict::unreadable);
    }
    ABRI_TRY(const auto verdict, judge(*opened, position, sent.has_value()));
    if (verdict == Verdict::repeated) return {};
    if (verdict != Verdict::valid) return refuse(verdict);
    for (std::size_t body = 0; body < opened->bodies.size(); ++body) {
      const auto& header = opened->bodies[body].header;
      if (header.kind == feed::BodyKind::keys) {
        cases_.all.push_back(header.case_ref);
        ABRI_CHECK(pass_over(world_, feed_.id, apply_keys(*opened, body, position, sent.has_value())));
      } else if (header.kind == feed::BodyKind::change) {
        cases_.all.push_back(header.case_ref);
        if (!sent) cases_.changed_by_others.push_back(header.case_ref);
        const bool merged_already = sent && as_written(opened->core.device, *sent, leaf_time);
        if (!merged_already)
          ABRI_CHECK(pass_over(world_, feed_.id, apply_change(*opened, body, position, leaf_time)));
      }
    }
    return {};
  }

  /// Does what this device merged when it wrote stand as all others judge it now? Not where the leaf clamps its clock, and not where its
  /// person's roles ever changed: then others may go by other roles.
  bool as_written(std::uint32_t device, std::uint64_t clock, Time leaf_time) {
    const auto& state = world_.chain(feed_.chain)->confirmed;
    const auto* author = state.device(device);
    const auto* user = author == nullptr ? nullptr : state.user(author->user);
    return user != nullptr && user->role_history.size() == 1 &&
           merge::clamp(merge::Clock{clock}, leaf_time) == merge::Clock{clock};
  }

  /// Is it junk, or sealed under a key that the chain will bring? Who sealed it knew the key from the chain before the server took the
  /// entry. So the chain settles it, once its keys are here and it was read to a head that came after the entry and was signed after it.
  bool may_open_later(std::uint64_t position, std::uint64_t leaf_ms) {
    const auto& confirmed = world_.chain(feed_.chain)->confirmed;
    if (confirmed.status() == chain::ChainStatus::update_needed ||
        !holds_present_seed(world_, confirmed, feed_.group))
      return true;
    const auto& whole = world_.whole[log_of(feed_.chain)];
    auto& unopened = world_.unopened[feed_.id];
    if (unopened.heads == 0 || position > unopened.last)
      unopened = {arrived_.first + arrived_.entries.size() - 1, whole.heads + 1};
    return whole.heads < unopened.heads || whole.signed_ms < leaf_ms;
  }

  Result<void> refuse(Verdict verdict) { return notice(world_, to_string(verdict), feed_.id, {}); }

  Result<Verdict> judge(const feed::OpenedEntry& entry, std::uint64_t position, bool own) {
    const auto* chain = world_.chain(feed_.chain);
    const auto* device = chain->confirmed.device(entry.core.device);
    if (device != nullptr && !own && !feed::verify_author(entry, feed_.id, device->sign_key))
      return Verdict::forged;
    if (entry.core.chain.sequence > chain->confirmed.head().sequence)
      return Error{Errc::out_of_sync, "chain"};
    if (device == nullptr) return Verdict::foreign;
    ABRI_CHECK(take_turn(entry, chain->confirmed));
    if (entry.epoch != feed_.epoch) return Verdict::old_epoch;
    if (feed::shorten(chain->confirmed.hash_at(entry.core.chain.sequence)) != entry.core.chain.hash)
      return Verdict::fork;
    const auto judged_by = std::max(entry.core.chain.sequence, feed_.turn);
    if (!chain->confirmed.may_write(entry.core.device, feed_.group, judged_by)) return Verdict::foreign;
    if (own) return Verdict::valid;
    ABRI_TRY(const bool same_tree, saw_the_same(entry, position));
    if (!same_tree) return Verdict::fork;
    return follow_author(entry);
  }

  /// A turn opens the epoch it was sealed under, if the chain says so.
  Result<void> take_turn(const feed::OpenedEntry& entry, const chain::ChainState& chain) {
    if (entry.epoch <= feed_.epoch || entry.bodies.empty() ||
        entry.bodies[0].header.kind != feed::BodyKind::turn)
      return {};
    const auto turn = Turn::decode(entry.bodies[0].payload);
    if (!turn || turn->generation != entry.epoch) return {};
    const auto* generation = chain.generation(feed_.group, turn->generation);
    if (generation == nullptr || generation->since != turn->sequence ||
        chain.hash_at(turn->sequence) != turn->link)
      return {};
    feed_.epoch = turn->generation;
    feed_.turn = turn->sequence;
    return reseal_outbox(world_, feed_, feed_.epoch);
  }

  /// What the author had read must be what we read: otherwise the server shows two histories.
  Result<bool> saw_the_same(const feed::OpenedEntry& entry, std::uint64_t position) {
    if (entry.core.seen.size > position) return false;
    if (entry.core.seen.size == 0) return true;
    ABRI_TRY(const auto root, root_at(world_, feed_, arrived_, entry.core.seen.size));
    return !root || *root == entry.core.seen.root;
  }

  Result<Verdict> follow_author(const feed::OpenedEntry& entry) {
    const auto& core = entry.core;
    ABRI_TRY(auto row, world_.db.statement(
                           "SELECT sequence, header_hash, pinned FROM authors WHERE log = ?1 AND device = ?2 "
                           "AND incarnation = ?3"));
    ABRI_TRY(const bool found, row.query(feed_.number, core.device, core.incarnation));
    const auto last = found ? static_cast<std::uint64_t>(row.column_int64(0)) : 0;
    const auto header = found ? *row.column_id<Hash>(1) : Hash{};
    if (core.sequence == last && entry.header_hash == header) return Verdict::repeated;
    if (core.sequence <= last) return Verdict::fork;
    if (found && core.chain.sequence < static_cast<std::uint32_t>(row.column_int64(2)))
      return Verdict::pinned_back;
    // a gap: the server withheld something, which is said, and what is here is still read
    if (core.sequence != last + 1 || core.previous != header)
      ABRI_CHECK(notice(world_, "evidence_omission", feed_.id, {}));
    row.reset();
    ABRI_TRY(
        auto store,
        world_.db.statement("INSERT OR REPLACE INTO authors(log, device, incarnation, sequence, header_hash, "
                            "pinned) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    ABRI_CHECK(store.run(feed_.number, core.device, core.incarnation, core.sequence, entry.header_hash,
                         core.chain.sequence));
    return Verdict::valid;
  }

  Result<void> apply_keys(const feed::OpenedEntry& entry, std::size_t body, std::uint64_t position,
                          bool own) {
    const auto& view = entry.bodies[body];
    if (own) {
      ABRI_TRY(const bool placed, place_own_keys(world_, position, view));
      if (placed) return {};
    }
    ABRI_TRY(const auto readable, take_keys(world_, feed_, position, entry.core.device, view));
    for (const auto compartment : readable) ABRI_CHECK(read_late(view.header.case_ref, compartment));
    return {};
  }

  Result<void> apply_change(const feed::OpenedEntry& entry, std::size_t body, std::uint64_t position,
                            Time leaf_time) {
    const auto& header = entry.bodies[body].header;
    const auto compartment = static_cast<Compartment>(header.compartment);
    ABRI_TRY(const auto keys, reading_keys(world_, header.case_ref, compartment, header.epoch));
    for (const auto& key : keys) {
      const auto bytes = feed::open_change(entry, body, key);
      if (!bytes) continue;
      Reader incarnation(entry.core.incarnation.bytes());
      const auto change = merge::decode_change(*bytes, entry.core.device, incarnation.u64());
      if (!change) return notice(world_, "malformed_change", feed_.id, header.case_ref.bytes());
      const auto row = find_case_row(world_, header.case_ref);
      if (!row || row->log != feed_.number)
        return notice(world_, "foreign_case", feed_.id, header.case_ref.bytes());
      const auto judged_by = std::max(entry.core.chain.sequence, feed_.turn);
      auto context = context_of(world_, feed_, entry.core.device, judged_by, compartment, row->owner);
      context.leaf_time = leaf_time;
      return merge_operations(world_, feed_, header.case_ref, change->operations, context);
    }
    ABRI_TRY(auto insert,
             world_.db.statement("INSERT INTO unread(log, position, body, case_ref, compartment, device) "
                                 "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"));
    return insert.run(feed_.number, position, body, header.case_ref, header.compartment, entry.core.device);
  }

  /// Bodies that came before their key.
  Result<void> read_late(const CaseId& id, Compartment compartment) {
    struct Late {
      std::int64_t position;
      std::int64_t body;
    };
    std::vector<Late> late;
    {
      ABRI_TRY(auto rows,
               world_.db.statement("DELETE FROM unread WHERE case_ref = ?1 AND compartment = ?2 AND log = ?3 "
                                   "RETURNING position, body"));
      ABRI_CHECK(rows.bind_all(id, static_cast<std::int64_t>(compartment), feed_.number));
      for (;;) {
        ABRI_TRY(const bool more, rows.step());
        if (!more) break;
        late.push_back({rows.column_int64(0), rows.column_int64(1)});
      }
    }
    for (const auto& one : late) {
      const auto position = static_cast<std::uint64_t>(one.position);
      ABRI_TRY(const auto entry, find_entry(world_, feed_, position));
      if (!entry) continue;
      const auto opened = open_entry_of(world_, feed_, entry->bytes);
      if (!opened || static_cast<std::size_t>(one.body) >= opened->bodies.size()) continue;
      ABRI_CHECK(apply_change(*opened, static_cast<std::size_t>(one.body), position, entry->time));
    }
    return {};
  }

  World& world_;
  Log& feed_;
  const sync::Arrived& arrived_;
  NamedCases cases_;
};

}  // namespace

std::optional<feed::OpenedEntry> open_entry_of(World& world, const Log& feed, BytesView entry) {
  const auto* chain = world.chain(feed.chain);
  const auto* group = chain == nullptr ? nullptr : chain->state.group(feed.group);
  if (group == nullptr) return {};
  const auto attempt = [&](std::uint32_t epoch) -> std::optional<feed::OpenedEntry> {
    const auto* key = world.keyring.feed_key(feed.chain, feed.group, epoch, feed.id);
    if (key == nullptr) return {};
    auto opened = feed::open_entry(entry, feed.id, epoch, *key);
    if (!opened) return {};
    return std::move(*opened);
  };
  if (auto opened = attempt(feed.epoch)) return opened;
  for (auto epoch = group->generation();; --epoch) {
    if (epoch != feed.epoch)
      if (auto opened = attempt(epoch)) return opened;
    if (epoch == 0) return {};
  }
}

Result<NamedCases> apply_feed_entries(World& world, Log& feed, const sync::Arrived& arrived) {
  return FeedReader(world, feed, arrived).apply_all();
}

}  // namespace abri::core::cases
