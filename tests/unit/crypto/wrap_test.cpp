// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"
#include "unit/crypto/poly1305_collision.hpp"

#include <abri/crypto/aead.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/wrap.hpp>

#include <array>
#include <set>

#include <sodium.h>

namespace abri::crypto {
namespace {

BoxKey seeded_box_key(std::uint32_t stream) {
  return *box_key_from(test::seeded_bytes(32, stream));
}

WrapContext context() {
  WrapContext out;
  out.purpose = WrapPurpose::group_seed;
  out.log = test::seeded_id<LogId>(1);
  out.subject = test::seeded_id<GroupId>(2).array();
  out.compartment = 3;
  out.generation = 4;
  out.recipient = test::seeded_id<UserId>(3).array();
  out.recipient_generation = 5;
  out.sender_device = 6;
  out.sequence = 7;
  return out;
}

// One change of each field.
std::vector<WrapContext> other_contexts() {
  std::vector<WrapContext> out(9, context());
  out[0].purpose = WrapPurpose::user_seed;
  out[1].log = test::seeded_id<LogId>(11);
  out[2].subject = test::seeded_id<GroupId>(12).array();
  ++out[3].compartment;
  ++out[4].generation;
  out[5].recipient = test::seeded_id<UserId>(13).array();
  ++out[6].recipient_generation;
  ++out[7].sender_device;
  ++out[8].sequence;
  return out;
}

TEST_CASE("wrap: the recipient opens the secret that the link commits to", "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  const auto seed = test::seeded_key<GroupSeed>(21);
  const auto psk = test::seeded_key<Psk>(22);
  for (const auto* shared : {static_cast<const Psk*>(nullptr), &psk}) {
    const auto wrapped = wrap(recipient.public_key(), context(), seed, shared);
    REQUIRE(wrapped);
    const auto opened = unwrap<GroupSeed>(recipient, context(), *wrapped, shared);
    REQUIRE(opened);
    CHECK(*opened == seed);
    CHECK(commitment(*opened) == commitment(seed));
  }
}

TEST_CASE("wrap: two wraps of one secret have nothing in common", "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  const auto seed = test::seeded_key<GroupSeed>(21);
  const auto a = *wrap(recipient.public_key(), context(), seed);
  const auto b = *wrap(recipient.public_key(), context(), seed);
  for (const std::size_t part : {0U, 32U, 64U}) {
    CHECK_FALSE(equal(BytesView(a).subspan(part, 32), BytesView(b).subspan(part, 32)));
  }
}

TEST_CASE("wrap: the context is laid out field by field", "[crypto][wrap]") {
  const auto expected = Writer()
                            .u8(2)
                            .raw(context().log.bytes())
                            .raw(context().subject)
                            .u16(3)
                            .u32(4)
                            .raw(context().recipient)
                            .u32(5)
                            .u32(6)
                            .u48(7)
                            .take();
  CHECK(to_bytes(context().encode()) == expected);
}

TEST_CASE("wrap: CM-03 a genuine wrap is refused in every other context and by every other recipient",
          "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  const auto seed = test::seeded_key<GroupSeed>(21);
  const auto wrapped = *wrap(recipient.public_key(), context(), seed);
  std::set<Bytes> encodings{to_bytes(context().encode())};
  for (const auto& other : other_contexts()) {
    CHECK(encodings.insert(to_bytes(other.encode())).second);
    CHECK(test::error_of(unwrap<GroupSeed>(recipient, other, wrapped)) == Errc::auth_failed);
  }
  CHECK(test::error_of(unwrap<GroupSeed>(seeded_box_key(23), context(), wrapped)) == Errc::auth_failed);
}

TEST_CASE("wrap: CM-03 what a server makes itself does not match the signed commitment", "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  const auto signed_commitment = commitment(test::seeded_key<GroupSeed>(21));
  // The server knows the public key and the context, and wraps a seed of its own.
  const auto forged = *wrap(recipient.public_key(), context(), test::seeded_key<GroupSeed>(24));
  const auto opened = unwrap<GroupSeed>(recipient, context(), forged);
  REQUIRE(opened);
  CHECK(commitment(*opened) != signed_commitment);
  // And an anonymous box of the library is no wrap at all.
  Bytes sealed_box(32 + crypto_box_SEALBYTES);
  const auto seed = test::seeded_bytes(32, 24);
  const auto* bytes = reinterpret_cast<const unsigned char*>(seed.data());
  const auto* key = reinterpret_cast<const unsigned char*>(recipient.public_key().bytes().data());
  REQUIRE(crypto_box_seal(reinterpret_cast<unsigned char*>(sealed_box.data()), bytes, seed.size(), key) == 0);
  sealed_box.resize(kWrapSize);
  CHECK(test::error_of(unwrap<GroupSeed>(recipient, context(), sealed_box)) == Errc::auth_failed);
}

TEST_CASE("wrap: without the pre-shared secret it does not open, nor with another or a needless one",
          "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  const auto seed = test::seeded_key<GroupSeed>(21);
  const auto psk = test::seeded_key<Psk>(22);
  const auto other = test::seeded_key<Psk>(25);
  const auto mixed = *wrap(recipient.public_key(), context(), seed, &psk);
  CHECK_FALSE(unwrap<GroupSeed>(recipient, context(), mixed));
  CHECK_FALSE(unwrap<GroupSeed>(recipient, context(), mixed, &other));
  const auto plain = *wrap(recipient.public_key(), context(), seed);
  CHECK_FALSE(unwrap<GroupSeed>(recipient, context(), plain, &psk));
}

TEST_CASE("wrap: CM-05 every flipped bit and every other size is refused", "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  const auto wrapped = *wrap(recipient.public_key(), context(), test::seeded_key<GroupSeed>(21));
  test::with_each_bit_flipped(wrapped, [&](BytesView changed) {
    REQUIRE(test::error_of(unwrap<GroupSeed>(recipient, context(), changed)) == Errc::auth_failed);
  });
  auto longer = to_bytes(wrapped);
  longer.push_back(std::byte{0});
  CHECK(test::error_of(unwrap<GroupSeed>(recipient, context(), longer)) == Errc::auth_failed);
  for (std::size_t size = 0; size < kWrapSize; ++size) {
    CHECK_FALSE(unwrap<GroupSeed>(recipient, context(), BytesView(wrapped).first(size)));
  }
}

TEST_CASE("wrap: CM-06 points of small order are refused as recipient and as ephemeral key",
          "[crypto][wrap]") {
  constexpr std::array kSmallOrder{
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "0100000000000000000000000000000000000000000000000000000000000080",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  const auto recipient = seeded_box_key(20);
  const auto seed = test::seeded_key<GroupSeed>(21);
  const auto genuine = *wrap(recipient.public_key(), context(), seed);
  for (const char* hex : kSmallOrder) {
    INFO(hex);
    const auto point = *BoxPublicKey::from_hex(hex);
    CHECK(test::error_of(wrap(point, context(), seed)) == Errc::invalid_argument);
    auto changed = genuine;
    std::ranges::copy(point.bytes(), changed.begin());
    CHECK(test::error_of(unwrap<GroupSeed>(recipient, context(), changed)) == Errc::auth_failed);
  }
}

TEST_CASE("wrap: CM-06 an ephemeral key in a second form is refused", "[crypto][wrap]") {
  const auto recipient = seeded_box_key(20);
  auto wrapped = *wrap(recipient.public_key(), context(), test::seeded_key<GroupSeed>(21));
  wrapped[31] ^= std::byte{0x80};  // X25519 ignores this bit; the hash of the key does not
  CHECK(test::error_of(unwrap<GroupSeed>(recipient, context(), wrapped)) == Errc::auth_failed);
}

TEST_CASE("seal key: it opens with the commitment of the signed link", "[crypto][wrap]") {
  const auto team = test::seeded_key<CaseWrapKey>(30);
  const auto key = test::seeded_key<CompartmentKey>(31);
  const auto sealed = seal_key(team, as_bytes("case, compartment, epoch"), key);
  const auto opened =
      open_key<CompartmentKey>(team, as_bytes("case, compartment, epoch"), commitment(key), sealed);
  REQUIRE(opened);
  CHECK(*opened == key);
}

TEST_CASE("seal key: CM-01 two keys for one epoch are sealed under two keys", "[crypto][wrap]") {
  // Two devices open the same epoch while apart. One stream for both would show the difference of the keys.
  const auto team = test::seeded_key<CaseWrapKey>(30);
  const auto a = test::seeded_bytes(32, 31);
  const auto b = test::seeded_bytes(32, 32);
  const auto sealed_a = seal_key(team, as_bytes("epoch 1"), *CompartmentKey::from(a));
  const auto sealed_b = seal_key(team, as_bytes("epoch 1"), *CompartmentKey::from(b));
  bool same_stream = true;
  for (std::size_t i = 0; i < 32; ++i)
    same_stream = same_stream && (sealed_a[i] ^ sealed_b[i]) == (a[i] ^ b[i]);
  CHECK_FALSE(same_stream);
}

TEST_CASE("seal key: CM-05 another key, context or commitment, and every flipped bit, is refused",
          "[crypto][wrap]") {
  const auto team = test::seeded_key<CaseWrapKey>(30);
  const auto key = test::seeded_key<CompartmentKey>(31);
  const auto ctx = test::seeded_bytes(30, 32);
  const auto sealed = seal_key(team, ctx, key);
  const auto expect_refused = [&](const CaseWrapKey& with, BytesView in, const Hash& commit,
                                  BytesView bytes) {
    REQUIRE(test::error_of(open_key<CompartmentKey>(with, in, commit, bytes)) == Errc::auth_failed);
  };
  expect_refused(test::seeded_key<CaseWrapKey>(33), ctx, commitment(key), sealed);
  expect_refused(team, ctx, commitment(test::seeded_key<CompartmentKey>(34)), sealed);
  expect_refused(team, ctx, commitment(key), BytesView(sealed).first(47));
  expect_refused(team, ctx, commitment(key), {});
  test::with_each_bit_flipped(
      sealed, [&](BytesView changed) { expect_refused(team, ctx, commitment(key), changed); });
  test::with_each_bit_flipped(
      ctx, [&](BytesView changed) { expect_refused(team, changed, commitment(key), sealed); });
}

/// The key under which `seal_key` seals the secret of `commit`, by the text of the protocol.
Bytes sealing_key(BytesView key, BytesView ctx, const Hash& commit) {
  Bytes out(32);
  const auto input = Writer().raw(hash(labels::kContext, ctx).bytes()).raw(commit.bytes()).take();
  detail::derive_into(out, key.first<32>(), labels::kSealKey, input);
  return out;
}

TEST_CASE("seal key: CM-02 a ciphertext made to open under two keys opens under neither", "[crypto][wrap]") {
  const auto team_bytes = test::seeded_bytes(32, 30);
  const auto team = *CaseWrapKey::from(team_bytes);
  const auto ctx = test::seeded_bytes(30, 32);
  const std::array commits{test::seeded_id<Hash>(33), test::seeded_id<Hash>(34)};
  const std::array keys{sealing_key(team_bytes, ctx, commits[0]), sealing_key(team_bytes, ctx, commits[1])};
  const auto sealed = test::poly1305_collision(keys[0], keys[1], ctx);
  for (std::size_t i = 0; i < 2; ++i) {
    Bytes out;
    REQUIRE(open_once_append(out, *SingleUseKey::from(keys[i]), sealed, ctx));  // the bare cipher takes it
    CHECK(test::error_of(open_key<CompartmentKey>(team, ctx, commits[i], sealed)) == Errc::auth_failed);
  }
}

TEST_CASE("wrap: CM-02 a ciphertext made to open for two recipients opens for one at most",
          "[crypto][wrap]") {
  const auto ephemeral = seeded_box_key(40);
  const auto ctx = context().encode();
  const std::array recipients{test::seeded_bytes(32, 41), test::seeded_bytes(32, 42)};
  std::array<Bytes, 2> prks{Bytes(64), Bytes(64)};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto recipient = *box_key_from(recipients[i]);
    Bytes shared(32);
    REQUIRE(crypto_scalarmult(
                reinterpret_cast<unsigned char*>(shared.data()),
                reinterpret_cast<const unsigned char*>(recipients[i].data()),
                reinterpret_cast<const unsigned char*>(ephemeral.public_key().bytes().data())) == 0);
    const auto input = Writer()
                           .raw(ephemeral.public_key().bytes())
                           .raw(recipient.public_key().bytes())
                           .raw(shared)
                           .raw(hash(labels::kContext, ctx).bytes())
                           .take();
    detail::derive_into(prks[i], ByteArray<32>{}, labels::kWrap, input);
  }
  const auto sealed =
      test::poly1305_collision(BytesView(prks[0]).first(32), BytesView(prks[1]).first(32), ctx);
  for (std::size_t i = 0; i < 2; ++i) {
    Bytes out;
    REQUIRE(open_once_append(out, *SingleUseKey::from(BytesView(prks[i]).first(32)), sealed, ctx));
    const auto wrapped =
        Writer().raw(ephemeral.public_key().bytes()).raw(BytesView(prks[0]).last(32)).raw(sealed).take();
    CHECK(unwrap<GroupSeed>(*box_key_from(recipients[i]), context(), wrapped).has_value() == (i == 0));
  }
}

}  // namespace
}  // namespace abri::crypto
