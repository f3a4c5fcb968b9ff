// SPDX-License-Identifier: MPL-2.0
#include "author.hpp"

#include <abri/crypto/padding.hpp>

#include <algorithm>
#include <set>

namespace abri::core::feed {
namespace {

using namespace entry_test;
using test::error_of;

constexpr std::size_t kCount = Core::kSize;  ///< where the number of bodies stands in Outer

/// `bytes` with a 16-bit number at `at`.
Bytes with_u16(Bytes bytes, std::size_t at, std::size_t number) {
  const auto written = Writer().u16(static_cast<std::uint16_t>(number)).take();
  std::ranges::copy(written, bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return bytes;
}

}  // namespace

TEST_CASE("entry: what was sealed is read again, field by field", "[core][feed]") {
  const Author author;
  const auto core = some_core();
  const auto sealed = author.three_changes(core).seal(author.feed, kEpoch, author.key, author.device);
  REQUIRE(sealed);
  const auto entry = author.open(sealed->bytes);
  REQUIRE(entry);
  CHECK(entry->core.suite == crypto::kSuite);
  CHECK(entry->core.device == core.device);
  CHECK(entry->core.incarnation == core.incarnation);
  CHECK(entry->core.sequence == core.sequence);
  CHECK(entry->core.salt == core.salt);
  CHECK(entry->core.previous == core.previous);
  CHECK(entry->core.chain == core.chain);
  CHECK(entry->core.seen == core.seen);
  CHECK(entry->epoch == kEpoch);
  CHECK(entry->header_hash == sealed->header_hash);
  CHECK(author.signed_by_author(*entry));

  REQUIRE(entry->bodies.size() == 4);
  CHECK(entry->bodies[0].header.kind == BodyKind::change);
  CHECK(entry->bodies[0].header.case_ref == author.container);
  CHECK(entry->bodies[0].header.compartment == 1);
  CHECK(entry->bodies[0].header.epoch == 3);
  CHECK(author.text(*entry, 0) == "first");
  CHECK(author.text(*entry, 1) == "second");
  CHECK(author.text(*entry, 2) == "third");
  CHECK(entry->bodies[3].header.kind == BodyKind::turn);
  CHECK(as_text(entry->bodies[3].payload) == "a turn");
}

TEST_CASE("entry: a body of a newer version is kept as unknown, an entry without bodies is read",
          "[core][feed]") {
  const Author author;
  for (const unsigned kind : {0U, 5U, 200U}) {
    EntryBuilder builder(some_core());
    builder.add_clear({static_cast<BodyKind>(kind), author.container, 9, 8}, as_bytes("of a newer version"));
    const auto entry = author.opened(builder);
    REQUIRE(entry.bodies.size() == 1);
    CHECK(entry.bodies[0].header.kind == BodyKind::unknown);
    CHECK(as_text(entry.bodies[0].payload) == "of a newer version");
    CHECK(author.signed_by_author(entry));
  }
  const auto empty = author.opened(EntryBuilder(some_core()));
  CHECK(empty.bodies.empty());
  CHECK(author.signed_by_author(empty));
}

TEST_CASE("entry: sealed again for another epoch it is the same content, and opens only there",
          "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  const auto new_key = seeded_key<crypto::FeedKey>(20);
  const auto again = seal_again(entry.outer, author.feed, kEpoch + 1, new_key);
  REQUIRE(again);
  CHECK_FALSE(author.open(*again));
  const auto moved = open_entry(*again, author.feed, kEpoch + 1, new_key);
  REQUIRE(moved);
  CHECK(moved->outer == entry.outer);
  CHECK(moved->header_hash == entry.header_hash);
  CHECK(author.signed_by_author(*moved));
  CHECK(author.text(*moved, 2) == "third");
}

TEST_CASE("entry: every cut and every byte too many is malformed", "[core][feed]") {
  const Author author;
  const auto outer = author.opened(author.three_changes()).outer;
  for (std::size_t size = 0; size < outer.size(); ++size) {
    INFO("cut to " << size);
    REQUIRE(error_of(author.read(BytesView(outer).first(size))) == Errc::malformed);
  }
  auto longer = outer;
  longer.push_back(std::byte{0});
  CHECK(error_of(author.read(longer)) == Errc::malformed);
}

TEST_CASE("entry: a number of bodies, or a length, that is not so is refused", "[core][feed]") {
  const Author author;
  const auto entry = author.opened(author.three_changes());
  for (const std::size_t count : {0U, 1U, 3U, 5U, 6U, 1000U, 1001U, 0xffffU}) {
    INFO("number of bodies " << count);
    CHECK_FALSE(author.read(with_u16(entry.outer, kCount, count)));
  }
  std::size_t at = entry.signed_size + 64;
  for (const auto& body : Parts(entry).bodies) {
    INFO("body of " << body.size());
    REQUIRE(author.read(with_u16(entry.outer, at, body.size())));  // the length stands here
    for (const std::size_t length : {std::size_t{0}, std::size_t{21}, body.size() - 1, body.size() + 1,
                                     body.size() + 2, std::size_t{0xffff}})
      CHECK_FALSE(author.read(with_u16(entry.outer, at, length)));
    at += 2 + body.size();
  }
  CHECK(at == entry.outer.size());
}

TEST_CASE("entry: a body that is too short for its header is malformed, though its author signed it",
          "[core][feed]") {
  const Author author;
  Parts parts(author.opened(author.three_changes()));
  for (std::size_t size = 0; size < BodyHeader::kSize; ++size) {
    parts.bodies[1].resize(size);
    CHECK(error_of(author.read(parts.outer())) == Errc::malformed);
  }
  parts.bodies[1].resize(BodyHeader::kSize);
  CHECK(author.read(parts.outer()));
}

TEST_CASE("entry: a suite of a newer version is told from a fault", "[core][feed]") {
  const Author author;
  auto core = some_core();
  core.suite = crypto::kSuite + 1;
  const auto sealed = author.three_changes(core).seal(author.feed, kEpoch, author.key, author.device);
  CHECK(error_of(author.open(sealed->bytes)) == Errc::version_unsupported);
}

TEST_CASE("entry: as many bodies as readers take, and not one more", "[core][feed]") {
  const Author author;
  EntryBuilder builder(some_core());
  for (std::size_t i = 0; i < limits::kMaxBodiesPerEntry; ++i) {
    REQUIRE(builder.fits(0));
    builder.add_clear({BodyKind::heartbeat, {}, 0, 0}, {});
  }
  CHECK(author.opened(builder).bodies.size() == limits::kMaxBodiesPerEntry);
  CHECK_FALSE(builder.fits(0));
  builder.add_clear({BodyKind::heartbeat, {}, 0, 0}, {});
  CHECK(error_of(builder.seal(author.feed, kEpoch, author.key, author.device)) == Errc::too_large);

  Parts parts(author.opened(EntryBuilder(some_core())));
  parts.bodies.assign(limits::kMaxBodiesPerEntry + 1, Bytes(BodyHeader::kSize));
  CHECK(error_of(author.read(parts.outer())) == Errc::malformed);
  parts.bodies.pop_back();
  CHECK(author.read(parts.outer()));
}

TEST_CASE("entry: what just fits fills 64 KiB, one byte more is refused", "[core][feed]") {
  const Author author;
  const auto with_change_of = [&](std::size_t size) {
    EntryBuilder builder(some_core());
    builder.add_change(author.header(), author.compartment, as_bytes("before"));
    CHECK(builder.count() == 1);
    const bool fits = builder.fits(size);
    builder.add_change(author.header(), author.compartment, Bytes(size));
    const auto sealed = builder.seal(author.feed, kEpoch, author.key, author.device);
    CHECK(sealed.has_value() == fits);
    if (!sealed) CHECK(sealed.error().code == Errc::too_large);
    return sealed;
  };
  std::size_t greatest = 0;
  const EntryBuilder empty(some_core());
  while (empty.fits(greatest + 1)) ++greatest;
  CHECK_FALSE(with_change_of(greatest));  // another body stands before it
  const auto before =
      Hash::kSize + 2 + BodyHeader::kSize + std::string_view("before").size() + crypto::kTagSize;
  const auto sealed = with_change_of(greatest - before);
  REQUIRE(sealed);
  CHECK(sealed->bytes.size() == limits::kMaxEntryBytes);
  CHECK(author.open(sealed->bytes)->bodies.size() == 2);
  CHECK_FALSE(with_change_of(greatest - before + 1));
}

TEST_CASE("entry: its length says the bucket only: six lengths for what is small, then PADM\u00c9",
          "[core][feed]") {
  const Author author;
  std::set<std::size_t> small;
  std::set<std::size_t> great;
  for (std::size_t size = 0; size < 6000; size += 7) {
    EntryBuilder builder(some_core());
    builder.add_change(author.header(), author.compartment, Bytes(size));
    const auto length = builder.seal(author.feed, kEpoch, author.key, author.device)->bytes.size();
    const auto needed = Core::kSize + 2 + Hash::kSize + 64 + 2 + BodyHeader::kSize + size + crypto::kTagSize +
                        1 + crypto::kSealOverhead;
    REQUIRE(length >= needed);
    (needed <= 2048 ? small : great).insert(length);
    if (needed > 2048) REQUIRE(length * 100 <= needed * 112);
  }
  CHECK(small == std::set<std::size_t>{384, 512, 768, 1024, 1536, 2048});
  CHECK(great.size() < 30);  // of some 570 sizes
}

}  // namespace abri::core::feed
