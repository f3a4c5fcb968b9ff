// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every size that a peer or a file may claim is compared with one of these before anything is allocated.
/// (docs/protocol.md, section "Limits"; docs/security/threat-model.md.)
namespace abri::limits {

inline constexpr std::size_t kMaxFrameBytes = std::size_t{256} * 1024;  ///< one WebSocket message
inline constexpr std::size_t kMaxEntryBytes =
    std::size_t{64} * 1024;  ///< one log entry, nonce and tag included
/// The smallest bucket of a sealed entry, and what the smallest entry counts for (`counted_bytes`).
inline constexpr std::size_t kMinEntryBytes = 384;
/// What an entry counts for wherever bytes of entries are bounded: a tiny one costs a row, hashes and memory as well.
constexpr std::size_t counted_bytes(std::size_t entry_bytes) {
  return std::max(entry_bytes, kMinEntryBytes);
}
inline constexpr std::size_t kMaxEntriesPerFrame = 1000;
inline constexpr std::size_t kMaxLogsPerConnection = 4096;
inline constexpr std::size_t kMaxBodiesPerEntry = 1000;
inline constexpr std::size_t kMaxOperationsPerChange = 4096;
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} * 1024;  ///< one text value of a record
inline constexpr std::size_t kMaxListItems = 1000;                    ///< items of one repeated field
inline constexpr std::size_t kMaxMembers = 4096;  ///< users of an organisation, members of a group
inline constexpr std::size_t kMaxNameBytes = 256;
inline constexpr std::size_t kMaxPassphraseBytes = 1024;
inline constexpr int kMaxParseDepth = 16;  ///< nesting of Protocol Buffers

inline constexpr std::chrono::minutes kClockTolerance{
    5};  ///< a hybrid clock further ahead of the leaf is clamped
inline constexpr std::chrono::minutes kLeafTimeTolerance{10};

}  // namespace abri::limits
