// SPDX-License-Identifier: MPL-2.0
#include "vault/statement.hpp"

#include "vault/database.hpp"
#include "vault_support.hpp"

#include <limits>
#include <new>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>
#include <sqlite3.h>

using namespace abri;
using namespace abri::core::vault;

namespace {

struct Fixture {
  Fixture() { REQUIRE(db.execute("CREATE TABLE t(a INTEGER, b BLOB, c TEXT) STRICT")); }
  std::int64_t count() {
    auto select = *db.statement("SELECT count(*) FROM t");
    REQUIRE(*select.step());
    return select.column_int64(0);
  }
  Result<void> insert(std::int64_t a) {
    ABRI_TRY(auto stmt, db.statement("INSERT INTO t(a) VALUES(?1)"));
    return stmt.run(a);
  }

  test::TempDir temp;
  Database db{*Database::open_or_create(temp / "t.db", crypto::DatabaseKey::generate())};
};

}  // namespace

TEST_CASE("statement: every kind of value comes back as it was bound", "[core][vault]") {
  Fixture f;
  const Bytes blob = to_bytes(std::string_view("\0\xff\x01", 3));
  const DeviceId id(ByteArray<16>{std::byte{7}});
  auto insert = *f.db.statement("INSERT INTO t(a, b, c) VALUES(?1, ?2, ?3)");
  REQUIRE(insert.run(std::numeric_limits<std::int64_t>::min(), blob, "Élodie"));
  REQUIRE(insert.run(from_millis(1'700'000'000'000), id, std::string_view()));
  REQUIRE(insert.run(nullptr, BytesView(), nullptr));

  auto select = *f.db.statement("SELECT a, b, c FROM t ORDER BY rowid");
  REQUIRE(*select.step());
  CHECK(select.column_int64(0) == std::numeric_limits<std::int64_t>::min());
  CHECK(to_bytes(select.column_blob(1)) == blob);
  CHECK(select.column_text(2) == "Élodie");
  REQUIRE(*select.step());
  CHECK(select.column_time(0) == from_millis(1'700'000'000'000));
  CHECK(*select.column_id<DeviceId>(1) == id);
  CHECK((select.column_text(2).empty() && !select.column_is_null(2)));
  REQUIRE(*select.step());
  CHECK(select.column_is_null(0));
  CHECK((select.column_blob(1).empty() && !select.column_is_null(1)));
  CHECK(select.column_is_null(2));
  CHECK(select.column_id<DeviceId>(1).error().code == Errc::malformed);
  CHECK_FALSE(*select.step());
}

TEST_CASE("statement: an unsigned number above the range of the database is refused", "[core][vault]") {
  Fixture f;
  auto insert = *f.db.statement("INSERT INTO t(a) VALUES(?1)");
  CHECK(insert.bind(1, std::numeric_limits<std::uint64_t>::max()).error().code == Errc::invalid_argument);
  CHECK(insert.bind(2, std::int64_t{1}).error().code == Errc::internal);  // no such parameter
}

TEST_CASE("statement: a kept statement comes back reset, and can be used within itself", "[core][vault]") {
  Fixture f;
  for (std::int64_t a = 0; a < 3; ++a) REQUIRE(f.insert(a));
  const auto sql = "SELECT a FROM t WHERE a >= ?1 ORDER BY a";
  {
    auto outer = *f.db.statement(sql);
    REQUIRE(*outer.query(std::int64_t{1}));
    auto inner = *f.db.statement(sql);
    REQUIRE(*inner.query(std::int64_t{2}));
    CHECK(inner.column_int64(0) == 2);
    CHECK(outer.column_int64(0) == 1);
    CHECK(f.db.reading());
  }
  CHECK_FALSE(f.db.reading());
  auto again = *f.db.statement(sql);
  CHECK_FALSE(*again.step());  // the binding of before is gone: a >= NULL holds for no row
}

TEST_CASE("statement: a bad statement and a broken constraint are errors with the number of the library",
          "[core][vault]") {
  Fixture f;
  CHECK(f.db.statement("SELEC 1").error().code == Errc::internal);
  REQUIRE(f.db.execute(
      "CREATE TABLE u(k INTEGER PRIMARY KEY, v INTEGER NOT NULL) STRICT; INSERT INTO u VALUES(1, 1)"));
  auto insert = *f.db.statement("INSERT INTO u(k, v) VALUES(?1, ?2)");
  const auto twice = insert.run(1, 2);
  CHECK(twice.error().code == Errc::already_exists);
  CHECK(twice.error().native == SQLITE_CONSTRAINT_PRIMARYKEY);
  CHECK(insert.run(2, nullptr).error().code == Errc::internal);
  CHECK(insert.run(2, "text").error().code == Errc::internal);  // STRICT
  CHECK(insert.run(2, 2));                                      // usable after errors
}

TEST_CASE("statement: each result code of SQLite has its own word", "[core][vault]") {
  CHECK(sqlite_error(SQLITE_FULL, "").code == Errc::storage_full);
  CHECK(sqlite_error(SQLITE_BUSY_SNAPSHOT, "").code == Errc::storage_busy);
  CHECK(sqlite_error(SQLITE_LOCKED, "").code == Errc::storage_busy);
  CHECK(sqlite_error(SQLITE_NOTADB, "").code == Errc::not_a_vault);
  CHECK(sqlite_error(SQLITE_CORRUPT_INDEX, "").code == Errc::storage_failed);
  CHECK(sqlite_error(SQLITE_IOERR_FSYNC, "").code == Errc::storage_failed);
  CHECK(sqlite_error(SQLITE_CANTOPEN, "").code == Errc::storage_failed);
  CHECK(sqlite_error(SQLITE_AUTH, "").code == Errc::unsafe_storage);
  CHECK(sqlite_error(SQLITE_TOOBIG, "").code == Errc::too_large);
  CHECK(sqlite_error(SQLITE_MISUSE, "").code == Errc::internal);
  CHECK_THROWS_AS(sqlite_error(SQLITE_NOMEM, ""), std::bad_alloc);
}

TEST_CASE("transaction: all of it or nothing", "[core][vault]") {
  Fixture f;
  CHECK(in_transaction(f.db, [&] { return f.insert(1); }));
  CHECK(f.count() == 1);
  const auto refused = in_transaction(f.db, [&]() -> Result<void> {
    ABRI_CHECK(f.insert(2));
    return Error{Errc::conflict, "test"};
  });
  CHECK(refused.error().code == Errc::conflict);
  CHECK(f.count() == 1);
  CHECK_THROWS_AS(in_transaction(f.db,
                                 [&]() -> Result<void> {
                                   static_cast<void>(f.insert(3));
                                   throw std::runtime_error("test");
                                 }),
                  std::runtime_error);
  CHECK(f.count() == 1);
  CHECK_FALSE(f.db.in_transaction());
  CHECK(*in_transaction(f.db, []() -> Result<int> { return 7; }) == 7);
}

TEST_CASE("transaction: an inner part fails alone and an outer failure takes the inner with it",
          "[core][vault]") {
  Fixture f;
  CHECK(in_transaction(f.db, [&]() -> Result<void> {
    ABRI_CHECK(f.insert(1));
    const auto part = in_transaction(f.db, [&]() -> Result<void> {
      ABRI_CHECK(f.insert(2));
      return Error{Errc::conflict, "test"};
    });
    CHECK_FALSE(part);
    return in_transaction(f.db, [&] { return f.insert(3); });
  }));
  CHECK(f.count() == 2);
  CHECK_FALSE(in_transaction(f.db, [&]() -> Result<void> {
    ABRI_CHECK(in_transaction(f.db, [&] { return f.insert(4); }));
    return Error{Errc::conflict, "test"};
  }));
  CHECK(f.count() == 2);
}
