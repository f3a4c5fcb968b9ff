// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/keystore.hpp"

#include <abri/base/id.hpp>
#include <abri/base/result.hpp>
#include <abri/crypto/passphrase.hpp>

#include <filesystem>
#include <vector>

namespace abri::core::vault {

using VaultId = Id<struct VaultIdTag, 16>;  ///< names the vault's anchor in the keystore
using SlotId = Id<struct SlotIdTag, 16>;    ///< names the slot's secret in the keystore

/// The file `slots`: the database's key, sealed once for each passphrase.
///
///   "abri/slots" 10 ‖ version u16 = 1 ‖ vault id 16 ‖ count u8 ‖ count × ( slot id 16 ‖ slot 106 )
class Slots {
 public:
  static constexpr std::size_t kMax = 16;

  explicit Slots(const VaultId& vault) : vault_(vault) {}
  /// @errors  Errc::not_a_vault  missing, foreign or truncated; Errc::version_unsupported
  static Result<Slots> load(const std::filesystem::path& path);
  /// Atomic and durable.
  Result<void> save(const std::filesystem::path& path) const;

  [[nodiscard]] const VaultId& vault() const { return vault_; }
  [[nodiscard]] std::size_t size() const { return slots_.size(); }

  struct Opened {
    crypto::DatabaseKey key;
    std::size_t index;
  };
  /// The first slot that the passphrase opens. Costs one Argon2id a slot.
  /// @errors  Errc::wrong_passphrase, Errc::not_found (no slot's secret is in the keystore), Errc::weak_parameters
  Result<Opened> open(const crypto::SecretText& passphrase, Keystore& keystore) const;

  /// Seals the key in a new last slot, its new secret in the keystore.
  /// @errors  Errc::too_large, Errc::weak_parameters, Errc::invalid_argument, those of the keystore
  Result<void> add(const crypto::SecretText& passphrase, const crypto::PassphraseParameters& parameters,
                   const crypto::DatabaseKey& key, Keystore& keystore);
  /// Takes a slot out; its secret stays in the keystore until the caller has saved.
  SlotId remove(std::size_t index);

 private:
  struct Entry {
    SlotId id;
    crypto::Slot sealed{};
  };
  VaultId vault_;
  std::vector<Entry> slots_;
};

}  // namespace abri::core::vault
