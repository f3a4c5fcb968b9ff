// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/result.hpp>

#include <filesystem>
#include <utility>

namespace abri::core::vault {

/// An open file descriptor, closed at the end of its scope.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_{-1};
};

/// The error of `errno`: Errc::not_found, Errc::storage_full or Errc::storage_failed.
Error file_error(const char* where);

/// Makes a directory of mode 0700 with its parents; success if it is there.
Result<void> make_directory(const std::filesystem::path& path);
/// Owns the directory until the descriptor closes, in this process and against others.
/// @errors  Errc::storage_busy  another one owns it
Result<FileDescriptor> take_lock(const std::filesystem::path& lock_file);

/// @errors  Errc::not_found, Errc::too_large (above `max` bytes), Errc::storage_failed
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t max);
/// Writes a file of mode 0600 whole or not at all, and durably: temporary file, fsync, rename, fsync of the directory.
Result<void> replace_file(const std::filesystem::path& path, BytesView bytes);
/// Success if it is not there. Durable.
Result<void> remove_file(const std::filesystem::path& path);
Result<void> sync_directory(const std::filesystem::path& path);
/// Exactly `out.size()` bytes from `offset`.
/// @errors  Errc::not_found  the file ends before
Result<void> read_at(const FileDescriptor& file, std::uint64_t offset, std::span<std::byte> out);
/// 0 for a file that is not there.
std::uint64_t size_or_zero(const std::filesystem::path& path);

}  // namespace abri::core::vault
