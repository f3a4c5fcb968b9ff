// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// One target a file: `<name>_fuzz.cpp` defines this function. libFuzzer calls it in the preset `fuzz`; everywhere else
/// `replay.cpp` calls it with the committed seeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace abri::fuzz {

inline BytesView view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

/// What must hold for every input.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace abri::fuzz
