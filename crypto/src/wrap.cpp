// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/aead.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/wrap.hpp>

#include <sodium.h>

namespace abri::crypto {

ByteArray<WrapContext::kSize> WrapContext::encode() const {
  Writer out(kSize);
  out.u8(static_cast<std::uint8_t>(purpose)).raw(log.bytes()).raw(subject).u16(compartment).u32(generation);
  out.raw(recipient).u32(recipient_generation).u32(sender_device).u48(sequence);
  return to_array<kSize>(out.view());
}

namespace detail {
namespace {

constexpr std::size_t kHalf = 32;
constexpr ByteArray<32> kNoPsk{};

// prk = BLAKE2b-512(psk or zeros, "abri/1.wrap", EK 32 ‖ R 32 ‖ dh 32 ‖ H("abri/1.context", ctx) 32)
void wrap_prk(std::span<std::byte, 2 * kHalf> prk, std::span<const std::byte, 32> ephemeral,
              const BoxPublicKey& recipient, std::span<const std::byte, 32> shared, BytesView context,
              const Psk* psk) {
  WipedArray<128> input;
  auto next = std::ranges::copy(ephemeral, input.span().begin()).out;
  next = std::ranges::copy(recipient.bytes(), next).out;
  next = std::ranges::copy(shared, next).out;
  std::ranges::copy(hash(labels::kContext, context).bytes(), next);
  if (psk == nullptr) {
    derive_into(prk, kNoPsk, labels::kWrap, input.span());
  } else {
    psk->expose(
        [&](std::span<const std::byte, 32> key) { derive_into(prk, key, labels::kWrap, input.span()); });
  }
}

// X25519; false where the result is all zeros (a point of small order).
bool agree(std::span<std::byte, 32> shared, const BoxKey& own, std::span<const std::byte, 32> other) {
  return own.expose([&](std::span<const std::byte, 32> secret) {
    return crypto_scalarmult(raw_out(shared), raw(secret), raw(other)) == 0;
  });
}

// BLAKE2b(key, "abri/1.sealkey", H("abri/1.context", context) 32 ‖ commitment 32)
void sealing_key(std::span<std::byte, 32> out, KeyView key, BytesView context, const Hash& commitment) {
  ByteArray<64> input{};
  const auto next = std::ranges::copy(hash(labels::kContext, context).bytes(), input.begin()).out;
  std::ranges::copy(commitment.bytes(), next);
  derive_into(out, key, labels::kSealKey, input);
}

}  // namespace

Result<Wrap> wrap(const BoxPublicKey& recipient, const WrapContext& context,
                  std::span<const std::byte, 32> secret, const Psk* psk) {
  const auto ephemeral = BoxKey::generate();
  WipedArray<32> shared;
  if (!agree(shared.span(), ephemeral, recipient.bytes()))
    return Error{Errc::invalid_argument, "wrap: recipient"};
  const auto ad = context.encode();
  WipedArray<2 * kHalf> prk;
  wrap_prk(prk.span(), ephemeral.public_key().bytes(), recipient, shared.span(), ad, psk);

  Wrap out{};
  auto next = std::ranges::copy(ephemeral.public_key().bytes(), out.begin()).out;
  std::ranges::copy(prk.span().last<kHalf>(), next);
  seal_once_into(std::span(out).last<48>(), prk.span().first<kHalf>(), secret, ad);
  return out;
}

Result<void> unwrap(std::span<std::byte, 32> secret, const BoxKey& recipient, const WrapContext& context,
                    BytesView wrap, const Psk* psk) {
  const Error wrong{Errc::auth_failed, "unwrap"};
  if (wrap.size() != kWrapSize) return wrong;
  const auto ephemeral = wrap.first<32>();
  WipedArray<32> shared;
  if (!agree(shared.span(), recipient, ephemeral)) return wrong;
  const auto ad = context.encode();
  WipedArray<2 * kHalf> prk;
  wrap_prk(prk.span(), ephemeral, recipient.public_key(), shared.span(), ad, psk);
  if (!equal(prk.span().last<kHalf>(), wrap.subspan(32, kHalf))) return wrong;
  if (!open_once_into(secret, prk.span().first<kHalf>(), wrap.last<48>(), ad)) return wrong;
  return {};
}

SealedKey seal_key(std::span<const std::byte, 32> key, BytesView context,
                   std::span<const std::byte, 32> secret) {
  WipedArray<32> once;
  sealing_key(once.span(), key, context, commit_to(secret));
  SealedKey out{};
  seal_once_into(out, once.span(), secret, context);
  return out;
}

Result<void> open_key(std::span<std::byte, 32> secret, std::span<const std::byte, 32> key, BytesView context,
                      const Hash& commitment, BytesView sealed) {
  const Error wrong{Errc::auth_failed, "open_key"};
  WipedArray<32> once;
  sealing_key(once.span(), key, context, commitment);
  if (!open_once_into(secret, once.span(), sealed, context)) return wrong;
  if (!equal(commit_to(secret).bytes(), commitment.bytes())) {
    wipe(secret);
    return wrong;
  }
  return {};
}

}  // namespace detail
}  // namespace abri::crypto
