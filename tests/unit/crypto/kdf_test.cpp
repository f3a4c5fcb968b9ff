// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/kdf.hpp>
#include <abri/crypto/keys.hpp>

#include <set>

namespace abri::crypto {
namespace {

template <class K>
Hash view_of(const K& key) {
  return key.expose([](BytesView bytes) { return *Hash::from(bytes); });
}

TEST_CASE("kdf: CM-04 each label derives another key, and none is the plain hash", "[crypto][kdf]") {
  const auto key = test::seeded_key<GroupSeed>();
  std::set<Hash> seen;
  for (const auto& label : labels::kAll) {
    seen.insert(view_of(derive<CompartmentKey>(key, label, as_bytes("context"))));
    seen.insert(hash(label, as_bytes("context")));
  }
  CHECK(seen.size() == 2 * labels::kAll.size());
}

TEST_CASE("kdf: every bit of key and context counts, and the kind of memory does not", "[crypto][kdf]") {
  const auto key_bytes = test::seeded_bytes(32, 1);
  const auto context = test::seeded_bytes(40, 2);
  const auto key = *GroupSeed::from(key_bytes);
  const auto original = view_of(derive<CompartmentKey>(key, labels::kMessage, context));
  CHECK(view_of(derive<FeedKey>(*CompartmentKey::from(key_bytes), labels::kMessage, context)) == original);
  test::with_each_bit_flipped(context, [&](BytesView changed) {
    CHECK(view_of(derive<CompartmentKey>(key, labels::kMessage, changed)) != original);
  });
  test::with_each_bit_flipped(key_bytes, [&](BytesView changed) {
    CHECK(view_of(derive<CompartmentKey>(*CompartmentKey::from(changed), labels::kMessage, context)) !=
          original);
  });
}

TEST_CASE("kdf: CM-02 a commitment belongs to one secret", "[crypto][kdf]") {
  const auto secret = test::seeded_bytes(32);
  const auto original = commitment(*UserSeed::from(secret));
  CHECK(original == hash(labels::kCommit, secret));
  test::with_each_bit_flipped(
      secret, [&](BytesView changed) { CHECK(commitment(*CompartmentKey::from(changed)) != original); });
}

}  // namespace
}  // namespace abri::crypto
