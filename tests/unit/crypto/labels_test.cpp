// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/labels.hpp>

#include <set>
#include <string>

namespace abri::crypto {
namespace {

TEST_CASE("labels: CM-04 no two purposes share a label, and all name the protocol", "[crypto][labels]") {
  std::set<std::string> seen;
  for (const auto& label : labels::kAll) {
    INFO(label.text());
    CHECK(label.text().starts_with("abri/1."));
    CHECK(seen.emplace(label.text()).second);
  }
}

TEST_CASE("labels: a label is padded with zeros to 16 bytes", "[crypto][labels]") {
  constexpr Label kShort{"ab"};
  constexpr Label kFull{"0123456789abcdef"};
  CHECK(to_hex(kShort.bytes()) == "61620000000000000000000000000000");
  CHECK(as_text(kFull.bytes()) == "0123456789abcdef");
  CHECK(kShort.text() == "ab");
  CHECK(kFull.text() == "0123456789abcdef");
}

}  // namespace
}  // namespace abri::crypto
