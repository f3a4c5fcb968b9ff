// SPDX-License-Identifier: MPL-2.0
// What people type: meeting codes and account codes.
#include "cases/meeting_code.hpp"
#include "fuzz.hpp"

#include <abri/base/account_code.hpp>
#include <abri/crypto/code.hpp>

using namespace abri;  // NOLINT(google-build-using-namespace)
using core::cases::MeetingCode;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto kind : {MeetingCode::Kind::device, MeetingCode::Kind::partner}) {
    // as typed, and as the bytes behind a code, so that the checksum is no wall
    auto code = MeetingCode::decode(text, kind);
    if (!code && size > 0 && size <= crypto::kMaxCodeBytes)
      code = MeetingCode::decode(crypto::encode_code(fuzz::view(data, size)), kind);
    if (!code) continue;
    fuzz::must(code->kind == kind, "a code is of the kind that was asked for");
    const auto again = MeetingCode::decode(code->encode(), kind);
    fuzz::must(again && again->encode() == code->encode(), "a code is read back as it was printed");
    fuzz::must(code->chain_secret().has_value(), "it has a secret");
  }
  if (const auto account = parse_account_code(text))
    fuzz::must(parse_account_code(encode_account_code(*account))->id == account->id, "an account's code");
  return 0;
}
