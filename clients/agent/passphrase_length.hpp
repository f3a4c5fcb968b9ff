// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace abri::agent {

/// Has a new passphrase as many characters as are asked for, eight? Counted as a person counts them: of a character in UTF-8 the first byte
/// only.
inline bool long_enough(std::string_view passphrase) {
  constexpr std::ptrdiff_t kFewestCharacters = 8;
  return std::ranges::count_if(passphrase, [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
         }) >= kFewestCharacters;
}

}  // namespace abri::agent
