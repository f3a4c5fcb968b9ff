// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/kdf.hpp>
#include <abri/crypto/secret.hpp>
#include <abri/crypto/sign.hpp>

#include <cstddef>
#include <cstdint>

/// The key tree of docs/protocol.md section "Keys". Each kind of key is a type of its own and converts into no other.
/// Everything here is safe on any thread.
namespace abri::crypto {

using UserSeed = SecretKey<struct UserSeedTag, 32>;        ///< U_g
using GroupSeed = SecretKey<struct GroupSeedTag, 32>;      ///< T_g
using CaseWrapKey = SecretKey<struct CaseWrapKeyTag, 32>;  ///< from T_g: seals compartment keys
using FeedRootKey = SecretKey<struct FeedRootKeyTag, 32>;  ///< from T_g
using FeedKey = SecretKey<struct FeedKeyTag, 32>;          ///< F(feed, epoch)
using ChainKey = SecretKey<struct ChainKeyTag, 32>;        ///< envelopes of a chain's links; made at genesis
using Psk = SecretKey<struct PskTag, 32>;                  ///< pre-shared secret of an organisation or of two
using DatabaseKey = SecretKey<struct DatabaseKeyTag, 32>;  ///< K_db, the vault's raw key
using KeystoreSecret = SecretKey<struct KeystoreSecretTag, 32>;   ///< held by the operating system
using CompartmentKey = ScratchKey<struct CompartmentKeyTag, 32>;  ///< CK(case, compartment, epoch); many

using BoxPublicKey = Id<struct BoxPublicKeyTag, 32>;  ///< X25519
using LogSalt = Id<struct LogSaltTag, 16>;            ///< random part of a log's id

/// An X25519 secret key in guarded memory.
class BoxKey {
 public:
  static constexpr std::size_t kSize = 32;

  /// A new random key.
  static BoxKey generate();
  /// The key of 32 secret bytes.
  static BoxKey from_secret(std::span<const std::byte, kSize> secret);

  [[nodiscard]] const BoxPublicKey& public_key() const { return public_key_; }
  /// The secret bytes, to be stored in a vault.
  template <std::invocable<std::span<const std::byte, kSize>> F>
  decltype(auto) expose(F&& look) const {
    return secret_.expose(std::forward<F>(look));
  }

 private:
  using Secret = SecretKey<struct BoxSecretTag, kSize>;
  BoxKey(Secret secret, BoxPublicKey key) : secret_(std::move(secret)), public_key_(key) {}
  Secret secret_;
  BoxPublicKey public_key_;
};

/// Id of a device: the first 16 bytes of H("abri/1.deviceid", its signing key).
DeviceId device_id(const SigningPublicKey& key);

BoxKey user_box_key(const UserSeed& seed);

/// The keys of a group's generation: to wrap to it, to seal compartment keys and names under it, to derive its feeds' keys.
BoxKey group_box_key(const GroupSeed& seed);
CaseWrapKey case_wrap_key(const GroupSeed& seed);
FeedRootKey feed_root_key(const GroupSeed& seed);
/// F(feed, epoch) = derive(feed root, "abri/1.feedkey", feed id 16 ‖ epoch u32). A feed's epoch is its group's generation.
FeedKey feed_key(const FeedRootKey& root, const LogId& feed, std::uint32_t epoch);

/// Capabilities of a feed's log: whoever holds the feed key of the epoch holds both.
SigningKey read_capability(const FeedKey& key);
SigningKey write_capability(const FeedKey& key);
/// Capabilities of a chain's log: never rotated, so that a device back after weeks finds its way.
SigningKey read_capability(const ChainKey& key);
SigningKey write_capability(const ChainKey& key);
/// Owner capability of a log, from the seed of the administrators' group and the salt of the log's id (the id itself is
/// made of this key's public half, see `log_id`).
SigningKey owner_capability(const GroupSeed& administrators, const LogSalt& salt);

/// The box key of stored bytes, which the caller wipes.
/// @errors Errc::malformed  not exactly 32 bytes
Result<BoxKey> box_key_from(BytesView secret);
/// The signing key of a stored seed, which the caller wipes.
/// @errors Errc::malformed  not exactly 32 bytes
Result<SigningKey> signing_key_from(BytesView seed);

static_assert(!std::is_copy_constructible_v<GroupSeed> && !std::is_copy_constructible_v<CompartmentKey>);
static_assert(!std::is_convertible_v<DatabaseKey, FeedKey> && !std::is_convertible_v<UserSeed, GroupSeed>);

}  // namespace abri::crypto
