// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

namespace abri::core::vault {

/// Starts SQLite once for the process, with an allocator that wipes what it frees, so that no row, key or statement
/// outlives its use in memory. Every opening calls it first.
///
/// @errors   Errc::unsafe_storage  SQLite was started before, or is not the SQLCipher that we build
/// @threads  any
Result<void> start_sqlite();

}  // namespace abri::core::vault
