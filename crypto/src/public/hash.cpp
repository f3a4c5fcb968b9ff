// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/hash.hpp>

#include <sodium.h>

namespace abri::crypto {
namespace {

template <std::size_t N>
ByteArray<N> big_endian(std::uint64_t value) {
  ByteArray<N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::byte>(value >> (8 * (N - 1 - i)));
  return out;
}

crypto_generichash_blake2b_state* state(std::byte* bytes) {
  return reinterpret_cast<crypto_generichash_blake2b_state*>(bytes);
}

}  // namespace

Hash hash(const Label& label, BytesView data) {
  ByteArray<Hash::kSize> out{};
  const int rc = crypto_generichash_blake2b_salt_personal(raw_out(out), out.size(), raw(data), data.size(),
                                                          nullptr, 0, nullptr, raw(label.bytes()));
  ABRI_ASSERT(rc == 0);
  return Hash(out);
}

Hasher::Hasher(const Label& label) {  // NOLINT(cppcoreguidelines-pro-type-member-init) the library fills it
  static_assert(sizeof(crypto_generichash_blake2b_state) <= kStateSize);
  static_assert(alignof(crypto_generichash_blake2b_state) <= 64);
  const int rc = crypto_generichash_blake2b_init_salt_personal(state(state_), nullptr, 0, Hash::kSize,
                                                               nullptr, raw(label.bytes()));
  ABRI_ASSERT(rc == 0);
}

Hasher& Hasher::update(BytesView data) {
  const int rc = crypto_generichash_blake2b_update(state(state_), raw(data), data.size());
  ABRI_ASSERT(rc == 0);
  return *this;
}

Hasher& Hasher::u8(std::uint8_t value) {
  return update(big_endian<1>(value));
}

Hasher& Hasher::u32(std::uint32_t value) {
  return update(big_endian<4>(value));
}

Hasher& Hasher::u64(std::uint64_t value) {
  return update(big_endian<8>(value));
}

Hash Hasher::finish() {
  ByteArray<Hash::kSize> out{};
  const int rc = crypto_generichash_blake2b_final(state(state_), raw_out(out), out.size());
  ABRI_ASSERT(rc == 0);
  return Hash(out);
}

LogId log_id(std::span<const std::byte, 32> owner_key, std::span<const std::byte, 16> salt) {
  return truncate<LogId>(Hasher(labels::kLogId).update(owner_key).update(salt).finish());
}

bool equal(BytesView a, BytesView b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace abri::crypto
