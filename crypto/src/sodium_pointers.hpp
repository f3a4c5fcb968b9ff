// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

/// The library below speaks `unsigned char*`; these are the only casts towards it.
namespace abri::crypto {

inline const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* raw_out(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace abri::crypto
