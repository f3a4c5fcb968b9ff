// SPDX-License-Identifier: MPL-2.0
#include "vault/files.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace abri::core::vault {
namespace {

/// Calls again after a signal.
template <class F>
auto retried(F&& call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

Result<void> write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const auto written = retried([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (written < 0) return file_error("write_all");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Error file_error(const char* where) {
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
      return {Errc::not_found, where, errno};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {Errc::storage_full, where, errno};
    default:
      return {Errc::storage_failed, where, errno};
  }
}

Result<void> make_directory(const std::filesystem::path& path) {
  const auto parent = path.parent_path();
  if (!parent.empty() && parent != path && ::access(parent.c_str(), F_OK) != 0)
    ABRI_CHECK(make_directory(parent));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return file_error("make_directory");
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return Error{Errc::storage_failed, "make_directory: not a directory"};
  }
  return {};
}

Result<FileDescriptor> take_lock(const std::filesystem::path& lock_file) {
  FileDescriptor file(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return file_error("take_lock");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Error{Errc::storage_busy, "take_lock"};
    return file_error("take_lock");
  }
  return file;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return file_error("read_file");
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{Errc::storage_failed, "read_file", errno};
  }
  if (static_cast<std::uint64_t>(status.st_size) > max) return Error{Errc::too_large, "read_file"};
  Bytes out(static_cast<std::size_t>(status.st_size));
  ABRI_CHECK(read_at(file, 0, out));
  return out;
}

Result<void> replace_file(const std::filesystem::path& path, BytesView bytes) {
  auto temporary = path;
  temporary += ".new";
  const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return file_error("replace_file");
  auto written = write_all(file.get(), bytes);
  if (written && ::fsync(file.get()) != 0) written = file_error("replace_file: fsync");
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = file_error("replace_file: rename");
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_directory(path.parent_path());
}

Result<void> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return file_error("remove_file");
  }
  return sync_directory(path.parent_path());
}

Result<void> sync_directory(const std::filesystem::path& path) {
  const FileDescriptor directory(
      ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.get()) != 0) return file_error("sync_directory");
  return {};
}

Result<void> read_at(const FileDescriptor& file, std::uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const auto got =
        retried([&] { return ::pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset)); });
    if (got < 0) return file_error("read_at");
    if (got == 0) return Error{Errc::not_found, "read_at: the file ends"};
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

std::uint64_t size_or_zero(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace abri::core::vault
