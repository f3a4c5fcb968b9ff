// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/random.hpp>

#include <set>

namespace abri::crypto {
namespace {

TEST_CASE("random: ids and numbers do not repeat", "[crypto][random]") {
  std::set<CaseId> ids;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    ids.insert(random_id<CaseId>());
    numbers.insert(random_u64());
  }
  CHECK(ids.size() == 1000);
  CHECK(numbers.size() == 1000);
}

TEST_CASE("random: every byte of the buffer is filled, and an empty buffer is allowed", "[crypto][random]") {
  ByteArray<64> touched{};
  for (int round = 0; round < 64; ++round) {
    ByteArray<64> out{};
    random_bytes(out);
    for (std::size_t i = 0; i < out.size(); ++i) touched[i] |= out[i];
  }
  for (const auto b : touched) CHECK(b != std::byte{0});
  random_bytes({});
}

}  // namespace
}  // namespace abri::crypto
