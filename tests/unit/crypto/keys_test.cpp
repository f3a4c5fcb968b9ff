// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/keys.hpp>

#include <set>

namespace abri::crypto {
namespace {

template <class K>
std::string hex_of(const K& key) {
  return key.expose([](BytesView bytes) { return to_hex(bytes); });
}
std::string seed_hex(const SigningKey& key) {
  return key.expose_seed([](BytesView bytes) { return to_hex(bytes); });
}

TEST_CASE("keys: CM-04 everything derived from equal seeds differs by its purpose", "[crypto][keys]") {
  const auto bytes = test::seeded_bytes(32);
  const auto user = *UserSeed::from(bytes);
  const auto group = *GroupSeed::from(bytes);
  const auto feed = *FeedKey::from(bytes);
  const auto root = *FeedRootKey::from(bytes);
  const LogId log;
  const std::set<std::string> all{
      to_hex(bytes),
      hex_of(user_box_key(user)),
      hex_of(group_box_key(group)),
      hex_of(case_wrap_key(group)),
      hex_of(feed_root_key(group)),
      hex_of(feed_key(root, log, 0)),
      seed_hex(read_capability(feed)),
      seed_hex(write_capability(feed)),
      seed_hex(owner_capability(group, LogSalt{})),
  };
  CHECK(all.size() == 9);
}

TEST_CASE("keys: the same seed gives the same keys on every device", "[crypto][keys]") {
  const auto seed = test::seeded_key<UserSeed>();
  CHECK(user_box_key(seed).public_key() == user_box_key(seed.clone()).public_key());
  const auto chain = test::seeded_key<ChainKey>(1);
  CHECK(read_capability(chain).public_key() == read_capability(chain.clone()).public_key());
  CHECK(write_capability(chain).public_key() != read_capability(chain).public_key());
}

TEST_CASE("keys: each feed and each epoch has its own key", "[crypto][keys]") {
  const auto root = test::seeded_key<FeedRootKey>();
  std::set<std::string> all;
  for (std::uint32_t feed = 0; feed < 8; ++feed) {
    for (const std::uint32_t epoch : {0U, 1U, 256U, 0xffffffffU}) {
      all.insert(hex_of(feed_key(root, test::seeded_id<LogId>(feed), epoch)));
    }
  }
  CHECK(all.size() == 32);
}

TEST_CASE("keys: an owner capability belongs to one log's salt", "[crypto][keys]") {
  const auto seed = test::seeded_key<GroupSeed>();
  const auto a = owner_capability(seed, test::seeded_id<LogSalt>(1));
  const auto b = owner_capability(seed, test::seeded_id<LogSalt>(2));
  CHECK(a.public_key() != b.public_key());
}

TEST_CASE("keys: a stored box or signing key comes back as it was, and only whole", "[crypto][keys]") {
  const auto box = BoxKey::generate();
  const auto box_again = box.expose([](BytesView secret) { return box_key_from(secret); });
  REQUIRE(box_again);
  CHECK(box_again->public_key() == box.public_key());
  const auto sign = SigningKey::generate();
  const auto sign_again = sign.expose_seed([](BytesView seed) { return signing_key_from(seed); });
  REQUIRE(sign_again);
  CHECK(sign_again->public_key() == sign.public_key());
  for (const std::size_t size : {0U, 31U, 33U, 64U}) {
    CHECK(test::error_of(box_key_from(test::seeded_bytes(size))) == Errc::malformed);
    CHECK(test::error_of(signing_key_from(test::seeded_bytes(size))) == Errc::malformed);
  }
}

TEST_CASE("keys: a device's id follows from its signing key", "[crypto][keys]") {
  const auto a = test::seeded_id<SigningPublicKey>(1);
  CHECK(device_id(a) == device_id(a));
  CHECK(device_id(a) != device_id(test::seeded_id<SigningPublicKey>(2)));
}

}  // namespace
}  // namespace abri::crypto
