// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/code.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace abri::crypto {
namespace {

std::string_view place(const Result<SecretBytes>& result) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == Errc::malformed);
  return result.error().where;
}

TEST_CASE("code: what was printed is read back, at every size", "[crypto][code]") {
  for (std::size_t size = 1; size <= 100; ++size) {
    const auto bytes = test::seeded_bytes(size);
    const auto printed = encode_code(bytes);
    const auto read = decode_code(printed);
    INFO(printed);
    REQUIRE(read);
    CHECK(std::ranges::equal(*read, bytes));
  }
  const auto greatest = test::seeded_bytes(kMaxCodeBytes);
  CHECK(std::ranges::equal(*decode_code(encode_code(greatest)), greatest));
}

TEST_CASE("code: it is printed in groups of five letters and digits that nobody confuses", "[crypto][code]") {
  const auto printed = encode_code(test::seeded_bytes(48));
  CHECK(printed.find_first_of("ILOUilou ") == std::string::npos);
  CHECK(printed.size() == 80 + 15);
  for (std::size_t i = 0; i < printed.size(); ++i) CHECK((printed[i] == '-') == (i % 6 == 5));
}

TEST_CASE("code: it is read in any case, spacing and with O, I and L for 0 and 1", "[crypto][code]") {
  const auto bytes = *from_hex("00000000000842108421");  // many zeros and ones
  auto typed = encode_code(bytes);
  REQUIRE(typed.find('0') != std::string::npos);
  REQUIRE(typed.find('1') != std::string::npos);
  std::ranges::replace(typed, '-', ' ');
  std::ranges::replace(typed, '0', 'o');
  for (const char one : {'i', 'I', 'l', 'L'}) {
    auto variant = typed;
    std::ranges::replace(variant, '1', one);
    std::ranges::transform(variant, variant.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' && c != 'I' ? static_cast<char>(c + 32) : c;
    });
    INFO(variant);
    const auto read = decode_code("  " + variant + "\r\n");
    REQUIRE(read);
    CHECK(std::ranges::equal(*read, bytes));
  }
}

TEST_CASE("code: one mistyped character or two swapped are noticed", "[crypto][code]") {
  const auto printed = encode_code(test::seeded_bytes(20));
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  int accepted = 0;
  int tried = 0;
  for (std::size_t i = 0; i < printed.size(); ++i) {
    if (printed[i] == '-') continue;
    for (const char other : kAlphabet) {
      if (other == printed[i]) continue;
      auto wrong = printed;
      wrong[i] = other;
      ++tried;
      if (decode_code(wrong)) ++accepted;
    }
  }
  INFO(printed << ": " << accepted << " of " << tried);
  CHECK(accepted <= 2);  // one of 65,536 by chance
}

TEST_CASE("code: what is wrong is told apart", "[crypto][code]") {
  CHECK(place(decode_code("")) == "code: length");
  CHECK(place(decode_code("AB")) == "code: length");
  CHECK(place(decode_code("ABCDU")) == "code: character");
  CHECK(place(decode_code("ABC!D")) == "code: character");
  CHECK(place(decode_code("abcdé")) == "code: character");
  CHECK(place(decode_code(encode_code(as_bytes("bytes")) + "00")) == "code: length");
  CHECK(place(decode_code(encode_code(as_bytes("bytes")) + "0")) == "code: checksum");
  CHECK(place(decode_code(std::string(100'000, 'A'))) == "code: length");
  auto wrong = encode_code(as_bytes("bytes"));
  wrong.front() = wrong.front() == 'A' ? 'B' : 'A';
  CHECK(place(decode_code(wrong)) == "code: checksum");
}

}  // namespace
}  // namespace abri::crypto
