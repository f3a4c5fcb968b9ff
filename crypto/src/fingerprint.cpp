// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/fingerprint.hpp>

#include <cstdint>

namespace abri::crypto {

std::string fingerprint(const Hash& hash) {
  constexpr std::size_t kGroups = 5;
  constexpr std::size_t kDigits = 5;
  constexpr std::uint64_t kModulus = 100'000;
  std::string out;
  for (std::size_t group = 0; group < kGroups; ++group) {
    std::uint64_t value = 0;
    for (const auto b : hash.bytes().subspan(group * 5, 5))
      value = (value << 8) | std::to_integer<std::uint64_t>(b);
    const auto digits = std::to_string(value % kModulus);
    if (group != 0) out.push_back(' ');
    out.append(kDigits - digits.size(), '0').append(digits);
  }
  return out;
}

}  // namespace abri::crypto
