// SPDX-License-Identifier: MPL-2.0
#include "listener/listener.hpp"

#include "config/explain.hpp"

#include <cerrno>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace abri::server {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;
constexpr auto kAsTuple = net::as_tuple(net::use_awaitable);
constexpr std::chrono::milliseconds kAcceptPause{100};

// An IPv4 address, or the /64 of an IPv6 address: what one household or office has.
std::string bucket_key(const net::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  if (address.to_v6().is_v4_mapped())
    return net::ip::address_v4({bytes[12], bytes[13], bytes[14], bytes[15]}).to_string();
  return {bytes.begin(), bytes.begin() + 8};
}

Error cannot_listen(const error_code& why) {
  const bool foreign = why.value() == EADDRNOTAVAIL;
  return Error{Errc::network_lost, foreign ? place::kAddress : place::kListen, why.value()};
}

Result<void> bind_to(tcp::acceptor& acceptor, const std::string& address, std::uint16_t port) {
  error_code failed;
  const auto ip = net::ip::make_address(address, failed);
  if (failed) return Error{Errc::invalid_argument, place::kAddress};
  const tcp::endpoint endpoint(ip, port);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (failed) return cannot_listen(failed);
  return {};
}

}  // namespace

Listener::Listener(net::io_context& io, const Config::Limits& limits, SessionContext& context)
    : io_(io), limits_(limits), context_(context), acceptor_(io), new_connections_(limits.new_connections) {
  context_.on_end = [this](ConnectionId id) { ended(id); };
}

Result<void> Listener::open(const std::string& address, std::uint16_t port) {
  ABRI_CHECK(bind_to(acceptor_, address, port));
  error_code failed;
  acceptor_.listen(net::socket_base::max_listen_connections, failed);
  if (failed) return cannot_listen(failed);
  net::co_spawn(io_, accept(), [](const std::exception_ptr&) {});
  return {};
}

Result<void> check_address(const std::string& address) {
  net::io_context io;
  tcp::acceptor acceptor(io);
  return bind_to(acceptor, address, /*port=*/0);
}

std::uint16_t Listener::port() const {
  error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
}

net::awaitable<void> Listener::accept() {
  net::steady_timer pause(io_);
  while (acceptor_.is_open()) {
    auto [failed, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (!failed) {
      serve(std::move(socket));
      continue;
    }
    if (failed == net::error::connection_aborted) continue;
    // No descriptor or memory is left: wait for some to come back, without spinning.
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kAsTuple);
  }
}

bool Listener::admit(const std::string& address) {
  if (sessions_.size() >= limits_.connections || unproven_ >= limits_.unproven_connections) return false;
  const auto found = by_address_.find(address);
  if (found != by_address_.end() && (found->second.all >= limits_.connections_per_address ||
                                     found->second.unproven >= limits_.unproven_per_address)) {
    return false;
  }
  return new_connections_.take(address, 1, context_.clock());
}

void Listener::serve(tcp::socket socket) {
  error_code failed;
  const auto remote = socket.remote_endpoint(failed);
  if (failed) return;
  auto address = bucket_key(remote.address());
  if (!admit(address)) {
    ++context_.counters.refused;
    return;  // the socket closes
  }
  ++context_.counters.accepted;
  ++unproven_;
  auto& share = by_address_[address];
  ++share.all;
  ++share.unproven;
  const auto id = next_id_++;
  auto& kept = sessions_[id];
  kept.address = address;
  kept.session = start_session(std::move(socket), std::move(address), id, context_);
}

void Listener::ended(ConnectionId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  proven(found->second);
  if (const auto share = by_address_.find(found->second.address); --share->second.all == 0) {
    by_address_.erase(share);
  }
  sessions_.erase(found);
}

/// It holds no unproven connection's place any more.
void Listener::proven(Kept& kept) {
  if (!std::exchange(kept.unproven, false)) return;
  --unproven_;
  --by_address_.at(kept.address).unproven;
}

void Listener::on_tick(Time now) {
  std::vector<std::shared_ptr<Session>> all;
  all.reserve(sessions_.size());
  for (const auto& [id, kept] : sessions_) all.push_back(kept.session);
  for (auto& [id, kept] : sessions_) {
    if (kept.session->authenticated()) proven(kept);
  }
  for (const auto& session : all) session->on_tick(now);
}

void Listener::stop_reading() {
  for (const auto& [id, kept] : sessions_) kept.session->stop_reading();
}

void Listener::drain() {
  for (const auto& [id, kept] : sessions_) kept.session->drain();
}

}  // namespace abri::server
