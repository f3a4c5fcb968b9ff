// SPDX-License-Identifier: MPL-2.0
#include "vault/migrations.hpp"

#include "vault/database.hpp"
#include "vault_support.hpp"

#include <array>
#include <cctype>
#include <sstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::vault;

namespace {

struct Fixture {
  test::TempDir temp;
  Database db{*Database::open_or_create(temp / "t.db", crypto::DatabaseKey::generate())};
};

constexpr std::array kSteps{
    Migration{1, "CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES(1)"},
    Migration{2, "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"},
    Migration{3, "CREATE TABLE b(x INTEGER) STRICT; INSERT INTO b SELECT y FROM a"},
};

}  // namespace

TEST_CASE("migrations: the steps of this version are numbered from one and can be asked for again",
          "[core][vault]") {
  int expected = 1;
  for (const auto& step : migrations()) CHECK(step.version == expected++);
  Fixture f;
  REQUIRE(migrate(f.db));
  CHECK(*schema_version(f.db) == static_cast<int>(migrations().size()));
  CHECK(migrate(f.db));
}

TEST_CASE("migrations: every table is STRICT and every column NOT NULL", "[core][vault]") {
  Fixture f;
  REQUIRE(migrate(f.db));
  auto tables = *f.db.statement("SELECT sql FROM sqlite_schema WHERE type = 'table'");
  int columns = 0;
  while (*tables.step()) {
    const std::string sql(tables.column_text(0));
    INFO(sql);
    CHECK(sql.find("STRICT") != std::string::npos);
    std::istringstream lines(sql);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("  ") || std::islower(static_cast<unsigned char>(line[2])) == 0) continue;
      INFO(line);
      CHECK(line.find("NOT NULL") != std::string::npos);
      ++columns;
    }
  }
  CHECK(columns > 20);
}

TEST_CASE("migrations: a file of a newer version is refused and left as it is", "[core][vault]") {
  Fixture f;
  REQUIRE(migrate(f.db, kSteps));
  CHECK(migrate(f.db, std::span(kSteps).first(2)).error().code == Errc::version_unsupported);
  CHECK(*schema_version(f.db) == 3);
}

TEST_CASE(
    "migrations: CS-06 a step that fails at any statement leaves the version before, and it goes on from "
    "there",
    "[core][vault]") {
  Fixture f;
  auto broken = kSteps;
  SECTION("in the second step, after its first statement") {
    broken[1].sql = "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE missing SET y = 1";
  }
  SECTION("in the second step, at its last statement") {
    broken[1].sql = "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1; SELECT missing()";
  }
  CHECK_FALSE(migrate(f.db, broken));
  CHECK(*schema_version(f.db) == 1);
  REQUIRE(migrate(f.db, kSteps));
  auto select = *f.db.statement("SELECT x FROM b");
  REQUIRE(*select.step());
  CHECK(select.column_int64(0) == 2);
}
