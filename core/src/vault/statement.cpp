// SPDX-License-Identifier: MPL-2.0
#include "vault/statement.hpp"

#include "vault/connection.hpp"

#include <new>

namespace abri::core::vault {

Error sqlite_error(int code, const char* where) {
  const auto error = [&](Errc errc) { return Error{errc, where, code}; };
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(Errc::storage_busy);
    case SQLITE_FULL:
      return error(Errc::storage_full);
    case SQLITE_NOTADB:
      return error(Errc::not_a_vault);
    case SQLITE_CORRUPT:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
      return error(Errc::storage_failed);
    case SQLITE_AUTH:
      return error(Errc::unsafe_storage);
    case SQLITE_INTERRUPT:
      return error(Errc::cancelled);
    case SQLITE_TOOBIG:
      return error(Errc::too_large);
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE)
        return error(Errc::already_exists);
      return error(Errc::internal);
    case SQLITE_NOMEM:
      throw std::bad_alloc();
    default:
      return error(Errc::internal);
  }
}

Statement::~Statement() {
  if (stmt_ == nullptr) return;
  if (lent_ == nullptr) {
    sqlite3_finalize(stmt_);
    return;
  }
  sqlite3_reset(stmt_);
  sqlite3_clear_bindings(stmt_);
  *lent_ = false;
}

Result<void> Statement::checked(int code, const char* where) {
  if (code == SQLITE_OK) return {};
  return connection_->error(code, where);
}

Result<void> Statement::bind(int index, std::int64_t value) {
  return checked(sqlite3_bind_int64(stmt_, index, value), "Statement::bind");
}

Result<void> Statement::bind(int index, BytesView blob) {
  // A null pointer would bind NULL; an empty blob is a value.
  const void* data = blob.empty() ? "" : static_cast<const void*>(blob.data());
  return checked(sqlite3_bind_blob64(stmt_, index, data, blob.size(), SQLITE_TRANSIENT), "Statement::bind");
}

Result<void> Statement::bind(int index, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  return checked(sqlite3_bind_text64(stmt_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
                 "Statement::bind");
}

Result<void> Statement::bind(int index, std::nullptr_t) {
  return checked(sqlite3_bind_null(stmt_, index), "Statement::bind");
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(stmt_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const auto error = connection_->error(code, "Statement::step");
  sqlite3_reset(stmt_);
  return error;
}

Result<void> Statement::run_bound() {
  for (;;) {
    ABRI_TRY(const bool row, step());
    if (!row) break;
  }
  sqlite3_reset(stmt_);
  return {};
}

void Statement::reset() {
  sqlite3_reset(stmt_);
}

std::int64_t Statement::column_int64(int column) const {
  return sqlite3_column_int64(stmt_, column);
}

BytesView Statement::column_blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(stmt_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

std::string_view Statement::column_text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

bool Statement::column_is_null(int column) const {
  return sqlite3_column_type(stmt_, column) == SQLITE_NULL;
}

Time Statement::column_time(int column) const {
  return Time{std::chrono::milliseconds{column_int64(column)}};
}

}  // namespace abri::core::vault
