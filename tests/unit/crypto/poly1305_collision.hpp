// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

namespace abri::test {

/// 48 bytes (two blocks of ciphertext and a tag) that XChaCha20-Poly1305 with nonce zero accepts under both keys for the
/// same `ad`: what an attacker who knows both keys can make, since the cipher does not commit to its key.
///
/// Poly1305 is a polynomial in the key's r modulo 2^130 - 5. With all blocks fixed but one, equal tags under both keys are
/// one linear equation for that block; the first block is varied until the solution fits into 128 bits.
ByteArray<48> poly1305_collision(BytesView key_a, BytesView key_b, BytesView ad);

}  // namespace abri::test
