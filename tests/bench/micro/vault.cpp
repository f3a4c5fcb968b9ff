// SPDX-License-Identifier: MPL-2.0
// Reading from a vault of 2,000 records: beside it, the same statement on the same file, prepared once, by SQLCipher alone.
#include "bench/micro/micro.hpp"
#include "vault/database.hpp"
#include "vault/migrations.hpp"
#include "vault/search.hpp"

#include <abri/crypto/random.hpp>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include <sqlite3.h>
#include <unistd.h>

namespace abri::bench {
namespace {

namespace vault = core::vault;

constexpr int kRecords = 2000;
constexpr std::size_t kRecordBytes = 600;
constexpr const char* kRead =
    "SELECT state FROM records WHERE case_number = ?1 AND compartment = 1 AND record_type = 3 AND record_id "
    "= ?2";
constexpr const char* kSearch =
    "SELECT DISTINCT c.case_ref, s.record_id FROM search s JOIN cases c ON c.number = s.case_number "
    "WHERE s.term >= ?1 AND s.term < ?2 ORDER BY c.case_ref, s.record_id";

class Folder {
 public:
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "abri-micro-XXXXXX").string();
    need(::mkdtemp(name.data()) != nullptr, "temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path file() const { return path_ / "vault.db"; }

 private:
  std::filesystem::path path_;
};

/// Every case has one record; of a hundred names, each belongs to twenty of them.
class Filled {
 public:
  Filled() {
    need(vault::migrate(db));
    need(vault::in_transaction(db, [&]() -> Result<void> {
      for (int i = 0; i < kRecords; ++i) ABRI_CHECK(insert(i));
      return {};
    }));
  }
  [[nodiscard]] static std::string name(int i) {
    return std::string{static_cast<char>('a' + i % 10), static_cast<char>('a' + i / 10 % 10)} + "lenoir";
  }

  Folder folder;
  crypto::DatabaseKey key = crypto::DatabaseKey::generate();
  vault::Database db = need(vault::Database::open_or_create(folder.file(), key));
  std::vector<RecordId> records;

 private:
  Result<void> insert(int i) {
    const auto case_ref = crypto::random_id<CaseId>();
    records.push_back(crypto::random_id<RecordId>());
    ABRI_TRY(
        auto new_case,
        db.statement("INSERT INTO cases(number, case_ref, log, kind, owner, title, state) VALUES(?1, ?2, "
                     "1, 1, x'', '', '')"));
    ABRI_CHECK(new_case.run(i, case_ref));
    ABRI_TRY(auto new_record,
             db.statement("INSERT INTO records(case_number, compartment, record_type, record_id, conflicts, "
                          "state) VALUES(?1, 1, 3, ?2, 0, ?3)"));
    ABRI_CHECK(new_record.run(i, records.back(), Bytes(kRecordBytes)));
    return vault::index_record(db, case_ref, records.back(), "", name(i));
  }
};

/// A connection of its own to the file of `filled`, with one statement.
class Bare {
 public:
  Bare(const Filled& filled, const char* sql) {
    const auto path = filled.folder.file().string();
    need(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) ==
             SQLITE_OK,
         "open");
    filled.key.expose([&](BytesView key) {
      const auto text = "x'" + to_hex(key) + "'";
      need(sqlite3_key_v2(db_, "main", text.data(), static_cast<int>(text.size())) == SQLITE_OK, "key");
    });
    need(sqlite3_exec(db_, "PRAGMA cache_size=-16000", nullptr, nullptr, nullptr) == SQLITE_OK, "cache");
    need(sqlite3_prepare_v2(db_, sql, -1, &statement_, nullptr) == SQLITE_OK, "prepare");
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    sqlite3_finalize(statement_);
    sqlite3_close_v2(db_);
  }
  [[nodiscard]] sqlite3_stmt* statement() { return statement_; }
  void bind(int index, std::string_view text) {
    sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  int rows() {
    int count = 0;
    while (sqlite3_step(statement_) == SQLITE_ROW) {
      benchmark::DoNotOptimize(sqlite3_column_blob(statement_, 0));
      ++count;
    }
    sqlite3_reset(statement_);
    return count;
  }

 private:
  sqlite3* db_{nullptr};
  sqlite3_stmt* statement_{nullptr};
};

void read_record(benchmark::State& state) {
  Filled filled;
  for (int i = 0; auto _ : state) {
    i = (i + 37) % kRecords;
    auto read = need(filled.db.statement(kRead));
    need(need(read.query(i, filled.records[static_cast<std::size_t>(i)])), "no such record");
    benchmark::DoNotOptimize(read.column_blob(0).data());
  }
}
BENCHMARK(read_record);

void read_record_bare(benchmark::State& state) {
  const Filled filled;
  Bare bare(filled, kRead);
  for (int i = 0; auto _ : state) {
    i = (i + 37) % kRecords;
    const auto& id = filled.records[static_cast<std::size_t>(i)].bytes();
    sqlite3_bind_int(bare.statement(), 1, i);
    sqlite3_bind_blob(bare.statement(), 2, id.data(), static_cast<int>(id.size()), SQLITE_TRANSIENT);
    need(bare.rows() == 1, "no such record");
  }
}
BENCHMARK(read_record_bare);

void search_name(benchmark::State& state) {
  Filled filled;
  for (int i = 0; auto _ : state) {
    const auto hits = need(vault::find_by_prefix(filled.db, Filled::name(i++).substr(0, 4)));
    need(hits.size() == kRecords / 100, "hits");
  }
}
BENCHMARK(search_name);

void search_name_bare(benchmark::State& state) {
  const Filled filled;
  Bare bare(filled, kSearch);
  for (int i = 0; auto _ : state) {
    const auto prefix = Filled::name(i++).substr(0, 4);
    bare.bind(1, prefix);
    bare.bind(2, prefix + "\xF4\x8F\xBF\xBF");
    need(bare.rows() == kRecords / 100, "hits");
  }
}
BENCHMARK(search_name_bare);

}  // namespace
}  // namespace abri::bench
