// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/message.hpp>

namespace abri::crypto {
namespace {

MessagePosition position(std::uint32_t stream, std::uint32_t index) {
  return {hash(labels::kCore, test::seeded_bytes(100, stream)), index};
}

TEST_CASE("message: a change opens at its place, after what stands there already", "[crypto][message]") {
  const auto key = test::seeded_key<CompartmentKey>();
  const auto header = test::seeded_bytes(40, 1);
  for (const std::size_t size : {0U, 30U, 600U, 60000U}) {
    const auto change = test::seeded_bytes(size, 2);
    Bytes sealed = to_bytes("head");
    seal_message_append(sealed, key, position(3, 5), header, change);
    REQUIRE(sealed.size() == 4 + size + kTagSize);
    Bytes opened;
    REQUIRE(open_message_append(opened, key, position(3, 5), header, BytesView(sealed).subspan(4)));
    CHECK(opened == change);
  }
}

TEST_CASE("message: a body header of any length is authenticated", "[crypto][message]") {
  const auto key = test::seeded_key<CompartmentKey>();
  for (const std::size_t size : {0U, 219U, 220U, 221U, 4000U}) {
    const auto header = test::seeded_bytes(size, 1);
    Bytes sealed;
    seal_message_append(sealed, key, position(3, 0), header, as_bytes("change"));
    Bytes opened;
    CHECK(open_message_append(opened, key, position(3, 0), header, sealed));
    auto longer = header;
    longer.push_back(std::byte{0});
    CHECK_FALSE(open_message_append(opened, key, position(3, 0), longer, sealed));
  }
}

TEST_CASE("message: CM-01 two clones that write the same sequence use two keys", "[crypto][message]") {
  // Device, incarnation and sequence are equal; the random salt of the Core is not.
  const auto key = test::seeded_key<CompartmentKey>();
  const auto core = [](std::uint32_t salt) {
    return hash(labels::kCore, Writer().u32(3).u64(1).u48(9).raw(test::seeded_bytes(16, salt)).view());
  };
  CHECK_FALSE(message_key(key, {core(1), 0}) == message_key(key, {core(2), 0}));
  CHECK_FALSE(message_key(key, {core(1), 0}) == message_key(key, {core(1), 1}));
  CHECK_FALSE(message_key(key, {core(1), 0}) ==
              message_key(test::seeded_key<CompartmentKey>(7), {core(1), 0}));
}

TEST_CASE("message: CM-05 a body moved, relabelled or changed by one bit is refused", "[crypto][message]") {
  const auto key = test::seeded_key<CompartmentKey>();
  const auto header = test::seeded_bytes(40, 1);
  Bytes sealed;
  seal_message_append(sealed, key, position(3, 1), header, test::seeded_bytes(100, 2));
  Bytes out;
  CHECK(test::error_of(open_message_append(out, key, position(3, 0), header, sealed)) == Errc::auth_failed);
  CHECK(test::error_of(open_message_append(out, key, position(4, 1), header, sealed)) == Errc::auth_failed);
  CHECK_FALSE(open_message_append(out, test::seeded_key<CompartmentKey>(8), position(3, 1), header, sealed));
  test::with_each_bit_flipped(sealed, [&](BytesView changed) {
    CHECK_FALSE(open_message_append(out, key, position(3, 1), header, changed));
  });
  test::with_each_bit_flipped(header, [&](BytesView changed) {
    CHECK_FALSE(open_message_append(out, key, position(3, 1), changed, sealed));
  });
  CHECK(test::error_of(open_message_append(out, key, position(3, 1), header, {})) == Errc::auth_failed);
  CHECK(out.empty());
}

TEST_CASE("message: a random key of a write-only compartment seals once and its readers open",
          "[crypto][message]") {
  auto key = MessageKey::generate();
  const auto for_readers = key.clone();
  Bytes sealed;
  seal_message_append(sealed, std::move(key), position(3, 0), as_bytes("h"), as_bytes("audit line"));
  Bytes opened;
  REQUIRE(open_message_append(opened, for_readers, position(3, 0), as_bytes("h"), sealed));
  CHECK(as_text(opened) == "audit line");
}

}  // namespace
}  // namespace abri::crypto
