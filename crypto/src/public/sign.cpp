// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/sign.hpp>

#include <sodium.h>

namespace abri::crypto {
namespace {

constexpr std::size_t kPrefixSize = 6 + 2 + Label::kSize + 4;

// "abri/1" 6 ‖ suite u16 ‖ label 16 ‖ length of body u32
void write_prefix(std::span<std::byte, kPrefixSize> out, const Label& label, std::size_t body_size) {
  ABRI_ASSERT(body_size <= 0xffffffffU);
  auto next = std::ranges::copy(as_bytes("abri/1"), out.begin()).out;
  *next++ = static_cast<std::byte>(kSuite >> 8);
  *next++ = static_cast<std::byte>(kSuite & 0xff);
  next = std::ranges::copy(label.bytes(), next).out;
  for (int shift = 24; shift >= 0; shift -= 8) *next++ = static_cast<std::byte>(body_size >> shift);
}

// Calls `use` with the message that is signed: on the stack where it is short, as nearly all are.
template <class F>
int with_message(const Label& label, BytesView body, F&& use) {
  constexpr std::size_t kShort = 1024;
  ByteArray<kShort> short_message;  // NOLINT(cppcoreguidelines-pro-type-member-init) written below
  Bytes long_message;
  const std::size_t size = kPrefixSize + body.size();
  if (size > kShort) long_message.resize(size);
  const auto message = size > kShort ? std::span(long_message) : std::span(short_message).first(size);
  write_prefix(std::span<std::byte, kPrefixSize>(message.data(), kPrefixSize), label, body.size());
  std::ranges::copy(body, message.begin() + kPrefixSize);
  return std::forward<F>(use)(BytesView(message));
}

}  // namespace

Result<void> verify(const SigningPublicKey& key, const Label& label, BytesView body,
                    const Signature& signature) {
  const int rc = with_message(label, body, [&](BytesView message) {
    return crypto_sign_verify_detached(raw(signature.bytes()), raw(message), message.size(),
                                       raw(key.bytes()));
  });
  if (rc != 0) return Error{Errc::auth_failed, "verify"};
  return {};
}

SigningKey SigningKey::generate() {
  WipedArray<kSeedSize> seed;
  random_bytes(seed.span());
  return from_seed(seed.span());
}

SigningKey SigningKey::from_seed(std::span<const std::byte, kSeedSize> seed) {
  static_assert(crypto_sign_SEEDBYTES == kSeedSize && crypto_sign_SECRETKEYBYTES == 64);
  ByteArray<SigningPublicKey::kSize> public_key{};
  auto secret = Secret::make([&](std::span<std::byte, 64> out) {
    const int rc = crypto_sign_seed_keypair(raw_out(public_key), raw_out(out), raw(seed));
    ABRI_ASSERT(rc == 0);
  });
  return {std::move(secret), SigningPublicKey(public_key)};
}

Signature SigningKey::sign(const Label& label, BytesView body) const {
  ByteArray<Signature::kSize> out{};
  const int rc = with_message(label, body, [&](BytesView message) {
    return secret_.expose([&](std::span<const std::byte, 64> secret) {
      return crypto_sign_detached(raw_out(out), nullptr, raw(message), message.size(), raw(secret));
    });
  });
  ABRI_ASSERT(rc == 0);
  return Signature(out);
}

}  // namespace abri::crypto
