// SPDX-License-Identifier: MPL-2.0
#include "cases/entry_store.hpp"

#include "feed/entry.hpp"

#include <abri/crypto/merkle.hpp>

namespace abri::core::cases {

namespace {

std::int64_t row_of(const Log& log, std::uint64_t position) {
  return (log.number << 40) | static_cast<std::int64_t>(position);
}

Result<std::int64_t> keep_bytes(World& world, BytesView bytes) {
  ABRI_TRY(auto insert, world.db.statement("INSERT INTO sealed_entries(bytes) VALUES(?1)"));
  ABRI_CHECK(insert.run(bytes));
  return world.db.last_insert_id();
}

/// Where the bytes of an entry of ours lie.
Result<std::optional<std::int64_t>> waiting_bytes(World& world, const Log& log, BytesView bytes) {
  using Row = std::optional<std::int64_t>;
  ABRI_TRY(auto row, world.db.statement("SELECT sealed FROM outbox WHERE log = ?1 AND entry_id = ?2"));
  ABRI_TRY(const bool found, row.query(log.number, crypto::entry_hash(bytes)));
  return found ? Row(row.column_int64(0)) : Row{};
}

}  // namespace

Result<void> enqueue_entry(World& world, const Log& log, BytesView bytes, const Waiting& waiting) {
  Writer cases;
  for (const auto& id : waiting.changes) {
    cases.raw(id.bytes());
    world.count_unsent(id);
  }
  ABRI_TRY(const auto sealed, keep_bytes(world, bytes));
  ABRI_TRY(auto insert, world.db.statement("INSERT INTO outbox(log, entry_id, epoch, clock, cases, sealed) "
                                           "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  return insert.run(log.number, crypto::entry_hash(bytes), waiting.epoch, waiting.clock, cases.view(),
                    sealed);
}

Result<std::optional<std::uint64_t>> acknowledge_entry(World& world, const Log& log, BytesView bytes) {
  using Clock = std::optional<std::uint64_t>;
  ABRI_TRY(auto row,
           world.db.statement("DELETE FROM outbox WHERE log = ?1 AND entry_id = ?2 RETURNING clock, cases"));
  ABRI_TRY(const bool found, row.query(log.number, crypto::entry_hash(bytes)));
  if (!found) return Clock{};
  const auto clock = static_cast<std::uint64_t>(row.column_int64(0));
  for (Reader cases(row.column_blob(1)); cases.left() > 0 && cases.ok();)
    world.count_sent(CaseId(cases.array<CaseId::kSize>()));
  ABRI_TRY([[maybe_unused]] const bool more, row.step());
  return Clock(clock);
}

Result<void> drop_waiting_entries(World& world, const Log& log) {
  ABRI_TRY(auto bytes,
           world.db.statement(
               "DELETE FROM sealed_entries WHERE id IN (SELECT sealed FROM outbox WHERE log = ?1)"));
  ABRI_CHECK(bytes.run(log.number));
  ABRI_TRY(auto rows, world.db.statement("DELETE FROM outbox WHERE log = ?1"));
  ABRI_CHECK(rows.run(log.number));
  return load_unsent(world);
}

Result<void> store_entries(World& world, const Log& log, const sync::Arrived& arrived) {
  ABRI_TRY(auto insert,
           world.db.statement("INSERT INTO entries(id, time, root, sealed) VALUES(?1, ?2, ?3, ?4)"));
  for (std::size_t i = 0; i < arrived.entries.size(); ++i) {
    ABRI_TRY(auto sealed, waiting_bytes(world, log, arrived.entries[i]));
    if (!sealed) {
      ABRI_TRY(sealed, keep_bytes(world, arrived.entries[i]));
    }
    const auto root = feed::shorten(arrived.roots[i]);
    ABRI_CHECK(insert.run(row_of(log, arrived.first + i), arrived.times_ms[i], BytesView(root), *sealed));
  }
  return {};
}

Result<std::optional<StoredEntry>> find_entry(World& world, const Log& log, std::uint64_t position) {
  using Found = std::optional<StoredEntry>;
  ABRI_TRY(auto row, world.db.statement("SELECT e.time, s.bytes FROM entries e JOIN sealed_entries s "
                                        "ON s.id = e.sealed WHERE e.id = ?1"));
  ABRI_TRY(const bool found, row.query(row_of(log, position)));
  if (!found) return Found{};
  return Found(StoredEntry{row.column_time(0), to_bytes(row.column_blob(1))});
}

Result<std::optional<Leaf>> find_leaf(World& world, const Log& log, std::uint64_t position) {
  using Found = std::optional<Leaf>;
  using Root = Id<struct ShortRootTag, 16>;
  ABRI_TRY(auto row, world.db.statement("SELECT time, root FROM entries WHERE id = ?1"));
  ABRI_TRY(const bool found, row.query(row_of(log, position)));
  if (!found) return Found{};
  ABRI_TRY(const auto root, row.column_id<Root>(1));
  return Found(Leaf{row.column_time(0), root.array()});
}

}  // namespace abri::core::cases
