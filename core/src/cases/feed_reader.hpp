// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/compartments.hpp"
#include "cases/world.hpp"
#include "feed/entry.hpp"

/// Entries of a feed, judged and applied (docs/protocol.md, section "An entry").
namespace abri::core::cases {

/// The cases that entries name, each once.
struct NamedCases {
  std::vector<CaseId> all;
  std::vector<CaseId> changed_by_others;  ///< in entries that this device did not send
};

/// Opens an entry with whichever generation it was sealed under.
std::optional<feed::OpenedEntry> open_entry_of(World& world, const Log& feed, BytesView entry);

/// Applies entries of a feed in order, in the caller's transaction; the cursor is moved by the caller.
/// @errors Errc::out_of_sync  an entry names a link of the chain that is not here yet
Result<NamedCases> apply_feed_entries(World& world, Log& feed, const sync::Arrived& arrived);

}  // namespace abri::core::cases
