// SPDX-License-Identifier: MPL-2.0
#include "cli/terminal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <clocale>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cwchar>

#include <sys/ioctl.h>
#include <unistd.h>

namespace abri::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostColumns = 80;
constexpr std::size_t kFewestColumns = 40;
constexpr std::string_view kReplacement = "\ufffd";
constexpr std::string_view kEllipsis = "…";

/// One character of a text and the bytes that it takes; `valid` where they are UTF-8.
struct Character {
  char32_t point{0};
  std::size_t bytes{1};
  bool valid{false};
};

/// Bytes that follow the first one; -1 where it starts no character.
int following(std::uint8_t first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  if (first >= 0xf0 && first < 0xf5) return 3;
  return -1;
}

/// @param utf8  not empty
Character first_of(std::string_view utf8) {
  constexpr std::array<char32_t, 4> kSmallest{0, 0x80, 0x800, 0x10000};
  const auto first = static_cast<std::uint8_t>(utf8.front());
  const int more = following(first);
  if (more < 0 || utf8.size() <= static_cast<std::size_t>(more)) return {};
  Character out{more == 0 ? first : first & (0x3fU >> more), static_cast<std::size_t>(more) + 1, true};
  for (std::size_t i = 1; i < out.bytes; ++i) {
    const auto next = static_cast<std::uint8_t>(utf8[i]);
    if ((next & 0xc0U) != 0x80) return {};
    out.point = (out.point << 6U) | (next & 0x3fU);
  }
  const bool surrogate = out.point >= 0xd800 && out.point < 0xe000;
  if (out.point < kSmallest.at(static_cast<std::size_t>(more)) || surrogate || out.point > 0x10ffff)
    return {};
  return out;
}

/// Controls of the terminal (C0, DEL, C1), separators of lines, and what turns the direction of writing, so that a text reads as
/// another one.
bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c || point == 0x200e ||
         point == 0x200f || (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/// The C library's table of widths, whatever the locale of the environment.
std::size_t columns_of(char32_t point) {
  static const locale_t kUnicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (kUnicode == nullptr) return 1;
  const auto before = uselocale(kUnicode);
  const int columns = wcwidth(static_cast<wchar_t>(point));
  uselocale(before);
  return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

}  // namespace

std::size_t screen_columns() {
  std::size_t columns = kMostColumns;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  if (const char* given = std::getenv("COLUMNS"); given != nullptr && *given != '\0') {
    const std::string_view text(given);
    if (std::from_chars(text.data(), text.data() + text.size(), columns).ec != std::errc{})
      columns = kMostColumns;
  } else if (winsize size{}; ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    columns = size.ws_col;
  }
  return std::clamp(columns, kFewestColumns, kMostColumns);
}

std::size_t width(std::string_view utf8) {
  std::size_t columns = 0;
  while (!utf8.empty()) {
    const auto one = first_of(utf8);
    columns += one.valid ? columns_of(one.point) : 1;
    utf8.remove_prefix(one.bytes);
  }
  return columns;
}

std::string fit(std::string_view utf8, std::size_t columns) {
  const auto have = width(utf8);
  if (have <= columns) return std::string(utf8) + std::string(columns - have, ' ');
  if (columns == 0) return {};
  std::size_t kept = 0;
  std::size_t bytes = 0;
  while (bytes < utf8.size()) {
    const auto one = first_of(utf8.substr(bytes));
    const auto wide = one.valid ? columns_of(one.point) : 1;
    if (kept + wide > columns - 1) break;
    kept += wide;
    bytes += one.bytes;
  }
  return std::string(utf8.substr(0, bytes)) + std::string(kEllipsis) + std::string(columns - 1 - kept, ' ');
}

std::string wrapped(std::string_view words, std::size_t indent) {
  std::string out;
  std::string line;
  const auto end_line = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  while (!words.empty()) {
    const auto end = std::min(words.find_first_of(" \n"), words.size());
    const auto word = words.substr(0, end);
    const bool last = end < words.size() && words[end] == '\n';
    words.remove_prefix(std::min(end + 1, words.size()));
    if (!line.empty() && indent + width(line) + 1 + width(word) > screen_columns()) end_line();
    line += (line.empty() ? "" : " ") + std::string(word);
    if (last) end_line();
  }
  end_line();
  return out;
}

std::string printable(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const auto one = first_of(utf8);
    if (one.point == U'\t' && one.valid) {
      out += ' ';
    } else if (one.valid && (one.point == U'\n' || !is_control(one.point))) {
      out += utf8.substr(0, one.bytes);
    } else {
      out += kReplacement;
    }
    utf8.remove_prefix(one.bytes);
  }
  return out;
}

json::value printable_answer(const json::value& value) {
  if (value.is_string()) return json::string(printable(std::string_view(value.as_string())));
  if (value.is_array()) {
    json::array out;
    for (const auto& item : value.as_array()) out.push_back(printable_answer(item));
    return out;
  }
  if (value.is_object()) {
    json::object out;
    for (const auto& [name, item] : value.as_object())
      out[printable(std::string_view(name))] = printable_answer(item);
    return out;
  }
  return value;
}

std::string serialized(const json::value& value) {
  const auto plain = json::serialize(value);
  std::string out;
  for (std::string_view rest = plain; !rest.empty();) {
    const auto one = first_of(rest);
    if (one.valid && is_control(one.point)) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(one.point));
      out += escaped.data();
    } else {
      out += rest.substr(0, one.bytes);
    }
    rest.remove_prefix(one.bytes);
  }
  return out;
}

}  // namespace abri::cli
