// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming)
}

namespace abri::test {

/// A server on a free port of 127.0.0.1 that does what it is told to, right or wrong. Runs on the loop of the test.
class HostileServer {
 public:
  struct Script {
    enum class Instead { nothing, close, silence, web_page, secure_web_page, deaf };
    /// In place of TLS and the WebSocket; `secure_web_page` of the WebSocket alone; `deaf` accepts it and reads nothing.
    Instead instead{Instead::nothing};
    /// What is sent, message by message, for each message of the client.
    std::function<std::vector<std::string>(const std::string& message)> answer;
    bool text{false};  ///< answers are text messages
  };
  HostileServer(boost::asio::io_context& context, Script script);
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  ~HostileServer();

  [[nodiscard]] std::uint16_t port() const;
  /// Connections taken so far.
  [[nodiscard]] int connections() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace abri::test
