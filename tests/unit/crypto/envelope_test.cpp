// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/envelope.hpp>
#include <abri/crypto/keys.hpp>

namespace abri::crypto {
namespace {

TEST_CASE("envelope: an entry opens to what was put in, and is as long as its bucket", "[crypto][envelope]") {
  const auto key = test::seeded_key<FeedKey>();
  const auto ad = test::seeded_bytes(20, 1);
  for (const std::size_t size : {0U, 343U, 344U, 471U, 472U, 2007U, 2008U, 30000U}) {
    const auto inner = test::seeded_bytes(size, 2);
    const auto entry = seal_envelope(key, inner, ad);
    REQUIRE(entry);
    CHECK(entry->size() == *bucket(size + 1 + kSealOverhead));
    const auto opened = open_envelope(key, *entry, ad);
    REQUIRE(opened);
    CHECK(*opened == inner);
  }
}

TEST_CASE("envelope: the greatest fits, one byte more is refused, and so is a greater entry",
          "[crypto][envelope]") {
  const auto key = test::seeded_key<FeedKey>();
  const auto greatest = test::seeded_bytes(kMaxEnvelopeBytes);
  const auto entry = seal_envelope(key, greatest, {});
  REQUIRE(entry);
  CHECK(entry->size() == limits::kMaxEntryBytes);
  CHECK(*open_envelope(key, *entry, {}) == greatest);
  CHECK(test::error_of(seal_envelope(key, test::seeded_bytes(kMaxEnvelopeBytes + 1), {})) == Errc::too_large);
  CHECK(test::error_of(open_envelope(key, Bytes(limits::kMaxEntryBytes + 1), {})) == Errc::too_large);
}

TEST_CASE("envelope: CM-05 every flipped bit is refused, and so is another key, feed or epoch",
          "[crypto][envelope]") {
  const auto key = test::seeded_key<FeedKey>();
  const auto ad = Writer().raw(test::seeded_id<LogId>(1).bytes()).u32(7).take();
  const auto entry = *seal_envelope(key, test::seeded_bytes(200), ad);
  test::with_each_bit_flipped(entry, [&](BytesView changed) {
    REQUIRE(test::error_of(open_envelope(key, changed, ad)) == Errc::auth_failed);
  });
  test::with_each_bit_flipped(ad,
                              [&](BytesView changed) { REQUIRE_FALSE(open_envelope(key, entry, changed)); });
  CHECK_FALSE(open_envelope(test::seeded_key<FeedKey>(9), entry, ad));
  CHECK(test::error_of(open_envelope(key, {}, ad)) == Errc::auth_failed);
}

TEST_CASE("envelope: CM-05 an entry of a key holder that is not padded to its bucket is malformed",
          "[crypto][envelope]") {
  const auto key = test::seeded_key<FeedKey>();
  CHECK(test::error_of(open_envelope(key, seal(key, as_bytes("bare"), {}), {})) == Errc::malformed);
  CHECK(test::error_of(open_envelope(key, seal(key, {}, {}), {})) == Errc::malformed);
}

TEST_CASE("envelope: two entries of equal content have nothing in common but their length",
          "[crypto][envelope]") {
  const auto key = test::seeded_key<FeedKey>();
  const auto a = *seal_envelope(key, as_bytes("heartbeat"), {});
  const auto b = *seal_envelope(key, as_bytes("an address in Lille"), {});
  const auto c = *seal_envelope(key, as_bytes("heartbeat"), {});
  CHECK(a.size() == b.size());
  CHECK(a != c);
}

}  // namespace
}  // namespace abri::crypto
