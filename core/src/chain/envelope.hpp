// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/sign.hpp>

namespace abri::core::chain {

/// The one secret of a chain, 32 bytes; who holds it reads the chain and may append to its log.
using ChainSecret = crypto::SecretKey<struct ChainSecretTag, 32>;

/// All that a member holds of a chain, derived from its one 32-byte secret.
struct ChainSecrets {
  crypto::ChainKey key;      ///< of the envelopes
  crypto::SigningKey read;   ///< read capability of the chain's log; never rotated
  crypto::SigningKey write;  ///< write capability of the chain's log
};

/// @source docs/protocol.md section "Keys"
[[nodiscard]] ChainSecrets derive_chain_secrets(const ChainSecret& secret);

/// The log entry of a link: nonce ‖ AEAD(chain key, pad(signed link), ad = chain id); its length is a bucket.
/// The nonce is random (crypto/envelope.hpp).
/// @errors Errc::too_large  the entry would be above `limits::kMaxEntryBytes`
Result<Bytes> seal_link(const crypto::ChainKey& key, ChainId chain, BytesView signed_link);

/// @errors Errc::malformed    no bucket's length or wrong padding
///         Errc::auth_failed  another key or chain, or changed bytes
Result<Bytes> open_link(const crypto::ChainKey& key, ChainId chain, BytesView entry);

}  // namespace abri::core::chain
