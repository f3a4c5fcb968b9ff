// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <filesystem>
#include <span>
#include <string_view>

namespace abri::server {

/// Reads a file of exactly `out.size()` secret bytes, or makes one with random bytes where there is none (mode 0600,
/// durable before it returns).
/// @errors Errc::unsafe_storage  readable by others than its owner
///         Errc::malformed       another size
///         Errc::storage_failed  cannot be read or written
Result<void> load_or_create_secret(const std::filesystem::path& path, std::span<std::byte> out);

/// Writes a new file of mode 0600, durable before it returns.
/// @errors Errc::already_exists, Errc::storage_failed
Result<void> write_new_file(const std::filesystem::path& path, BytesView content);

/// Makes a folder of mode 0700 where there is none. @errors Errc::storage_failed
Result<void> make_private_folder(const std::filesystem::path& path);

}  // namespace abri::server
