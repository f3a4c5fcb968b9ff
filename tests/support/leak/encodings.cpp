// SPDX-License-Identifier: MPL-2.0
#include "support/leak/encodings.hpp"

#include <cstdio>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace abri::test {

namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

std::string utf16(const icu::UnicodeString& text, bool big) {
  std::string out;
  for (int i = 0; i < text.length(); ++i) {
    const auto unit = static_cast<unsigned>(text.charAt(i));
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xffU);
    out += big ? std::string{high, low} : std::string{low, high};
  }
  return out;
}

icu::UnicodeString without_accents(const icu::UnicodeString& decomposed) {
  icu::UnicodeString out;
  for (int i = 0; i < decomposed.length(); ++i)
    if (u_getCombiningClass(decomposed.char32At(i)) == 0) out.append(decomposed.charAt(i));
  return out.foldCase();
}

/// The characters of base64 that depend on the text alone, where it begins `offset` bytes into a group of three.
std::string base64(std::string_view text, std::size_t offset) {
  const std::string padded = std::string(offset, '\0') + std::string(text);
  std::string out;
  for (std::size_t i = 0; i + 3 <= padded.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8) | static_cast<unsigned char>(padded[i + k]);
    for (int shift = 18; shift >= 0; shift -= 6)
      out.push_back(kBase64[(group >> static_cast<unsigned>(shift)) & 63U]);
  }
  // the first characters are mixed with what stands before
  return out.substr(offset == 0 ? 0 : offset == 1 ? 2 : 3);
}

std::string hex(std::string_view text, bool upper) {
  std::string out;
  char two[3];  // NOLINT(*-avoid-c-arrays)
  for (const char c : text) {
    std::snprintf(two, sizeof two, upper ? "%02X" : "%02x", static_cast<unsigned char>(c));
    out += two;
  }
  return out;
}

std::string url(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out.push_back(c);
    } else {
      out += "%" + hex(std::string_view(&c, 1), true);
    }
  }
  return out;
}

std::string json(const icu::UnicodeString& text) {
  std::string out;
  char unit[8];  // NOLINT(*-avoid-c-arrays)
  for (int i = 0; i < text.length(); ++i) {
    const auto c = text.charAt(i);
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else {
      std::snprintf(unit, sizeof unit, "\\u%04x", static_cast<unsigned>(c));
      out += unit;
    }
  }
  return out;
}

}  // namespace

std::vector<Encoded> encode_all(std::string_view text) {
  UErrorCode failed = U_ZERO_ERROR;
  const auto* nfc = icu::Normalizer2::getNFCInstance(failed);
  const auto* nfd = icu::Normalizer2::getNFDInstance(failed);
  const auto source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  const auto composed = nfc->normalize(source, failed);
  const auto decomposed = nfd->normalize(source, failed);
  const auto plain = utf8(composed);
  auto folded = composed;
  folded.foldCase();
  return {{"utf-8", plain},
          {"utf-8 decomposed", utf8(decomposed)},
          {"case folded", utf8(folded)},
          {"accents stripped", utf8(without_accents(decomposed))},
          {"utf-16le", utf16(composed, false)},
          {"utf-16be", utf16(composed, true)},
          {"base64 +0", base64(plain, 0)},
          {"base64 +1", base64(plain, 1)},
          {"base64 +2", base64(plain, 2)},
          {"hex", hex(plain, false)},
          {"HEX", hex(plain, true)},
          {"url", url(plain)},
          {"json", json(composed)}};
}

}  // namespace abri::test
