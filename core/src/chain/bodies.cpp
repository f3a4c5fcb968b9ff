// SPDX-License-Identifier: MPL-2.0
#include "chain/bodies.hpp"

#include "chain/codec.hpp"

#include <type_traits>

namespace abri::core::chain {
namespace {

// Each `layout` is the specification of a structure: its fields in their order. `T` is const when encoding.
template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

/// recipient 16 ‖ recipient generation u32 ‖ wrap 112
template <class C, Is<RecipientWrap> T>
void layout(C& c, T& v) {
  c.id(v.recipient);
  c.u32(v.recipient_generation);
  c.array(v.wrap);
}

/// box key 32 ‖ commitment 32
template <class C, Is<SeedKeys> T>
void layout(C& c, T& v) {
  c.id(v.box_key);
  c.id(v.commitment);
}

/// address short ‖ key 32
template <class C, Is<ServerAddress> T>
void layout(C& c, T& v) {
  c.text(v.address, kMaxAddressBytes);
  c.id(v.key);
}

/// log 16 ‖ salt 16 ‖ owner key 32 ‖ owner generation u32
template <class C, Is<FeedInfo> T>
void layout(C& c, T& v) {
  c.id(v.log);
  c.id(v.salt);
  c.id(v.owner_key);
  c.u32(v.owner_generation);
}

constexpr auto kIdItem = [](auto& c, auto& item) { c.id(item); };

/// user 16 ‖ roles u32
template <class C, Is<MemberUser> T>
void layout(C& c, T& v) {
  c.id(v.user);
  c.roles(v.roles);
}

/// device 16 ‖ user 16 ‖ signing key 32 ‖ box key 32 ‖ active u8
template <class C, Is<MemberDevice> T>
void layout(C& c, T& v) {
  c.id(v.device);
  c.id(v.user);
  c.id(v.sign_key);
  c.id(v.box_key);
  c.flag(v.active);
}

/// group 16 ‖ generation u32 ‖ box key 32 ‖ purpose u8 ‖ users list of 16
template <class C, Is<MemberGroup> T>
void layout(C& c, T& v) {
  c.id(v.group);
  c.u32(v.generation);
  c.id(v.box_key);
  c.purpose(v.purpose);
  c.list(v.users, kIdItem);
}

// Below everything that stands in lists: these find the layouts declared so far.
constexpr auto kItem = [](auto& c, auto& item) { layout(c, item); };

/// user 16 ‖ keys 64 ‖ roles u32 ‖ name short
template <class C, Is<AddUser> T>
void layout(C& c, T& v) {
  c.id(v.user);
  layout(c, v.keys);
  c.roles(v.roles);
  c.bytes(v.name_sealed, kMaxSealedNameBytes);
}

/// device 16 ‖ user 16 ‖ signing key 32 ‖ box key 32 ‖ reverse signature 64 ‖ has wrap u8 ‖ [wrap]
template <class C, Is<AddDevice> T>
void layout(C& c, T& v) {
  c.id(v.device);
  c.id(v.user);
  c.id(v.sign_key);
  c.id(v.box_key);
  c.id(v.reverse_signature);
  c.optional(v.wrap, kItem);
}

/// generation u32 ‖ box key 32
template <class C, Is<RotateDeviceKey> T>
void layout(C& c, T& v) {
  c.u32(v.generation);
  c.id(v.box_key);
}

/// user 16 ‖ roles u32
template <class C, Is<SetRole> T>
void layout(C& c, T& v) {
  c.id(v.user);
  c.roles(v.roles);
}

/// group 16 ‖ purpose u8 ‖ name short ‖ has feed u8 ‖ [feed 68] ‖ keys 64 ‖ members list of 16 ‖ wraps list
template <class C, Is<CreateGroup> T>
void layout(C& c, T& v) {
  c.id(v.group);
  c.purpose(v.purpose);
  c.bytes(v.name_sealed, kMaxSealedNameBytes);
  c.optional(v.feed, kItem);
  layout(c, v.keys);
  c.list(v.members, kIdItem);
  c.list(v.wraps, kItem);
}

/// group 16 ‖ members list of 16 ‖ wraps list
template <class C, Is<SetGroupMembers> T>
void layout(C& c, T& v) {
  c.id(v.group);
  c.list(v.members, kIdItem);
  c.list(v.wraps, kItem);
}

/// generation u32 ‖ keys 64 ‖ previous seed sealed 48 ‖ wraps list
template <class C, Is<RotateUserKey> T>
void layout(C& c, T& v) {
  c.u32(v.generation);
  layout(c, v.keys);
  c.array(v.previous_sealed);
  c.list(v.wraps, kItem);
}

/// group 16 ‖ generation u32 ‖ keys 64 ‖ previous seed sealed 48 ‖ wraps list
template <class C, Is<RotateGroupKey> T>
void layout(C& c, T& v) {
  c.id(v.group);
  c.u32(v.generation);
  layout(c, v.keys);
  c.array(v.previous_sealed);
  c.list(v.wraps, kItem);
}

/// bilateral chain 16 ‖ other organisation 16 ‖ fingerprint 32 ‖ package short
template <class C, Is<TrustOrganisation> T>
void layout(C& c, T& v) {
  c.id(v.bilateral);
  c.id(v.other);
  c.id(v.fingerprint);
  c.bytes(v.package_sealed, kMaxPackageBytes);
}

/// A chain that asks for a suite we lack is of a newer version.
template <class C, class T>
void min_suite(C& c, T& suite) {
  c.u16(suite);
  if constexpr (std::same_as<C, Decoder>) {
    if (suite > crypto::kSuite) c.newer();
  }
}

/// min suite u16 ‖ organisation 16 ‖ name short ‖ kind u8 ‖ server ‖ account 16 ‖ account seed short ‖ add_user ‖ add_device
/// ‖ create_group of everyone ‖ create_group of the administrators
template <class C, Is<Genesis> T>
void layout(C& c, T& v) {
  min_suite(c, v.min_suite);
  c.id(v.organisation);
  c.bytes(v.name_sealed, kMaxSealedNameBytes);
  c.u8(v.organisation_kind);
  layout(c, v.server);
  c.id(v.account);
  c.bytes(v.account_seed_sealed, kMaxPackageBytes);
  layout(c, v.founder);
  layout(c, v.device);
  layout(c, v.everyone);
  layout(c, v.administrators);
}

/// organisation 16 ‖ name short ‖ version u32 ‖ users list ‖ devices list ‖ groups list
template <class C, Is<MembersBlock> T>
void layout(C& c, T& v) {
  c.id(v.organisation);
  c.text(v.name, limits::kMaxNameBytes);
  c.u32(v.version);
  c.list(v.users, kItem);
  c.list(v.devices, kItem);
  c.list(v.groups, kItem);
}

/// min suite u16 ‖ server ‖ block of the opener
template <class C, Is<BilateralGenesis> T>
void layout(C& c, T& v) {
  min_suite(c, v.min_suite);
  layout(c, v.server);
  layout(c, v.opener);
}
template <class C, Is<Join> T>
void layout(C& c, T& v) {
  layout(c, v.block);
}
template <class C, Is<Members> T>
void layout(C& c, T& v) {
  layout(c, v.block);
}

template <class T>
Result<Body> decode_as(BytesView bytes) {
  Decoder in(bytes);
  T value;
  layout(in, value);
  ABRI_CHECK(in.finish());
  return Body(std::move(value));
}

struct KindOf {
  LinkKind operator()(const Genesis& /*body*/) const { return LinkKind::genesis; }
  LinkKind operator()(const AddUser& /*body*/) const { return LinkKind::add_user; }
  LinkKind operator()(const AddDevice& /*body*/) const { return LinkKind::add_device; }
  LinkKind operator()(const RotateDeviceKey& /*body*/) const { return LinkKind::rotate_device_key; }
  LinkKind operator()(const SetRole& /*body*/) const { return LinkKind::set_role; }
  LinkKind operator()(const CreateGroup& /*body*/) const { return LinkKind::create_group; }
  LinkKind operator()(const SetGroupMembers& /*body*/) const { return LinkKind::set_group_members; }
  LinkKind operator()(const RotateUserKey& /*body*/) const { return LinkKind::rotate_user_key; }
  LinkKind operator()(const RotateGroupKey& /*body*/) const { return LinkKind::rotate_group_key; }
  LinkKind operator()(const TrustOrganisation& /*body*/) const { return LinkKind::trust_organisation; }
  LinkKind operator()(const BilateralGenesis& /*body*/) const { return LinkKind::bilateral_genesis; }
  LinkKind operator()(const Join& /*body*/) const { return LinkKind::join; }
  LinkKind operator()(const Members& /*body*/) const { return LinkKind::members; }
};

}  // namespace

LinkKind kind_of(const Body& body) {
  return std::visit(KindOf{}, body);
}

Result<Bytes> encode_body(const Body& body) {
  Encoder out;
  std::visit([&](const auto& value) { layout(out, value); }, body);
  return out.finish();
}

Result<Body> decode_body(LinkKind kind, BytesView body) {
  switch (kind) {
    case LinkKind::genesis:
      return decode_as<Genesis>(body);
    case LinkKind::add_user:
      return decode_as<AddUser>(body);
    case LinkKind::add_device:
      return decode_as<AddDevice>(body);
    case LinkKind::rotate_device_key:
      return decode_as<RotateDeviceKey>(body);
    case LinkKind::set_role:
      return decode_as<SetRole>(body);
    case LinkKind::create_group:
      return decode_as<CreateGroup>(body);
    case LinkKind::set_group_members:
      return decode_as<SetGroupMembers>(body);
    case LinkKind::rotate_user_key:
      return decode_as<RotateUserKey>(body);
    case LinkKind::rotate_group_key:
      return decode_as<RotateGroupKey>(body);
    case LinkKind::trust_organisation:
      return decode_as<TrustOrganisation>(body);
    case LinkKind::bilateral_genesis:
      return decode_as<BilateralGenesis>(body);
    case LinkKind::join:
      return decode_as<Join>(body);
    case LinkKind::members:
      return decode_as<Members>(body);
    case LinkKind::revoke_device:
    case LinkKind::remove_user:
    case LinkKind::invite:
    case LinkKind::cancel_invite:
    case LinkKind::end_trust:
    case LinkKind::policy:
    case LinkKind::wipe_device:
    case LinkKind::set_recovery:
    case LinkKind::recovery_use:
    case LinkKind::cancel_recovery:
    case LinkKind::quarantine_decision:
    case LinkKind::reseed:
    case LinkKind::leave:
      break;
  }
  return Error{Errc::version_unsupported, "decode_body kind"};
}

Bytes device_introduction(ChainId chain, UserId user, const crypto::BoxPublicKey& box_key) {
  return Writer(64).raw(chain.bytes()).raw(user.bytes()).raw(box_key.bytes()).take();
}

}  // namespace abri::core::chain
