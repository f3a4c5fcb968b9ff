// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/kinds.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/sign.hpp>
#include <abri/crypto/wrap.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The bodies of links: one struct a kind, one fixed layout each. A list is a 16-bit count and its items; `short` is a
/// 16-bit length and the bytes. The layouts stand above the encoders in bodies.cpp.
namespace abri::core::chain {

inline constexpr std::size_t kMaxSealedNameBytes = 512;  ///< a sealed name of a person, group or organisation
inline constexpr std::size_t kMaxAddressBytes = 256;     ///< a server's address
inline constexpr std::size_t kMaxPackageBytes =
    4096;  ///< the sealed package of `trust_organisation`, the account seed

/// A seed wrapped to one recipient (crypto/wrap.hpp). The context is that of `seeds.hpp`.
struct RecipientWrap {
  RecipientId recipient;
  std::uint32_t recipient_generation{0};  ///< of the recipient's box key
  crypto::Wrap wrap{};
  friend bool operator==(const RecipientWrap&, const RecipientWrap&) = default;
};

/// The public side of one seed of a user or group: all that a seed opened from a wrap is compared with.
struct SeedKeys {
  crypto::BoxPublicKey box_key;
  Hash commitment;
  friend bool operator==(const SeedKeys&, const SeedKeys&) = default;
};

struct ServerAddress {
  std::string address;  ///< host:port, UTF-8
  crypto::SigningPublicKey key;
  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

/// The feed of a group. `log` = the log id made of the owner's key and the salt; checked by `validate`.
struct FeedInfo {
  LogId log;
  crypto::LogSalt salt;
  crypto::SigningPublicKey owner_key;
  std::uint32_t owner_generation{0};  ///< of the administrators' group of the author's organisation
  friend bool operator==(const FeedInfo&, const FeedInfo&) = default;
};

struct AddUser {
  UserId user;
  SeedKeys keys;  ///< of generation 0
  Roles roles;
  Bytes name_sealed;  ///< under the group of everyone
  friend bool operator==(const AddUser&, const AddUser&) = default;
};

struct AddDevice {
  DeviceId device;  ///< the hash of the signing key, cut to 16 bytes; checked
  UserId user;
  crypto::SigningPublicKey sign_key;
  crypto::BoxPublicKey box_key;         ///< of generation 0
  crypto::Signature reverse_signature;  ///< by the new device over `device_introduction`
  std::optional<RecipientWrap>
      wrap;  ///< the user's present seed, only when a device of the same user adds it
  friend bool operator==(const AddDevice&, const AddDevice&) = default;
};

/// By the device itself.
struct RotateDeviceKey {
  std::uint32_t generation{0};
  crypto::BoxPublicKey box_key;
  friend bool operator==(const RotateDeviceKey&, const RotateDeviceKey&) = default;
};

struct SetRole {
  UserId user;
  Roles roles;  ///< all roles after the change
  friend bool operator==(const SetRole&, const SetRole&) = default;
};

struct CreateGroup {
  GroupId group;
  GroupPurpose purpose{GroupPurpose::team};
  Bytes name_sealed;
  std::optional<FeedInfo> feed;
  SeedKeys keys;  ///< of generation 0
  std::vector<RecipientId> members;
  std::vector<RecipientWrap> wraps;  ///< exactly one a member
  friend bool operator==(const CreateGroup&, const CreateGroup&) = default;
};

struct SetGroupMembers {
  GroupId group;
  std::vector<RecipientId> members;  ///< all members after the change
  std::vector<RecipientWrap> wraps;  ///< of the present seed, exactly one for each added member
  friend bool operator==(const SetGroupMembers&, const SetGroupMembers&) = default;
};

/// By a device of the user herself.
struct RotateUserKey {
  std::uint32_t generation{0};  ///< old + 1
  SeedKeys keys;
  crypto::SealedKey previous_sealed{};  ///< the old seed under the new one
  std::vector<RecipientWrap> wraps;     ///< exactly one for each active device of the user
  friend bool operator==(const RotateUserKey&, const RotateUserKey&) = default;
};

struct RotateGroupKey {
  GroupId group;
  std::uint32_t generation{0};  ///< old + 1
  SeedKeys keys;
  crypto::SealedKey previous_sealed{};
  std::vector<RecipientWrap> wraps;  ///< exactly one a member
  friend bool operator==(const RotateGroupKey&, const RotateGroupKey&) = default;
};

/// On the organisation's own chain: this bilateral chain was compared by two people and is trusted.
struct TrustOrganisation {
  ChainId bilateral;
  OrganisationId other;
  Hash fingerprint;      ///< `trust_hash` of the bilateral chain (trust.hpp)
  Bytes package_sealed;  ///< the bilateral chain's secrets for the own organisation, sealed by the caller
  friend bool operator==(const TrustOrganisation&, const TrustOrganisation&) = default;
};

struct Genesis {
  std::uint16_t min_suite{crypto::kSuite};
  OrganisationId organisation;
  Bytes name_sealed;
  std::uint8_t organisation_kind{0};  ///< value of the schema's enumeration; not judged here
  ServerAddress server;
  AccountId account;
  Bytes account_seed_sealed;  ///< under the administrators' group, by the caller
  AddUser founder;
  AddDevice device;  ///< without wrap: it made the user's seed itself
  CreateGroup everyone;
  CreateGroup administrators;
  friend bool operator==(const Genesis&, const Genesis&) = default;
};

// --- Bilateral chains -------------------------------------------------------------------------------------------------

struct MemberUser {
  UserId user;
  Roles roles;
  friend bool operator==(const MemberUser&, const MemberUser&) = default;
};
struct MemberDevice {
  DeviceId device;
  UserId user;
  crypto::SigningPublicKey sign_key;
  crypto::BoxPublicKey box_key;
  bool active{true};
  friend bool operator==(const MemberDevice&, const MemberDevice&) = default;
};
struct MemberGroup {
  GroupId group;
  std::uint32_t generation{0};
  crypto::BoxPublicKey box_key;
  GroupPurpose purpose{GroupPurpose::team};
  std::vector<UserId> users;
  friend bool operator==(const MemberGroup&, const MemberGroup&) = default;
};

/// One organisation as it shows itself to the other: ids, keys and roles, no person's name.
struct MembersBlock {
  OrganisationId organisation;
  std::string name;  ///< of the organisation, in clear
  std::uint32_t version{0};
  std::vector<MemberUser> users;
  std::vector<MemberDevice> devices;  ///< in genesis and join the first one is the author
  std::vector<MemberGroup> groups;
  friend bool operator==(const MembersBlock&, const MembersBlock&) = default;
};

struct BilateralGenesis {
  std::uint16_t min_suite{crypto::kSuite};
  ServerAddress server;
  MembersBlock opener;
  friend bool operator==(const BilateralGenesis&, const BilateralGenesis&) = default;
};
struct Join {
  MembersBlock block;
  friend bool operator==(const Join&, const Join&) = default;
};
struct Members {
  MembersBlock block;
  friend bool operator==(const Members&, const Members&) = default;
};

using Body = std::variant<Genesis, AddUser, AddDevice, RotateDeviceKey, SetRole, CreateGroup, SetGroupMembers,
                          RotateUserKey, RotateGroupKey, TrustOrganisation, BilateralGenesis, Join, Members>;

[[nodiscard]] LinkKind kind_of(const Body& body);

/// The fixed layout of a body.
/// @errors Errc::too_large  a list or text above its limit
Result<Bytes> encode_body(const Body& body);

/// Strict: nothing missing, nothing left over, no list above its limit.
/// @errors Errc::malformed            the layout is not followed
///         Errc::too_large            a list or text above its limit
///         Errc::version_unsupported  a kind, role, purpose or suite this version does not know: the chain stops
Result<Body> decode_body(LinkKind kind, BytesView body);

/// What a new device signs with its own key, so that nobody can enrol a foreign key as his: chain, user, box key.
[[nodiscard]] Bytes device_introduction(ChainId chain, UserId user, const crypto::BoxPublicKey& box_key);

}  // namespace abri::core::chain
