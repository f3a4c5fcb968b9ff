// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

#include <sqlite3.h>

namespace abri::server::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using DatabasePtr = std::unique_ptr<sqlite3, CloseDatabase>;

/// What an SQLite result code means here.
inline Error error_of(int code, const char* where) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Error{Errc::storage_full, where, code};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error{Errc::storage_busy, where, code};
    case SQLITE_CONSTRAINT:
      return Error{Errc::already_exists, where, code};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // SQLCipher's word for a page that it cannot open, and for every page after it
      return Error{Errc::malformed, where, code};
    case SQLITE_IOERR:
      if (code != SQLITE_IOERR_READ && code != SQLITE_IOERR_DATA && code != SQLITE_IOERR_CORRUPTFS) break;
      return Error{Errc::malformed, where, code};
    default:
      break;
  }
  return Error{Errc::storage_failed, where, code};
}

/// Runs SQL without parameters or results.
inline Result<void> execute(sqlite3* db, const char* sql) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(code, "execute");
  return {};
}

/// A prepared statement; kept for the life of the store. Blobs that are bound must live until `run` or the last `step`.
class Statement {
 public:
  Statement() = default;
  static Result<Statement> prepare(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return error_of(code, "prepare");
    return Statement(raw);
  }

  /// Binds all parameters, from the first on: integers and bytes.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// True: a row is there. False: the end.
  Result<bool> step() {
    const int code = sqlite3_step(raw_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const auto error = error_of(code, "step");
    reset();
    return error;
  }
  /// Steps once, to the end, and resets.
  Result<void> run() {
    const auto stepped = step();
    reset();
    if (!stepped) return stepped.error();
    return {};
  }
  void reset() { sqlite3_reset(raw_.get()); }

  [[nodiscard]] std::uint64_t integer(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(raw_.get(), column));
  }
  /// Lives until the next step.
  [[nodiscard]] BytesView blob(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(raw_.get(), column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))};
  }
  /// @errors Errc::malformed  another length
  template <class I>
  Result<I> id(int column) const {
    const auto bytes = blob(column);
    if (bytes.size() != I::kSize) return Error{Errc::malformed, "column"};
    return I(to_array<I::kSize>(bytes));
  }

 private:
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  struct Finalize {
    void operator()(sqlite3_stmt* raw) const noexcept { sqlite3_finalize(raw); }
  };
  void bind_one(int index, std::uint64_t value) {
    sqlite3_bind_int64(raw_.get(), index, static_cast<sqlite3_int64>(value));
  }
  void bind_one(int index, BytesView bytes) {
    sqlite3_bind_blob64(raw_.get(), index, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

/// Resets a statement at the end of a scope, so that no read stays open.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;
  ~ResetAtEnd() { statement_.reset(); }

 private:
  Statement& statement_;
};

}  // namespace abri::server::sqlite
