// SPDX-License-Identifier: MPL-2.0
#include "phone.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace abri::proto {
namespace {

/// Digits of a number with its country code: at most fifteen by E.164; with fewer than nine it is a short number behind a code,
/// or a French one whose second digit is wrong.
constexpr std::size_t kFewestDigits = 9;
constexpr std::size_t kMostDigits = 15;
/// Digits of a French number without its first zero.
constexpr std::size_t kFrenchDigits = 9;
constexpr std::string_view kFrance = "33";

/// How the French numbers of an overseas department begin, and the country code that they have abroad.
struct Overseas {
  std::string_view begins;
  std::string_view code;
};
constexpr std::array<Overseas, 14> kOverseas{{
    {"590", "590"},
    {"690", "590"},
    {"691", "590"},  // Guadeloupe
    {"594", "594"},
    {"694", "594"},  // Guyane
    {"596", "596"},
    {"696", "596"},
    {"697", "596"},  // Martinique
    {"262", "262"},
    {"263", "262"},
    {"692", "262"},
    {"693", "262"},
    {"269", "262"},  // La Réunion, Mayotte
    {"639", "262"},  // Mayotte
}};
/// Within Mayotte's range, kept for works of fiction, and as such a number of the mainland.
constexpr std::string_view kFiction = "63998";

/// What stands between digits: blanks, also those that word processors put there, dots and hyphens.
constexpr std::array<std::string_view, 8> kSeparators{" ",      ".",      "-",      "\t",
                                                      "\u00a0", "\u202f", "\u2010", "\u2011"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

std::string without_separators(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto* separator = std::find_if(kSeparators.begin(), kSeparators.end(),
                                         [&](std::string_view s) { return text.starts_with(s); });
    if (separator == kSeparators.end()) out.push_back(text.front());
    text.remove_prefix(separator == kSeparators.end() ? 1 : separator->size());
  }
  return out;
}

/// A French number without its first zero, as E.164.
std::optional<std::string> french(std::string_view number) {
  if (number.size() != kFrenchDigits || number.front() == '0') return std::nullopt;
  const auto* overseas = std::find_if(kOverseas.begin(), kOverseas.end(),
                                      [&](const Overseas& one) { return number.starts_with(one.begins); });
  const bool mainland = overseas == kOverseas.end() || number.starts_with(kFiction);
  return "+" + std::string(mainland ? kFrance : overseas->code) + std::string(number);
}

/// Digits behind "+" or "00", as E.164.
std::optional<std::string> international(std::string_view digits) {
  if (digits.starts_with(kFrance)) {
    digits.remove_prefix(kFrance.size());
    if (digits.starts_with('0')) digits.remove_prefix(1);  // "+33 (0)6 …"
    return french(digits);
  }
  if (digits.size() < kFewestDigits || digits.size() > kMostDigits || digits.front() == '0')
    return std::nullopt;
  return "+" + std::string(digits);
}

}  // namespace

std::optional<std::string> normalised_phone(std::string_view text) {
  auto number = without_separators(text);
  const bool plus = number.starts_with('+');
  if (!plus && !number.starts_with('0')) return std::nullopt;
  const auto prefix = plus ? 1U : number.starts_with("00") ? 2U : 0U;
  number.erase(0, prefix);
  constexpr std::string_view kOptionalZero = "33(0)";
  if (prefix > 0 && number.starts_with(kOptionalZero)) number.erase(2, 3);
  if (!all_digits(number)) return std::nullopt;
  return prefix > 0 ? international(number) : french(std::string_view(number).substr(1));
}

std::string readable_phone(std::string_view stored) {
  std::string out(stored);
  if (!stored.starts_with('+') || normalised_phone(stored) != out) return out;
  const bool mainland = stored.starts_with("+33");
  const auto number = stored.substr(mainland ? 3 : std::min<std::size_t>(4, stored.size()));
  if (!mainland && (number.size() != kFrenchDigits || french(number) != out)) return out;
  // mainland 06 39 98 00 12, overseas 0692 12 34 56
  const std::size_t first = mainland ? 1 : 3;
  out = "0" + std::string(number.substr(0, first));
  for (std::size_t i = first; i < number.size(); i += 2) out += " " + std::string(number.substr(i, 2));
  return out;
}

}  // namespace abri::proto
