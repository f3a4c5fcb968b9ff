// SPDX-License-Identifier: MPL-2.0
#include "chain/bodies.hpp"

#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace chain_test;

namespace {

RecipientWrap some_wrap(std::string_view name) {
  RecipientWrap out;
  out.recipient = id<RecipientId>(name);
  out.recipient_generation = 7;
  out.wrap.fill(std::byte{0x5a});
  return out;
}

MembersBlock some_block() {
  MembersBlock out;
  out.organisation = id<OrganisationId>("org");
  out.name = "Association de Lille";
  out.version = 3;
  out.users = {{.user = id<UserId>("u"), .roles = Role::head}};
  out.devices = {{.device = id<DeviceId>("d"),
                  .user = id<UserId>("u"),
                  .sign_key = id<crypto::SigningPublicKey>("s"),
                  .box_key = id<crypto::BoxPublicKey>("b"),
                  .active = true}};
  out.groups = {{.group = id<GroupId>("g"),
                 .generation = 2,
                 .box_key = id<crypto::BoxPublicKey>("gb"),
                 .purpose = GroupPurpose::referents,
                 .users = {id<UserId>("u")}}};
  return out;
}

/// One body of every kind, with something in every list and option.
std::vector<Body> one_of_each() {
  auto org = OrgChain::founded();
  const auto bob = org.enrol("bob", Role::social_worker);
  auto device = org.new_device("alice", Machine("org alice/2"));
  device.wrap = some_wrap("alice/2");
  BilateralGenesis bilateral;
  bilateral.server = {.address = "sync.example:7443", .key = id<crypto::SigningPublicKey>("k")};
  bilateral.opener = some_block();
  RotateUserKey user_key;
  user_key.generation = 1;
  user_key.wraps = {some_wrap("alice/1")};
  RotateGroupKey group_key;
  group_key.group = id<GroupId>("g");
  group_key.wraps = {some_wrap("a"), some_wrap("b")};
  return {org.genesis(),
          org.new_user("carol", Role::shelter),
          device,
          RotateDeviceKey{.generation = 1, .box_key = id<crypto::BoxPublicKey>("k")},
          SetRole{.user = id<UserId>("u"), .roles = Role::mediator},
          org.new_group(org.alice, "team", {"alice", "bob"}),
          org.membership(org.alice, "everyone", {"alice", "bob"}),
          user_key,
          group_key,
          TrustOrganisation{.bilateral = id<ChainId>("c"),
                            .other = id<OrganisationId>("o"),
                            .fingerprint = id<Hash>("f"),
                            .package_sealed = to_bytes("sealed")},
          bilateral,
          Join{some_block()},
          Members{some_block()}};
}

}  // namespace

TEST_CASE("bodies: every kind comes back as it was written", "[core][chain]") {
  for (const auto& body : one_of_each()) {
    INFO("kind " << static_cast<int>(kind_of(body)));
    const auto bytes = encode_body(body);
    REQUIRE(bytes);
    const auto again = decode_body(kind_of(body), *bytes);
    REQUIRE(again);
    CHECK(*again == body);
  }
}

TEST_CASE("bodies: every truncation and addition of every kind is malformed", "[core][chain]") {
  for (const auto& body : one_of_each()) {
    INFO("kind " << static_cast<int>(kind_of(body)));
    auto bytes = encode_body(body).value_or({});
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      INFO("size " << size);
      const auto result = decode_body(kind_of(body), BytesView(bytes).first(size));
      REQUIRE(code(result) == Errc::malformed);
    }
    bytes.push_back(std::byte{0});
    CHECK(code(decode_body(kind_of(body), bytes)) == Errc::malformed);
  }
}

TEST_CASE("bodies: CM-07 what decodes encodes to the same bytes", "[core][chain][adversary]") {
  for (const auto& body : one_of_each()) {
    const auto bytes = encode_body(body).value_or({});
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const auto flip : {std::byte{1}, std::byte{0x80}, std::byte{0xff}}) {
        auto changed = bytes;
        changed[i] ^= flip;
        const auto decoded = decode_body(kind_of(body), changed);
        if (!decoded) continue;
        INFO("kind " << static_cast<int>(kind_of(body)) << " byte " << i);
        REQUIRE(encode_body(*decoded).value_or({}) == changed);
      }
    }
  }
}

TEST_CASE("bodies: a count of 65,535 in a short body allocates nothing and is refused", "[core][chain]") {
  auto bytes = Writer().raw(id<GroupId>("g").bytes()).u16(0xffff).take();
  CHECK(code(decode_body(LinkKind::set_group_members, bytes)) == Errc::too_large);
  bytes = Writer().raw(id<GroupId>("g").bytes()).u16(4096).take();
  CHECK(code(decode_body(LinkKind::set_group_members, bytes)) == Errc::malformed);
}

TEST_CASE("bodies: names and lists above their limits are not written", "[core][chain]") {
  AddUser user;
  user.name_sealed.resize(kMaxSealedNameBytes + 1);
  CHECK(code(encode_body(user)) == Errc::too_large);
  SetGroupMembers members;
  members.members.resize(limits::kMaxMembers + 1);
  CHECK(code(encode_body(members)) == Errc::too_large);
}

TEST_CASE("bodies: a role, purpose or suite of a newer version is told from nonsense", "[core][chain]") {
  const auto role = Writer().raw(id<UserId>("u").bytes()).u32(1U << 11).take();
  CHECK(code(decode_body(LinkKind::set_role, role)) == Errc::version_unsupported);
  auto genesis = OrgChain().genesis();
  genesis.min_suite = 2;
  CHECK(code(decode_body(LinkKind::genesis, *encode_body(genesis))) == Errc::version_unsupported);
  CHECK(code(decode_body(LinkKind::revoke_device, {})) == Errc::version_unsupported);
  CHECK(code(decode_body(static_cast<LinkKind>(200), {})) == Errc::version_unsupported);
}

TEST_CASE("bodies: a shown name cannot carry control characters", "[core][chain]") {
  auto block = some_block();
  block.name = "Lille\n\x1b[2J";
  CHECK(code(decode_body(LinkKind::members, *encode_body(Members{block}))) == Errc::malformed);
}
