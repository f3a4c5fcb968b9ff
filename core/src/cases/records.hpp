// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/compartments.hpp"
#include "merge/operation.hpp"
#include "merge/record_state.hpp"

#include <abri/core/app.hpp>
#include <abri/proto/schema.hpp>

#include <span>

/// Merged records in the vault: loading, merging operations into them, and what lists and the search index keep of them.
namespace abri::core::cases {

Result<merge::RecordState> load_record(World& world, const merge::RecordKey& key);

/// Merges operations of one compartment of one case. Those that are void leave a notice.
Result<void> merge_operations(World& world, const Log& feed, const CaseId& id,
                              std::span<const merge::Operation> operations,
                              const merge::OperationContext& context);

/// What the authenticated surroundings of an author say: side and roles.
merge::OperationContext context_of(World& world, const Log& feed, std::uint32_t device,
                                   std::uint32_t chain_sequence, Compartment compartment,
                                   const OrganisationId& case_owner);
/// The same for what this device writes now.
Result<merge::OperationContext> own_context(World& world, const Log& feed, const CaseId& id,
                                            Compartment compartment);

/// Writes operations of this device: merged at once and queued for the feed, in the caller's transaction.
Result<void> write_operations(World& world, const Log& feed, const CaseId& id, Compartment compartment,
                              std::vector<merge::Operation> operations);

/// The stored parts of a record: one for each compartment it has fields in.
struct StoredRecord {
  merge::RecordKey key;
  merge::RecordState state;
};
Result<std::vector<StoredRecord>> records_of(World& world, const CaseId& id);

/// Digest over all records of the feeds of this device, addresses aside (not everyone holds them).
Result<Hash> state_digest(World& world);

/// After an update of Abri: applies what an older version kept because it did not understand it. Once for each version of the schema.
Result<void> reconsider_records(World& world);

/// Writes a record, and what lists and searches show of it.
/// @param before  as it was stored
Result<void> store_record(World& world, const merge::RecordKey& key, const merge::RecordState& before,
                          const merge::RecordState& state);

/// "2026-11-22", in UTC.
std::string date_of(Time time);

}  // namespace abri::core::cases
