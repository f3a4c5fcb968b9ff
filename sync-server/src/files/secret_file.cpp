// SPDX-License-Identifier: MPL-2.0
#include "files/secret_file.hpp"

#include <abri/crypto/random.hpp>

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace abri::server {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

Error failed(const char* where) {
  return Error{errno == EEXIST ? Errc::already_exists : Errc::storage_failed, where, errno};
}

Result<void> sync_folder(const std::filesystem::path& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::fsync(folder.number()) != 0) return failed("folder");
  return {};
}

}  // namespace

Result<void> write_new_file(const std::filesystem::path& path, BytesView content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) return failed("create");
  while (!content.empty()) {
    const auto written = ::write(file.number(), content.data(), content.size());
    if (written < 0 && errno != EINTR) return failed("write");
    if (written > 0) content = content.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) return failed("fsync");
  return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
}

Result<void> load_or_create_secret(const std::filesystem::path& path, std::span<std::byte> out) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno != ENOENT) return failed("secret");
    crypto::random_bytes(out);
    return write_new_file(path, out);
  }
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return failed("secret");
  if ((status.st_mode & 0077U) != 0) return Error{Errc::unsafe_storage, "secret"};
  if (std::cmp_not_equal(status.st_size, out.size())) return Error{Errc::malformed, "secret"};
  if (!std::cmp_equal(::read(file.number(), out.data(), out.size()), out.size())) return failed("secret");
  return {};
}

Result<void> make_private_folder(const std::filesystem::path& path) {
  if (path.has_parent_path()) {
    std::error_code ignored;  // what matters is whether the last one can be made
    std::filesystem::create_directories(path.parent_path(), ignored);
  }
  if (::mkdir(path.c_str(), 0700) == 0) return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
  std::error_code problem;
  if (errno == EEXIST && std::filesystem::is_directory(path, problem)) return {};
  return Error{Errc::storage_failed, "folder", errno};
}

}  // namespace abri::server
