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

/// Whether this machine can listen on an address, at any port.
/// @errors Errc::invalid_argument  no IP address
///         Errc::network_lost      no address of this machine
Result<void> check_address(const std::string& address);

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
    bool unproven{true};
  };
  /// Connections of one address.
  struct Share {
    std::uint32_t all{0};
    std::uint32_t unproven{0};
  };
  boost::asio::awaitable<void> accept();
  void serve(boost::asio::ip::tcp::socket socket);
  bool admit(const std::string& address);
  void proven(Kept& kept);
  void ended(ConnectionId id);

  boost::asio::io_context& io_;
  const Config::Limits& limits_;
  SessionContext& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  BucketTable new_connections_;
  std::unordered_map<ConnectionId, Kept> sessions_;
  std::unordered_map<std::string, Share> by_address_;
  std::uint32_t unproven_{0};  // what was proven is seen at the next tick
  ConnectionId next_id_{1};
};

}  // namespace abri::server
