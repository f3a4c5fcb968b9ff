// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/app.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace abri::agent {

std::chrono::seconds time_since_boot();

struct ServerOptions {
  std::filesystem::path socket;
  std::chrono::seconds idle{15 * 60};  ///< without a request for so long the agent locks the vault and ends
  /// Time since the machine was started, that which it slept included: a laptop that is opened a week later is locked.
  std::function<std::chrono::seconds()> since_boot{time_since_boot};
};

/// A socket that is ready, so that whoever starts the agent can be told before it serves.
class Server {
 public:
  /// Binds the socket, mode 0600 in a directory of mode 0700 of this user.
  /// @errors Errc::storage_busy    another agent answers there
  ///         Errc::not_permitted   the directory is another user's, or open to others
  ///         Errc::storage_failed  the socket cannot be made
  static Result<std::unique_ptr<Server>> bind(std::unique_ptr<core::App> app, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves requests of this user until `lock`, a termination signal or the idle time. The vault is locked when it returns.
  void run();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace abri::agent
