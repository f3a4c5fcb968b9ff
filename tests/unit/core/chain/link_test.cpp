// SPDX-License-Identifier: MPL-2.0
#include "chain/link.hpp"

#include "chain/envelope.hpp"
#include "chain/trust.hpp"
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace chain_test;

TEST_CASE("link: the layout is 72 bytes of header, the body, and 69 bytes of one signature",
          "[core][chain]") {
  const OrgChain org;
  const auto bytes = org.link(org.alice, org.genesis());
  const auto link = decode_signed_link(bytes);
  REQUIRE(link);
  CHECK(link->signed_bytes.size() == 72 + link->link.body.size());
  CHECK(bytes.size() == link->signed_bytes.size() + 69);
  CHECK(encode_link(link->link) == link->signed_bytes);
  CHECK(encode_signed_link(link->signed_bytes, link->signatures) == bytes);
  CHECK(link->link.time_ms == to_millis(kNow));
}

TEST_CASE("link: every truncation and every addition is malformed", "[core][chain]") {
  OrgChain org;
  const auto bytes = org.link(org.alice, org.genesis());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto error = decode_signed_link(BytesView(bytes).first(size));
    REQUIRE(code(error) == Errc::malformed);
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  CHECK(code(decode_signed_link(longer)) == Errc::malformed);
}

TEST_CASE("link: another suite stops the chain only where an active device signed it", "[core][chain]") {
  auto org = OrgChain::founded();
  const auto newer =
      resigned(org.link(org.alice, org.new_user("bob")), org.alice.sign, [](Link& link) { link.suite = 2; });
  auto state = org.state;
  CHECK(apply_entry(state, state.next_position(), newer).outcome == Outcome::stopped);

  auto by_nobody = newer;
  by_nobody.back() ^= std::byte{1};
  state = org.state;
  CHECK(apply_entry(state, state.next_position(), by_nobody).outcome == Outcome::skipped);
  CHECK(apply_entry(state, state.next_position(), org.link(org.alice, org.new_user("bob"))).outcome ==
        Outcome::applied);
}

TEST_CASE("link: suite and version zero are malformed", "[core][chain]") {
  OrgChain org;
  auto bytes = org.link(org.alice, org.genesis());
  bytes[2] = std::byte{0};
  CHECK(code(decode_signed_link(bytes)) == Errc::malformed);
  bytes[2] = std::byte{1};
  bytes[0] = std::byte{0};
  CHECK(code(decode_signed_link(bytes)) == Errc::malformed);
}

TEST_CASE("link: CM-07 no changed bit of a link verifies", "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const auto bytes = org.link(org.alice, org.new_user("bob", Role::social_worker));
  REQUIRE(validate(org.state, bytes));
  const auto before = org.state;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    INFO("bit " << bit);
    REQUIRE_FALSE(validate(org.state, changed));
  }
  CHECK(org.state == before);
}

TEST_CASE("link: CM-07 the same link cannot be written in two ways", "[core][chain][adversary]") {
  auto org = OrgChain::founded();
  const auto bytes = org.link(org.alice, org.new_user("bob"));
  const auto link = decode_signed_link(bytes);
  // A second copy of a good signature, or a foreign one beside it, would change the hash that the next link names.
  auto doubled = link->signatures;
  doubled.push_back(doubled.front());
  CHECK(code(validate(org.state, encode_signed_link(link->signed_bytes, doubled))) == Errc::auth_failed);
  auto renamed = link->signatures;
  renamed.front().device = 2;
  CHECK(code(validate(org.state, encode_signed_link(link->signed_bytes, renamed))) == Errc::auth_failed);
  CHECK(code(decode_signed_link(encode_signed_link(link->signed_bytes, {}))) == Errc::malformed);
}

TEST_CASE("envelope: a link travels in a bucket and opens only with the key and id of its chain",
          "[core][chain]") {
  OrgChain org;
  const auto bytes = org.link(org.alice, org.genesis());
  const auto secrets = derive_chain_secrets(seed<ChainSecret>("chain"));
  const auto other = derive_chain_secrets(seed<ChainSecret>("other chain"));
  const auto entry = seal_link(secrets.key, org.state.id(), bytes);
  REQUIRE(entry);
  CHECK(entry->size() == 1536);
  CHECK(open_link(secrets.key, org.state.id(), *entry).value_or({}) == bytes);
  CHECK(code(open_link(other.key, org.state.id(), *entry)) == Errc::auth_failed);
  CHECK(code(open_link(secrets.key, id<ChainId>("elsewhere"), *entry)) == Errc::auth_failed);
  CHECK(secrets.read.public_key() != secrets.write.public_key());
  CHECK(secrets.read.public_key() == derive_chain_secrets(seed<ChainSecret>("chain")).read.public_key());
}

TEST_CASE("trust: the fingerprint names both first links and their order", "[core][chain]") {
  const auto a = id<Hash>("a");
  const auto b = id<Hash>("b");
  CHECK(short_fingerprint(a, b) == short_fingerprint(a, b));
  CHECK(short_fingerprint(a, b) != short_fingerprint(b, a));
  CHECK(short_fingerprint(a, b).size() == 29);
  CHECK(trust_hash(a, b) != trust_hash(a, a));
}
