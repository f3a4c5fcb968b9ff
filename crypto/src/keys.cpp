// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/keys.hpp>

#include <sodium.h>

namespace abri::crypto {
namespace {

template <Key32 Seed>
BoxKey derive_box_key(const Seed& seed, const Label& label) {
  WipedArray<BoxKey::kSize> secret;
  seed.expose([&](std::span<const std::byte, 32> s) { detail::derive_into(secret.span(), s, label, {}); });
  return BoxKey::from_secret(secret.span());
}

}  // namespace

BoxKey BoxKey::generate() {
  WipedArray<kSize> secret;
  random_bytes(secret.span());
  return from_secret(secret.span());
}

BoxKey BoxKey::from_secret(std::span<const std::byte, kSize> secret) {
  static_assert(crypto_scalarmult_SCALARBYTES == kSize && crypto_scalarmult_BYTES == BoxPublicKey::kSize);
  ByteArray<BoxPublicKey::kSize> public_key{};
  const int rc = crypto_scalarmult_base(raw_out(public_key), raw(secret));
  ABRI_ASSERT(rc == 0);
  auto kept = Secret::make([&](std::span<std::byte, kSize> out) { std::ranges::copy(secret, out.begin()); });
  return {std::move(kept), BoxPublicKey(public_key)};
}

DeviceId device_id(const SigningPublicKey& key) {
  return truncate<DeviceId>(hash(labels::kDeviceId, key.bytes()));
}

BoxKey user_box_key(const UserSeed& seed) {
  return derive_box_key(seed, labels::kUserBox);
}

BoxKey group_box_key(const GroupSeed& seed) {
  return derive_box_key(seed, labels::kGroupBox);
}

CaseWrapKey case_wrap_key(const GroupSeed& seed) {
  return derive<CaseWrapKey>(seed, labels::kCaseWrap, {});
}

FeedRootKey feed_root_key(const GroupSeed& seed) {
  return derive<FeedRootKey>(seed, labels::kFeedRoot, {});
}

FeedKey feed_key(const FeedRootKey& root, const LogId& feed, std::uint32_t epoch) {
  Writer context(LogId::kSize + 4);
  context.raw(feed.bytes()).u32(epoch);
  return derive<FeedKey>(root, labels::kFeedKey, context.view());
}

SigningKey read_capability(const FeedKey& key) {
  return derive_signing_key(key, labels::kCapRead, {});
}

SigningKey write_capability(const FeedKey& key) {
  return derive_signing_key(key, labels::kCapWrite, {});
}

SigningKey read_capability(const ChainKey& key) {
  return derive_signing_key(key, labels::kCapRead, {});
}

SigningKey write_capability(const ChainKey& key) {
  return derive_signing_key(key, labels::kCapWrite, {});
}

SigningKey owner_capability(const GroupSeed& administrators, const LogSalt& salt) {
  return derive_signing_key(administrators, labels::kCapOwner, salt.bytes());
}

Result<BoxKey> box_key_from(BytesView secret) {
  if (secret.size() != BoxKey::kSize) return Error{Errc::malformed, "box_key_from"};
  return BoxKey::from_secret(secret.first<BoxKey::kSize>());
}

Result<SigningKey> signing_key_from(BytesView seed) {
  if (seed.size() != SigningKey::kSeedSize) return Error{Errc::malformed, "signing_key_from"};
  return SigningKey::from_seed(seed.first<SigningKey::kSeedSize>());
}

}  // namespace abri::crypto
