// SPDX-License-Identifier: MPL-2.0
#include "sodium_pointers.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/kdf.hpp>

#include <sodium.h>

namespace abri::crypto::detail {

void derive_into(std::span<std::byte> out, std::span<const std::byte, 32> key, const Label& label,
                 BytesView context) {
  const int rc =
      crypto_generichash_blake2b_salt_personal(raw_out(out), out.size(), raw(context), context.size(),
                                               raw(key), key.size(), nullptr, raw(label.bytes()));
  ABRI_ASSERT(rc == 0);
}

Hash commit_to(std::span<const std::byte, 32> secret) {
  return hash(labels::kCommit, secret);
}

}  // namespace abri::crypto::detail
