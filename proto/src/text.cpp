// SPDX-License-Identifier: MPL-2.0
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace abri::proto {
namespace {

/// Bytes that follow the first one of a character; -1 where it starts none.
int following(std::uint8_t first) {
  if (first >= 0x01 && first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  if (first >= 0xf0 && first < 0xf5) return 3;
  return -1;
}

}  // namespace

bool is_text(std::string_view bytes) {
  constexpr std::array<std::uint32_t, 4> kSmallest{0, 0x80, 0x800, 0x10000};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto first = static_cast<std::uint8_t>(bytes[i]);
    const int more = following(first);
    if (more < 0 || bytes.size() - i <= static_cast<std::size_t>(more)) return false;
    std::uint32_t point = more == 0 ? first : first & (0x3fU >> more);
    for (int k = 0; k < more; ++k) {
      const auto next = static_cast<std::uint8_t>(bytes[++i]);
      if ((next & 0xc0U) != 0x80) return false;
      point = (point << 6) | (next & 0x3fU);
    }
    if (point < kSmallest[static_cast<std::size_t>(more)] || point > 0x10ffff) return false;
    if (point >= 0xd800 && point < 0xe000) return false;
  }
  return true;
}

std::string fold(std::string_view utf8) {
  std::string out(utf8);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(out[i]);
    const bool after_c3 = i > 0 && static_cast<std::uint8_t>(out[i - 1]) == 0xc3;
    if ((c >= 'A' && c <= 'Z') || (after_c3 && c >= 0x80 && c <= 0x9e && c != 0x97))
      out[i] = static_cast<char>(c + 0x20);
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace abri::proto
