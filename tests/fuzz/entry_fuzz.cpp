// SPDX-License-Identifier: MPL-2.0
// A feed entry: the bytes of the log, and what a holder of the key may have put into the envelope.
#include "feed/entry.hpp"
#include "fuzz.hpp"

#include <abri/crypto/envelope.hpp>
#include <abri/crypto/init.hpp>

using namespace abri;              // NOLINT(google-build-using-namespace)
using namespace abri::core::feed;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kReady = crypto::initialise().has_value();
  static const auto kKey = crypto::FeedKey::generate();
  static const auto kCompartment = crypto::CompartmentKey::generate();
  static const auto kNobody = crypto::SigningKey::generate().public_key();
  fuzz::must(kReady, "the library is ready");
  const LogId feed;
  const auto input = fuzz::view(data, size);
  fuzz::must(!open_entry(input, feed, 0, kKey), "nobody without the key makes an entry");
  const auto sealed = seal_again(input, feed, 0, kKey);
  if (!sealed) return 0;
  const auto entry = open_entry(*sealed, feed, 0, kKey);
  if (!entry) return 0;
  const auto core = entry->core.encode();
  fuzz::must(std::ranges::equal(core, input.first(Core::kSize)), "the core is written as it was read");
  fuzz::must(entry->bodies.size() <= limits::kMaxBodiesPerEntry, "bodies are counted");
  fuzz::must(!verify_author(*entry, feed, kNobody), "nobody signed it");
  for (std::size_t i = 0; i < entry->bodies.size(); ++i)
    fuzz::must(!open_change(*entry, i, kCompartment), "no change opens");
  return 0;
}
