// SPDX-License-Identifier: MPL-2.0
#include "cases/keys_body.hpp"

#include <abri/base/bytes.hpp>

namespace abri::core::cases {

Bytes encode_keys(const KeysBody& body) {
  Writer out;
  out.u8(body.container).u32(body.generation).u16(static_cast<std::uint16_t>(body.offers.size()));
  for (const auto& offer : body.offers) {
    out.u8(static_cast<std::uint8_t>(offer.compartment)).u32(offer.epoch).raw(offer.commitment.bytes());
    out.u8(static_cast<std::uint8_t>(offer.mode));
    if (offer.mode == KeyMode::sealed) {
      out.raw(offer.sealed);
      continue;
    }
    out.u16(static_cast<std::uint16_t>(offer.named.size()));
    for (const auto& user : offer.named) out.raw(user.bytes());
    out.u16(static_cast<std::uint16_t>(offer.wraps.size()));
    for (const auto& wrap : offer.wraps) out.raw(wrap.device.bytes()).u32(wrap.generation).raw(wrap.wrap);
  }
  return out.take();
}

Result<KeysBody> decode_keys(BytesView payload) {
  Reader in(payload);
  KeysBody body;
  body.container = in.u8();
  body.generation = in.u32();
  const std::size_t count = in.u16();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    KeyOffer offer;
    offer.compartment = static_cast<Compartment>(in.u8());
    offer.epoch = in.u32();
    offer.commitment = Hash(in.array<32>());
    offer.mode = static_cast<KeyMode>(in.u8());
    if (offer.mode == KeyMode::sealed) {
      offer.sealed = in.array<crypto::kSealedKeySize>();
    } else {
      for (std::size_t n = in.u16(); n > 0 && in.ok(); --n) offer.named.emplace_back(in.array<16>());
      for (std::size_t n = in.u16(); n > 0 && in.ok(); --n) {
        DeviceWrap wrap;
        wrap.device = DeviceId(in.array<16>());
        wrap.generation = in.u32();
        wrap.wrap = in.array<crypto::kWrapSize>();
        offer.wraps.push_back(wrap);
      }
    }
    body.offers.push_back(std::move(offer));
  }
  ABRI_CHECK(in.finish("keys body"));
  return body;
}

}  // namespace abri::core::cases
