// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/base/secret_bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

/// The code that `abri-server account add` prints and an administrator types into `abri`:
/// "ACCT-" ‖ hex(account id 16 ‖ Ed25519 seed 32 ‖ CRC-16 of both). It opens logs on the account: keep it secret.
namespace abri {

/// What the code holds: who may open logs on which account.
struct AccountCode {
  AccountId id;
  ByteArray<32> seed{};  ///< of the account's Ed25519 key; wiped with its owner, as each copy is

  ~AccountCode() { explicit_bzero(seed.data(), seed.size()); }
};

namespace detail {
/// CRC-16/CCITT-FALSE: finds every typing error of one digit and every swap of neighbours.
constexpr std::uint16_t crc16(BytesView bytes) {
  std::uint32_t crc = 0xffff;
  for (const auto b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b) << 8;
    for (int i = 0; i < 8; ++i) crc = (crc & 0x8000U) != 0 ? ((crc << 1) ^ 0x1021U) : (crc << 1);
    crc &= 0xffffU;
  }
  return static_cast<std::uint16_t>(crc);
}
}  // namespace detail

/// The code as it is printed: 105 characters, a secret.
/// @threads  safe on any thread
inline std::string encode_account_code(const AccountCode& code) {
  SecretWriter out(50);
  out.raw(code.id.bytes()).raw(code.seed);
  const auto check = detail::crc16(out.view());
  out.u16(check);
  return "ACCT-" + to_hex(out.view());
}

/// Reads a code as it was typed.
/// @param text  the code; spaces at its ends and letter case do not matter
/// @errors Errc::malformed  not such a code, or a typing error
/// @threads  safe on any thread
inline Result<AccountCode> parse_account_code(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Error{Errc::malformed, "account code"};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  const auto capital = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  if (!std::ranges::equal(text.substr(0, 5), std::string_view("ACCT-"), {}, capital))
    return Error{Errc::malformed, "account code"};
  ABRI_TRY(const auto bytes, from_hex<SecretBytes>(text.substr(5)));
  Reader in(bytes);
  AccountCode code;
  code.id = AccountId(in.array<16>());
  const auto seed = in.raw(code.seed.size());
  const auto check = in.u16();
  ABRI_CHECK(in.finish("account code"));
  std::ranges::copy(seed, code.seed.begin());  // in place: no copy is left behind
  if (check != detail::crc16(BytesView(bytes).first(48))) return Error{Errc::malformed, "account code"};
  return code;
}

}  // namespace abri
