// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/padding.hpp>

#include <algorithm>
#include <set>

namespace abri::crypto {
namespace {

TEST_CASE("padding: small entries have six lengths, great ones at most 12 % more than they need",
          "[crypto][padding]") {
  std::set<std::size_t> small;
  std::set<std::size_t> all;
  for (std::size_t size = 0; size <= limits::kMaxEntryBytes; ++size) {
    const auto total = bucket(size);
    REQUIRE(total);
    REQUIRE(*total >= size);
    REQUIRE(*total <= limits::kMaxEntryBytes);
    REQUIRE(*bucket(*total) == *total);
    all.insert(*total);
    if (size <= 2048) {
      small.insert(*total);
    } else {
      REQUIRE(static_cast<double>(*total) <= static_cast<double>(size) * 1.12);
    }
  }
  CHECK(small == std::set<std::size_t>{384, 512, 768, 1024, 1536, 2048});
  CHECK(all.size() < 130);  // what a length can tell: less than seven bits
  CHECK(test::error_of(bucket(limits::kMaxEntryBytes + 1)) == Errc::too_large);
}

/// As an envelope pads: 0x80 and zeros up to the bucket.
Bytes padded(Bytes content) {
  const auto total = *bucket(content.size() + 1 + kSealOverhead);
  content.push_back(std::byte{0x80});
  content.resize(total - kSealOverhead);
  return content;
}

TEST_CASE("padding: what was padded is unpadded, at every size", "[crypto][padding]") {
  for (std::size_t size = 0; size <= kMaxEnvelopeBytes; size += size < 2200 ? 1 : 997) {
    const auto original = test::seeded_bytes(size);
    const auto whole = padded(original);
    REQUIRE(*bucket(whole.size() + kSealOverhead) == whole.size() + kSealOverhead);
    const auto unpadded = unpad(whole);
    REQUIRE(unpadded);
    REQUIRE(std::ranges::equal(*unpadded, original));
  }
}

TEST_CASE("padding: the greatest content fills 64 KiB, one byte more has no bucket", "[crypto][padding]") {
  CHECK(padded(test::seeded_bytes(kMaxEnvelopeBytes)).size() + kSealOverhead == limits::kMaxEntryBytes);
  CHECK(test::error_of(bucket(kMaxEnvelopeBytes + 1 + 1 + kSealOverhead)) == Errc::too_large);
}

TEST_CASE("padding: CM-05 content that ends like padding keeps its end", "[crypto][padding]") {
  for (const char* hex : {"80", "8000", "800000", "00", "0000", "80008000", "ff80"}) {
    const auto original = *from_hex(hex);
    const auto whole = padded(original);
    CHECK(std::ranges::equal(*unpad(whole), original));
  }
}

TEST_CASE("padding: CM-05 any other padding than the one way is malformed", "[crypto][padding]") {
  const auto whole = padded(to_bytes("content"));
  CHECK(test::error_of(unpad({})) == Errc::malformed);
  CHECK(test::error_of(unpad(Bytes(344))) == Errc::malformed);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(test::error_of(unpad(BytesView(whole).first(size))) == Errc::malformed);
  }
  auto longer = whole;
  longer.push_back(std::byte{0});
  CHECK(test::error_of(unpad(longer)) == Errc::malformed);
  longer.resize(512 - kSealOverhead);  // a bucket, but not the smallest that holds it
  CHECK(test::error_of(unpad(longer)) == Errc::malformed);
  auto marked = whole;
  marked.back() = std::byte{1};
  CHECK(test::error_of(unpad(marked)) == Errc::malformed);
}

}  // namespace
}  // namespace abri::crypto
