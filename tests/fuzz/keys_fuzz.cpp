// SPDX-License-Identifier: MPL-2.0
// A body that offers keys of compartments.
#include "cases/keys_body.hpp"
#include "fuzz.hpp"

#include <algorithm>

using namespace abri;               // NOLINT(google-build-using-namespace)
using namespace abri::core::cases;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::view(data, size);
  const auto body = decode_keys(bytes);
  if (!body) return 0;
  fuzz::must(std::ranges::equal(encode_keys(*body), bytes), "a keys body is written again as it was read");
  return 0;
}
