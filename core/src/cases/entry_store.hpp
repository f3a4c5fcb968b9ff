// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"

#include <set>

/// Sealed entries of a log: those that wait for their receipt (`outbox`) and those that the log holds (`entries`). Their bytes are
/// written once, into `sealed_entries`, and stay there when the server acknowledges them.
namespace abri::core::cases {

/// What is known of an entry that waits.
struct Waiting {
  std::uint32_t epoch{0};    ///< of a feed, that it is sealed under
  std::uint64_t clock{0};    ///< greatest hybrid clock in it
  std::set<CaseId> changes;  ///< cases that it changes
};

/// Puts an entry behind those of its log that wait.
Result<void> enqueue_entry(World& world, const Log& log, BytesView bytes, const Waiting& waiting);
/// Takes an entry that the log holds out of those that wait. nullopt: it is not ours.
/// @return the greatest hybrid clock in it
Result<std::optional<std::uint64_t>> acknowledge_entry(World& world, const Log& log, BytesView bytes);
/// Forgets all that waits for a log.
Result<void> drop_waiting_entries(World& world, const Log& log);

/// Visits what waits for a log, oldest first; the body says whether to go on.
template <class Visit>
Result<void> visit_waiting(World& world, const Log& log, Visit&& visit) {
  ABRI_TRY(auto rows,
           world.db.statement("SELECT s.bytes FROM outbox o JOIN sealed_entries s ON s.id = o.sealed "
                              "WHERE o.log = ?1 ORDER BY o.id"));
  ABRI_CHECK(rows.bind_all(log.number));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return {};
    ABRI_TRY(const bool go_on, visit(rows.column_blob(0)));
    if (!go_on) return {};
  }
}

/// Keeps entries as the log holds them. Call it before they are acknowledged.
Result<void> store_entries(World& world, const Log& log, const sync::Arrived& arrived);

/// One entry of a log.
struct StoredEntry {
  Time time;  ///< of the leaf
  Bytes bytes;
};
Result<std::optional<StoredEntry>> find_entry(World& world, const Log& log, std::uint64_t position);
/// The leaf of an entry, without its bytes.
struct Leaf {
  Time time;
  feed::ShortHash root{};  ///< of the tree that ends with it
};
Result<std::optional<Leaf>> find_leaf(World& world, const Log& log, std::uint64_t position);

}  // namespace abri::core::cases
