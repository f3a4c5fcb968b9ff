// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

namespace abri::core::vault {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* stmt) const noexcept { sqlite3_finalize(stmt); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

struct CloseDatabase {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};

/// What a `Database`, its statements and its transactions share. Private to the vault.
struct Connection {
  struct Kept {
    StatementHandle stmt;
    bool lent{false};
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  /// The error of `code`. One of the disk makes the connection unusable: after a failed fsync neither SQLite's cache nor the
  /// kernel's says what is on disk.
  Error error(int code, const char* where);

  std::unique_ptr<sqlite3, CloseDatabase> db;
  std::unordered_map<std::string, Kept, TextHash, std::equal_to<>> kept;  // finalised before `db` closes
  CommitListener* listener{nullptr};
  int depth{0};        ///< of transactions
  bool durable{true};  ///< commits wait for the disk
  bool failed{false};
};

}  // namespace abri::core::vault
