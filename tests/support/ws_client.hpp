// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/wire.hpp>
#include <abri/v1/wire.pb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace abri::test {

/// A blocking WebSocket client over TLS 1.3, for tests: it says what it is told to, right or wrong.
///
/// @threads one thread at a time
class WsClient {
 public:
  using Patience = std::chrono::milliseconds;

  /// @return nothing where the server does not let it in
  static std::unique_ptr<WsClient> connect(std::uint16_t port, Patience patience = Patience{30'000});
  WsClient(const WsClient&) = delete;
  WsClient& operator=(const WsClient&) = delete;
  virtual ~WsClient() = default;

  /// Both nonces and the TLS exporter, after `greet`.
  wire::Handshake handshake{};

  /// Says hello, checks the welcome's signature against the pinned key.
  bool greet(const ByteArray<32>& pinned);

  /// Each false where the connection is gone.
  bool send(const v1::Frame& frame) { return send_bytes(frame.SerializeAsString()); }
  virtual bool send_bytes(const std::string& bytes, bool text = false) = 0;
  /// The next frame. Nothing: none came in time, or the connection is gone (see `open`).
  std::optional<v1::Frame> receive(Patience patience = Patience{30'000});
  /// Sends, and gives the next frame with the same request number; others are dropped.
  v1::Frame ask(const v1::Frame& frame, Patience patience = Patience{30'000});
  /// Whether neither side has ended the connection, as far as is known.
  [[nodiscard]] virtual bool open() const = 0;
  /// Waits for the server to end the connection; frames that come are dropped.
  bool ends_within(Patience patience);

 protected:
  WsClient() = default;
  virtual std::optional<std::string> receive_bytes(Patience patience) = 0;
};

}  // namespace abri::test
