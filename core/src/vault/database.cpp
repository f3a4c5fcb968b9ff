// SPDX-License-Identifier: MPL-2.0
#include "vault/database.hpp"

#include "vault/connection.hpp"
#include "vault/sqlite_library.hpp"

#include <abri/crypto/secret.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace abri::core::vault {
namespace {

constexpr int kBusyTimeoutMs = 2000;
constexpr std::string_view kPlainHeader{"SQLite format 3\0", 16};

/// After the set-up a connection may run these and no other: whatever could log, export, weaken or rekey is refused.
int authorise(void*, int action, const char* first, const char* second, const char*, const char*) {
  constexpr std::array<std::string_view, 8> kPragmas{
      "user_version",    "cache_size",  "page_count",     "page_size",
      "integrity_check", "quick_check", "freelist_count", "cipher_integrity_check"};
  constexpr std::array<std::string_view, 2> kSynchronous{"FULL", "NORMAL"};
  constexpr std::array<std::string_view, 4> kFunctions{"sqlcipher_export", "load_extension", "readfile",
                                                       "writefile"};
  switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return SQLITE_DENY;
    case SQLITE_PRAGMA:
      if (second != nullptr && std::string_view(first) == "synchronous")
        return std::ranges::find(kSynchronous, second) == kSynchronous.end() ? SQLITE_DENY : SQLITE_OK;
      return std::ranges::find(kPragmas, first) == kPragmas.end() ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_FUNCTION:
      return std::ranges::find(kFunctions, second) == kFunctions.end() ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_OK;
  }
}

/// The first column of the first row of a pragma, as text; empty if there is none.
Result<std::string> ask(Connection& connection, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(connection.db.get(), sql, -1, &raw, nullptr);
  const StatementHandle stmt(raw);
  if (code != SQLITE_OK) return connection.error(code, "Database: pragma");
  std::string answer;
  code = sqlite3_step(raw);
  if (code == SQLITE_ROW) {
    if (const auto* text = sqlite3_column_text(raw, 0); text != nullptr)
      answer = reinterpret_cast<const char*>(text);
  } else if (code != SQLITE_DONE) {
    return connection.error(code, "Database: pragma");
  }
  return answer;
}

Result<void> require(Connection& connection, const char* sql, std::string_view answer, const char* where) {
  ABRI_TRY(const auto got, ask(connection, sql));
  if (got != answer) return Error{Errc::unsafe_storage, where};
  return {};
}

Result<void> set_option(Connection& connection, int option, bool on) {
  int now = 0;
  const int code = sqlite3_db_config(connection.db.get(), option, on ? 1 : 0, &now);
  if (code != SQLITE_OK || (now != 0) != on) return Error{Errc::unsafe_storage, "Database: option", code};
  return {};
}

/// Hands over the key as SQLCipher's raw key, x'…': no derivation from a text.
Result<void> give_key(Connection& connection, const crypto::DatabaseKey& key) {
  crypto::WipedArray<crypto::kRawKeyTextSize> text;
  key.expose([&](std::span<const std::byte, 32> raw) { crypto::write_raw_key(raw, text); });
  const int code =
      sqlite3_key_v2(connection.db.get(), "main", text.span().data(), static_cast<int>(text.span().size()));
  if (code != SQLITE_OK) return connection.error(code, "Database: key");
  return {};
}

/// The file as the virtual file system holds it: opening it again beside SQLite would drop SQLite's locks at the close.
Result<void> refuse_plain_file(Connection& connection) {
  sqlite3_file* file = nullptr;
  int code =
      sqlite3_file_control(connection.db.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  if (code != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
    return Error{Errc::storage_failed, "Database: header", code};
  }
  std::array<char, kPlainHeader.size()> header{};
  code = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (code == SQLITE_IOERR_SHORT_READ) return {};  // empty or truncated: no header at all
  if (code != SQLITE_OK) return connection.error(code, "Database: header");
  if (std::string_view(header.data(), header.size()) == kPlainHeader) {
    return Error{Errc::unsafe_storage, "Database: the file is not encrypted"};
  }
  return {};
}

Result<void> set_up(Connection& connection, const crypto::DatabaseKey& key, bool read_only) {
  auto* db = connection.db.get();
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, kBusyTimeoutMs);
  ABRI_CHECK(ask(connection, "PRAGMA cipher_log_level=NONE"));  // before the key, or it reports to stderr
  ABRI_CHECK(refuse_plain_file(connection));
  ABRI_CHECK(give_key(connection, key));
  ABRI_TRY(const auto version, ask(connection, "PRAGMA cipher_version"));
  if (version.empty()) return Error{Errc::unsafe_storage, "Database: not SQLCipher"};
  ABRI_CHECK(set_option(connection, SQLITE_DBCONFIG_DEFENSIVE, true));
  ABRI_CHECK(set_option(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, false));
  ABRI_CHECK(set_option(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
  ABRI_CHECK(set_option(connection, SQLITE_DBCONFIG_ENABLE_FKEY, true));
  ABRI_CHECK(ask(connection, "PRAGMA cell_size_check=ON"));
  ABRI_CHECK(ask(connection, "PRAGMA temp_store=MEMORY"));
  if (read_only) {
    ABRI_CHECK(ask(connection, "PRAGMA query_only=ON"));
    ABRI_CHECK(ask(connection, "PRAGMA cache_size=-4000"));
    ABRI_CHECK(ask(connection, "SELECT count(*) FROM sqlite_schema"));  // the first read proves the key
  } else {
    ABRI_CHECK(require(connection, "PRAGMA secure_delete=ON", "1", "Database: secure_delete"));
    ABRI_CHECK(require(connection, "PRAGMA journal_mode=WAL", "wal", "Database: journal"));  // proves the key
    ABRI_CHECK(ask(connection, "PRAGMA synchronous=FULL"));
    ABRI_CHECK(require(connection, "PRAGMA synchronous", "2", "Database: synchronous"));
    ABRI_CHECK(ask(connection, "PRAGMA cache_size=-16000"));
    ABRI_CHECK(refuse_plain_file(connection));  // again: now it was written
  }
  ABRI_CHECK(require(connection, "PRAGMA page_size", "4096", "Database: page size"));
  sqlite3_set_authorizer(db, authorise, nullptr);
  return {};
}

int on_commit(void* context, sqlite3*, const char*, int frames) {
  auto* connection = static_cast<Connection*>(context);
  if (connection->listener != nullptr)
    connection->listener->after_commit(static_cast<std::uint32_t>(frames), connection->durable);
  return SQLITE_OK;
}

/// SQLite would make the file readable by others; the log and its index take over the mode.
Result<void> make_private(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return Error{errno == ENOSPC ? Errc::storage_full : Errc::storage_failed, "Database::open", errno};
  ::close(file);
  return {};
}

}  // namespace

Error Connection::error(int code, const char* where) {
  const int primary = code & 0xff;
  if (primary == SQLITE_IOERR) {
    const int native = sqlite3_system_errno(db.get());
    if (native == EFBIG || native == EDQUOT) return {Errc::storage_full, where, native};
    failed = true;
  }
  return sqlite_error(code, where);
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open_or_create(const std::filesystem::path& path, const crypto::DatabaseKey& key) {
  ABRI_CHECK(make_private(path));
  return open(path, key, /*read_only=*/false);
}

Result<Database> Database::open_read_only(const std::filesystem::path& path, const crypto::DatabaseKey& key) {
  return open(path, key, /*read_only=*/true);
}

Result<Database> Database::open(const std::filesystem::path& path, const crypto::DatabaseKey& key,
                                bool read_only) {
  ABRI_CHECK(start_sqlite());
  auto connection = std::make_unique<Connection>();
  sqlite3* raw = nullptr;
  const int flags = (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  connection->db.reset(raw);
  if (code != SQLITE_OK) return connection->error(code, "Database::open");
  if (auto done = set_up(*connection, key, read_only); !done) {
    auto error = done.error();
    if ((error.native & 0xff) == SQLITE_CORRUPT)
      error.code = Errc::not_a_vault;  // its first page does not authenticate
    return error;
  }
  if (!read_only) sqlite3_wal_hook(raw, on_commit, connection.get());  // also ends SQLite's own checkpoints
  return Database(std::move(connection));
}

Result<Statement> Database::statement(std::string_view sql) {
  auto& connection = *connection_;
  if (connection.failed) return Error{Errc::storage_failed, "Database: reopen it"};
  const auto found = connection.kept.find(sql);
  if (found != connection.kept.end() && !found->second.lent) {
    found->second.lent = true;
    return Statement(found->second.stmt.get(), &connection, &found->second.lent);
  }
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(connection.db.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  StatementHandle stmt(raw);
  if (code != SQLITE_OK) return connection.error(code, "Database::statement");
  ABRI_ASSERT(raw != nullptr);
  if (found != connection.kept.end())
    return Statement(stmt.release(), &connection, nullptr);  // used within itself
  auto& kept = connection.kept[std::string(sql)];
  kept.stmt = std::move(stmt);
  kept.lent = true;
  return Statement(raw, &connection, &kept.lent);
}

Result<void> Database::execute(std::string_view sql) {
  if (connection_->failed) return Error{Errc::storage_failed, "Database: reopen it"};
  const std::string text(sql);
  const int code = sqlite3_exec(connection_->db.get(), text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return connection_->error(code, "Database::execute");
  return {};
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(connection_->db.get());
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(connection_->db.get()) == 0;
}

bool Database::reading() const {
  auto* db = connection_->db.get();
  for (auto* stmt = sqlite3_next_stmt(db, nullptr); stmt != nullptr; stmt = sqlite3_next_stmt(db, stmt)) {
    if (sqlite3_stmt_busy(stmt) != 0) return true;
  }
  return false;
}

Result<void> Database::checkpoint() {
  auto& connection = *connection_;
  if (connection.failed) return Error{Errc::storage_failed, "Database: reopen it"};
  if (reading()) return Error{Errc::storage_busy, "Database::checkpoint"};
  const int code =
      sqlite3_wal_checkpoint_v2(connection.db.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return connection.error(code, "Database::checkpoint");
  return {};
}

Result<void> Database::verify() {
  {
    ABRI_TRY(auto pages, statement("PRAGMA cipher_integrity_check"));
    ABRI_TRY(const bool damaged, pages.step());
    if (damaged) return Error{Errc::storage_failed, "Database::verify: a page does not authenticate"};
  }
  ABRI_TRY(auto structure, statement("PRAGMA integrity_check(1)"));
  ABRI_TRY(const bool row, structure.step());
  if (!row || structure.column_text(0) != "ok") return Error{Errc::storage_failed, "Database::verify"};
  return {};
}

void Database::listen(CommitListener* listener) {
  connection_->listener = listener;
}

void Database::set_durable(bool durable) {
  auto& connection = *connection_;
  ABRI_ASSERT(connection.depth == 0);
  if (connection.durable == durable) return;
  const char* sql = durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
  if (sqlite3_exec(connection.db.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) {
    connection.durable = durable;
  } else if (durable) {
    connection.failed = true;  // never taken for durable what is not
  }
}

DeferredCommits::DeferredCommits(Database& db, bool wanted) : db_(wanted ? &db : nullptr) {
  if (db_ != nullptr) db_->set_durable(false);
}

DeferredCommits::~DeferredCommits() {
  if (db_ != nullptr) db_->set_durable(true);
}

bool Database::failed() const {
  return connection_->failed;
}

Result<Transaction> Transaction::begin(Database& db) {
  auto& connection = *db.connection_;
  if (connection.failed) return Error{Errc::storage_failed, "Database: reopen it"};
  if (connection.depth == 0 && connection.listener != nullptr)
    ABRI_CHECK(connection.listener->before_transaction());
  ABRI_TRY(auto stmt, db.statement(connection.depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT part"));
  ABRI_CHECK(stmt.run());
  ++connection.depth;
  return Transaction(db);
}

Result<void> Transaction::commit() {
  auto& connection = *db_->connection_;
  ABRI_TRY(auto stmt, db_->statement(connection.depth == 1 ? "COMMIT" : "RELEASE part"));
  ABRI_CHECK(stmt.run());
  --connection.depth;
  db_ = nullptr;
  return {};
}

Transaction::~Transaction() {
  if (db_ == nullptr) return;
  auto& connection = *db_->connection_;
  auto* db = connection.db.get();
  // After some errors SQLite has rolled back by itself, the outer transaction included.
  if (sqlite3_get_autocommit(db) == 0) {
    const char* sql = connection.depth == 1 ? "ROLLBACK" : "ROLLBACK TO part; RELEASE part";
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) connection.failed = true;
  }
  --connection.depth;
}

}  // namespace abri::core::vault
