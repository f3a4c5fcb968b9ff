// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/bodies.hpp"
#include "chain/kinds.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/sign.hpp>

#include <vector>

namespace abri::core::chain {

/// The signed header and body. Its layout and that of the signatures stay the same in every version, so that an older
/// reader can tell who signed what it does not understand.
struct Link {
  std::uint8_t version{kLinkVersion};
  std::uint16_t suite{crypto::kSuite};
  ChainId chain;
  std::uint32_t sequence{0};  ///< 1 is the genesis
  Hash previous;              ///< `link_hash` of the last valid link; zeros before the genesis
  std::uint32_t author{0};  ///< number of the signing device; 0 in genesis and join: the device it introduces
  std::uint64_t time_ms{0};  ///< the author's clock: informative only
  std::uint8_t kind{0};
  Bytes body;
};

struct LinkSignature {
  std::uint32_t device{0};
  crypto::Signature signature;
};

/// A link as it was received: `signed_bytes` are exactly what the signatures are over.
struct SignedLink {
  Link link;
  Bytes signed_bytes;
  std::vector<LinkSignature> signatures;
};

/// version u8 ‖ suite u16 ‖ chain 16 ‖ sequence u32 ‖ previous 32 ‖ author u32 ‖ time_ms u64 ‖ kind u8 ‖ body (u32 length)
[[nodiscard]] Bytes encode_link(const Link& link);

/// link ‖ count u8 ‖ count × (device u32, signature 64). Version 1 has one signature, the author's.
[[nodiscard]] Bytes encode_signed_link(BytesView link, const std::vector<LinkSignature>& signatures);

/// Strict; the body is not looked at.
/// @errors Errc::malformed  truncated, something left over, no signature, or version or suite zero. Another suite or version is
///                          the judge's matter: whoever signed it comes first (`validate`)
Result<SignedLink> decode_signed_link(BytesView bytes);

/// Names a link in `previous`, in pinned heads and turns: the hash of link and signatures as received.
[[nodiscard]] Hash link_hash(BytesView signed_link);

/// Makes the bytes of a signed link.
[[nodiscard]] Bytes sign_link(const Link& link, const crypto::SigningKey& key);

}  // namespace abri::core::chain
