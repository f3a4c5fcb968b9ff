// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "store/store.hpp"

#include <filesystem>
#include <memory>
#include <span>

namespace abri::server {

/// The embedded store: one SQLCipher file under a raw key, write-ahead log, `synchronous=FULL`. One process owns it.
///
/// @param path       of the database file; made where there is none
/// @param key        raw key, 32 bytes
/// @param cache_kib  pages that it may keep in memory
/// @errors Errc::storage_busy         another process has it open
///         Errc::unsafe_storage       the library is not SQLCipher, or could spill to temporary files
///         Errc::storage_failed       wrong key, damaged, or no such folder
///         Errc::version_unsupported  written by a newer server
Result<std::unique_ptr<LogStore>> open_sqlite_store(const std::filesystem::path& path,
                                                    std::span<const std::byte, 32> key,
                                                    std::uint32_t cache_kib);

}  // namespace abri::server
