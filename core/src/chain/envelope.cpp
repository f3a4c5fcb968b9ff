// SPDX-License-Identifier: MPL-2.0
#include "chain/envelope.hpp"

#include <abri/crypto/envelope.hpp>
#include <abri/crypto/kdf.hpp>
#include <abri/crypto/labels.hpp>

namespace abri::core::chain {

ChainSecrets derive_chain_secrets(const ChainSecret& secret) {
  auto key = crypto::derive<crypto::ChainKey>(secret, crypto::labels::kChainKey, {});
  auto read = crypto::read_capability(key);
  auto write = crypto::write_capability(key);
  return {.key = std::move(key), .read = std::move(read), .write = std::move(write)};
}

Result<Bytes> seal_link(const crypto::ChainKey& key, ChainId chain, BytesView signed_link) {
  return crypto::seal_envelope(key, signed_link, chain.bytes());
}

Result<Bytes> open_link(const crypto::ChainKey& key, ChainId chain, BytesView entry) {
  return crypto::open_envelope(key, entry, chain.bytes());
}

}  // namespace abri::core::chain
