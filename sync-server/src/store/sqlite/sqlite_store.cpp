// SPDX-License-Identifier: MPL-2.0
#include "store/sqlite/sqlite_store.hpp"

#include "store/sqlite/schema.hpp"
#include "store/sqlite/statement.hpp"

#include <abri/crypto/secret.hpp>

#include <bit>
#include <string>
#include <utility>

#include <sys/stat.h>

namespace abri::server {
namespace {

using sqlite::execute;
using sqlite::ResetAtEnd;
using sqlite::Statement;

constexpr std::uint32_t kMaxLogs = 1U << 22;  // what the key of `nodes` has room for
constexpr int kPagesBeforeTidying = 1'000;    // of the write-ahead log: 4 MiB
constexpr int kPagesAtMost = 8'000;

std::uint64_t entry_key(std::uint32_t log, std::uint64_t position) {
  return std::uint64_t{log} << 40 | position;
}

// Subtrees are completed in post-order: before the leaf `last` of a subtree come 2 last - popcount(last) others, and the
// subtree of a level comes that many places after its last leaf.
std::uint64_t node_key(std::uint32_t log, std::uint32_t level, std::uint64_t index) {
  const std::uint64_t last = ((index + 1) << level) - 1;
  const auto before = 2 * last - static_cast<std::uint64_t>(std::popcount(last));
  return std::uint64_t{log} << 41 | (before + level);
}

BytesView short_id(const Hash& entry) {
  return BytesView(entry.bytes()).first(16);
}

// Remembers how long the write-ahead log is.
int on_wal(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

Result<void> set_key(sqlite3* db, std::span<const std::byte, 32> key) {
  crypto::WipedArray<67> text;  // x'64 digits'
  auto out = text.span();
  constexpr std::string_view kDigits = "0123456789abcdef";
  out[0] = std::byte{'x'};
  out[1] = out[66] = std::byte{'\''};
  for (std::size_t i = 0; i < key.size(); ++i) {
    out[2 + 2 * i] = static_cast<std::byte>(kDigits[std::to_integer<std::size_t>(key[i] >> 4)]);
    out[3 + 2 * i] = static_cast<std::byte>(kDigits[std::to_integer<std::size_t>(key[i] & std::byte{15})]);
  }
  const int code = sqlite3_key_v2(db, "main", out.data(), static_cast<int>(out.size()));
  if (code != SQLITE_OK) return sqlite::error_of(code, "key");
  return {};
}

Result<std::uint64_t> pragma(sqlite3* db, std::string_view name) {
  ABRI_TRY(auto statement, Statement::prepare(db, "PRAGMA " + std::string(name)));
  ABRI_TRY(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Result<void> check_library(sqlite3* db) {
  if (sqlite3_compileoption_used("TEMP_STORE=3") == 0) return Error{Errc::unsafe_storage, "TEMP_STORE"};
  ABRI_TRY(auto version, Statement::prepare(db, "PRAGMA cipher_version"));
  ABRI_TRY(const bool row, version.step());
  if (!row || version.blob(0).empty()) return Error{Errc::unsafe_storage, "cipher_version"};
  return {};
}

class SqliteStore final : public LogStore {
 public:
  explicit SqliteStore(sqlite::DatabasePtr db) : db_(std::move(db)) {}

  Result<void> prepare();

  Result<void> in_transaction(const std::function<Result<void>()>& body) override;
  Result<void> add_account(const Account& account) override;
  Result<std::optional<Account>> account(const AccountId& id) override;
  Result<Usage> usage(const AccountId& id) override;
  Result<void> create_log(LogRow& row) override;
  Result<std::optional<LogRow>> log(const LogId& id) override;
  Result<void> set_keys(std::uint32_t log, const crypto::SigningPublicKey& read_key,
                        const crypto::SigningPublicKey& write_key) override;
  Result<std::optional<std::uint64_t>> find(std::uint32_t log, const Hash& entry) override;
  Result<void> append(const LogRow& row, std::span<const NewEntry> entries,
                      std::span<const Node> nodes) override;
  Result<void> read(std::uint32_t log, std::uint64_t first, const EntrySink& sink) override;
  Result<Hash> node(std::uint32_t log, std::uint32_t level, std::uint64_t index) override;
  Result<void> tidy(bool force) override;

 private:
  sqlite::DatabasePtr db_;
  int wal_pages_{0};
  Statement add_account_, account_, usage_, last_number_, create_log_, log_, set_keys_;
  Statement find_, add_entry_, add_id_, add_node_, set_size_, read_, node_;
};

Result<void> SqliteStore::prepare() {
  const std::pair<Statement*, std::string_view> all[] = {
      {&add_account_, "INSERT INTO accounts(id, key, max_bytes, max_logs) VALUES(?1, ?2, ?3, ?4)"},
      {&account_, "SELECT key, max_bytes, max_logs FROM accounts WHERE id = ?1"},
      {&usage_, "SELECT COALESCE(SUM(bytes), 0), COUNT(*) FROM logs WHERE account = ?1"},
      {&last_number_, "SELECT COALESCE(MAX(number), 0) FROM logs"},
      {&create_log_,
       "INSERT INTO logs(number, id, account, owner_key, read_key, write_key, size, bytes, last_time_ms) "
       "VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0)"},
      {&log_,
       "SELECT number, account, owner_key, read_key, write_key, size, bytes, last_time_ms FROM logs "
       "WHERE id = ?1"},
      {&set_keys_, "UPDATE logs SET read_key = ?2, write_key = ?3 WHERE number = ?1"},
      {&find_, "SELECT position FROM entry_ids WHERE log = ?1 AND id = ?2"},
      {&add_entry_, "INSERT INTO entries(key, time_ms, bytes) VALUES(?1, ?2, ?3)"},
      {&add_id_, "INSERT INTO entry_ids(log, id, position) VALUES(?1, ?2, ?3)"},
      {&add_node_, "INSERT INTO nodes(key, hash) VALUES(?1, ?2)"},
      {&set_size_, "UPDATE logs SET size = ?2, bytes = ?3, last_time_ms = ?4 WHERE number = ?1"},
      {&read_, "SELECT time_ms, bytes FROM entries WHERE key >= ?1 AND key < ?2 ORDER BY key"},
      {&node_, "SELECT hash FROM nodes WHERE key = ?1"},
  };
  for (const auto& [statement, sql] : all) {
    ABRI_TRY(*statement, Statement::prepare(db_.get(), sql));
  }
  sqlite3_wal_hook(db_.get(), on_wal, &wal_pages_);
  return {};
}

Result<void> SqliteStore::in_transaction(const std::function<Result<void>()>& body) {
  ABRI_CHECK(execute(db_.get(), "BEGIN IMMEDIATE"));
  auto done = body();
  if (done) done = execute(db_.get(), "COMMIT");
  if (!done && sqlite3_get_autocommit(db_.get()) == 0) {
    ABRI_CHECK(execute(db_.get(), "ROLLBACK"));
  }
  return done;
}

Result<void> SqliteStore::add_account(const Account& account) {
  return add_account_.bind(account.id.bytes(), account.key.bytes(), account.max_bytes, account.max_logs)
      .run();
}

Result<std::optional<Account>> SqliteStore::account(const AccountId& id) {
  const ResetAtEnd reset(account_);
  ABRI_TRY(const bool row, account_.bind(id.bytes()).step());
  if (!row) return std::optional<Account>{};
  Account out{.id = id,
              .key = {},
              .max_bytes = account_.integer(1),
              .max_logs = static_cast<std::uint32_t>(account_.integer(2))};
  ABRI_TRY(out.key, account_.id<crypto::SigningPublicKey>(0));
  return std::optional(out);
}

Result<Usage> SqliteStore::usage(const AccountId& id) {
  const ResetAtEnd reset(usage_);
  ABRI_TRY(const bool row, usage_.bind(id.bytes()).step());
  if (!row) return Error{Errc::storage_failed, "usage"};
  return Usage{usage_.integer(0), static_cast<std::uint32_t>(usage_.integer(1))};
}

Result<void> SqliteStore::create_log(LogRow& row) {
  const ResetAtEnd reset(last_number_);
  last_number_.reset();
  ABRI_TRY(const bool any, last_number_.step());
  const auto number = (any ? last_number_.integer(0) : 0) + 1;
  if (number >= kMaxLogs) return Error{Errc::storage_full, "logs"};
  row.number = static_cast<std::uint32_t>(number);
  return create_log_
      .bind(number, row.id.bytes(), row.account.bytes(), row.owner_key.bytes(), row.read_key.bytes(),
            row.write_key.bytes())
      .run();
}

Result<std::optional<LogRow>> SqliteStore::log(const LogId& id) {
  const ResetAtEnd reset(log_);
  ABRI_TRY(const bool row, log_.bind(id.bytes()).step());
  if (!row) return std::optional<LogRow>{};
  LogRow out;
  out.id = id;
  out.number = static_cast<std::uint32_t>(log_.integer(0));
  ABRI_TRY(out.account, log_.id<AccountId>(1));
  ABRI_TRY(out.owner_key, log_.id<crypto::SigningPublicKey>(2));
  ABRI_TRY(out.read_key, log_.id<crypto::SigningPublicKey>(3));
  ABRI_TRY(out.write_key, log_.id<crypto::SigningPublicKey>(4));
  out.size = log_.integer(5);
  out.bytes = log_.integer(6);
  out.last_time_ms = log_.integer(7);
  return std::optional(out);
}

Result<void> SqliteStore::set_keys(std::uint32_t log, const crypto::SigningPublicKey& read_key,
                                   const crypto::SigningPublicKey& write_key) {
  return set_keys_.bind(log, read_key.bytes(), write_key.bytes()).run();
}

Result<std::optional<std::uint64_t>> SqliteStore::find(std::uint32_t log, const Hash& entry) {
  const ResetAtEnd reset(find_);
  ABRI_TRY(const bool row, find_.bind(log, short_id(entry)).step());
  if (!row) return std::optional<std::uint64_t>{};
  return std::optional(find_.integer(0));
}

Result<void> SqliteStore::append(const LogRow& row, std::span<const NewEntry> entries,
                                 std::span<const Node> nodes) {
  auto position = row.size;
  for (const auto& entry : entries) {
    ABRI_CHECK(add_entry_.bind(entry_key(row.number, position), entry.time_ms, entry.bytes).run());
    ABRI_CHECK(add_id_.bind(row.number, short_id(entry.id), position).run());
    ++position;
  }
  for (const auto& node : nodes) {
    ABRI_CHECK(add_node_.bind(node_key(row.number, node.level, node.index), node.hash.bytes()).run());
  }
  const auto last_time_ms = entries.empty() ? row.last_time_ms : entries.back().time_ms;
  return set_size_.bind(row.number, position, row.bytes, last_time_ms).run();
}

Result<void> SqliteStore::read(std::uint32_t log, std::uint64_t first, const EntrySink& sink) {
  const ResetAtEnd reset(read_);
  read_.bind(entry_key(log, first), entry_key(log + 1, 0));
  for (;;) {
    ABRI_TRY(const bool row, read_.step());
    if (!row || !sink(read_.integer(0), read_.blob(1))) return {};
  }
}

Result<Hash> SqliteStore::node(std::uint32_t log, std::uint32_t level, std::uint64_t index) {
  const ResetAtEnd reset(node_);
  ABRI_TRY(const bool row, node_.bind(node_key(log, level, index)).step());
  if (!row) return Error{Errc::not_found, "node"};
  return node_.id<Hash>(0);
}

Result<void> SqliteStore::tidy(bool force) {
  if (wal_pages_ < kPagesBeforeTidying || (!force && wal_pages_ < kPagesAtMost)) return {};
  const int code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite::error_of(code, "checkpoint");
  wal_pages_ = 0;
  return {};
}

}  // namespace

Result<std::unique_ptr<LogStore>> open_sqlite_store(const std::filesystem::path& path,
                                                    std::span<const std::byte, 32> key,
                                                    std::uint32_t cache_kib) {
  sqlite3* raw = nullptr;
  const auto previous_mask = ::umask(0077);
  const int code = sqlite3_open_v2(path.c_str(), &raw,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  ::umask(previous_mask);
  sqlite::DatabasePtr db(raw);
  if (code != SQLITE_OK) return sqlite::error_of(code, "open");
  ABRI_CHECK(execute(db.get(), "PRAGMA cipher_log_level = NONE"));
  ABRI_CHECK(set_key(db.get(), key));
  ABRI_CHECK(check_library(db.get()));
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  const auto cache = "PRAGMA cache_size = -" + std::to_string(cache_kib);
  for (const auto* sql : {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA trusted_schema = OFF",
                          "PRAGMA cell_size_check = ON", "PRAGMA journal_mode = WAL",
                          "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 0", cache.c_str()}) {
    ABRI_CHECK(execute(db.get(), sql));
  }
  ABRI_CHECK(execute(db.get(), "BEGIN EXCLUSIVE"));  // the lock is kept from here on
  ABRI_TRY(const auto version, pragma(db.get(), "user_version"));
  if (version > sqlite::kSchemaVersion) return Error{Errc::version_unsupported, "store"};
  if (version == 0) ABRI_CHECK(execute(db.get(), sqlite::kSchema));
  ABRI_CHECK(execute(db.get(), "COMMIT"));
  auto store = std::make_unique<SqliteStore>(std::move(db));
  ABRI_CHECK(store->prepare());
  return std::unique_ptr<LogStore>(std::move(store));
}

}  // namespace abri::server
