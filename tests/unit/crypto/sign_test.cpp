// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/sign.hpp>

#include <array>

#include <sodium.h>

namespace abri::crypto {
namespace {

const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

SigningKey seeded_signing_key(std::uint32_t stream = 0) {
  return SigningKey::from_seed(BytesView(test::seeded_bytes(32, stream)).first<32>());
}

TEST_CASE("sign: what a key signed verifies, for short and long bodies", "[crypto][sign]") {
  const auto key = seeded_signing_key();
  for (const std::size_t size : {0U, 1U, 600U, 995U, 996U, 997U, 70000U}) {
    const auto body = test::seeded_bytes(size);
    const auto signature = key.sign(labels::kHeader, body);
    INFO("size " << size);
    CHECK(verify(key.public_key(), labels::kHeader, body, signature));
  }
}

TEST_CASE("sign: the signed message is protocol, suite, label, length and body", "[crypto][sign]") {
  const auto key = seeded_signing_key();
  const auto body = test::seeded_bytes(77);
  const auto message = Writer().raw("abri/1").u16(1).raw(labels::kLink.bytes()).u32(77).raw(body).take();
  const auto signature = key.sign(labels::kLink, body);
  CHECK(crypto_sign_verify_detached(raw(signature.bytes()), raw(message), message.size(),
                                    raw(key.public_key().bytes())) == 0);
}

TEST_CASE("sign: the seed gives the key back", "[crypto][sign]") {
  const auto key = SigningKey::generate();
  const auto again =
      key.expose_seed([](std::span<const std::byte, 32> seed) { return SigningKey::from_seed(seed); });
  CHECK(again.public_key() == key.public_key());
  CHECK(again.sign(labels::kHead, {}) == key.sign(labels::kHead, {}));
  CHECK(SigningKey::generate().public_key() != key.public_key());
}

TEST_CASE("sign: CM-04 a signature made for one purpose is refused for every other", "[crypto][sign]") {
  const auto key = seeded_signing_key();
  const auto body = test::seeded_bytes(64);
  for (const auto& made_for : labels::kAll) {
    const auto signature = key.sign(made_for, body);
    for (const auto& used_for : labels::kAll) {
      INFO(made_for.text() << " as " << used_for.text());
      CHECK(verify(key.public_key(), used_for, body, signature).has_value() == (made_for == used_for));
    }
  }
}

TEST_CASE("sign: CM-05 every flipped bit of body, signature and key is refused", "[crypto][sign]") {
  const auto key = seeded_signing_key();
  const auto body = test::seeded_bytes(60);
  const auto signature = key.sign(labels::kHeader, body);
  test::with_each_bit_flipped(body, [&](BytesView changed) {
    CHECK(test::error_of(verify(key.public_key(), labels::kHeader, changed, signature)) == Errc::auth_failed);
  });
  test::with_each_bit_flipped(signature.bytes(), [&](BytesView changed) {
    CHECK_FALSE(verify(key.public_key(), labels::kHeader, body, *Signature::from(changed)));
  });
  test::with_each_bit_flipped(key.public_key().bytes(), [&](BytesView changed) {
    CHECK_FALSE(verify(*SigningPublicKey::from(changed), labels::kHeader, body, signature));
  });
}

TEST_CASE("sign: CM-07 the exact bytes are signed: nothing added, cut off or put elsewhere",
          "[crypto][sign]") {
  const auto key = seeded_signing_key();
  const auto body = test::seeded_bytes(60);
  const auto signature = key.sign(labels::kHeader, body);
  auto longer = body;
  longer.push_back(std::byte{0});
  CHECK_FALSE(verify(key.public_key(), labels::kHeader, longer, signature));
  CHECK_FALSE(verify(key.public_key(), labels::kHeader, BytesView(body).first(59), signature));
  CHECK_FALSE(verify(key.public_key(), labels::kHeader, {}, signature));
  CHECK_FALSE(verify(seeded_signing_key(1).public_key(), labels::kHeader, body, signature));
}

// The order of the group, little-endian: S and S + L satisfy the same equation.
constexpr std::array<unsigned char, 32> kOrder{
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

TEST_CASE("sign: CM-06 a signature has no second form", "[crypto][sign]") {
  const auto key = seeded_signing_key();
  auto changed = key.sign(labels::kHeader, {}).array();
  unsigned carry = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    carry += std::to_integer<unsigned>(changed[32 + i]) + kOrder[i];
    changed[32 + i] = static_cast<std::byte>(carry & 0xffU);
    carry >>= 8;
  }
  CHECK(test::error_of(verify(key.public_key(), labels::kHeader, {}, Signature(changed))) ==
        Errc::auth_failed);
}

TEST_CASE("sign: CM-06 keys and signatures of small order are refused", "[crypto][sign]") {
  // The points of order 1, 2, 4 and 8 of Ed25519, canonical and not.
  constexpr std::array kSmallOrder{
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000080",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  };
  for (const char* point : kSmallOrder) {
    INFO(point);
    const auto key = *SigningPublicKey::from_hex(point);
    // R = the point itself, S = 0: holds for many messages under a lax verifier.
    ByteArray<64> forged{};
    std::ranges::copy(key.bytes(), forged.begin());
    for (std::uint8_t message = 0; message < 16; ++message) {
      const std::array body{static_cast<std::byte>(message)};
      CHECK_FALSE(verify(key, labels::kHeader, body, Signature(forged)));
      CHECK_FALSE(verify(seeded_signing_key().public_key(), labels::kHeader, body, Signature(forged)));
    }
  }
}

}  // namespace
}  // namespace abri::crypto
