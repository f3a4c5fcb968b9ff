// SPDX-License-Identifier: MPL-2.0
#include "vault/database.hpp"

#include "vault_support.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sqlite3.h>
#include <sys/stat.h>

using namespace abri;
using namespace abri::core::vault;

namespace {

struct Fixture {
  test::TempDir temp;
  std::filesystem::path file{temp / "t.db"};
  crypto::DatabaseKey key{crypto::DatabaseKey::generate()};

  void make(std::string_view value) const {
    auto db = *Database::open_or_create(file, key);
    REQUIRE(db.execute("CREATE TABLE t(v TEXT)"));
    auto insert = *db.statement("INSERT INTO t VALUES(?1)");
    REQUIRE(insert.run(value));
  }
};

}  // namespace

TEST_CASE("database: what was committed is there after reopening, and only with its key", "[core][vault]") {
  const Fixture f;
  f.make("rue des Capucines");
  {
    auto db = *Database::open_or_create(f.file, f.key);
    auto select = *db.statement("SELECT v FROM t");
    REQUIRE(*select.step());
    CHECK(select.column_text(0) == "rue des Capucines");
    select.reset();
    CHECK(db.checkpoint());
    CHECK(db.verify());
  }
  const auto other = Database::open_or_create(f.file, crypto::DatabaseKey::generate());
  CHECK(other.error().code == Errc::not_a_vault);
  CHECK(Database::open_read_only(f.file, crypto::DatabaseKey::generate()).error().code == Errc::not_a_vault);
  CHECK(Database::open_read_only(f.temp / "missing", f.key).error().code == Errc::storage_failed);
}

TEST_CASE("database: DR-01 nothing readable in its files, which are the owner's alone", "[core][vault]") {
  const Fixture f;
  {
    f.make("canary-12 rue du Canari");
    auto db = *Database::open_or_create(f.file, f.key);
    for (const char* suffix : {"", "-wal", "-shm"}) {
      const auto path = f.file.string() + suffix;
      INFO(path);
      struct stat status{};
      REQUIRE(::stat(path.c_str(), &status) == 0);
      CHECK((status.st_mode & 0777U) == 0600U);
      CHECK(test::read_text(path).find("canary-12") == std::string::npos);
      CHECK(test::read_text(path).find("CREATE TABLE") == std::string::npos);
    }
    REQUIRE(db.checkpoint());
    CHECK(std::filesystem::file_size(f.file.string() + "-wal") == 0);
  }
  CHECK(test::read_text(f.file).find("canary-12") == std::string::npos);
}

TEST_CASE("database: a file in clear is refused", "[core][vault]") {
  const Fixture f;
  REQUIRE(Database::open_or_create(f.temp / "starts-the-library.db", f.key));
  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open(f.file.c_str(), &plain) == SQLITE_OK);
  REQUIRE(sqlite3_exec(plain, "CREATE TABLE t(v)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(plain);
  const auto before = test::read_text(f.file);
  CHECK(Database::open_or_create(f.file, f.key).error().code == Errc::unsafe_storage);
  CHECK(Database::open_read_only(f.file, f.key).error().code == Errc::unsafe_storage);
  CHECK(test::read_text(f.file) == before);
}

TEST_CASE("database: DR-10 an open connection refuses whatever could export, log, weaken or rekey",
          "[core][vault]") {
  const Fixture f;
  auto db = *Database::open_or_create(f.file, f.key);
  const auto sql = GENERATE_REF(
      std::string("ATTACH DATABASE '" + (f.temp / "plain.db").string() + "' AS plain KEY ''"),
      std::string("SELECT sqlcipher_export('main')"), std::string("SELECT load_extension('x')"),
      std::string("PRAGMA cipher_profile = '" + (f.temp / "profile").string() + "'"),
      std::string("PRAGMA cipher_log = '" + (f.temp / "log").string() + "'"),
      std::string("PRAGMA cipher_log_level = TRACE"), std::string("PRAGMA rekey = ''"),
      std::string("PRAGMA key = ''"), std::string("PRAGMA temp_store = FILE"),
      std::string("PRAGMA temp_store_directory = '/tmp'"), std::string("PRAGMA journal_mode = DELETE"),
      std::string("PRAGMA synchronous = OFF"), std::string("PRAGMA secure_delete = OFF"),
      std::string("PRAGMA writable_schema = ON"), std::string("PRAGMA cipher_use_hmac = OFF"),
      std::string("VACUUM"), std::string("VACUUM INTO '" + (f.temp / "copy").string() + "'"));
  INFO(sql);
  CHECK_FALSE(db.execute(sql));
  for (const char* name : {"plain.db", "profile", "log", "copy"})
    CHECK_FALSE(std::filesystem::exists(f.temp / name));
  CHECK(db.execute("CREATE TABLE still_usable(x)"));
}

TEST_CASE("database: DR-12 the schema of a file cannot be rewritten", "[core][vault]") {
  const Fixture f;
  f.make("x");
  auto db = *Database::open_or_create(f.file, f.key);
  CHECK_FALSE(db.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE t(w TEXT)'"));
  CHECK_FALSE(db.execute("DELETE FROM sqlite_schema"));
}

TEST_CASE("database: a connection for reading reads what is committed and cannot write", "[core][vault]") {
  const Fixture f;
  auto writer = *Database::open_or_create(f.file, f.key);
  REQUIRE(writer.execute("CREATE TABLE t(v TEXT)"));
  auto reader = *Database::open_read_only(f.file, f.key);
  REQUIRE(in_transaction(writer, [&]() -> Result<void> {
    ABRI_CHECK(writer.execute("INSERT INTO t VALUES('a')"));
    auto select = *reader.statement("SELECT count(*) FROM t");
    REQUIRE(*select.step());
    CHECK(select.column_int64(0) == 0);
    return {};
  }));
  auto select = *reader.statement("SELECT count(*) FROM t");
  REQUIRE(*select.step());
  CHECK(select.column_int64(0) == 1);
  CHECK_FALSE(reader.execute("INSERT INTO t VALUES('b')"));
}

TEST_CASE("database: CS-05 a flipped bit is an error and never another value", "[core][vault]") {
  const Fixture f;
  {
    f.make(std::string(9000, 'v'));  // several pages
    auto db = *Database::open_or_create(f.file, f.key);
    REQUIRE(db.checkpoint());
  }
  const auto sound = test::read_text(f.file);
  REQUIRE(sound.size() >= 4 * 4096);
  for (std::size_t at = 2048; at < sound.size(); at += 4096) {
    INFO("byte " << at);
    auto damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    std::filesystem::remove(f.file.string() + "-wal");
    std::filesystem::remove(f.file.string() + "-shm");
    test::write_text(f.file, damaged);
    auto db = Database::open_or_create(f.file, f.key);
    if (!db) {
      CHECK(db.error().code == Errc::not_a_vault);  // its first page
      continue;
    }
    CHECK(db->verify().error().code == Errc::storage_failed);
  }
}

TEST_CASE("database: a checkpoint does not run while a statement reads", "[core][vault]") {
  const Fixture f;
  f.make("x");
  auto db = *Database::open_or_create(f.file, f.key);
  {
    auto select = *db.statement("SELECT v FROM t");
    REQUIRE(*select.step());
    CHECK(db.checkpoint().error().code == Errc::storage_busy);
  }
  CHECK(db.checkpoint());
}
