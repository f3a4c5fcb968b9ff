// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "support/memory_tree.hpp"

#include <abri/base/wire.hpp>
#include <abri/crypto/sign.hpp>
#include <abri/v1/wire.pb.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace abri::core::sync::test {

/// An honest server in memory, as `proto/abri/v1/wire.proto` describes it; tests bend its frames, its logs and its key.
class ServerModel {
 public:
  struct Log {
    v1::Open keys;
    std::vector<std::string> entries;
    std::vector<std::uint64_t> times_ms;
    abri::test::MemoryTree tree;

    void append(const std::string& entry, std::uint64_t time_ms);
    /// A server that went back to an old backup.
    void cut(std::size_t size);
  };
  struct Connection {
    wire::Handshake handshake;
    bool greeted{false};
    std::set<std::pair<LogId, int>> proven;
    struct Subscription {
      std::uint64_t next{0};
      std::uint32_t request{0};
    };
    std::map<LogId, Subscription> subscriptions;
    std::uint64_t credit{wire::kInitialCreditBytes};
    std::deque<Bytes> out;  ///< to the client
    std::vector<v1::Frame> seen;
  };
  using ConnectionPtr = std::shared_ptr<Connection>;

  ConnectionPtr connect(const wire::Exporter& exporter);
  void on_frame(Connection& connection, BytesView frame);
  /// Sends each subscriber what it has not got, as far as its credit goes.
  void publish();
  v1::Head head(const LogId& id, std::uint64_t size) const;
  void send(Connection& connection, v1::Frame frame) const;
  std::size_t total_entries() const;

  crypto::SigningKey key{crypto::SigningKey::generate()};
  std::map<LogId, Log> logs;
  std::vector<ConnectionPtr> connections;
  std::uint64_t now_ms{0};
  std::size_t entries_per_frame{100};
  /// Bends a frame on its way out; false drops it.
  std::function<bool(v1::Frame&)> bend;
  /// Bends or answers a frame before the server sees it; false keeps it from the server.
  std::function<bool(Connection&, const v1::Frame&)> intercept;

 private:
  void prove(Connection& connection, const v1::Frame& frame);
  void open(Connection& connection, const v1::Frame& frame);
  void subscribe(Connection& connection, const v1::Frame& frame);
  void append(Connection& connection, const v1::Frame& frame);
  void publish_to(Connection& connection, const LogId& id, bool may_be_empty, v1::Frame frame);
  void done(Connection& connection, std::uint32_t request) const;
  void error(Connection& connection, std::uint32_t request, v1::WireErrorCode code,
             const std::string& log) const;
};

}  // namespace abri::core::sync::test
