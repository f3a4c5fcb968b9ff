// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/aead.hpp>

#include <sodium.h>

namespace abri::crypto {
namespace {

static_assert(kNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);

using NonceView = std::span<const std::byte, kNonceSize>;
constexpr ByteArray<kNonceSize> kZeroNonce{};

void encrypt(std::span<std::byte> out, NonceView nonce, detail::KeyView key, BytesView plain, BytesView ad) {
  const int rc = crypto_aead_xchacha20poly1305_ietf_encrypt(
      raw_out(out), nullptr, raw(plain), plain.size(), raw(ad), ad.size(), nullptr, raw(nonce), raw(key));
  ABRI_ASSERT(rc == 0);
}

// `sealed` has at least kTagSize bytes; `out` kTagSize fewer.
Result<void> decrypt(std::span<std::byte> out, NonceView nonce, detail::KeyView key, BytesView sealed,
                     BytesView ad) {
  const int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
      raw_out(out), nullptr, nullptr, raw(sealed), sealed.size(), raw(ad), ad.size(), raw(nonce), raw(key));
  if (rc != 0) return Error{Errc::auth_failed, "open"};
  return {};
}

Result<void> decrypt_append(Bytes& out, NonceView nonce, detail::KeyView key, BytesView sealed,
                            BytesView ad) {
  const std::size_t before = out.size();
  out.resize(before + sealed.size() - kTagSize);
  auto opened = decrypt(std::span(out).subspan(before), nonce, key, sealed, ad);
  if (!opened) out.resize(before);
  return opened;
}

}  // namespace

namespace detail {

void seal_append(Bytes& out, KeyView key, BytesView plain, BytesView ad) {
  const std::size_t before = out.size();
  out.resize(before + kSealOverhead + plain.size());
  const auto nonce = std::span(out).subspan(before).first<kNonceSize>();
  random_bytes(nonce);
  encrypt(std::span(out).subspan(before + kNonceSize), nonce, key, plain, ad);
}

Result<void> open_append(Bytes& out, KeyView key, BytesView sealed, BytesView ad) {
  if (sealed.size() < kSealOverhead) return Error{Errc::auth_failed, "open"};
  return decrypt_append(out, sealed.first<kNonceSize>(), key, sealed.subspan(kNonceSize), ad);
}

void seal_in_place(std::span<std::byte> buffer, KeyView key, BytesView ad) {
  ABRI_ASSERT(buffer.size() >= kSealOverhead);
  const auto nonce = buffer.first<kNonceSize>();
  random_bytes(nonce);
  const auto plain = buffer.subspan(kNonceSize, buffer.size() - kSealOverhead);
  encrypt(buffer.subspan(kNonceSize), nonce, key, plain, ad);
}

void seal_once_into(std::span<std::byte> out, KeyView key, BytesView plain, BytesView ad) {
  ABRI_ASSERT(out.size() == plain.size() + kTagSize);
  encrypt(out, kZeroNonce, key, plain, ad);
}

Result<void> open_once_into(std::span<std::byte> out, KeyView key, BytesView sealed, BytesView ad) {
  if (sealed.size() != out.size() + kTagSize) return Error{Errc::auth_failed, "open"};
  return decrypt(out, kZeroNonce, key, sealed, ad);
}

}  // namespace detail

void seal_once_append(Bytes& out, SingleUseKey key, BytesView plain, BytesView ad) {
  const std::size_t before = out.size();
  out.resize(before + plain.size() + kTagSize);
  key.expose([&](detail::KeyView k) { encrypt(std::span(out).subspan(before), kZeroNonce, k, plain, ad); });
}

Result<void> open_once_append(Bytes& out, const SingleUseKey& key, BytesView sealed, BytesView ad) {
  if (sealed.size() < kTagSize) return Error{Errc::auth_failed, "open"};
  return key.expose([&](detail::KeyView k) { return decrypt_append(out, kZeroNonce, k, sealed, ad); });
}

}  // namespace abri::crypto
