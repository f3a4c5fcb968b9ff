// SPDX-License-Identifier: MPL-2.0
#include "store/sqlite/sqlite_store.hpp"

#include "store/sqlite/schema.hpp"
#include "store/sqlite/statement.hpp"

#include <abri/crypto/secret.hpp>

#include <algorithm>
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
  crypto::WipedArray<crypto::kRawKeyTextSize> text;
  crypto::write_raw_key(key, text);
  const int code = sqlite3_key_v2(db, "main", text.span().data(), static_cast<int>(text.span().size()));
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

using StoreKey = crypto::SecretKey<struct StoreKeyTag, 32>;

class SqliteStore final : public LogStore {
 public:
  SqliteStore(std::filesystem::path path, StoreKey key, std::uint32_t cache_kib)
      : path_(std::move(path)), key_(std::move(key)), cache_kib_(cache_kib) {}

  Result<void> open();

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
  Result<void> reopen() override;
  Result<void> tidy(bool force) override;

 private:
  struct Statements {
    Statement add_account, account, usage, last_number, create_log, log, set_keys;
    Statement find, add_entry, add_id, add_node, set_size, read, node, any_log;
  };
  Result<void> set_up(sqlite3* db);
  Result<void> prepare();
  Result<void> check_sound();

  std::filesystem::path path_;
  StoreKey key_;
  std::uint32_t cache_kib_;
  sqlite::DatabasePtr db_;
  int wal_pages_{0};
  Statements sql_;  // after db_: they end before it
};

Result<void> SqliteStore::open() {
  sqlite3* raw = nullptr;
  const auto previous_mask = ::umask(0077);
  const int code = sqlite3_open_v2(path_.c_str(), &raw,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  ::umask(previous_mask);
  sqlite::DatabasePtr db(raw);
  if (code != SQLITE_OK) return sqlite::error_of(code, "open");
  ABRI_CHECK(set_up(db.get()));
  db_ = std::move(db);
  return prepare();
}

Result<void> SqliteStore::set_up(sqlite3* db) {
  sqlite3_extended_result_codes(db, 1);
  ABRI_CHECK(execute(db, "PRAGMA cipher_log_level = NONE"));
  ABRI_CHECK(key_.expose([&](std::span<const std::byte, 32> key) { return set_key(db, key); }));
  ABRI_CHECK(check_library(db));
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  const auto cache = "PRAGMA cache_size = -" + std::to_string(cache_kib_);
  for (const auto* sql : {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA trusted_schema = OFF",
                          "PRAGMA cell_size_check = ON", "PRAGMA journal_mode = WAL",
                          "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 0", cache.c_str()}) {
    ABRI_CHECK(execute(db, sql));
  }
  ABRI_CHECK(execute(db, "BEGIN EXCLUSIVE"));  // the lock is kept from here on
  ABRI_TRY(const auto version, pragma(db, "user_version"));
  if (version > sqlite::kSchemaVersion) return Error{Errc::version_unsupported, "store"};
  if (version == 0) ABRI_CHECK(execute(db, sqlite::kSchema));
  return execute(db, "COMMIT");
}

Result<void> SqliteStore::prepare() {
  const std::pair<Statement*, std::string_view> all[] = {
      {&sql_.add_account, "INSERT INTO accounts(id, key, max_bytes, max_logs) VALUES(?1, ?2, ?3, ?4)"},
      {&sql_.account, "SELECT key, max_bytes, max_logs FROM accounts WHERE id = ?1"},
      {&sql_.usage, "SELECT COALESCE(SUM(bytes), 0), COUNT(*) FROM logs WHERE account = ?1"},
      {&sql_.last_number, "SELECT COALESCE(MAX(number), 0) FROM logs"},
      {&sql_.create_log,
       "INSERT INTO logs(number, id, account, owner_key, read_key, write_key, size, bytes, last_time_ms) "
       "VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0)"},
      {&sql_.log,
       "SELECT number, account, owner_key, read_key, write_key, size, bytes, last_time_ms FROM logs "
       "WHERE id = ?1"},
      {&sql_.set_keys, "UPDATE logs SET read_key = ?2, write_key = ?3 WHERE number = ?1"},
      {&sql_.find, "SELECT position FROM entry_ids WHERE log = ?1 AND id = ?2"},
      {&sql_.add_entry, "INSERT INTO entries(key, time_ms, bytes) VALUES(?1, ?2, ?3)"},
      {&sql_.add_id, "INSERT INTO entry_ids(log, id, position) VALUES(?1, ?2, ?3)"},
      {&sql_.add_node, "INSERT INTO nodes(key, hash) VALUES(?1, ?2)"},
      {&sql_.set_size, "UPDATE logs SET size = ?2, bytes = ?3, last_time_ms = ?4 WHERE number = ?1"},
      {&sql_.read, "SELECT time_ms, bytes FROM entries WHERE key >= ?1 AND key < ?2 ORDER BY key"},
      {&sql_.node, "SELECT hash FROM nodes WHERE key = ?1"},
      {&sql_.any_log, "SELECT number FROM logs LIMIT 1"},
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
    const auto undone = execute(db_.get(), "ROLLBACK");
    if (!undone && done.error().code != Errc::malformed) return undone;  // else `reopen` undoes it
  }
  return done;
}

Result<void> SqliteStore::add_account(const Account& account) {
  return sql_.add_account.bind(account.id.bytes(), account.key.bytes(), account.max_bytes, account.max_logs)
      .run();
}

Result<std::optional<Account>> SqliteStore::account(const AccountId& id) {
  const ResetAtEnd reset(sql_.account);
  ABRI_TRY(const bool row, sql_.account.bind(id.bytes()).step());
  if (!row) return std::optional<Account>{};
  Account out{.id = id,
              .key = {},
              .max_bytes = sql_.account.integer(1),
              .max_logs = static_cast<std::uint32_t>(sql_.account.integer(2))};
  ABRI_TRY(out.key, sql_.account.id<crypto::SigningPublicKey>(0));
  return std::optional(out);
}

Result<Usage> SqliteStore::usage(const AccountId& id) {
  const ResetAtEnd reset(sql_.usage);
  ABRI_TRY(const bool row, sql_.usage.bind(id.bytes()).step());
  if (!row) return Error{Errc::malformed, "usage"};
  return Usage{sql_.usage.integer(0), static_cast<std::uint32_t>(sql_.usage.integer(1))};
}

Result<void> SqliteStore::create_log(LogRow& row) {
  const ResetAtEnd reset(sql_.last_number);
  sql_.last_number.reset();
  ABRI_TRY(const bool any, sql_.last_number.step());
  const auto number = (any ? sql_.last_number.integer(0) : 0) + 1;
  if (number >= kMaxLogs) return Error{Errc::storage_full, "logs"};
  row.number = static_cast<std::uint32_t>(number);
  return sql_.create_log
      .bind(number, row.id.bytes(), row.account.bytes(), row.owner_key.bytes(), row.read_key.bytes(),
            row.write_key.bytes())
      .run();
}

Result<std::optional<LogRow>> SqliteStore::log(const LogId& id) {
  const ResetAtEnd reset(sql_.log);
  ABRI_TRY(const bool row, sql_.log.bind(id.bytes()).step());
  if (!row) return std::optional<LogRow>{};
  LogRow out;
  out.id = id;
  out.number = static_cast<std::uint32_t>(sql_.log.integer(0));
  ABRI_TRY(out.account, sql_.log.id<AccountId>(1));
  ABRI_TRY(out.owner_key, sql_.log.id<crypto::SigningPublicKey>(2));
  ABRI_TRY(out.read_key, sql_.log.id<crypto::SigningPublicKey>(3));
  ABRI_TRY(out.write_key, sql_.log.id<crypto::SigningPublicKey>(4));
  out.size = sql_.log.integer(5);
  out.bytes = sql_.log.integer(6);
  out.last_time_ms = sql_.log.integer(7);
  return std::optional(out);
}

Result<void> SqliteStore::set_keys(std::uint32_t log, const crypto::SigningPublicKey& read_key,
                                   const crypto::SigningPublicKey& write_key) {
  return sql_.set_keys.bind(log, read_key.bytes(), write_key.bytes()).run();
}

Result<std::optional<std::uint64_t>> SqliteStore::find(std::uint32_t log, const Hash& entry) {
  const ResetAtEnd reset(sql_.find);
  ABRI_TRY(const bool row, sql_.find.bind(log, short_id(entry)).step());
  if (!row) return std::optional<std::uint64_t>{};
  return std::optional(sql_.find.integer(0));
}

Result<void> SqliteStore::append(const LogRow& row, std::span<const NewEntry> entries,
                                 std::span<const Node> nodes) {
  auto position = row.size;
  for (const auto& entry : entries) {
    ABRI_CHECK(sql_.add_entry.bind(entry_key(row.number, position), entry.time_ms, entry.bytes).run());
    ABRI_CHECK(sql_.add_id.bind(row.number, short_id(entry.id), position).run());
    ++position;
  }
  for (const auto& node : nodes) {
    ABRI_CHECK(sql_.add_node.bind(node_key(row.number, node.level, node.index), node.hash.bytes()).run());
  }
  const auto last_time_ms = entries.empty() ? row.last_time_ms : entries.back().time_ms;
  return sql_.set_size.bind(row.number, position, row.bytes, last_time_ms).run();
}

Result<void> SqliteStore::read(std::uint32_t log, std::uint64_t first, const EntrySink& sink) {
  const ResetAtEnd reset(sql_.read);
  sql_.read.bind(entry_key(log, first), entry_key(log + 1, 0));
  for (;;) {
    ABRI_TRY(const bool row, sql_.read.step());
    if (!row || !sink(sql_.read.integer(0), sql_.read.blob(1))) return check_sound();
  }
}

/// In place of the end of an entry that stands on a page of its own SQLCipher gives zeros when it cannot open the page, and
/// only fails at the next page that is asked for. Nobody may be sent those zeros: they would look like a fork.
Result<void> SqliteStore::check_sound() {
  const ResetAtEnd reset(sql_.any_log);
  sql_.any_log.reset();
  if (!sql_.any_log.step()) return Error{Errc::malformed, "entries"};
  return {};
}

Result<Hash> SqliteStore::node(std::uint32_t log, std::uint32_t level, std::uint64_t index) {
  const ResetAtEnd reset(sql_.node);
  ABRI_TRY(const bool row, sql_.node.bind(node_key(log, level, index)).step());
  if (!row) return Error{Errc::malformed, "node"};
  return sql_.node.id<Hash>(0);
}

Result<void> SqliteStore::reopen() {
  if (db_)
    sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);  // nothing is folded in by it
  sql_ = {};
  db_.reset();
  wal_pages_ = 0;
  auto opened = open();
  if (!opened) {
    sql_ = {};
    db_.reset();
  }
  return opened;
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
  auto kept = StoreKey::make([&](std::span<std::byte, 32> out) { std::ranges::copy(key, out.begin()); });
  auto store = std::make_unique<SqliteStore>(path, std::move(kept), cache_kib);
  if (const auto opened = store->open(); !opened) {
    auto error = opened.error();
    if (error.code == Errc::malformed) error.code = Errc::storage_failed;
    return error;
  }
  return std::unique_ptr<LogStore>(std::move(store));
}

}  // namespace abri::server
