// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/engine.hpp"
#include "unit/core/sync/memory_port.hpp"
#include "unit/core/sync/server_model.hpp"

#include <memory>
#include <string>
#include <vector>

namespace abri::core::sync::test {

/// One device of a world: its engine, driven by hand.
class Device {
 public:
  Device(ServerModel& server, Time& now) : server_(server), now_(now), engine(port, 7) {
    port.pinned = server.key.public_key();
  }

  void start() { carry_out(engine.start(now_)); }
  void stop() { carry_out(engine.stop()); }
  void local() { carry_out(engine.on_local(now_)); }
  void time() { carry_out(engine.on_time(now_)); }
  void frame(BytesView bytes) { carry_out(engine.on_frame(bytes, now_)); }
  void lose() {
    if (!connection) return;
    std::erase(server_.connections, connection);
    connection.reset();
    carry_out(engine.on_disconnected(now_));
  }
  /// Hands over one frame of the server. False where none waits.
  bool receive() {
    if (!connection || connection->out.empty()) return false;
    const auto bytes = std::move(connection->out.front());
    connection->out.pop_front();
    frame(bytes);
    return true;
  }
  void write(const LogId& id, std::string_view text) {
    port.write(id, text);
    local();
  }
  [[nodiscard]] bool online() const { return connection != nullptr; }

 private:
  void carry_out(const Actions& actions) {
    for (const auto& action : actions) {
      if (std::holds_alternative<Connect>(action)) {
        ++attempts;
        if (refuse_connections) {
          carry_out(engine.on_disconnected(now_));
          continue;
        }
        wire::Exporter exporter{};
        wire::Nonce nonce{};
        crypto::random_bytes(exporter);
        crypto::random_bytes(nonce);
        connection = server_.connect(exporter);
        if (relayed) crypto::random_bytes(exporter);  // somebody sits in between: two TLS connections
        carry_out(engine.on_connected(exporter, nonce, now_));
      } else if (const auto* send = std::get_if<Send>(&action)) {
        if (connection) server_.on_frame(*connection, send->frame);
      } else {
        ++disconnects;
        lose();
      }
    }
  }
  ServerModel& server_;
  Time& now_;

 public:
  MemoryPort port;
  Engine engine;
  ServerModel::ConnectionPtr connection;
  bool refuse_connections{false};
  bool relayed{false};
  int attempts{0};
  int disconnects{0};
};

/// A server and some devices under one clock.
struct World {
  ServerModel server;
  Time now{from_millis(1'795'305'600'000)};
  std::vector<std::unique_ptr<Device>> devices;
  std::shared_ptr<TestAccount> account = std::make_shared<TestAccount>();

  World() { server.now_ms = to_millis(now); }
  Device& add_device() {
    auto& device = *devices.emplace_back(std::make_unique<Device>(server, now));
    device.port.account = account;
    return device;
  }
  void advance(std::chrono::milliseconds by) {
    now += by;
    server.now_ms = to_millis(now);
  }
  /// Lets everybody talk until nobody has anything to say, time standing still.
  void settle() {
    for (bool busy = true; busy;) {
      busy = false;
      for (auto& device : devices) {
        while (device->receive()) busy = true;
      }
    }
  }
  /// Lets time pass, deadline by deadline.
  void run(std::chrono::milliseconds time) {
    const auto end = now + time;
    for (settle(); now < end; settle()) {
      auto next = end;
      for (const auto& device : devices) {
        if (const auto at = device->engine.next_deadline(); at && *at < next) next = *at;
      }
      advance(std::max(next - now, std::chrono::milliseconds{1}));
      for (auto& device : devices) device->time();
    }
  }
};

}  // namespace abri::core::sync::test
