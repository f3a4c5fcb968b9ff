// SPDX-License-Identifier: MPL-2.0
#include "cases/meeting_code.hpp"

#include <abri/crypto/code.hpp>
#include <abri/crypto/hash.hpp>

namespace abri::core::cases {

namespace {

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

}  // namespace abri::core::cases
