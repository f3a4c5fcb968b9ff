// SPDX-License-Identifier: MPL-2.0
//
// What a holder of the feed's key, or the server, may have made of an entry. Who may write what is tested in unit/core/cases.
#include "feed/entry.hpp"

#include "support/seeded.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/init.hpp>
#include <abri/crypto/padding.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace abri::core::feed {
namespace {

using test::error_of;
using test::seeded_bytes;
using test::seeded_id;
using test::seeded_key;

const bool kInitialised = crypto::initialise().has_value();

constexpr std::size_t kCount = Core::kSize;       ///< where the number of bodies stands in Outer
constexpr std::size_t kHashes = Core::kSize + 2;  ///< where their hashes begin
constexpr std::uint32_t kEpoch = 7;

/// A core with something else in every field.
Core some_core() {
  Core core;
  core.device = 0x01020304;
  core.incarnation = seeded_id<Incarnation>(1);
  core.sequence = 0x0a0b0c0d0e0fULL;
  core.salt = to_array<16>(seeded_bytes(16, 2));
  core.previous = seeded_id<Hash>(3);
  core.chain = {0x11121314, to_array<16>(seeded_bytes(16, 4))};
  core.seen = {0x212223242526ULL, to_array<16>(seeded_bytes(16, 5))};
  return core;
}

/// An author who writes one feed, and the keys of its readers.
struct Author {
  LogId feed{seeded_id<LogId>(10)};
  crypto::FeedKey key{seeded_key<crypto::FeedKey>(11)};
  crypto::CompartmentKey compartment{seeded_key<crypto::CompartmentKey>(12)};
  crypto::SigningKey device{crypto::SigningKey::generate()};
  CaseId container{seeded_id<CaseId>(13)};

  Author() { REQUIRE(kInitialised); }

  [[nodiscard]] BodyHeader header(std::uint8_t number = 1) const {
    return {BodyKind::change, container, number, 3};
  }
  /// Three changes of one compartment, "first", "second" and "third", and a turn in clear.
  [[nodiscard]] EntryBuilder three_changes(const Core& core = some_core()) const {
    EntryBuilder builder(core);
    for (const auto* text : {"first", "second", "third"})
      builder.add_change(header(), compartment, as_bytes(text));
    builder.add_clear({BodyKind::turn, {}, 0, 0}, as_bytes("a turn"));
    return builder;
  }
  [[nodiscard]] OpenedEntry opened(const EntryBuilder& builder) const {
    auto entry = open(builder.seal(feed, kEpoch, key, device)->bytes);
    REQUIRE(entry);
    return std::move(*entry);  // its bodies are views into it
  }
  [[nodiscard]] Result<OpenedEntry> open(BytesView entry) const {
    return open_entry(entry, feed, kEpoch, key);
  }
  /// What readers make of these outer bytes, in an envelope that a holder of the key made.
  [[nodiscard]] Result<OpenedEntry> read(BytesView outer) const {
    return open(*seal_again(outer, feed, kEpoch, key));
  }
  [[nodiscard]] bool signed_by_author(const OpenedEntry& entry) const {
    return verify_author(entry, feed, device.public_key()).has_value();
  }
  [[nodiscard]] std::string text(const OpenedEntry& entry, std::size_t body) const {
    const auto change = open_change(entry, body, compartment);
    return change ? std::string(as_text(*change)) : "does not open";
  }
};

/// The parts of Outer, to be put together otherwise.
struct Parts {
  Bytes core;
  std::vector<Bytes> bodies;
  Bytes signature;

  explicit Parts(const OpenedEntry& entry) {
    Reader in(entry.outer);
    core = to_bytes(in.raw(Core::kSize));
    const auto count = in.u16();
    in.raw(count * Hash::kSize);
    signature = to_bytes(in.raw(64));
    for (int i = 0; i < count; ++i) bodies.push_back(to_bytes(in.short_bytes()));
    REQUIRE(in.finish("outer"));
  }
  /// With the hashes of the bodies as they now are.
  [[nodiscard]] Bytes outer() const {
    Writer out;
    out.raw(core).u16(static_cast<std::uint16_t>(bodies.size()));
    for (const auto& body : bodies) out.raw(crypto::hash(crypto::labels::kBody, body).bytes());
    out.raw(signature);
    for (const auto& body : bodies) out.short_bytes(body);
    return out.take();
  }
};

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
  while (EntryBuilder(some_core()).fits(greatest + 1)) ++greatest;
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
