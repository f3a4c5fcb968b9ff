// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/database.hpp"
#include "vault/keystore.hpp"

#include <abri/base/result.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/passphrase.hpp>
#include <abri/crypto/secret.hpp>

#include <filesystem>
#include <memory>

namespace abri::core::vault {

class ReaderPool;

/// A read-only connection, lent for a short scope: while one is out the write-ahead log is not folded in, and `lock`
/// waits for it.
/// @threads  belongs to the thread that holds it
class ReadConnection {
 public:
  ReadConnection(ReadConnection&& other) noexcept;
  ReadConnection& operator=(ReadConnection&&) = delete;
  ReadConnection(const ReadConnection&) = delete;
  ReadConnection& operator=(const ReadConnection&) = delete;
  ~ReadConnection();
  Database& operator*() { return db_; }
  Database* operator->() { return &db_; }

 private:
  friend class Vault;
  ReadConnection(std::shared_ptr<ReaderPool> pool, Database db);
  std::shared_ptr<ReaderPool> pool_;  ///< null: moved from
  Database db_;
};

/// The open vault of one device: a directory with `vault.db` (encrypted), `slots` (the database's key, sealed once for
/// each passphrase) and `lock` (held by the one process that owns the vault).
///
/// Rollback: the keystore's anchor holds a generation number, the digest of the file's page tags as of the last
/// checkpoint, and the length and digest of the write-ahead log as of the last commit. A vault that is older than its
/// anchor in any of these is stale: it opens, `stale()` says so, and nothing that a later entry may have hidden or revoked
/// is to be shown before a full synchronisation. It stays stale across openings until `confirm_fresh`. Not seen: files and
/// keystore put back together (the server and the peers see that), and single pages of the file between a crash in the
/// middle of a checkpoint of a very large file and the next opening.
///
/// @threads  one (the core strand), but `reader()`, which is safe on any
/// @source   docs/protocol.md section 4; attack catalogue DR-02 to DR-06, CS-01 to CS-07
class Vault {
 public:
  /// Makes the directory (mode 0700) and an empty vault in it with one slot.
  ///
  /// @errors  Errc::already_exists    there is a vault
  ///          Errc::weak_parameters   below the floor
  ///          Errc::invalid_argument  an empty or too long passphrase
  ///          Errc::unsafe_storage, Errc::storage_busy, Errc::storage_full, Errc::storage_failed
  static Result<Vault> create(const std::filesystem::path& directory, const crypto::SecretText& passphrase,
                              const crypto::PassphraseParameters& parameters, Keystore& keystore);
  /// Tries the passphrase on each slot (one Argon2id each), opens, migrates and compares with the anchor.
  ///
  /// @param keystore  outlives the vault
  /// @errors  Errc::wrong_passphrase     no slot opens
  ///          Errc::not_found            the keystore lacks the secrets of all slots: another device's copy
  ///          Errc::not_a_vault          missing, foreign or truncated files
  ///          Errc::version_unsupported  written by a newer version
  ///          Errc::storage_busy         another process owns the vault
  ///          Errc::unsafe_storage, Errc::storage_full, Errc::storage_failed
  static Result<Vault> open(const std::filesystem::path& directory, const crypto::SecretText& passphrase,
                            Keystore& keystore);

  Vault(Vault&&) noexcept;
  Vault& operator=(Vault&&) noexcept;
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;
  /// Locks. Errors are lost: call `lock` where they matter.
  ~Vault();

  /// The writing connection. @errors Errc::locked
  Result<Database*> database();
  /// A connection for reading beside the writer. @errors Errc::locked
  Result<ReadConnection> reader();

  /// Folds the log in, writes the anchor, closes everything, wipes the key and releases the directory. Waits for lent
  /// readers. Nothing durable is lost when it fails. Locking twice is a success.
  Result<void> lock();
  [[nodiscard]] bool locked() const;

  /// Seals the key anew under `next` in place of the slot that `current` opens, with a new keystore secret, so that an old
  /// copy of the slot is useless even with its passphrase. Atomic: after a crash one of the two works.
  /// @errors  Errc::wrong_passphrase, Errc::weak_parameters, Errc::invalid_argument, Errc::locked, Errc::storage_*
  Result<void> change_passphrase(const crypto::SecretText& current, const crypto::SecretText& next,
                                 const crypto::PassphraseParameters& parameters);
  /// One more slot: another person on a shared device.
  /// @errors  Errc::too_large  there are 16 already; else as `change_passphrase`
  Result<void> add_passphrase(const crypto::SecretText& passphrase,
                              const crypto::PassphraseParameters& parameters);
  /// Removes the slot that `passphrase` opens.
  /// @errors  Errc::conflict  it is the last; else as `change_passphrase`
  Result<void> remove_passphrase(const crypto::SecretText& passphrase);

  /// The vault was restored, rolled back or copied, and no full synchronisation has confirmed it since.
  [[nodiscard]] bool stale() const;
  /// @errors  Errc::stale_vault  `stale()`
  Result<void> require_fresh() const;
  /// After a full synchronisation: what is here is the present state.
  Result<void> confirm_fresh();

 private:
  struct State;
  explicit Vault(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace abri::core::vault
