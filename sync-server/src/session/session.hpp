// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "config/config.hpp"
#include "session/hub.hpp"

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace abri::server {

/// Counters of the server's life; all that is ever logged about connections.
struct Counters {
  std::uint64_t accepted{0};
  std::uint64_t refused{0};            ///< by a limit, before TLS
  std::uint64_t failed_handshakes{0};  ///< TLS or HTTP upgrade
  std::uint64_t past_deadline{0};
  std::uint64_t frames_in{0};
  std::uint64_t frames_out{0};
};

/// What all sessions use; outlives them.
struct SessionContext {
  boost::asio::ssl::context& tls;
  Hub& hub;
  const crypto::SigningKey& server_key;
  ConnectionLimits& limits;
  Config::Deadlines deadlines;
  Counters& counters;
  std::function<Time()> clock;  ///< steady
  std::function<void(ConnectionId)> on_end;
};

/// One TCP connection from accept to its end: TLS, WebSocket, the connection's logic, the outgoing queue.
///
/// @threads I/O thread only
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// Checks deadlines. Call it a few times a second.
  virtual void on_tick(Time now) = 0;
  /// Reads no further frame.
  virtual void stop_reading() = 0;
  /// Sends what waits, then closes with "try again later".
  virtual void drain() = 0;
  /// Whether it proved a capability.
  [[nodiscard]] virtual bool authenticated() const = 0;
};

/// Starts serving `socket`; `context.on_end(id)` is called, once, when it is over.
/// @param address  key of the token buckets; never logged
std::shared_ptr<Session> start_session(boost::asio::ip::tcp::socket socket, std::string address,
                                       ConnectionId id, SessionContext& context);

}  // namespace abri::server
