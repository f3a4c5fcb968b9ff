// SPDX-License-Identifier: MPL-2.0
#include "chain/link.hpp"

#include <abri/crypto/hash.hpp>

namespace abri::core::chain {

Bytes encode_link(const Link& link) {
  Writer out(72 + link.body.size());
  out.u8(link.version).u16(link.suite).raw(link.chain.bytes()).u32(link.sequence).raw(link.previous.bytes());
  out.u32(link.author).u64(link.time_ms).u8(link.kind).long_bytes(link.body);
  return out.take();
}

Bytes encode_signed_link(BytesView link, const std::vector<LinkSignature>& signatures) {
  ABRI_ASSERT(signatures.size() <= 0xff);
  Writer out(link.size() + 1 + signatures.size() * 68);
  out.raw(link).u8(static_cast<std::uint8_t>(signatures.size()));
  for (const auto& one : signatures) out.u32(one.device).raw(one.signature.bytes());
  return out.take();
}

Result<SignedLink> decode_signed_link(BytesView bytes) {
  Reader in(bytes);
  SignedLink out;
  auto& link = out.link;
  link.version = in.u8();
  link.suite = in.u16();
  if (!in.ok() || link.version == 0 || link.suite == 0) return Error{Errc::malformed, "link"};
  link.chain = ChainId(in.array<16>());
  link.sequence = in.u32();
  link.previous = Hash(in.array<32>());
  link.author = in.u32();
  link.time_ms = in.u64();
  link.kind = in.u8();
  link.body = to_bytes(in.long_bytes());
  out.signed_bytes = to_bytes(bytes.first(bytes.size() - in.left()));
  const auto count = in.u8();
  if (count == 0) in.fail();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    auto& one = out.signatures.emplace_back();
    one.device = in.u32();
    one.signature = crypto::Signature(in.array<64>());
  }
  ABRI_CHECK(in.finish("link"));
  return out;
}

Hash link_hash(BytesView signed_link) {
  return crypto::hash(crypto::labels::kLinkHash, signed_link);
}

Bytes sign_link(const Link& link, const crypto::SigningKey& key) {
  const auto bytes = encode_link(link);
  return encode_signed_link(bytes, {{link.author, key.sign(crypto::labels::kLink, bytes)}});
}

}  // namespace abri::core::chain
