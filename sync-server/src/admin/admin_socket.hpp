// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "log/storage_worker.hpp"

#include <abri/base/result.hpp>

#include <filesystem>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace abri::server {

/// A Unix socket of mode 0600 in the data folder, through which `abri-server account add` reaches the running server. One
/// line in ("account add <max bytes> <max logs>"), one line out ("ok <code>" or "error <code>").
///
/// @threads I/O thread only
class AdminSocket {
 public:
  AdminSocket() = default;
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;
  virtual ~AdminSocket() = default;
  /// Takes no further line; removes the socket.
  virtual void stop() = 0;
};

/// Replaces what a server that crashed left there: only the store's owner may call it.
/// @errors Errc::storage_failed
Result<std::shared_ptr<AdminSocket>> open_admin_socket(boost::asio::io_context& io,
                                                       const std::filesystem::path& path,
                                                       StorageWorker& storage);

}  // namespace abri::server
