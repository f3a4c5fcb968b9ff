// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/sync_status.hpp>

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming)
}

namespace abri::core::sync {
class Engine;
}

namespace abri::core::net {

/// Runs a sync engine over a WebSocket in TLS 1.3. Everything happens on the threads of `context`, which must be one: the
/// core strand. The wall clock is read here, and the nonces of connections are drawn here.
///
/// TLS hides the traffic; the server is known by its pinned key, which signs the handshake together with keying material of
/// that very connection. Certificates are therefore not looked at, and no name is sent in the clear.
///
/// @threads  core strand only
class Synchroniser {
 public:
  /// @param context, engine  outlive the synchroniser
  Synchroniser(boost::asio::io_context& context, sync::Engine& engine);
  /// Ends the connection at once. No callback comes afterwards.
  ~Synchroniser();
  Synchroniser(const Synchroniser&) = delete;
  Synchroniser& operator=(const Synchroniser&) = delete;
  Synchroniser(Synchroniser&&) = delete;
  Synchroniser& operator=(Synchroniser&&) = delete;

  /// Connects, and again after each loss, until `stop`.
  void start();
  /// Says goodbye and stays offline until `start`.
  void stop();
  /// The device has something new to send or to follow. Cheap; many calls before the next turn of the loop are one.
  void notify_local();

  /// Where the synchronisation stands now.
  [[nodiscard]] sync::Status status() const;
  /// Called after each event that changed the status or applied entries; never from inside a call of this class. What
  /// it throws is not caught.
  void on_change(std::function<void(const sync::Status&)> callback);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace abri::core::net
