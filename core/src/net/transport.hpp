// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/wire.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming)
}

namespace abri::core::net {

/// One WebSocket connection over TLS 1.3, and the attempt to make it. Hides Beast, which costs 20 s in every unit that
/// sees it.
///
/// @threads  core strand only
class Transport {
 public:
  /// Called from the loop, never from inside a call of `Transport`.
  struct Events {
    std::function<void(const wire::Exporter& exporter)> connected;
    std::function<void(BytesView frame)> frame;  ///< one binary message; the view ends with the call
    std::function<void(Errc why)> closed;        ///< the last one: also where no connection came about
  };

  /// What a server may cost that takes nothing: above it the connection ends with Errc::timed_out.
  struct Limits {
    std::size_t queued_bytes{std::size_t{8} * 1024 *
                             1024};           ///< messages that wait, with what each costs itself
    std::chrono::milliseconds write{20'000};  ///< one message
  };

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// One binary message, after those before it.
  virtual void send(Bytes frame) = 0;
  /// Ends the connection when everything is sent, at the latest after two seconds; or the attempt, at once.
  virtual void close() = 0;
  /// Ends it at once, without any further event.
  virtual void abort() = 0;
};

/// Begins to connect.
/// @param address  "host:port"; an IPv6 address in brackets
std::shared_ptr<Transport> connect(boost::asio::io_context& context, const std::string& address,
                                   Transport::Events events, Transport::Limits limits = {});

}  // namespace abri::core::net
