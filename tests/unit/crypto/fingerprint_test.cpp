// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/fingerprint.hpp>

namespace abri::crypto {
namespace {

TEST_CASE("fingerprint: five groups of five digits, leading zeros kept", "[crypto][fingerprint]") {
  CHECK(fingerprint(Hash{}) == "00000 00000 00000 00000 00000");
  const auto known = *Hash::from_hex(
      "0000000001"
      "000000000a"
      "00000186a0"
      "ffffffffff"
      "0100000000"
      "ffffffffffffff");
  CHECK(fingerprint(known) == "00001 00010 00000 27775 67296");  // modulo 100,000 of each group of five bytes
}

TEST_CASE("fingerprint: every bit of its 25 bytes changes it", "[crypto][fingerprint]") {
  const auto original = test::seeded_id<Hash>();
  const auto digits = fingerprint(original);
  CHECK(digits.size() == 29);
  test::with_each_bit_flipped(original.bytes().first<25>(), [&](BytesView changed) {
    auto bytes = original.array();
    std::ranges::copy(changed, bytes.begin());
    CHECK(fingerprint(Hash(bytes)) != digits);
  });
}

}  // namespace
}  // namespace abri::crypto
