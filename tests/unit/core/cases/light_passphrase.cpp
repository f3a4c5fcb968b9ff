// SPDX-License-Identifier: MPL-2.0
#include <array>
#include <cstring>

#include <sodium.h>

// Argon2id would be two thirds of the time of this program: three vaults a test, 64 MiB three times over for each. What a case file
// does in an open vault does not depend on it, so here a passphrase is stretched by one hash of the same inputs, real in all else:
// a wrong passphrase opens nothing. Argon2id and its floor are tested in unit/crypto, unit/core/vault, unit/clients and end to end.
extern "C" int crypto_pwhash(unsigned char* const out, unsigned long long out_size,
                             const char* const passphrase, unsigned long long passphrase_size,
                             const unsigned char* const salt, unsigned long long passes, std::size_t memory,
                             int algorithm) {
  std::array<unsigned char, crypto_pwhash_SALTBYTES + 3 * 8> key{};
  const std::array<unsigned long long, 3> cost = {passes, memory, static_cast<unsigned long long>(algorithm)};
  std::memcpy(key.data(), salt, crypto_pwhash_SALTBYTES);
  std::memcpy(key.data() + crypto_pwhash_SALTBYTES, cost.data(), sizeof(cost));
  return crypto_generichash(out, out_size, reinterpret_cast<const unsigned char*>(passphrase),
                            passphrase_size, key.data(), key.size());
}
