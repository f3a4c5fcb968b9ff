// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace abri::test {

/// One way in which a text may stand somewhere.
struct Encoded {
  std::string_view encoding;
  std::string bytes;
};

/// A text in every encoding that the search knows, the shortest form of each at least eight bytes long: UTF-8 (NFC), UTF-8 decomposed
/// (NFD), case folded, accents stripped, UTF-16 little and big endian, base64 at its three offsets, hexadecimal in both cases,
/// URL-escaped, JSON-escaped. Compressed data are the fourteenth: the search inflates what it finds.
std::vector<Encoded> encode_all(std::string_view text);

}  // namespace abri::test
