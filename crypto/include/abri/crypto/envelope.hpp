// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/crypto/aead.hpp>
#include <abri/crypto/padding.hpp>

/// The outer layer of every log entry: padded to a bucket, sealed under the feed's or chain's key.
///
///   Entry = nonce 24 ‖ XChaCha20-Poly1305(key, inner ‖ 0x80 ‖ zeros, ad)                the bucket is the whole length
namespace abri::crypto {

namespace detail {
Result<Bytes> seal_envelope(KeyView key, BytesView inner, BytesView ad);
Result<Bytes> open_envelope(KeyView key, BytesView entry, BytesView ad);
}  // namespace detail

/// Pads and seals one entry, 384 bytes to 64 KiB long, the sizes of `bucket`.
///
/// @param ad  feed id ‖ epoch for a feed, chain id for a chain
/// @errors    Errc::too_large  above `kMaxEnvelopeBytes`
/// @threads   safe on any thread
template <Key32 K>
Result<Bytes> seal_envelope(const K& key, BytesView inner, BytesView ad) {
  return key.expose([&](detail::KeyView k) { return detail::seal_envelope(k, inner, ad); });
}

/// What was sealed, without its padding.
///
/// @errors  Errc::too_large    above `limits::kMaxEntryBytes`
///          Errc::auth_failed  wrong key or ad, any bit changed, or too short
///          Errc::malformed    sealed by a holder of the key, but not padded to its bucket
/// @threads safe on any thread
template <Key32 K>
Result<Bytes> open_envelope(const K& key, BytesView entry, BytesView ad) {
  return key.expose([&](detail::KeyView k) { return detail::open_envelope(k, entry, ad); });
}

}  // namespace abri::crypto
