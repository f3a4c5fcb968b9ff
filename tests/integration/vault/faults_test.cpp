// SPDX-License-Identifier: MPL-2.0
//
// The n-th operation on the disk fails, or is the last before the process dies, for n = 1, 2, 3 … until the work passes
// untouched. After each the database is as it was before or after the step that was under way, never between.
#include "fault_vfs.hpp"
#include "unit/core/vault/vault_support.hpp"
#include "vault/migrations.hpp"
#include "vault/sqlite_library.hpp"

#include <array>
#include <functional>

#include <catch2/catch_test_macros.hpp>
#include <sys/wait.h>
#include <unistd.h>

using namespace abri;
using namespace abri::core::vault;
using test::Fault;
using test::FaultVfs;

namespace {

constexpr int kManyFaults = 400;

struct Fixture {
  Fixture() {
    REQUIRE(start_sqlite());
    FaultVfs::install();
  }
  ~Fixture() { FaultVfs::clear(); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  void begin() {
    FaultVfs::clear();
    std::filesystem::remove_all(temp.path());
    std::filesystem::create_directories(temp.path());
    auto db = Database::open_or_create(file, key);
    REQUIRE(db);
    REQUIRE(
        db->execute("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, fill BLOB) STRICT;"
                    "INSERT INTO t VALUES(1, 0, x''), (2, 0, x'')"));
  }
  /// Both rows or none; several pages.
  static Result<void> write(Database& db, int n) {
    return in_transaction(db, [&]() -> Result<void> {
      ABRI_TRY(auto update, db.statement("UPDATE t SET n = ?1, fill = zeroblob(6000) WHERE id = ?2"));
      ABRI_CHECK(update.run(n, 1));
      return update.run(n, 2);
    });
  }
  /// The number in both rows; -1 if they differ or the database is damaged.
  static std::int64_t value(Database& db) {
    auto select = db.statement("SELECT min(n), max(n) FROM t");
    if (!select || !select->step().value_or(false)) return -1;
    const auto least = select->column_int64(0);
    const auto greatest = select->column_int64(1);
    select->reset();
    return least == greatest && db.verify() ? least : -1;
  }
  std::int64_t value_after_reopening() {
    FaultVfs::clear();
    auto db = Database::open_or_create(file, key);
    REQUIRE(db);
    return value(*db);
  }

  test::TempDir temp;
  std::filesystem::path file{temp / "t.db"};
  crypto::DatabaseKey key{crypto::DatabaseKey::generate()};
};

/// Runs `work` in a process of its own; true if it was killed.
bool killed_in_child(const std::function<bool()>& work) {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return true;
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

}  // namespace

TEST_CASE(
    "faults: CS-03 a full disk at any write is said, leaves no half state and is over when there is room",
    "[integration][vault]") {
  Fixture f;
  bool untouched = false;
  int n = 0;
  while (!untouched && ++n < kManyFaults) {
    INFO("write " << n);
    f.begin();
    auto db = Database::open_or_create(f.file, f.key);
    REQUIRE(db);
    FaultVfs::plan(Fault::disk_full, n);
    int acknowledged = 0;
    for (int i = 1; i <= 4; ++i) {
      const auto done = i == 3 ? db->checkpoint() : Fixture::write(*db, i);
      if (!done) CHECK(done.error().code == Errc::storage_full);
      if (done && i != 3) acknowledged = i;
    }
    untouched = !FaultVfs::happened();
    FaultVfs::clear();
    CHECK_FALSE(db->failed());
    CHECK(Fixture::value(*db) == acknowledged);
    CHECK(Fixture::write(*db, 9));  // there is room again
    CHECK(Fixture::value(*db) == 9);
    db = Error{Errc::cancelled, "closed"};
    CHECK(f.value_after_reopening() == 9);
  }
  CHECK(n > 5);
  CHECK(untouched);
}

TEST_CASE(
    "faults: CS-04 after a failed fsync the connection is used no more and nothing acknowledged is lost",
    "[integration][vault]") {
  Fixture f;
  bool untouched = false;
  int n = 0;
  while (!untouched && ++n < kManyFaults) {
    INFO("sync " << n);
    f.begin();
    auto db = Database::open_or_create(f.file, f.key);
    REQUIRE(db);
    FaultVfs::plan(Fault::sync_fails, n);
    int acknowledged = 0;
    int tried = 0;
    for (int i = 1; i <= 4; ++i) {
      const auto done = i == 3 ? db->checkpoint() : Fixture::write(*db, i);
      if (i != 3 && !db->failed()) tried = i;
      if (done && i != 3) acknowledged = i;
      if (!done) {
        tried = i == 3 ? tried : std::max(tried, acknowledged == 0 ? 1 : i);
        CHECK(done.error().code == Errc::storage_failed);
        CHECK(db->failed());
        CHECK(Fixture::write(*db, 8).error().code == Errc::storage_failed);
        break;
      }
    }
    untouched = !FaultVfs::happened();
    db = Error{Errc::cancelled, "closed"};
    const auto value = f.value_after_reopening();
    CHECK(value >= acknowledged);
    CHECK(value <= tried);
  }
  CHECK(n > 3);
  CHECK(untouched);
}

TEST_CASE("faults: CS-01 killed at any change of a file, every acknowledged write is there and whole",
          "[integration][vault]") {
  Fixture f;
  std::array<int, 2> pipe{};
  bool killed = true;
  int n = 0;
  while (killed && ++n < kManyFaults) {
    INFO("change " << n);
    f.begin();
    REQUIRE(::pipe(pipe.data()) == 0);
    killed = killed_in_child([&] {
      auto db = Database::open_or_create(f.file, f.key);
      if (!db) return false;
      FaultVfs::plan(Fault::killed, n);
      for (char i = 1; i <= 4; ++i) {
        if (i == 3 ? !db->checkpoint() : !Fixture::write(*db, i)) return false;
        if (i != 3 && ::write(pipe[1], &i, 1) != 1) return false;
      }
      return true;
    });
    ::close(pipe[1]);
    int acknowledged = 0;
    for (std::uint8_t i = 0; ::read(pipe[0], &i, 1) == 1;) acknowledged = i;
    ::close(pipe[0]);
    const auto value = f.value_after_reopening();
    CHECK((value == acknowledged || (value > acknowledged && value <= 4)));
  }
  CHECK(n > 10);
  CHECK_FALSE(killed);
}

TEST_CASE("faults: CS-06 killed at any change of a file in a migration, it is done at the next opening",
          "[integration][vault]") {
  constexpr std::array kSteps{
      Migration{1, "CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES(1)"},
      Migration{2, "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"},
      Migration{3, "CREATE TABLE b(x INTEGER) STRICT; INSERT INTO b SELECT y FROM a; DROP TABLE a"},
  };
  Fixture f;
  bool killed = true;
  int n = 0;
  while (killed && ++n < kManyFaults) {
    INFO("change " << n);
    f.begin();
    killed = killed_in_child([&] {
      FaultVfs::plan(Fault::killed, n);
      auto db = Database::open_or_create(f.file, f.key);
      return db && migrate(*db, kSteps) && db->checkpoint();
    });
    FaultVfs::clear();
    auto db = Database::open_or_create(f.file, f.key);
    REQUIRE(db);
    REQUIRE(migrate(*db, kSteps));
    CHECK(*schema_version(*db) == 3);
    auto select = *db->statement("SELECT x FROM b");
    REQUIRE(*select.step());
    CHECK(select.column_int64(0) == 2);
    select.reset();
    CHECK(db->verify());
  }
  CHECK(n > 10);
  CHECK_FALSE(killed);
}

TEST_CASE("faults: CS-01 a vault killed at any change of a file opens again, whole and not stale",
          "[integration][vault]") {
  Fixture f;
  test::AliceVault alice;
  alice.create();
  bool killed = true;
  int n = 1;
  int last = 0;
  for (; killed && n < kManyFaults; n += 3) {  // each costs three Argon2id
    INFO("change " << n);
    killed = killed_in_child([&] {
      FaultVfs::plan(Fault::killed, n);
      auto vault = alice.try_open();
      if (!vault) return false;
      auto& db = **vault->database();
      return test::put(db, "n", std::to_string(n)) && test::put(db, "m", std::to_string(n)) &&
             vault->lock().has_value();
    });
    FaultVfs::clear();
    auto vault = alice.try_open();
    REQUIRE(vault);
    CHECK_FALSE(vault->stale());
    REQUIRE((*vault->database())->verify());
    const auto value = test::get(*vault, "n");
    CHECK((value == std::to_string(n) || value == std::to_string(last) || value == "(none)"));
    if (value != "(none)") last = std::stoi(value);
  }
  CHECK(n > 10);
  CHECK_FALSE(killed);
}
