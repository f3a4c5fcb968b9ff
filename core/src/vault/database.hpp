// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/statement.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/result.hpp>
#include <abri/crypto/keys.hpp>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace abri::core::vault {

/// Told about the transactions of a writing connection. The vault's anchor listens.
class CommitListener {
 public:
  CommitListener() = default;
  CommitListener(const CommitListener&) = delete;
  CommitListener& operator=(const CommitListener&) = delete;
  virtual ~CommitListener() = default;

  /// Before an outermost transaction begins; may run a transaction or a checkpoint itself.
  virtual Result<void> before_transaction() = 0;
  /// The write-ahead log now holds `wal_frames` frames, and all of them are durable unless commits are deferred. Runs inside SQLite:
  /// it must not use the connection.
  virtual void after_commit(std::uint32_t wal_frames, bool durable) noexcept = 0;
};

/// One connection to an encrypted database. A connection that could write anything in clear does not open.
///
/// Every commit is durable when it returns (write-ahead log, synchronous = FULL). The write-ahead log is folded into
/// the file only by `checkpoint()`: SQLite never does so by itself, so that the vault's anchor can follow.
///
/// @threads  one thread at a time; statements belong to their connection and end before it
class Database {
 public:
  /// The connection that writes. The file is created when it is missing or empty.
  ///
  /// @errors  Errc::not_a_vault      another key, or no database of ours
  ///          Errc::unsafe_storage   the linked library or the file could spill plaintext
  ///          Errc::storage_busy, Errc::storage_full, Errc::storage_failed
  static Result<Database> open_or_create(const std::filesystem::path& path, const crypto::DatabaseKey& key);
  /// A connection that cannot write. The file exists.
  /// @errors  as `open_or_create`
  static Result<Database> open_read_only(const std::filesystem::path& path, const crypto::DatabaseKey& key);

  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  /// Finalises the kept statements and closes. Leaves the write-ahead log as it is.
  ~Database();

  /// The statement of `sql`, prepared once and kept: it goes back to the connection, reset, when its scope ends.
  /// @param sql  one statement, a literal of the program: values are bound, never pasted
  Result<Statement> statement(std::string_view sql);
  /// Runs statements that have neither parameters nor rows.
  Result<void> execute(std::string_view sql);

  /// The row id of the last insert into a table with a row id.
  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] bool in_transaction() const;
  /// A statement of this connection has been stepped and neither finished nor reset.
  [[nodiscard]] bool reading() const;

  /// Folds the write-ahead log into the file and empties it.
  /// @errors  Errc::storage_busy  a statement or another connection is reading; nothing was done
  Result<void> checkpoint();
  /// Every page authenticates and the structure is sound. Reads the whole file.
  /// @errors  Errc::storage_failed
  Result<void> verify();

  /// Whether the commits that follow wait for the disk (`DeferredCommits`). Not within a transaction.
  void set_durable(bool durable);

  /// At most one; it outlives the connection or is removed with nullptr.
  void listen(CommitListener* listener);

  /// After an error of the disk nothing that the connection remembers can be trusted: it refuses further transactions
  /// and is to be reopened.
  [[nodiscard]] bool failed() const;

 private:
  friend class Transaction;

  explicit Database(std::unique_ptr<Connection> connection);
  static Result<Database> open(const std::filesystem::path& path, const crypto::DatabaseKey& key,
                               bool read_only);

  std::unique_ptr<Connection> connection_;
};

/// While it lives, commits do not wait for the disk: they outlive the program, but perhaps not a loss of power; the next other commit makes
/// them durable. For what the server gives again. Not within a transaction.
class DeferredCommits {
 public:
  /// @param wanted  false: does nothing
  DeferredCommits(Database& db, bool wanted);
  DeferredCommits(const DeferredCommits&) = delete;
  DeferredCommits& operator=(const DeferredCommits&) = delete;
  ~DeferredCommits();

 private:
  Database* db_;
};

/// The scope of a transaction: rolled back unless committed. The outermost is BEGIN IMMEDIATE; within it, savepoints.
/// Use `in_transaction`.
class Transaction {
 public:
  static Result<Transaction> begin(Database& db);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  Database* db_;
};

/// Runs `body` as one transaction: COMMIT if it succeeds, ROLLBACK if not or if it throws. Within another transaction it
/// is a savepoint, so that a part can fail alone; only the outermost makes anything durable.
///
/// @param body  () -> Result<T>
/// @errors      those of `body`; Errc::storage_busy, Errc::storage_full, Errc::storage_failed
template <std::invocable Body>
std::invoke_result_t<Body> in_transaction(Database& db, Body&& body) {
  ABRI_TRY(auto transaction, Transaction::begin(db));
  auto result = std::forward<Body>(body)();
  if (result) ABRI_CHECK(transaction.commit());
  return result;
}

}  // namespace abri::core::vault
