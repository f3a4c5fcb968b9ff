// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "config/config.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace abri::server {

/// Accepts connections, within limits and whatever happens to file descriptors, and keeps the sessions.
///
/// @threads I/O thread only
class Listener {
 public:
  /// @param context  its `on_end` is set here; outlives the listener
  Listener(boost::asio::io_context& io, const Config::Limits& limits, SessionContext& context);

  /// @errors Errc::invalid_argument  not an address
  ///         Errc::network_lost      the port is taken, or the address is not this machine's
  Result<void> open(const std::string& address, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const;
  /// Accepts nothing more.
  void close();
  void on_tick(Time now);

  void stop_reading();
  void drain();
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

 private:
  struct Kept {
    std::shared_ptr<Session> session;
    std::string address;
  };
  boost::asio::awaitable<void> accept();
  void serve(boost::asio::ip::tcp::socket socket);
  bool admit(const std::string& address);
  void ended(ConnectionId id);

  boost::asio::io_context& io_;
  const Config::Limits& limits_;
  SessionContext& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  BucketTable new_connections_;
  std::unordered_map<ConnectionId, Kept> sessions_;
  std::unordered_map<std::string, std::uint32_t> by_address_;
  std::uint32_t unproven_{0};  // counted at each tick, and more since
  ConnectionId next_id_{1};
};

}  // namespace abri::server
