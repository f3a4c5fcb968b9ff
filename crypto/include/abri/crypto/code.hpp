// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/secret_bytes.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// Codes that people read from paper or screen and type: Crockford's base 32 of the bytes and a 16-bit checksum, in groups
/// of five characters, "91JPR-V3F41-…".
namespace abri::crypto {

inline constexpr std::size_t kMaxCodeBytes = 1024;

/// Bytes ‖ first two bytes of H("abri/1.code", bytes), five bits a character, the last filled up with zeros.
/// @param bytes  1 to `kMaxCodeBytes`
/// @threads      safe on any thread
std::string encode_code(BytesView bytes);

/// Reads upper and lower case, O as 0, I and L as 1, and ignores spaces, line ends and hyphens. Codes hold secrets: so do the
/// bytes.
///
/// @errors  Errc::malformed  at "code: character" (one that no code has), "code: length" (some missing or too many) or
///                           "code: checksum" (mistyped)
/// @threads safe on any thread
Result<SecretBytes> decode_code(std::string_view text);

}  // namespace abri::crypto
