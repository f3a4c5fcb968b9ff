// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/crypto/secret.hpp>

#include <cstddef>

/// XChaCha20-Poly1305. The only place that calls it. It does not commit to its key: whoever opens must know from signed
/// bytes which key is meant (`commitment`), as all callers here do. Everything here is safe on any thread.
namespace abri::crypto {

inline constexpr std::size_t kNonceSize = 24;
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kSealOverhead = kNonceSize + kTagSize;

/// A key that seals exactly one plaintext, with nonce zero: sealing consumes it.
using SingleUseKey = ScratchKey<struct SingleUseKeyTag, 32>;

namespace detail {
using KeyView = std::span<const std::byte, 32>;
void seal_append(Bytes& out, KeyView key, BytesView plain, BytesView ad);
Result<void> open_append(Bytes& out, KeyView key, BytesView sealed, BytesView ad);
// `buffer` = 24 bytes for the nonce, the plaintext, 16 bytes for the tag; all but the plaintext is filled in
void seal_in_place(std::span<std::byte> buffer, KeyView key, BytesView ad);
// `out` has plain.size() + 16 bytes and may begin where `plain` does
void seal_once_into(std::span<std::byte> out, KeyView key, BytesView plain, BytesView ad);
Result<void> open_once_into(std::span<std::byte> out, KeyView key, BytesView sealed, BytesView ad);
}  // namespace detail

/// Seals under a key that seals many things; a fresh random nonce each time (192 bits: no counter can be set back).
/// Appends nonce 24 ‖ ciphertext ‖ tag 16 to `out`.
///
/// @param ad  canonical bytes: authenticated, not encrypted, not stored
/// @source    docs/protocol.md section "Primitives"; draft-irtf-cfrg-xchacha-03
template <Key32 K>
void seal_append(Bytes& out, const K& key, BytesView plain, BytesView ad) {
  key.expose([&](detail::KeyView k) { detail::seal_append(out, k, plain, ad); });
}
/// The same into new bytes, `kSealOverhead` longer than `plain`.
template <Key32 K>
Bytes seal(const K& key, BytesView plain, BytesView ad) {
  Bytes out;
  seal_append(out, key, plain, ad);
  return out;
}

/// Opens what `seal` made; appends the plaintext to `out`, which on error is as before.
///
/// @errors  Errc::auth_failed  wrong key, or any bit of nonce, ciphertext, tag or ad changed, or too short
template <Key32 K>
Result<void> open_append(Bytes& out, const K& key, BytesView sealed, BytesView ad) {
  return key.expose([&](detail::KeyView k) { return detail::open_append(out, k, sealed, ad); });
}
/// The same into new bytes, `kSealOverhead` shorter than `sealed`.
/// @errors  as `open_append`
template <Key32 K>
Result<Bytes> open(const K& key, BytesView sealed, BytesView ad) {
  Bytes out;
  ABRI_CHECK(open_append(out, key, sealed, ad));
  return out;
}

/// Seals the one plaintext of a single-use key; appends ciphertext ‖ tag 16 to `out`.
///
/// @param ad  as `seal_append`
void seal_once_append(Bytes& out, SingleUseKey key, BytesView plain, BytesView ad);
/// Opens what `seal_once_append` made; appends the plaintext to `out`.
///
/// @errors  Errc::auth_failed  as above; `out` is as before
Result<void> open_once_append(Bytes& out, const SingleUseKey& key, BytesView sealed, BytesView ad);

}  // namespace abri::crypto
