// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/random.hpp>

#include <sodium.h>

namespace abri::crypto {

void random_bytes(std::span<std::byte> out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

std::uint64_t random_u64() {
  ByteArray<8> raw_bits{};
  random_bytes(raw_bits);
  return Reader(raw_bits).u64();
}

}  // namespace abri::crypto
