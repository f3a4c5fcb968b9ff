// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/code.hpp>
#include <abri/crypto/hash.hpp>

namespace abri::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kChecksumSize = 2;
constexpr std::size_t kGroup = 5;

constexpr std::size_t characters_for(std::size_t bytes) {
  return (bytes * 8 + 4) / 5;
}

// 0–31, or -1 for a character that no code has.
int digit(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool is_filler(char c) {
  return c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

ByteArray<kChecksumSize> checksum(BytesView bytes) {
  return to_array<kChecksumSize>(BytesView(hash(labels::kCode, bytes).bytes()).first(kChecksumSize));
}

// The bytes and their checksum.
Result<SecretBytes> read_characters(std::string_view text) {
  SecretBytes out;
  out.reserve(kMaxCodeBytes + kChecksumSize);
  unsigned bits = 0;
  int bit_count = 0;
  std::size_t count = 0;
  const auto fail = [](const char* where) { return Error{Errc::malformed, where}; };
  for (const char c : text) {
    if (is_filler(c)) continue;
    const int value = digit(c);
    if (value < 0) return fail("code: character");
    if (++count > characters_for(kMaxCodeBytes + kChecksumSize)) return fail("code: length");
    bits = (bits << 5) | static_cast<unsigned>(value);
    bit_count += 5;
    if (bit_count >= 8) {
      bit_count -= 8;
      out.push_back(static_cast<std::byte>(bits >> bit_count));
      bits &= (1U << bit_count) - 1;
    }
  }
  if (out.size() <= kChecksumSize || count != characters_for(out.size())) return fail("code: length");
  if (bits != 0) return fail("code: checksum");
  return out;
}

}  // namespace

std::string encode_code(BytesView bytes) {
  ABRI_ASSERT(!bytes.empty() && bytes.size() <= kMaxCodeBytes);
  std::string out;
  unsigned bits = 0;
  int bit_count = 0;
  std::size_t count = 0;
  const auto put = [&](unsigned value) {
    if (count != 0 && count % kGroup == 0) out.push_back('-');
    out.push_back(kAlphabet[value]);
    ++count;
  };
  const auto feed = [&](BytesView view) {
    for (const auto b : view) {
      bits = (bits << 8) | std::to_integer<unsigned>(b);
      for (bit_count += 8; bit_count >= 5;) {
        bit_count -= 5;
        put((bits >> bit_count) & 31U);
      }
      bits &= (1U << bit_count) - 1;
    }
  };
  feed(bytes);
  feed(checksum(bytes));
  if (bit_count > 0) put((bits << (5 - bit_count)) & 31U);
  return out;
}

Result<SecretBytes> decode_code(std::string_view text) {
  ABRI_TRY(auto bytes, read_characters(text));
  const auto view = BytesView(bytes);
  const auto data = view.first(view.size() - kChecksumSize);
  if (!equal(checksum(data), view.last(kChecksumSize))) return Error{Errc::malformed, "code: checksum"};
  bytes.resize(data.size());
  return bytes;
}

}  // namespace abri::crypto
