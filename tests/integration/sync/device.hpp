// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/engine.hpp"
#include "unit/core/sync/memory_port.hpp"

#include <abri/core/net/synchroniser.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

namespace abri::test {

/// A device with its logs in memory and a real connection.
class NetDevice {
 public:
  NetDevice(boost::asio::io_context& context, const ByteArray<32>& pinned, std::uint16_t server_port)
      : engine(port, /*seed=*/11), net(context, engine) {
    port.pinned = crypto::SigningPublicKey(pinned);
    port.address = "127.0.0.1:" + std::to_string(server_port);
  }
  void write(const LogId& id, std::string_view text) {
    port.write(id, text);
    net.notify_local();
  }

  core::sync::test::MemoryPort port;
  core::sync::Engine engine;
  core::net::Synchroniser net;
};

/// Runs the loop until something holds. False where it does not in time.
inline bool run_until(boost::asio::io_context& context, const std::function<bool()>& holds,
                      std::chrono::seconds patience = std::chrono::seconds{60}) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    context.run_one_for(std::chrono::milliseconds{20});
    if (context.stopped()) context.restart();
  }
  return true;
}

}  // namespace abri::test
