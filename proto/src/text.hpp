// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <string>
#include <string_view>

namespace abri::proto {

/// Well-formed UTF-8 without NUL: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_text(std::string_view bytes);

/// Lower case of ASCII and of the Latin letters of French (U+00C0 to U+00DE).
std::string fold(std::string_view utf8);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace abri::proto
