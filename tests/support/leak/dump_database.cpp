// SPDX-License-Identifier: MPL-2.0
//
// dump_database store FOLDER       every value of a server's store, opened with its key, to standard output
// dump_database vault FOLDER       the same of a vault; passphrase on standard input, keystore as `abri` finds it
//
// For the leak search: whoever holds the keys sees exactly this.
#include "files/secret_file.hpp"
#include "vault/keystore.hpp"
#include "vault/vault.hpp"

#include <abri/base/secret_bytes.hpp>
#include <abri/core/app.hpp>
#include <abri/crypto/init.hpp>

#include <cstdio>
#include <iostream>
#include <string>

namespace {

using namespace abri;  // NOLINT(google-build-using-namespace)
using core::vault::Database;

constexpr int kMostColumns = 32;  ///< of any table of ours

Result<void> dump(Database& db) {
  std::vector<std::string> tables;
  {
    ABRI_TRY(auto rows, db.statement("SELECT name FROM sqlite_schema WHERE type = 'table'"));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      tables.emplace_back(rows.column_text(0));
    }
  }
  for (const auto& table : tables) {
    ABRI_TRY(auto rows, db.statement("SELECT * FROM \"" + table + "\""));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      for (int i = 0; i < kMostColumns; ++i) {
        const auto value = rows.column_blob(i);  // empty past the last one
        std::cout.write(reinterpret_cast<const char*>(value.data()),
                        static_cast<std::streamsize>(value.size()));
        std::cout.put('\n');
      }
    }
  }
  return {};
}

Result<void> dump_store(const std::filesystem::path& folder) {
  crypto::WipedArray<32> bytes;
  ABRI_CHECK(server::load_or_create_secret(folder / "store.key", bytes.span()));
  const auto key = crypto::DatabaseKey::take(bytes.span());
  ABRI_TRY(auto db, Database::open_read_only(folder / "store.db", key));
  return dump(db);
}

Result<void> dump_vault(const std::filesystem::path& folder) {
  std::string line;
  std::getline(std::cin, line);
  const WipeAtEnd wiped(std::as_writable_bytes(std::span(line)));
  ABRI_TRY(const auto passphrase, crypto::SecretText::from(line));
  ABRI_TRY(auto directory, core::vault::FileKeystore::default_directory());
  core::vault::FileKeystore keystore(directory);
  ABRI_TRY(auto vault, core::vault::Vault::open(folder, passphrase, keystore));
  ABRI_TRY(auto* db, vault.database());
  return dump(*db);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || !crypto::initialise()) return 2;
  const auto done = std::string(argv[1]) == "store" ? dump_store(argv[2]) : dump_vault(argv[2]);
  if (!done) {
    std::fprintf(stderr, "dump_database: %s (%s)\n", std::string(to_string(done.error().code)).c_str(),
                 done.error().where);
    return 1;
  }
  return 0;
}
