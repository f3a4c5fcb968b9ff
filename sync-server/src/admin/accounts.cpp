// SPDX-License-Identifier: MPL-2.0
#include "admin/accounts.hpp"

#include "config/explain.hpp"

#include <abri/base/account_code.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/sign.hpp>

#include <cerrno>
#include <cstring>
#include <string_view>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace abri::server {
namespace {

constexpr std::size_t kMaxAnswerBytes = 1024;

class Socket {
 public:
  Socket() : number_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Error unreachable() {
  return Error{Errc::network_lost, place::kAdminSocket, errno};
}

}  // namespace

NewAccount make_account(const AccountQuota& quota) {
  AccountCode code{.id = crypto::random_id<AccountId>(), .seed = {}};
  crypto::random_bytes(code.seed);
  const auto key = crypto::SigningKey::from_seed(code.seed);
  return NewAccount{.account = {.id = code.id,
                                .key = key.public_key(),
                                .max_bytes = quota.max_bytes,
                                .max_logs = quota.max_logs},
                    .code = encode_account_code(code)};
}

Result<std::string> ask_for_account(const std::filesystem::path& path, const AccountQuota& quota) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = path.string();
  if (name.size() >= sizeof(address.sun_path))
    return Error{Errc::invalid_argument, place::kAdminSocket, ENAMETOOLONG};
  std::memcpy(address.sun_path, name.data(), name.size());
  const Socket socket;
  if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return unreachable();
  }
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const auto line =
      "account add " + std::to_string(quota.max_bytes) + " " + std::to_string(quota.max_logs) + "\n";
  if (::send(socket.number(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) {
    return unreachable();
  }
  std::string answer(kMaxAnswerBytes, '\0');
  std::size_t size = 0;
  while (size < answer.size()) {
    const auto got = ::recv(socket.number(), answer.data() + size, answer.size() - size, 0);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
    if (answer[size - 1] == '\n') break;
  }
  answer.resize(size);
  if (!answer.starts_with("ok ") || answer.back() != '\n') {
    return Error{answer.empty() ? Errc::network_lost : Errc::storage_failed, place::kAccountAdd};
  }
  return answer.substr(3, answer.size() - 4);
}

}  // namespace abri::server
