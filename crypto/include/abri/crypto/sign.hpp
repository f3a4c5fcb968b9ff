// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/labels.hpp>
#include <abri/crypto/secret.hpp>

#include <cstddef>
#include <cstdint>

namespace abri::crypto {

/// The table of primitives of docs/protocol.md. 0x0002 is reserved for a hybrid with ML-KEM-768.
inline constexpr std::uint16_t kSuite = 0x0001;

using SigningPublicKey = Id<struct SigningPublicKeyTag, 32>;  ///< Ed25519
using Signature = Id<struct SignatureTag, 64>;

/// Checks a signature over the exact bytes of `body`; parse them afterwards.
///
/// The signed message is: "abri/1" 6 ‖ suite u16 ‖ label 16 ‖ length of body u32 ‖ body.
///
/// @errors   Errc::auth_failed  wrong key, label, body or signature; small-order or non-canonical key or signature
/// @threads  safe on any thread
/// @source   docs/protocol.md section "Primitives"; RFC 8032
Result<void> verify(const SigningPublicKey& key, const Label& label, BytesView body,
                    const Signature& signature);

/// An Ed25519 secret key in guarded memory.
class SigningKey {
 public:
  static constexpr std::size_t kSeedSize = 32;

  /// A new random key.
  static SigningKey generate();
  /// The key of a 32-byte secret seed; the same seed gives the same key.
  static SigningKey from_seed(std::span<const std::byte, kSeedSize> seed);

  [[nodiscard]] const SigningPublicKey& public_key() const { return public_key_; }
  /// Signs; see `verify` for the layout. `body` is below 4 GiB. Safe on any thread.
  [[nodiscard]] Signature sign(const Label& label, BytesView body) const;

  /// The seed, to be stored in a vault or sealed to another device.
  template <std::invocable<std::span<const std::byte, kSeedSize>> F>
  decltype(auto) expose_seed(F&& look) const {
    return secret_.expose([&](std::span<const std::byte, 64> secret) -> decltype(auto) {
      return std::forward<F>(look)(secret.template first<kSeedSize>());
    });
  }

 private:
  using Secret = SecretKey<struct SigningSecretTag, 64>;  // seed ‖ public key, as the library wants it
  SigningKey(Secret secret, SigningPublicKey key) : secret_(std::move(secret)), public_key_(key) {}
  Secret secret_;
  SigningPublicKey public_key_;
};

}  // namespace abri::crypto
