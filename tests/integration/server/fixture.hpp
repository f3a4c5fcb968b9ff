// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "support/server_process.hpp"
#include "support/wire_frames.hpp"
#include "support/ws_client.hpp"

#include <abri/crypto/sign.hpp>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

namespace abri::test {

/// Deadlines short enough for a test.
inline constexpr const char* kShortDeadlines = R"(
[deadlines]
tls_ms = 1000
upgrade_ms = 1000
hello_ms = 1000
proof_ms = 600000
idle_ms = 600000
write_stall_ms = 2000
drain_ms = 3000
[limits]
connections_per_address = 5000
unproven_connections = 5000
unproven_per_address = 5000
new_connections_burst = 100000
new_connections_per_second = 100000
)";

/// A running server with one account and, on request, logs.
struct Deployment {
  explicit Deployment(const std::string& config = kShortDeadlines, std::uint32_t max_files = 0)
      : config_text(config) {
    server.emplace(
        ServerProcess::Options{.data = folder.path() / "data", .config = config, .max_files = max_files});
    const auto code = server->add_account();
    account = code.id;
    account_key.emplace(crypto::SigningKey::from_seed(code.seed));
  }
  /// Starts the server again from what is on its disk.
  void restart() {
    server.reset();
    server.emplace(ServerProcess::Options{.data = folder.path() / "data", .config = config_text});
  }
  /// A greeted connection.
  std::unique_ptr<WsClient> connect() {
    auto client = WsClient::connect(server->port());
    if (client && !client->greet(server->key())) client.reset();
    return client;
  }
  /// A greeted connection that proved capabilities of a log.
  std::unique_ptr<WsClient> connect(const LogKeys& keys, std::initializer_list<v1::Capability> capabilities) {
    auto client = connect();
    for (const auto capability : capabilities) {
      const auto frame = prove_frame(2, client->handshake, keys.id, capability, keys.of(capability));
      if (!client->ask(frame).has_done()) return nullptr;
    }
    return client;
  }
  bool open_log(const LogKeys& keys) {
    auto client = connect();
    return client && client->ask(open_frame(2, client->handshake, account, *account_key, keys)).has_done();
  }

  TempFolder folder;
  std::string config_text;
  std::optional<ServerProcess> server;
  AccountId account;
  std::optional<crypto::SigningKey> account_key;
};

}  // namespace abri::test
