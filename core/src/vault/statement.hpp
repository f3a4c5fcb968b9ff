// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/base/result.hpp>
#include <abri/base/time.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3_stmt;

namespace abri::core::vault {

struct Connection;

/// A result code of SQLite in our words. The number stays in `Error::native`.
Error sqlite_error(int code, const char* where);

/// One prepared statement, lent by `Database::statement`; at the end of its scope it is reset and goes back.
///
/// ```
/// ABRI_TRY(auto insert, db.statement("INSERT INTO meta(key, value) VALUES(?1, ?2)"));
/// ABRI_CHECK(insert.run("name", value));
/// ```
/// Parameters count from 1, columns from 0, as in SQLite. Bound bytes are copied. Column views live until the next `step`,
/// `reset` or the end of the statement.
///
/// @threads  that of its connection
class Statement {
 public:
  Statement(Statement&& other) noexcept
      : stmt_(std::exchange(other.stmt_, nullptr)), connection_(other.connection_), lent_(other.lent_) {}
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Result<void> bind(int index, std::int64_t value);
  template <std::integral T>
    requires(!std::same_as<T, std::int64_t>)
  Result<void> bind(int index, T value) {
    if (!std::in_range<std::int64_t>(value)) return Error{Errc::invalid_argument, "Statement::bind"};
    return bind(index, static_cast<std::int64_t>(value));
  }
  Result<void> bind(int index, BytesView blob);
  Result<void> bind(int index, std::string_view text);
  Result<void> bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Result<void> bind(int index, std::nullptr_t);
  Result<void> bind(int index, Time time) { return bind(index, static_cast<std::int64_t>(to_millis(time))); }
  template <class Tag, std::size_t N>
  Result<void> bind(int index, const Id<Tag, N>& id) {
    return bind(index, BytesView(id.bytes()));
  }
  /// Binds the values in order from parameter 1.
  template <class... Values>
  Result<void> bind_all(const Values&... values) {
    int index = 0;
    Result<void> result;
    static_cast<void>(((result = bind(++index, values)).has_value() && ...));
    return result;
  }

  /// true: a row is ready; false: done.
  Result<bool> step();
  /// Binds the values, runs to the end and resets: for statements without rows.
  template <class... Values>
  Result<void> run(const Values&... values) {
    ABRI_CHECK(bind_all(values...));
    return run_bound();
  }
  /// Binds the values and steps to the first row. Reset it before the next query.
  template <class... Values>
  Result<bool> query(const Values&... values) {
    ABRI_CHECK(bind_all(values...));
    return step();
  }
  /// Ready to be bound and stepped again.
  void reset();

  [[nodiscard]] std::int64_t column_int64(int column) const;
  [[nodiscard]] BytesView column_blob(int column) const;
  [[nodiscard]] std::string_view column_text(int column) const;
  [[nodiscard]] bool column_is_null(int column) const;
  [[nodiscard]] Time column_time(int column) const;
  /// @errors  Errc::malformed  the blob has another size
  template <class IdType>
  Result<IdType> column_id(int column) const {
    return IdType::from(column_blob(column));
  }

 private:
  friend class Database;
  Statement(sqlite3_stmt* stmt, Connection* connection, bool* lent)
      : stmt_(stmt), connection_(connection), lent_(lent) {}
  Result<void> run_bound();
  Result<void> checked(int code, const char* where);

  sqlite3_stmt* stmt_;
  Connection* connection_;
  bool*
      lent_;  ///< the connection's mark that the kept statement is out; nullptr: not kept, finalised at the end
};

}  // namespace abri::core::vault
