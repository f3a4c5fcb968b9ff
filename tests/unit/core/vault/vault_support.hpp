// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/vault.hpp"

#include <abri/base/bytes.hpp>
#include <abri/crypto/init.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/passphrase.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>

namespace abri::test {

/// A directory of its own, removed at the end.
class TempDir {
 public:
  TempDir() {
    std::string path = (std::filesystem::temp_directory_path() / "abri-vault-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    path_ = path;
    REQUIRE(crypto::initialise());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline crypto::SecretText passphrase(std::string_view text) {
  return *crypto::SecretText::from(text);
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string out;
  std::string piece(1U << 16U, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    out.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  }
  return out;
}
inline void write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// A vault of alice in a temporary directory, its keystore beside it.
struct AliceVault {
  static constexpr std::string_view kPassphrase = "correct horse battery staple";

  [[nodiscard]] std::filesystem::path directory() const { return temp / "vault"; }
  [[nodiscard]] std::filesystem::path file() const { return directory() / "vault.db"; }
  [[nodiscard]] std::filesystem::path log() const { return directory() / "vault.db-wal"; }

  core::vault::Vault create() {
    auto vault = core::vault::Vault::create(directory(), passphrase(kPassphrase),
                                            crypto::PassphraseParameters::floor(), keystore);
    REQUIRE(vault);
    return *std::move(vault);
  }
  Result<core::vault::Vault> try_open(std::string_view text = kPassphrase) {
    return core::vault::Vault::open(directory(), passphrase(text), keystore);
  }
  core::vault::Vault open() {
    auto vault = try_open();
    REQUIRE(vault);
    return *std::move(vault);
  }

  TempDir temp;
  core::vault::FileKeystore keystore{temp / "keystore"};
};

/// Writes a value under a key, in a transaction of its own.
inline Result<void> put(core::vault::Database& db, std::string_view key, std::string_view value) {
  return core::vault::in_transaction(db, [&]() -> Result<void> {
    ABRI_TRY(auto insert, db.statement("INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)"));
    return insert.run(key, as_bytes(value));
  });
}
inline void put(core::vault::Vault& vault, std::string_view key, std::string_view value) {
  REQUIRE(put(**vault.database(), key, value));
}
/// "(none)" if the key is not there.
inline std::string get(core::vault::Database& db, std::string_view key) {
  auto select = db.statement("SELECT value FROM meta WHERE key = ?1");
  REQUIRE(select);
  const auto row = select->query(key);
  REQUIRE(row);
  return *row ? std::string(as_text(select->column_blob(0))) : "(none)";
}
inline std::string get(core::vault::Vault& vault, std::string_view key) {
  return get(**vault.database(), key);
}

}  // namespace abri::test
