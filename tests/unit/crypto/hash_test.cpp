// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/hash.hpp>

#include <set>

namespace abri::crypto {
namespace {

TEST_CASE("hash: pieces give the same as the whole", "[crypto][hash]") {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 129U, 1000U}) {
    const auto data = test::seeded_bytes(size);
    for (const std::size_t cut : {std::size_t{0}, size / 3, size}) {
      Hasher pieces(labels::kBody);
      pieces.update(BytesView(data).first(cut)).update(BytesView(data).subspan(cut));
      CHECK(pieces.finish() == hash(labels::kBody, data));
    }
  }
}

TEST_CASE("hash: integers are hashed big-endian, as a Writer lays them out", "[crypto][hash]") {
  const auto layout = Writer().u8(1).u32(0x02030405).u64(0x060708090a0b0c0d).take();
  CHECK(Hasher(labels::kCore).u8(1).u32(0x02030405).u64(0x060708090a0b0c0d).finish() ==
        hash(labels::kCore, layout));
}

TEST_CASE("hash: CM-04 each label gives another hash of the same bytes", "[crypto][hash]") {
  std::set<Hash> seen;
  for (const auto& label : labels::kAll) seen.insert(hash(label, as_bytes("same bytes")));
  CHECK(seen.size() == labels::kAll.size());
}

TEST_CASE("hash: every bit of the data counts", "[crypto][hash]") {
  const auto data = test::seeded_bytes(200);
  const auto original = hash(labels::kState, data);
  test::with_each_bit_flipped(data,
                              [&](BytesView changed) { CHECK(hash(labels::kState, changed) != original); });
}

TEST_CASE("hash: an id is the beginning of the hash", "[crypto][hash]") {
  const auto value = hash(labels::kChainId, as_bytes("x"));
  CHECK(to_bytes(truncate<ChainId>(value).bytes()) == to_bytes(value.bytes().first<16>()));
}

TEST_CASE("hash: a log's id depends on its owner's key and on its salt", "[crypto][hash]") {
  const auto owner = test::seeded_id<Hash>(1);
  const auto other = test::seeded_id<Hash>(2);
  const auto salt = test::seeded_id<LogId>(3);
  const auto other_salt = test::seeded_id<LogId>(4);
  const auto id = log_id(owner.bytes(), salt.bytes());
  CHECK(id == log_id(owner.bytes(), salt.bytes()));
  CHECK(id != log_id(other.bytes(), salt.bytes()));
  CHECK(id != log_id(owner.bytes(), other_salt.bytes()));
}

TEST_CASE("hash: comparing looks at sizes and at every byte", "[crypto][hash]") {
  const auto data = test::seeded_bytes(33);
  CHECK(equal(data, to_bytes(data)));
  CHECK(equal({}, {}));
  CHECK_FALSE(equal(data, BytesView(data).first(32)));
  test::with_each_bit_flipped(data, [&](BytesView changed) { CHECK_FALSE(equal(data, changed)); });
}

}  // namespace
}  // namespace abri::crypto
