// SPDX-License-Identifier: MPL-2.0
//
// Nothing readable in temporary files, in freed pages, or in memory after locking. Each search is first shown to find.
#include "support/memory_search.hpp"
#include "unit/core/vault/vault_support.hpp"
#include "vault/search.hpp"
#include "vault/slots.hpp"

#include <abri/crypto/random.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>

using namespace abri;
using namespace abri::core::vault;
using test::count_in_memory;
using test::HiddenNeedle;

namespace {

/// How many regular files that this process has open, unlinked ones included, hold `needle`.
int open_files_with(std::string_view needle) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    struct stat status{};
    if (::stat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (test::read_text(entry.path()).find(needle) != std::string::npos) ++found;
  }
  return found;
}

int files_in_temporary_directories_with(std::string_view needle) {
  int found = 0;
  for (const char* directory : {"/tmp", "/var/tmp"}) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (!entry.is_regular_file(ignored) || !entry.path().filename().string().starts_with("etilqs_"))
        continue;
      if (test::read_text(entry.path()).find(needle) != std::string::npos) ++found;
    }
  }
  return found;
}

void fill(Database& db, const std::string& canary) {
  REQUIRE(db.execute("PRAGMA cache_size = 10; CREATE TABLE t(address TEXT) STRICT"));
  REQUIRE(in_transaction(db, [&]() -> Result<void> {
    ABRI_TRY(auto insert, db.statement("INSERT INTO t VALUES(?1)"));
    for (int i = 0; i < 60'000; ++i) {
      ABRI_CHECK(
          insert.run(std::to_string((i * 7919) % 60'000) + " rue " + canary + " apartment and more text"));
    }
    return {};
  }));
}

/// Steps through a query and looks into every open file while it is under way.
void run_and_look(Database& db, const char* sql, const std::string& canary) {
  INFO(sql);
  auto select = *db.statement(sql);
  int rows = 0;
  int hits = 0;
  while (*select.step()) {
    if (rows++ % 20'000 == 0) hits += open_files_with(canary) + files_in_temporary_directories_with(canary);
  }
  CHECK(rows > 0);
  CHECK(hits == 0);
}

}  // namespace

TEST_CASE(
    "leaks: DR-02 sorting 60,000 rows with a tiny cache leaves nothing readable in any file, unlinked ones "
    "included",
    "[integration][vault]") {
  const test::TempDir temp;
  const auto canary = "canary" + to_hex(crypto::random_id<CaseId>().bytes());
  auto db = *Database::open_or_create(temp / "t.db", crypto::DatabaseKey::generate());
  fill(db, canary);
  run_and_look(db, "SELECT address FROM t ORDER BY address DESC", canary);
  run_and_look(db, "SELECT address, count(*) FROM t GROUP BY substr(address, 1, 5), address", canary);
  run_and_look(db, "SELECT DISTINCT address FROM t UNION SELECT address || 'x' FROM t", canary);
  REQUIRE(db.execute("CREATE INDEX i ON t(address)"));
  CHECK(open_files_with(canary) == 0);
  CHECK_FALSE(in_transaction(db, [&]() -> Result<void> {
    ABRI_CHECK(db.execute("UPDATE t SET address = address || 'y'"));
    CHECK(open_files_with(canary) == 0);
    return Error{Errc::cancelled, "a big rollback"};
  }));
  CHECK(open_files_with(canary) == 0);
}

TEST_CASE("leaks: DR-02 the same search does find what a connection in clear leaves in an unlinked file",
          "[integration][vault]") {
  const test::TempDir temp;
  const auto canary = "canary" + to_hex(crypto::random_id<CaseId>().bytes());
  REQUIRE(Database::open_or_create(temp / "starts-the-library.db", crypto::DatabaseKey::generate()));
  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open((temp / "plain.db").c_str(), &plain) == SQLITE_OK);
  const auto sql = "CREATE TABLE t(address); INSERT INTO t VALUES('" + canary + "')";
  REQUIRE(sqlite3_exec(plain, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  std::filesystem::remove(temp / "plain.db");
  CHECK(open_files_with(canary) > 0);
  sqlite3_close(plain);
}

TEST_CASE("leaks: DR-03 deleted data leaves the pages, the index and the log", "[integration][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  auto& db = **vault.database();
  const auto canary = "canary" + to_hex(crypto::random_id<CaseId>().bytes());
  const auto pages_with = [&] {
    auto select = *db.statement("SELECT count(*) FROM sqlite_dbpage WHERE instr(data, ?1) > 0");
    REQUIRE(*select.query(as_bytes(canary)));
    return select.column_int64(0);
  };
  const CaseId case_ref(ByteArray<16>{std::byte{1}});
  const RecordId record(ByteArray<16>{std::byte{2}});
  test::put(vault, "small", canary);
  test::put(vault, "large", std::string(20'000, 'x') + canary);
  REQUIRE(db.statement(
                "INSERT INTO cases(case_ref, log, kind, owner, title, state) VALUES(?1, 1, 1, x'', '', '')")
              ->run(case_ref));
  REQUIRE(index_record(db, case_ref, record, "", canary));
  CHECK(pages_with() >= 3);
  REQUIRE(db.execute("DELETE FROM meta WHERE key IN ('small', 'large')"));
  REQUIRE(unindex_case(db, case_ref));
  CHECK(pages_with() == 0);
  REQUIRE(vault.lock());
  CHECK(std::filesystem::file_size(alice.log()) == 0);
}

TEST_CASE("leaks: DR-06 after locking neither the key nor a text is in memory", "[integration][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  const HiddenNeedle key = [&] {
    const auto opened =
        Slots::load(alice.directory() / "slots")->open(test::passphrase(alice.kPassphrase), alice.keystore);
    REQUIRE(opened);
    return opened->key.expose([](std::span<const std::byte, 32> raw) { return HiddenNeedle(raw); });
  }();
  const HiddenNeedle canary = [] {
    crypto::WipedArray<24> raw;
    crypto::random_bytes(raw.span());
    return HiddenNeedle(raw.span());
  }();
  canary.use([&](BytesView plain) {
    REQUIRE(test::put(**vault.database(), "canary", as_text(plain)));
    auto select = *(*vault.database())->statement("SELECT key FROM meta WHERE value = ?1");
    CHECK(*select.query(plain));
    auto reader = vault.reader();
    REQUIRE(reader);
    auto read = *(*reader)->statement("SELECT hex(value) FROM meta WHERE key = 'canary'");
    CHECK(*read.step());
  });
  // The search finds both while the vault is open.
  CHECK(count_in_memory(key) > 0);
  CHECK(count_in_memory(canary) > 0);
  REQUIRE(vault.lock());
  CHECK(count_in_memory(key) == 0);
  CHECK(count_in_memory(canary) == 0);
}
