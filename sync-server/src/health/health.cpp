// SPDX-License-Identifier: MPL-2.0
#include "health/health.hpp"

#include "config/explain.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace abri::server {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;
constexpr auto kAsTuple = net::as_tuple(net::use_awaitable);
constexpr std::chrono::seconds kDeadline{5};

class Listening final : public HealthCheck, public std::enable_shared_from_this<Listening> {
 public:
  Listening(net::io_context& io, std::function<bool()> healthy)
      : io_(io), healthy_(std::move(healthy)), acceptor_(io), pause_(io) {}

  Result<void> open(std::uint16_t port) {
    boost::system::error_code failed;
    const tcp::endpoint endpoint(net::ip::address_v4::loopback(), port);
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(16, failed);
    if (failed) return Error{Errc::network_lost, place::kHealth, failed.value()};
    net::co_spawn(io_, accept(), [self = shared_from_this()](const std::exception_ptr&) {});
    return {};
  }
  void stop() override {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  net::awaitable<void> accept();
  net::awaitable<void> serve(std::shared_ptr<tcp::socket> socket);

  net::io_context& io_;
  std::function<bool()> healthy_;
  tcp::acceptor acceptor_;
  net::steady_timer pause_;
};

net::awaitable<void> Listening::accept() {
  while (acceptor_.is_open()) {
    auto [failed, accepted] = co_await acceptor_.async_accept(kAsTuple);
    if (failed) {
      pause_.expires_after(std::chrono::milliseconds{100});
      co_await pause_.async_wait(kAsTuple);
      continue;
    }
    // One at a time, each with a deadline: who asks is a supervisor on this machine.
    auto socket = std::make_shared<tcp::socket>(std::move(accepted));
    net::steady_timer deadline(io_, kDeadline);
    deadline.async_wait([socket](const boost::system::error_code& cancelled) {
      boost::system::error_code ignored;
      if (!cancelled) socket->close(ignored);
    });
    co_await serve(socket);
  }
}

net::awaitable<void> Listening::serve(std::shared_ptr<tcp::socket> socket) {
  boost::beast::flat_buffer buffer(8192);
  http::request_parser<http::empty_body> parser;
  const auto [failed, size] = co_await http::async_read_header(*socket, buffer, parser, kAsTuple);
  if (failed) co_return;
  const bool known = parser.get().method() == http::verb::get && parser.get().target() == "/health";
  http::response<http::string_body> response;
  response.version(parser.get().version());
  response.keep_alive(false);
  response.result(!known       ? http::status::not_found
                  : healthy_() ? http::status::ok
                               : http::status::service_unavailable);
  response.body() = response.result() == http::status::ok ? "ok\n" : "unavailable\n";
  response.prepare_payload();
  co_await http::async_write(*socket, response, kAsTuple);
}

}  // namespace

Result<std::shared_ptr<HealthCheck>> open_health_check(net::io_context& io, std::uint16_t port,
                                                       std::function<bool()> healthy) {
  auto listening = std::make_shared<Listening>(io, std::move(healthy));
  ABRI_CHECK(listening->open(port));
  return std::shared_ptr<HealthCheck>(std::move(listening));
}

}  // namespace abri::server
