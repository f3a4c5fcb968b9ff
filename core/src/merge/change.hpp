// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/operation.hpp"

#include <abri/base/bytes.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace abri::core::merge {

/// The operations of one Body with their dots and clocks.
struct Change {
  std::uint32_t schema_version{0};
  std::vector<Operation> operations;
  std::string extra;  ///< fields of the encoded change that this version does not know
};

/// Encodes operations of one author. Their dots must be of one device and incarnation with consecutive counters, their clocks
/// must not go back (`stamp` sees to both).
/// @errors  Errc::invalid_argument  the above does not hold, or there is no operation
///          Errc::too_large         more than `limits::kMaxOperationsPerChange`
Result<Bytes> encode_change(const Change& change);

/// Decodes the plaintext of a Body. Unknown kinds and fields are kept in the operations.
/// @param device, incarnation  of the author, from the entry's authenticated Core
/// @errors  Errc::malformed  no Protocol Buffers, an index out of its table, a counter or clock out of its range
///          Errc::too_large  above a limit
Result<Change> decode_change(BytesView bytes, std::uint32_t device, std::uint64_t incarnation);

/// Gives operations their dots, consecutive from `first`, and all the same clock.
void stamp(std::span<Operation> operations, Dot first, Clock clock);

}  // namespace abri::core::merge
