// SPDX-License-Identifier: MPL-2.0
//
// What a holder of the feed's key, or the server, may have made of an entry. Who may write what is tested in unit/core/cases.
#include "author.hpp"

#include <algorithm>
#include <set>

namespace abri::core::feed {
namespace {

using namespace entry_test;
using test::error_of;

constexpr std::size_t kHashes = Core::kSize + 2;  ///< where the hashes of the bodies begin in Outer

}  // namespace

TEST_CASE("entry: MS-09 it opens in its own feed, epoch and key, and in no other", "[core][feed]") {
  const Author author;
  const auto bytes = author.three_changes().seal(author.feed, kEpoch, author.key, author.device)->bytes;
  REQUIRE(author.open(bytes));
  const auto other_key = seeded_key<crypto::FeedKey>(99);
  CHECK(error_of(open_entry(bytes, seeded_id<LogId>(99), kEpoch, author.key)) == Errc::auth_failed);
  CHECK(error_of(open_entry(bytes, author.feed, kEpoch + 1, author.key)) == Errc::auth_failed);
  CHECK(error_of(open_entry(bytes, author.feed, 0, author.key)) == Errc::auth_failed);
  CHECK(error_of(open_entry(bytes, author.feed, kEpoch, other_key)) == Errc::auth_failed);
}

TEST_CASE("entry: MS-11 what the author signs is the feed, the core, the number of bodies and their hashes",
          "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  Writer covered;
  covered.raw(author.feed.bytes()).raw(entry.core.encode()).u16(4);
  for (const auto& body : Parts(entry).bodies) covered.raw(crypto::hash(crypto::labels::kBody, body).bytes());
  CHECK(crypto::verify(author.device.public_key(), crypto::labels::kHeader, covered.view(), entry.signature));
  CHECK(entry.header_hash == crypto::hash(crypto::labels::kHeaderHash, covered.view()));
}

TEST_CASE("entry: MS-11 the author's signature covers every bit of the core", "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  auto parts = Parts(entry);
  std::set<Hash> headers{entry.header_hash};
  test::with_each_bit_flipped(entry.core.encode(), [&](BytesView core) {
    parts.core = to_bytes(core);
    const auto changed = author.read(parts.outer());
    if (!changed) {
      REQUIRE(changed.error().code == Errc::version_unsupported);  // the first two bytes are the suite
      REQUIRE(!std::ranges::equal(core.first(2), BytesView(entry.outer).first(2)));
      return;
    }
    REQUIRE(error_of(verify_author(*changed, author.feed, author.device.public_key())) == Errc::auth_failed);
    REQUIRE(headers.insert(changed->header_hash).second);
    REQUIRE(author.text(*changed, 0) == "does not open");
  });
  CHECK(headers.size() == 1 + 8 * (Core::kSize - 2));
}

TEST_CASE("entry: MS-11 the author's signature covers each body, their number and their order",
          "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  const auto is_refused = [&](const Parts& parts) {
    const auto changed = author.read(parts.outer());
    REQUIRE(changed);  // the layout holds and the hashes are those of the bodies
    CHECK(changed->header_hash != entry.header_hash);
    return error_of(verify_author(*changed, author.feed, author.device.public_key())) == Errc::auth_failed;
  };
  for (std::size_t i = 0; i < entry.bodies.size(); ++i) {
    INFO("body " << i);
    Parts parts(entry);
    parts.bodies[i].back() ^= std::byte{1};
    CHECK(is_refused(parts));
    parts = Parts(entry);
    parts.bodies.erase(parts.bodies.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(is_refused(parts));
    parts = Parts(entry);
    parts.bodies.push_back(parts.bodies[i]);
    CHECK(is_refused(parts));
    parts = Parts(entry);
    std::swap(parts.bodies[i], parts.bodies[(i + 1) % parts.bodies.size()]);
    CHECK(is_refused(parts));
  }
  // a hash alone, without its body
  const auto hashes = BytesView(entry.outer).subspan(kHashes, entry.bodies.size() * Hash::kSize);
  test::with_each_bit_flipped(hashes, [&](BytesView changed) {
    auto outer = entry.outer;
    std::ranges::copy(changed, outer.begin() + kHashes);
    REQUIRE(error_of(author.read(outer)) == Errc::auth_failed);
  });
}

TEST_CASE("entry: MS-11 a signature holds as it is, for its feed and for its device", "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  const auto device = author.device.public_key();
  CHECK(verify_author(entry, author.feed, device));
  CHECK(error_of(verify_author(entry, seeded_id<LogId>(99), device)) == Errc::auth_failed);
  CHECK_FALSE(verify_author(entry, author.feed, crypto::SigningKey::generate().public_key()));
  Parts parts(entry);
  test::with_each_bit_flipped(Parts(entry).signature, [&](BytesView changed) {
    parts.signature = to_bytes(changed);
    const auto read = author.read(parts.outer());
    REQUIRE(read);
    REQUIRE_FALSE(author.signed_by_author(*read));
  });
}

TEST_CASE("entry: MS-09 a change opens as the body that it was sealed for, and as no other", "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  SECTION("in another place of its entry") {
    Parts parts(entry);
    std::swap(parts.bodies[0], parts.bodies[1]);
    const auto swapped = author.read(parts.outer());
    REQUIRE(swapped);
    CHECK(author.text(*swapped, 0) == "does not open");
    CHECK(author.text(*swapped, 1) == "does not open");
    CHECK(author.text(*swapped, 2) == "third");
  }
  SECTION("in another entry of its author") {
    auto core = some_core();
    core.salt[0] ^= std::byte{1};
    Parts parts(author.opened(author.three_changes(core)));
    parts.bodies[0] = Parts(entry).bodies[0];
    const auto moved = author.read(parts.outer());
    REQUIRE(moved);
    CHECK(author.text(*moved, 0) == "does not open");
    CHECK(author.text(*moved, 1) == "second");
  }
  SECTION("under another header: kind, container, compartment and epoch") {
    Parts parts(entry);
    const auto body = parts.bodies[0];
    test::with_each_bit_flipped(BytesView(body).first(BodyHeader::kSize), [&](BytesView header) {
      std::ranges::copy(header, parts.bodies[0].begin());
      const auto changed = author.read(parts.outer());
      REQUIRE(changed);
      REQUIRE(author.text(*changed, 0) == "does not open");
    });
  }
  SECTION("with the key of another compartment") {
    CHECK(error_of(open_change(entry, 0, seeded_key<crypto::CompartmentKey>(99))) == Errc::auth_failed);
  }
}

}  // namespace abri::core::feed
