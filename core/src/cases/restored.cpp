// SPDX-License-Identifier: MPL-2.0
#include "cases/restored.hpp"

#include "cases/compartments.hpp"
#include "cases/entry_store.hpp"
#include "cases/feed_reader.hpp"
#include "cases/records.hpp"
#include "merge/change.hpp"

#include <algorithm>
#include <map>

namespace abri::core::cases {

namespace {

constexpr std::string_view kLives = "earlier_lives";

/// An earlier life and what waited when it ended: rows of `pending` up to this one.
struct Life {
  feed::Incarnation incarnation;
  std::int64_t last_row{0};
};

Result<std::vector<Life>> load_lives(World& world) {
  std::vector<Life> lives;
  ABRI_TRY(const auto stored, get_meta(world.db, kLives));
  if (!stored) return lives;
  Reader in(*stored);
  while (in.left() > 0 && in.ok()) {
    Life life;
    life.incarnation = feed::Incarnation(in.array<feed::Incarnation::kSize>());
    life.last_row = static_cast<std::int64_t>(in.u64());
    lives.push_back(life);
  }
  ABRI_CHECK(in.finish("earlier lives"));
  return lives;
}

std::uint64_t number_of(const feed::Incarnation& incarnation) {
  Reader in(incarnation.bytes());
  return in.u64();
}

/// A change that waits.
struct WaitingChange {
  std::int64_t row{0};
  std::int64_t log{0};
  CaseId case_id;
  Compartment compartment{COMPARTMENT_UNSPECIFIED};
  std::uint64_t counter{0};
  std::uint64_t incarnation{0};
  Bytes payload;
};

Result<std::vector<WaitingChange>> waiting_changes(World& world, const std::vector<Life>& lives) {
  std::vector<WaitingChange> out;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT id, log, case_ref, compartment, counter, payload FROM pending "
                              "WHERE kind = ?1 ORDER BY id"));
  ABRI_CHECK(rows.bind_all(static_cast<std::int64_t>(feed::BodyKind::change)));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    WaitingChange one;
    one.row = rows.column_int64(0);
    one.log = rows.column_int64(1);
    ABRI_TRY(one.case_id, rows.column_id<CaseId>(2));
    one.compartment = static_cast<Compartment>(rows.column_int64(3));
    one.counter = static_cast<std::uint64_t>(rows.column_int64(4));
    one.payload = to_bytes(rows.column_blob(5));
    const auto life = std::ranges::find_if(lives, [&](const Life& l) { return one.row <= l.last_row; });
    one.incarnation = number_of(life == lives.end() ? world.incarnation : life->incarnation);
    out.push_back(std::move(one));
  }
}

/// The first counter of each earlier life that a feed does not hold: what waits is sent in its order.
using Sent = std::map<std::uint64_t, std::uint64_t>;

Result<void> look_into(World& world, const feed::OpenedEntry& entry, Sent& sent) {
  const auto life = number_of(entry.core.incarnation);
  for (std::size_t body = 0; body < entry.bodies.size(); ++body) {
    const auto& header = entry.bodies[body].header;
    if (header.kind != feed::BodyKind::change) continue;
    ABRI_TRY(const auto keys, reading_keys(world, header.case_ref,
                                           static_cast<Compartment>(header.compartment), header.epoch));
    for (const auto& key : keys) {
      const auto bytes = feed::open_change(entry, body, key);
      if (!bytes) continue;
      const auto change = merge::decode_change(*bytes, entry.core.device, life);
      if (change) sent[life] = std::max(sent[life], change->operations.back().dot.counter + 1);
      break;
    }
  }
  return {};
}

Result<Sent> sent_by_earlier_lives(World& world, const Log& feed, const std::vector<Life>& lives) {
  Sent sent;
  const auto device = world.device_number(feed.chain);
  for (std::uint64_t position = 0; position < feed.size; ++position) {
    ABRI_TRY(const auto entry, find_entry(world, feed, position));
    if (!entry) continue;
    const auto opened = open_entry_of(world, feed, entry->bytes);
    if (!opened || opened->core.device != device ||
        std::ranges::find(lives, opened->core.incarnation, &Life::incarnation) == lives.end())
      continue;
    ABRI_CHECK(look_into(world, *opened, sent));
  }
  return sent;
}

/// Takes what operations left in their records out again.
Result<void> forget(World& world, const WaitingChange& waiting,
                    std::span<const merge::Operation> operations) {
  std::map<merge::RecordKey, std::vector<merge::Dot>> dots;
  for (const auto& operation : operations)
    dots[{waiting.case_id, waiting.compartment, operation.record_type, operation.record}].push_back(
        operation.dot);
  for (const auto& [key, gone] : dots) {
    ABRI_TRY(auto state, load_record(world, key));
    const auto before = state;
    const auto is_gone = [&](const auto& kept) { return std::ranges::find(gone, kept.dot) != gone.end(); };
    std::erase_if(state.versions, is_gone);
    std::erase_if(state.superseded, is_gone);
    std::erase_if(state.deferred, is_gone);
    ABRI_CHECK(store_record(world, key, before, state));
  }
  return {};
}

class Remaker {
 public:
  explicit Remaker(World& world) : world_(world) {}

  /// Before the first is written again: a later change may name what an earlier one wrote.
  Result<void> take_back(const WaitingChange& waiting) {
    ABRI_TRY(const auto change, decode(waiting));
    return forget(world_, waiting, change.operations);
  }

  Result<void> write(const WaitingChange& waiting) {
    ABRI_TRY(auto change, decode(waiting));
    ABRI_TRY(const auto row, find_case_row(world_, waiting.case_id));
    ABRI_TRY(const auto* feed, log_of_case(world_, row));
    auto next =
        merge::Dot{world_.device_number(feed->chain), number_of(world_.incarnation), world_.next_counter};
    for (auto& operation : change.operations) {
      for (auto& dot : operation.supersedes)
        if (const auto known = renamed_.find(dot); known != renamed_.end()) dot = known->second;
      renamed_.emplace(operation.dot, next);
      ++next.counter;
    }
    return write_operations(world_, *feed, waiting.case_id, waiting.compartment,
                            std::move(change.operations));
  }

 private:
  Result<merge::Change> decode(const WaitingChange& waiting) {
    ABRI_TRY(const auto row, find_case_row(world_, waiting.case_id));
    ABRI_TRY(const auto* feed, log_of_case(world_, row));
    return merge::decode_change(waiting.payload, world_.device_number(feed->chain), waiting.incarnation);
  }

  World& world_;
  std::map<merge::Dot, merge::Dot> renamed_;
};

}  // namespace

Result<void> begin_new_life(World& world) {
  ABRI_TRY(auto lives, load_lives(world));
  ABRI_TRY(auto row, world.db.statement("SELECT max(id) FROM pending"));
  ABRI_TRY(const bool found, row.query());
  const auto last = found && !row.column_is_null(0) ? row.column_int64(0) : 0;
  if (!world.incarnation.is_zero()) lives.push_back({world.incarnation, last});
  Writer out;
  for (const auto& life : lives)
    out.raw(life.incarnation.bytes()).u64(static_cast<std::uint64_t>(life.last_row));
  ABRI_CHECK(set_meta(world.db, kLives, out.view()));
  return renew_incarnation(world);
}

Result<void> remake_waiting(World& world) {
  ABRI_TRY(const auto lives, load_lives(world));
  if (lives.empty()) return {};
  ABRI_TRY(auto waiting, waiting_changes(world, lives));
  std::map<std::int64_t, Sent> sent;
  for (const auto& [id, log] : world.logs) {
    if (std::ranges::find(waiting, log.number, &WaitingChange::log) == waiting.end()) continue;
    ABRI_TRY(sent[log.number], sent_by_earlier_lives(world, log, lives));
  }
  const auto was_sent = [&](const WaitingChange& one) {
    return one.counter < sent[one.log][one.incarnation];
  };
  for (const auto& one : waiting) {
    ABRI_TRY(auto remove, world.db.statement("DELETE FROM pending WHERE id = ?1"));
    ABRI_CHECK(remove.run(one.row));
    world.count_sent(one.case_id);
  }
  std::erase_if(waiting, was_sent);
  Remaker remaker(world);
  for (const auto& one : waiting) ABRI_CHECK(remaker.take_back(one));
  for (const auto& one : waiting) ABRI_CHECK(remaker.write(one));
  return set_meta(world.db, kLives, {});
}

}  // namespace abri::core::cases
