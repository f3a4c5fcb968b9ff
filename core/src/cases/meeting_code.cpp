// SPDX-License-Identifier: MPL-2.0
#include "cases/meeting_code.hpp"

#include <abri/crypto/code.hpp>
#include <abri/crypto/hash.hpp>

#include <algorithm>
#include <array>

namespace abri::core::cases {

namespace {

struct RoleName {
  chain::Role role;
  const char* name;
};
constexpr std::array kRoleNames{
    RoleName{chain::Role::administrator, "administrator"},
    RoleName{chain::Role::head, "head"},
    RoleName{chain::Role::social_worker, "social_worker"},
    RoleName{chain::Role::housing_referent, "housing_referent"},
    RoleName{chain::Role::shelter, "shelter"},
    RoleName{chain::Role::landlord_referent, "landlord_referent"},
    RoleName{chain::Role::allocation_manager, "allocation_manager"},
    RoleName{chain::Role::mediator, "mediator"},
    RoleName{chain::Role::legal_adviser, "legal_adviser"},
    RoleName{chain::Role::data_protection_officer, "data_protection_officer"},
    RoleName{chain::Role::coordinator, "coordinator"},
};

Result<chain::ChainSecret> derive(const ByteArray<16>& secret, MeetingCode::Kind kind, const LogId& log) {
  Writer context;
  context.raw(secret).u8(static_cast<std::uint8_t>(kind)).raw(log.bytes());
  return chain::ChainSecret::from(crypto::hash(crypto::labels::kInvite, context.view()).bytes());
}

}  // namespace

std::string MeetingCode::encode() const {
  Writer out;
  out.u8(1).u8(static_cast<std::uint8_t>(kind)).raw(secret).raw(log.bytes()).raw(server_key.bytes());
  if (kind == Kind::own_device) out.raw(rendezvous);
  out.raw(server_address);
  return crypto::encode_code(out.view());
}

Result<MeetingCode> MeetingCode::decode(const std::string& text, Kind expected) {
  ABRI_TRY(const auto bytes, crypto::decode_code(text));
  Reader in(bytes);
  if (in.u8() != 1) return Error{Errc::version_unsupported, "code"};
  MeetingCode code;
  if (in.u8() != static_cast<std::uint8_t>(expected)) return Error{Errc::malformed, "code: kind"};
  code.kind = expected;
  code.secret = in.array<16>();
  code.log = LogId(in.array<16>());
  code.server_key = crypto::SigningPublicKey(in.array<32>());
  if (expected == Kind::own_device) code.rendezvous = in.array<16>();
  code.server_address = as_text(in.rest());
  ABRI_CHECK(in.finish("code"));
  return code;
}

Result<chain::ChainSecret> MeetingCode::chain_secret() const {
  return derive(secret, kind, log);
}

Result<chain::ChainSecret> MeetingCode::rendezvous_secret() const {
  return kind == Kind::own_device ? derive(rendezvous, Kind::device, log) : chain_secret();
}

Result<chain::Roles> parse_roles(const std::vector<std::string>& names) {
  chain::Roles roles;
  for (const auto& name : names) {
    const auto* found =
        std::find_if(kRoleNames.begin(), kRoleNames.end(), [&](const auto& r) { return name == r.name; });
    if (found == kRoleNames.end()) return Error{Errc::invalid_argument, "role"};
    roles = roles | found->role;
  }
  return roles;
}

std::vector<std::string> role_names(chain::Roles roles) {
  std::vector<std::string> out;
  for (const auto& known : kRoleNames)
    if (roles.has(known.role)) out.emplace_back(known.name);
  return out;
}

}  // namespace abri::core::cases
