// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/secret.hpp>

#include <cstddef>
#include <cstdint>

namespace abri::crypto {

/// Argon2id parameters. Below the floor nothing is computed, neither when sealing nor when a file says so.
struct PassphraseParameters {
  static constexpr std::uint32_t kFloorMemoryKib = 64 * 1024;
  static constexpr std::uint32_t kFloorPasses = 3;
  static constexpr std::uint32_t kMaxMemoryKib = 2 * 1024 * 1024;  ///< a file cannot make us take more
  static constexpr std::uint32_t kMaxPasses = 64;

  std::uint32_t memory_kib{256 * 1024};
  std::uint32_t passes{3};

  /// The weakest that is accepted, 0.15 s: small machines, tests.
  static constexpr PassphraseParameters floor() { return {kFloorMemoryKib, kFloorPasses}; }
  /// Whether they may be used.
  /// @errors Errc::weak_parameters  below the floor
  ///         Errc::too_large        above the ceiling
  [[nodiscard]] Result<void> check() const;
  friend bool operator==(const PassphraseParameters&, const PassphraseParameters&) = default;
};

using PassphraseSalt = Id<struct PassphraseSaltTag, 16>;
using PassphraseKey = SecretKey<struct PassphraseKeyTag, 32>;

/// Argon2id (1.3, one lane) of a passphrase: 32 bytes.
///
/// @errors   Errc::weak_parameters, Errc::too_large  see `PassphraseParameters::check`; nothing was computed
///           Errc::invalid_argument                  empty passphrase
/// @threads  safe on any thread; takes the memory named and about 0.6 s for the default. Throws std::bad_alloc
/// @source   RFC 9106
Result<PassphraseKey> stretch(const SecretText& passphrase, const PassphraseSalt& salt,
                              const PassphraseParameters& parameters = {});

/// One way to open a vault, kept beside its file:
///
///   version u16 = 1 ‖ passes u32 ‖ memory in KiB u32 ‖ salt 16 ‖ commitment 32 ‖ sealed K_db 48                  106 bytes
///
///   prk = BLAKE2b-512(key = Argon2id(passphrase, salt, parameters), personal = "abri/1.slot",
///                     keystore secret or 32 zeros ‖ the first 26 bytes)
///   commitment = prk[32:64]     sealed = XChaCha20-Poly1305(prk[0:32], nonce 0, ad = the first 26 bytes, K_db)
inline constexpr std::size_t kSlotSize = 106;
using Slot = ByteArray<kSlotSize>;

/// Seals the database's key under a passphrase, with a new random salt. Takes time and memory as `stretch`.
///
/// @param keystore  null where the operating system keeps none
/// @errors          as `stretch`
/// @threads         safe on any thread
Result<Slot> seal_slot(const SecretText& passphrase, const KeystoreSecret* keystore, const DatabaseKey& key,
                       const PassphraseParameters& parameters = {});

/// Opens a slot. Takes the time and memory that it names, between floor and ceiling.
///
/// @errors  Errc::malformed            not 106 bytes
///          Errc::version_unsupported  a newer layout
///          Errc::weak_parameters      the slot asks for less than the floor: tampered with
///          Errc::too_large            the slot asks for more than the ceiling: tampered with
///          Errc::wrong_passphrase     wrong passphrase or keystore secret, or parameters, salt or commitment changed
///          Errc::auth_failed          right passphrase, but the sealed key was changed
///          Errc::invalid_argument     empty passphrase
/// @threads safe on any thread
Result<DatabaseKey> open_slot(BytesView slot, const SecretText& passphrase, const KeystoreSecret* keystore);

/// The parameters that a slot states, to offer stronger ones at the next change of passphrase. Not yet authenticated.
/// @errors Errc::malformed, Errc::version_unsupported
Result<PassphraseParameters> slot_parameters(BytesView slot);

}  // namespace abri::crypto
