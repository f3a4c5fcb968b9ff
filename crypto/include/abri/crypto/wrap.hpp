// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/keys.hpp>

#include <cstddef>
#include <cstdint>

/// Sending a 32-byte secret to someone: `wrap` to a public key, `seal_key` under a symmetric key both sides hold. Neither
/// says who sent it: the signed link names the commitment of the secret, and opening compares (docs/protocol.md,
/// section "Wrapping a key"). Everything here is safe on any thread.
namespace abri::crypto {

/// What the wrapped secret is. On the wire in one byte.
enum class WrapPurpose : std::uint8_t {
  user_seed = 1,        ///< to a device of the user
  group_seed = 2,       ///< to a member's user key, a member group, or the recovery key
  compartment_key = 3,  ///< to a person, or to a device for `location`
  message_key = 4,      ///< of a write-only compartment, to the readers' group
  chain_key = 5,        ///< to someone who joins
  psk = 6,              ///< to a new device
};

/// Where a wrap belongs. Both sides build it from signed bytes; it is authenticated and never sent beside the wrap.
///
///   purpose u8 ‖ log 16 ‖ subject 16 ‖ compartment u16 ‖ generation u32 ‖ recipient 16 ‖ recipient generation u32
///   ‖ sender device u32 ‖ sequence u48                                                                       69 bytes
struct WrapContext {
  static constexpr std::size_t kSize = 69;

  WrapPurpose purpose{};
  LogId log;                              ///< the chain or feed that carries the wrap
  ByteArray<16> subject{};                ///< id of the user, group or case whose key it is
  std::uint16_t compartment{0};           ///< number of the compartment, 0 for other keys
  std::uint32_t generation{0};            ///< generation or epoch of the wrapped secret
  ByteArray<16> recipient{};              ///< id of the user, device or group
  std::uint32_t recipient_generation{0};  ///< of the key that it is wrapped to
  std::uint32_t sender_device{0};         ///< the sender's number on the chain
  std::uint64_t sequence{0};              ///< of the link, or of the author's entry; below 2^48

  /// The 69 bytes above.
  [[nodiscard]] ByteArray<kSize> encode() const;
};

/// EK 32 ‖ commitment 32 ‖ sealed secret 48.
inline constexpr std::size_t kWrapSize = 112;
using Wrap = ByteArray<kWrapSize>;

namespace detail {
Result<Wrap> wrap(const BoxPublicKey& recipient, const WrapContext& context,
                  std::span<const std::byte, 32> secret, const Psk* psk);
Result<void> unwrap(std::span<std::byte, 32> secret, const BoxKey& recipient, const WrapContext& context,
                    BytesView wrap, const Psk* psk);
ByteArray<48> seal_key(std::span<const std::byte, 32> key, BytesView context,
                       std::span<const std::byte, 32> secret);
Result<void> open_key(std::span<std::byte, 32> secret, std::span<const std::byte, 32> key, BytesView context,
                      const Hash& commitment, BytesView sealed);
}  // namespace detail

/// Wraps a seed or key for the holder of `recipient`'s secret half, with a fresh ephemeral key (72 µs).
///
/// @param psk  pre-shared secret of the organisation or of the two; null where there is none
/// @errors     Errc::invalid_argument  the recipient's key is a point of small order
template <Key32 Secret>
Result<Wrap> wrap(const BoxPublicKey& recipient, const WrapContext& context, const Secret& secret,
                  const Psk* psk = nullptr) {
  return secret.expose(
      [&](std::span<const std::byte, 32> s) { return detail::wrap(recipient, context, s, psk); });
}

/// Opens a wrap. The caller then compares `commitment(secret)`, and the public keys made from it, with the signed link.
///
/// @errors  Errc::auth_failed  another recipient, context, psk or secret, any bit changed, or not 112 bytes
template <Key32 Secret>
Result<Secret> unwrap(const BoxKey& recipient, const WrapContext& context, BytesView wrap,
                      const Psk* psk = nullptr) {
  WipedArray<32> secret;
  ABRI_CHECK(detail::unwrap(secret.span(), recipient, context, wrap, psk));
  return Secret::take(secret.span());
}

inline constexpr std::size_t kSealedKeySize = 48;
using SealedKey = ByteArray<kSealedKeySize>;

/// Seals a secret under a symmetric key that both sides hold (about 1 µs): compartment keys under the team's case-wrap key,
/// the previous seed under the new one.
///
///   K = BLAKE2b(key, "abri/1.sealkey", H("abri/1.context", context) ‖ commitment(secret))    sealed with nonce 0, ad = context
///
/// Since the commitment enters K, two secrets for one context never meet under one K: deterministic, and single-use.
template <Key32 K, Key32 Secret>
SealedKey seal_key(const K& key, BytesView context, const Secret& secret) {
  return key.expose([&](std::span<const std::byte, 32> k) {
    return secret.expose([&](std::span<const std::byte, 32> s) { return detail::seal_key(k, context, s); });
  });
}

/// Opens what `seal_key` made.
///
/// @param commitment  of the secret, from the signed link: anything else is refused
/// @errors            Errc::auth_failed  another key, context or commitment, any bit changed, or not 48 bytes
template <Key32 Secret, Key32 K>
Result<Secret> open_key(const K& key, BytesView context, const Hash& commitment, BytesView sealed) {
  WipedArray<32> secret;
  ABRI_CHECK(key.expose([&](std::span<const std::byte, 32> k) {
    return detail::open_key(secret.span(), k, context, commitment, sealed);
  }));
  return Secret::take(secret.span());
}

}  // namespace abri::crypto
