// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/crypto/labels.hpp>
#include <abri/crypto/secret.hpp>
#include <abri/crypto/sign.hpp>

namespace abri::crypto {

namespace detail {
/// BLAKE2b(key, personal = label, context) of 32 or 64 bytes.
void derive_into(std::span<std::byte> out, std::span<const std::byte, 32> key, const Label& label,
                 BytesView context);
Hash commit_to(std::span<const std::byte, 32> secret);
}  // namespace detail

/// A key from a key: BLAKE2b-256 with `key` as key, the label as `personal`, over `context`.
/// `derive<FeedKey>(root, labels::kFeedKey, context)`. Allocates nothing for a `ScratchKey`.
///
/// @param context  canonical bytes that name what the key is for; may be empty
/// @threads        safe on any thread
/// @source         docs/protocol.md section "Primitives"
template <Key32 Derived, Key32 K>
Derived derive(const K& key, const Label& label, BytesView context) {
  return Derived::make([&](std::span<std::byte, 32> out) {
    key.expose([&](std::span<const std::byte, 32> k) { detail::derive_into(out, k, label, context); });
  });
}

/// The same for a signing key: its seed is derived.
template <Key32 K>
SigningKey derive_signing_key(const K& key, const Label& label, BytesView context) {
  WipedArray<SigningKey::kSeedSize> seed;
  key.expose([&](std::span<const std::byte, 32> k) { detail::derive_into(seed.span(), k, label, context); });
  return SigningKey::from_seed(seed.span());
}

/// What a signed link says about a secret that is sent elsewhere: H("abri/1.commit", secret). Binding, and it tells
/// nothing about a random secret.
template <Key32 K>
Hash commitment(const K& secret) {
  return secret.expose([](std::span<const std::byte, 32> s) { return detail::commit_to(s); });
}

}  // namespace abri::crypto
