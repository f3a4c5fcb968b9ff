// SPDX-License-Identifier: MPL-2.0
#include "vault/keystore.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace abri::core::vault {
namespace {

constexpr std::size_t kMaxAnchorBytes = 1024;

std::filesystem::path file_of(const std::filesystem::path& directory, std::string_view name,
                              const char* suffix) {
  return directory / (std::string(name) + suffix);
}

}  // namespace

FileKeystore::FileKeystore(std::filesystem::path directory) : directory_(std::move(directory)) {}
FileKeystore::~FileKeystore() = default;

Result<std::filesystem::path> FileKeystore::default_directory() {
  // Read once at the start of a program, before it has threads.
  const char* state = std::getenv("XDG_STATE_HOME");  // NOLINT(concurrency-mt-unsafe)
  if (state != nullptr && *state == '/') return std::filesystem::path(state) / "abri";
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  if (home != nullptr && *home == '/') return std::filesystem::path(home) / ".local" / "state" / "abri";
  return Error{Errc::not_found, "FileKeystore: HOME"};
}

Result<crypto::KeystoreSecret> FileKeystore::secret(std::string_view name) {
  const FileDescriptor file(::open(file_of(directory_, name, ".secret").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return file_error("FileKeystore::secret");
  crypto::WipedArray<crypto::KeystoreSecret::kSize> raw;
  ABRI_CHECK(read_at(file, 0, raw.span()));
  return crypto::KeystoreSecret::take(raw.span());
}

Result<void> FileKeystore::set_secret(std::string_view name, const crypto::KeystoreSecret& secret) {
  ABRI_CHECK(make_directory(directory_));
  return secret.expose([&](std::span<const std::byte, crypto::KeystoreSecret::kSize> raw) {
    return replace_file(file_of(directory_, name, ".secret"), raw);
  });
}

Result<void> FileKeystore::erase_secret(std::string_view name) {
  return remove_file(file_of(directory_, name, ".secret"));
}

Result<Bytes> FileKeystore::anchor(std::string_view name) {
  return read_file(file_of(directory_, name, ".anchor"), kMaxAnchorBytes);
}

Result<void> FileKeystore::set_anchor(std::string_view name, BytesView anchor, bool durable) {
  if (!open_file_.valid() || open_name_ != name) {
    ABRI_CHECK(make_directory(directory_));
    const auto path = file_of(directory_, name, ".anchor");
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) return file_error("FileKeystore::set_anchor");
    ABRI_CHECK(sync_directory(directory_));
    open_file_ = std::move(file);
    open_name_ = name;
  }
  // In place: an anchor is far smaller than a sector, and of one size.
  const auto written = ::pwrite(open_file_.get(), anchor.data(), anchor.size(), 0);
  if (written != static_cast<ssize_t>(anchor.size())) return file_error("FileKeystore::set_anchor");
  if (durable && ::fdatasync(open_file_.get()) != 0) return file_error("FileKeystore::set_anchor");
  return {};
}

}  // namespace abri::core::vault
