// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/database.hpp"

#include <abri/crypto/keys.hpp>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

namespace abri::core::vault {

/// The read-only connections of a vault: kept open, lent one at a time.
/// @threads  safe on any
class ReaderPool {
 public:
  ReaderPool(std::filesystem::path path, const crypto::DatabaseKey& key)
      : path_(std::move(path)), key_(key.clone()) {}

  /// @errors  Errc::locked  closed; else those of opening
  Result<Database> lend();
  void give_back(Database db);

  /// Holds new loans back while it lives; nothing if a connection is out.
  std::optional<std::unique_lock<std::mutex>> quiet();
  /// Waits for what is lent, then closes everything and wipes the key.
  void close();

 private:
  static constexpr std::size_t kMaxIdle = 4;

  std::mutex mutex_;
  std::condition_variable returned_;
  std::filesystem::path path_;
  std::optional<crypto::DatabaseKey> key_;  // empty: closed
  std::vector<Database> idle_;
  std::size_t lent_{0};
};

}  // namespace abri::core::vault
