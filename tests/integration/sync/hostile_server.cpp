// SPDX-License-Identifier: MPL-2.0
#include "integration/sync/hostile_server.hpp"

#include "support/server_process.hpp"
#include "tls/tls_context.hpp"

#include <abri/base/result.hpp>

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace abri::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

asio::ssl::context make_context(const TempFolder& folder) {
  const auto certificate = folder.path() / "certificate.pem";
  const auto key = folder.path() / "key.pem";
  ABRI_ASSERT(server::make_certificate(certificate, key).has_value());
  auto tls = server::make_tls_context(certificate, key);
  ABRI_ASSERT(tls.has_value());
  return *std::move(tls);
}

}  // namespace

class HostileServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& context, Script script)
      : script_(std::move(script)),
        tls_(make_context(folder_)),
        acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  void start() { asio::co_spawn(acceptor_.get_executor(), listen(shared_from_this()), rethrow); }
  void stop() {
    boost::system::error_code ignored;
    static_cast<void>(acceptor_.close(ignored));
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  using Self = std::shared_ptr<Impl>;

  static void rethrow(const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  }

  static asio::awaitable<void> listen(Self self) {
    for (;;) {
      auto [code, socket] = co_await self->acceptor_.async_accept(kAsTuple);
      if (code) co_return;
      ++self->connections_;
      asio::co_spawn(self->acceptor_.get_executor(), serve(self, std::move(socket)), rethrow);
    }
  }

  static constexpr std::string_view kPage =
      "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n";

  static asio::awaitable<void> serve(Self self, tcp::socket socket) {
    switch (self->script_.instead) {
      case Script::Instead::nothing:
      case Script::Instead::secure_web_page:
      case Script::Instead::deaf:
        break;
      case Script::Instead::close:
        co_return;
      case Script::Instead::silence: {
        std::string heard(1024, ' ');
        for (;;) {
          auto [code, count] = co_await socket.async_read_some(asio::buffer(heard), kAsTuple);
          if (code) co_return;
        }
      }
      case Script::Instead::web_page:
        co_await asio::async_write(socket, asio::buffer(kPage), kAsTuple);
        co_return;
    }
    beast::websocket::stream<asio::ssl::stream<tcp::socket>, false> stream(std::move(socket), self->tls_);
    auto [greeted] = co_await stream.next_layer().async_handshake(asio::ssl::stream_base::server, kAsTuple);
    if (greeted) co_return;
    if (self->script_.instead == Script::Instead::secure_web_page) {
      std::string asked;
      co_await asio::async_read_until(stream.next_layer(), asio::dynamic_buffer(asked), "\r\n\r\n", kAsTuple);
      co_await asio::async_write(stream.next_layer(), asio::buffer(kPage), kAsTuple);
      co_return;
    }
    auto [accepted] = co_await stream.async_accept(kAsTuple);
    if (accepted) co_return;
    if (self->script_.instead == Script::Instead::deaf) {
      asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
      co_await never.async_wait(kAsTuple);
    }
    stream.text(self->script_.text);
    stream.binary(!self->script_.text);
    for (;;) {
      beast::flat_buffer buffer;
      auto [code, count] = co_await stream.async_read(buffer, kAsTuple);
      if (code) co_return;
      for (const auto& message : self->script_.answer(beast::buffers_to_string(buffer.data()))) {
        auto [failed, sent] = co_await stream.async_write(asio::buffer(message), kAsTuple);
        if (failed) co_return;
      }
    }
  }

  Script script_;
  TempFolder folder_;
  asio::ssl::context tls_;
  tcp::acceptor acceptor_;
  int connections_{0};
};

HostileServer::HostileServer(asio::io_context& context, Script script)
    : impl_(std::make_shared<Impl>(context, std::move(script))) {
  impl_->start();
}
HostileServer::~HostileServer() {
  impl_->stop();
}
std::uint16_t HostileServer::port() const {
  return impl_->port();
}
int HostileServer::connections() const {
  return impl_->connections();
}

}  // namespace abri::test
