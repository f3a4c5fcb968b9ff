// SPDX-License-Identifier: MPL-2.0
#include "admin/admin_socket.hpp"

#include "admin/accounts.hpp"
#include "config/explain.hpp"

#include <abri/base/secret_bytes.hpp>

#include <charconv>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/stat.h>

namespace abri::server {
namespace {

namespace net = boost::asio;
using net::local::stream_protocol;
constexpr auto kAsTuple = net::as_tuple(net::use_awaitable);
constexpr std::size_t kMaxLineBytes = 256;
constexpr std::string_view kCommand = "account add ";

// "account add <max bytes> <max logs>\n"
std::optional<AccountQuota> parse_line(std::string_view line) {
  if (!line.starts_with(kCommand) || !line.ends_with('\n')) return std::nullopt;
  line.remove_prefix(kCommand.size());
  line.remove_suffix(1);
  AccountQuota out;
  const char* const end = line.data() + line.size();
  const auto bytes = std::from_chars(line.data(), end, out.max_bytes);
  if (bytes.ec != std::errc{} || bytes.ptr == end || *bytes.ptr != ' ') return std::nullopt;
  const auto logs = std::from_chars(bytes.ptr + 1, end, out.max_logs);
  if (logs.ec != std::errc{} || logs.ptr != end) return std::nullopt;
  return out;
}

class Listening final : public AdminSocket, public std::enable_shared_from_this<Listening> {
 public:
  Listening(net::io_context& io, std::filesystem::path path, StorageWorker& storage)
      : io_(io), path_(std::move(path)), storage_(storage), acceptor_(io) {}

  Result<void> open();
  void stop() override;

 private:
  net::awaitable<void> accept();
  net::awaitable<void> serve(std::shared_ptr<stream_protocol::socket> socket);
  net::awaitable<std::string> add_account(AccountQuota quota);

  net::io_context& io_;
  std::filesystem::path path_;
  StorageWorker& storage_;
  stream_protocol::acceptor acceptor_;
};

Result<void> Listening::open() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  boost::system::error_code failed;
  acceptor_.open(stream_protocol(), failed);
  const auto previous_mask = ::umask(0177);
  try {
    if (!failed) acceptor_.bind(stream_protocol::endpoint(path_.string()), failed);
  } catch (const boost::system::system_error& error) {  // a path longer than a socket's name may be
    failed = error.code();
  }
  ::umask(previous_mask);
  if (!failed) acceptor_.listen(16, failed);
  if (failed) return Error{Errc::storage_failed, place::kAdminSocket, failed.value()};
  net::co_spawn(io_, accept(), [self = shared_from_this()](const std::exception_ptr&) {});
  return {};
}

void Listening::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  std::error_code missing;
  std::filesystem::remove(path_, missing);
}

net::awaitable<void> Listening::accept() {
  net::steady_timer pause(io_);
  while (acceptor_.is_open()) {
    auto [failed, accepted] = co_await acceptor_.async_accept(kAsTuple);
    if (failed) {
      pause.expires_after(std::chrono::milliseconds{100});
      co_await pause.async_wait(kAsTuple);
      continue;
    }
    auto socket = std::make_shared<stream_protocol::socket>(std::move(accepted));
    net::co_spawn(io_, serve(socket), [self = shared_from_this()](const std::exception_ptr&) {});
  }
}

net::awaitable<void> Listening::serve(std::shared_ptr<stream_protocol::socket> socket) {
  std::string line;
  const auto [failed, size] =
      co_await net::async_read_until(*socket, net::dynamic_buffer(line, kMaxLineBytes), '\n', kAsTuple);
  const auto quota = failed ? std::nullopt : parse_line(line);
  std::string answer = "error malformed\n";
  if (quota) answer = co_await add_account(*quota);
  const WipeAtEnd wiped(std::as_writable_bytes(std::span(answer)));  // the code
  co_await net::async_write(*socket, net::buffer(answer), kAsTuple);
}

net::awaitable<std::string> Listening::add_account(AccountQuota quota) {
  auto made = std::make_shared<NewAccount>(make_account(quota));
  auto outcome = std::make_shared<std::optional<Result<void>>>();
  auto ready = std::make_shared<net::steady_timer>(io_, net::steady_timer::time_point::max());
  storage_.run([this, made, outcome, ready](LogService& service) {
    auto done = service.add_account(made->account);
    net::post(io_, [outcome, ready, done] {
      *outcome = done;
      ready->cancel();
    });
    return done;
  });
  while (!outcome->has_value()) co_await ready->async_wait(kAsTuple);
  const auto& done = **outcome;
  std::string answer;
  answer.reserve(kMaxLineBytes);  // no copy of the code is left behind
  answer.append(done ? "ok " : "error ");
  answer.append(done ? std::string_view(made->code) : to_string(done.error().code)).append("\n");
  co_return answer;
}

}  // namespace

Result<std::shared_ptr<AdminSocket>> open_admin_socket(net::io_context& io, const std::filesystem::path& path,
                                                       StorageWorker& storage) {
  auto listening = std::make_shared<Listening>(io, path, storage);
  ABRI_CHECK(listening->open());
  return std::shared_ptr<AdminSocket>(std::move(listening));
}

}  // namespace abri::server
