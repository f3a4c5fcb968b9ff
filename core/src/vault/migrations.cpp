// SPDX-License-Identifier: MPL-2.0
#include "vault/migrations.hpp"

#include "vault/database.hpp"

#include <algorithm>
#include <string>

namespace abri::core::vault {

Result<int> schema_version(Database& db) {
  ABRI_TRY(auto stmt, db.statement("PRAGMA user_version"));
  ABRI_TRY(const bool row, stmt.step());
  if (!row) return Error{Errc::internal, "schema_version"};
  return static_cast<int>(stmt.column_int64(0));
}

Result<void> migrate(Database& db, std::span<const Migration> steps) {
  ABRI_TRY(const int present, schema_version(db));
  if (present < 0) return Error{Errc::not_a_vault, "migrate"};
  if (static_cast<std::size_t>(present) > steps.size()) return Error{Errc::version_unsupported, "migrate"};
  for (const auto& step : steps.subspan(static_cast<std::size_t>(present))) {
    ABRI_CHECK(in_transaction(db, [&]() -> Result<void> {
      ABRI_CHECK(db.execute(step.sql));
      return db.execute("PRAGMA user_version = " + std::to_string(step.version));
    }));
  }
  return {};
}

}  // namespace abri::core::vault
