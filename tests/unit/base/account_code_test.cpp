// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/base/account_code.hpp>

#include <cctype>
#include <string>

namespace abri::test {
namespace {

AccountCode some_code(std::uint32_t stream = 0) {
  AccountCode code;
  code.id = seeded_id<AccountId>(stream);
  code.seed = to_array<32>(seeded_bytes(32, stream + 1));
  return code;
}

bool is_read_as(std::string_view text, const AccountCode& code) {
  const auto read = parse_account_code(text);
  return read && read->id == code.id && read->seed == code.seed;
}

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("account code: what the server prints is read, also in capitals and between blanks", "[base]") {
  for (std::uint32_t stream = 0; stream < 50; stream += 2) {
    const auto code = some_code(stream);
    const auto text = encode_account_code(code);
    CHECK(text.size() == 105);
    CHECK(is_read_as(text, code));
    CHECK(is_read_as(" \t" + text + "\r\n", code));
    auto capitals = text;
    for (auto& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    CHECK(is_read_as(capitals, code));
    CHECK(is_read_as(lower(text), code));
    CHECK(is_read_as("Acct-" + text.substr(5), code));  // as telephones begin a line
  }
}

TEST_CASE("account code: the code of one account is always the same text", "[base]") {
  AccountCode code;
  code.id = AccountId(to_array<16>(*from_hex("000102030405060708090a0b0c0d0e0f")));
  code.seed.fill(std::byte{0xa5});
  CHECK(encode_account_code(code) ==
        "ACCT-000102030405060708090a0b0c0d0e0f"
        "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
        "72c0");
}

TEST_CASE("account code: any one character mistyped is refused", "[base]") {
  const auto text = encode_account_code(some_code());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char typed : std::string("0123456789abcdefgOlM -")) {
      auto changed = text;
      changed[at] = typed;
      if (lower(changed) == lower(text)) continue;
      INFO("character " << at << ", typed " << typed);
      REQUIRE(error_of(parse_account_code(changed)) == Errc::malformed);
    }
  }
}

TEST_CASE("account code: two neighbours in the wrong order are refused", "[base]") {
  const auto text = encode_account_code(some_code());
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    auto changed = text;
    std::swap(changed[at], changed[at + 1]);
    if (changed == text) continue;  // twice the same
    INFO("character " << at);
    REQUIRE(error_of(parse_account_code(changed)) == Errc::malformed);
  }
}

TEST_CASE("account code: a code that is cut, doubled or lengthened is refused", "[base]") {
  const auto text = encode_account_code(some_code());
  for (std::size_t size = 0; size < text.size(); ++size) {
    INFO("cut to " << size);
    REQUIRE(error_of(parse_account_code(text.substr(0, size))) == Errc::malformed);
    REQUIRE(error_of(parse_account_code(text.substr(size + 1))) == Errc::malformed);
  }
  for (const std::string& more : {std::string("0"), std::string("00"), std::string("0000"), text})
    CHECK(error_of(parse_account_code(text + more)) == Errc::malformed);
  CHECK(error_of(parse_account_code(text.substr(0, 50) + " " + text.substr(50))) == Errc::malformed);
  CHECK(error_of(parse_account_code(" \r\n\t ")) == Errc::malformed);
  CHECK(error_of(parse_account_code("CODE-" + text.substr(5))) == Errc::malformed);
}

}  // namespace abri::test
