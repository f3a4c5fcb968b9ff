// SPDX-License-Identifier: MPL-2.0
// A stored record: what is read is written again with the same meaning.
#include "fuzz.hpp"
#include "merge/record_state.hpp"

using namespace abri;               // NOLINT(google-build-using-namespace)
using namespace abri::core::merge;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto state = decode_record(fuzz::view(data, size));
  if (!state) return 0;
  const auto again = decode_record(encode(*state));
  fuzz::must(again && encode(*again) == encode(*state), "a record is read back as it was stored");
  fuzz::must(digest(*again) == digest(*state), "its digest stays");
  return 0;
}
