// SPDX-License-Identifier: MPL-2.0
#include "chain/trust.hpp"

#include <abri/crypto/fingerprint.hpp>
#include <abri/crypto/hash.hpp>

namespace abri::core::chain {

Hash trust_hash(const Hash& genesis, const Hash& join) {
  return crypto::Hasher(crypto::labels::kFingerprint).update(genesis.bytes()).update(join.bytes()).finish();
}

std::string short_fingerprint(const Hash& genesis, const Hash& join) {
  return crypto::fingerprint(trust_hash(genesis, join));
}

}  // namespace abri::core::chain
