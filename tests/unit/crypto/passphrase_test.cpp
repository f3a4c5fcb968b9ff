// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/passphrase.hpp>

namespace abri::crypto {
namespace {

constexpr auto kFloor = PassphraseParameters::floor();

SecretText text(std::string_view value) {
  return *SecretText::from(value);
}

Slot with_parameters(Slot slot, std::uint32_t passes, std::uint32_t memory_kib) {
  const auto bytes = Writer().u32(passes).u32(memory_kib).take();
  std::ranges::copy(bytes, slot.begin() + 2);
  return slot;
}

Slot with_flipped(Slot slot, std::size_t byte) {
  slot[byte] ^= std::byte{0x10};
  return slot;
}

TEST_CASE("passphrase: parameters below the floor or above the ceiling are refused", "[crypto][passphrase]") {
  CHECK(PassphraseParameters{}.check());
  CHECK(kFloor.check());
  CHECK(PassphraseParameters{}.memory_kib == 256U * 1024);
  CHECK(PassphraseParameters{}.passes == 3);
  using P = PassphraseParameters;
  CHECK(test::error_of(P{P::kFloorMemoryKib - 1, 3}.check()) == Errc::weak_parameters);
  CHECK(test::error_of(P{P::kFloorMemoryKib, 2}.check()) == Errc::weak_parameters);
  CHECK(test::error_of(P{0, 0}.check()) == Errc::weak_parameters);
  CHECK(test::error_of(P{P::kMaxMemoryKib + 1, 3}.check()) == Errc::too_large);
  CHECK(test::error_of(P{P::kFloorMemoryKib, P::kMaxPasses + 1}.check()) == Errc::too_large);
}

TEST_CASE("passphrase: stretching depends on passphrase and salt, and takes no empty one",
          "[crypto][passphrase]") {
  const auto salt = test::seeded_id<PassphraseSalt>(1);
  const auto key = *stretch(text("quatre chevaux"), salt, kFloor);
  CHECK(key == *stretch(text("quatre chevaux"), salt, kFloor));
  CHECK_FALSE(key == *stretch(text("quatre cheveux"), salt, kFloor));
  CHECK_FALSE(key == *stretch(text("quatre chevaux"), test::seeded_id<PassphraseSalt>(2), kFloor));
  CHECK(test::error_of(stretch(text(""), salt, kFloor)) == Errc::invalid_argument);
  CHECK(test::error_of(stretch(text("x"), salt, {1024, 3})) == Errc::weak_parameters);
}

TEST_CASE("slot: the passphrase opens it, another does not, with and without keystore",
          "[crypto][passphrase]") {
  const auto key = test::seeded_key<DatabaseKey>(1);
  const auto keystore = test::seeded_key<KeystoreSecret>(2);
  const auto other = test::seeded_key<KeystoreSecret>(3);
  const auto bare = *seal_slot(text("quatre chevaux"), nullptr, key, kFloor);
  CHECK(*open_slot(bare, text("quatre chevaux"), nullptr) == key);
  CHECK(test::error_of(open_slot(bare, text("quatre cheveux"), nullptr)) == Errc::wrong_passphrase);
  CHECK(test::error_of(open_slot(bare, text("quatre chevaux"), &keystore)) == Errc::wrong_passphrase);
  const auto bound = *seal_slot(text("quatre chevaux"), &keystore, key, kFloor);
  CHECK(*open_slot(bound, text("quatre chevaux"), &keystore) == key);
  CHECK(test::error_of(open_slot(bound, text("quatre chevaux"), nullptr)) == Errc::wrong_passphrase);
  CHECK(test::error_of(open_slot(bound, text("quatre chevaux"), &other)) == Errc::wrong_passphrase);
  CHECK(*slot_parameters(bound) == kFloor);
}

TEST_CASE("slot: two slots of one passphrase have nothing in common", "[crypto][passphrase]") {
  const auto key = test::seeded_key<DatabaseKey>(1);
  const auto a = *seal_slot(text("x"), nullptr, key, kFloor);
  const auto b = *seal_slot(text("x"), nullptr, key, kFloor);
  CHECK_FALSE(std::ranges::equal(std::span(a).subspan<10>(), std::span(b).subspan<10>()));
  for (std::size_t i = 10; i + 16 <= kSlotSize; i += 16) {
    CHECK_FALSE(std::ranges::equal(std::span(a).subspan(i, 16), std::span(b).subspan(i, 16)));
  }
}

TEST_CASE("slot: weaker parameters are neither made nor accepted", "[crypto][passphrase]") {
  const auto key = test::seeded_key<DatabaseKey>(1);
  CHECK(test::error_of(seal_slot(text("x"), nullptr, key, {8, 1})) == Errc::weak_parameters);
  const auto slot = *seal_slot(text("x"), nullptr, key, kFloor);
  CHECK(test::error_of(open_slot(with_parameters(slot, 1, 64 * 1024), text("x"), nullptr)) ==
        Errc::weak_parameters);
  CHECK(test::error_of(open_slot(with_parameters(slot, 3, 8), text("x"), nullptr)) == Errc::weak_parameters);
  CHECK(test::error_of(open_slot(with_parameters(slot, 3, 0x7fffffff), text("x"), nullptr)) ==
        Errc::too_large);
  CHECK(test::error_of(open_slot(with_parameters(slot, 0x7fffffff, 64 * 1024), text("x"), nullptr)) ==
        Errc::too_large);
  // Above the floor, but not what it was sealed with.
  CHECK(test::error_of(open_slot(with_parameters(slot, 4, 64 * 1024), text("x"), nullptr)) ==
        Errc::wrong_passphrase);
}

TEST_CASE("slot: CM-05 what was changed is refused, wherever it was changed", "[crypto][passphrase]") {
  const auto slot = *seal_slot(text("x"), nullptr, test::seeded_key<DatabaseKey>(1), kFloor);
  for (const std::size_t byte : {10U, 25U, 26U, 41U, 57U}) {  // salt and commitment
    INFO("byte " << byte);
    CHECK(test::error_of(open_slot(with_flipped(slot, byte), text("x"), nullptr)) == Errc::wrong_passphrase);
  }
  for (const std::size_t byte : {58U, 89U, 90U, 105U}) {  // sealed key and tag
    INFO("byte " << byte);
    CHECK(test::error_of(open_slot(with_flipped(slot, byte), text("x"), nullptr)) == Errc::auth_failed);
  }
}

TEST_CASE("slot: another size, a foreign file and a newer version are told apart", "[crypto][passphrase]") {
  const auto slot = *seal_slot(text("x"), nullptr, test::seeded_key<DatabaseKey>(1), kFloor);
  for (const std::size_t size : {0U, 1U, 2U, 105U}) {
    CHECK(test::error_of(open_slot(BytesView(slot).first(size), text("x"), nullptr)) == Errc::malformed);
  }
  auto longer = to_bytes(slot);
  longer.push_back(std::byte{0});
  CHECK(test::error_of(open_slot(longer, text("x"), nullptr)) == Errc::malformed);
  auto newer = slot;
  newer[1] = std::byte{2};
  CHECK(test::error_of(open_slot(newer, text("x"), nullptr)) == Errc::version_unsupported);
  CHECK(test::error_of(slot_parameters(newer)) == Errc::version_unsupported);
  auto older = slot;
  older[1] = std::byte{0};
  CHECK(test::error_of(open_slot(older, text("x"), nullptr)) == Errc::malformed);
}

}  // namespace
}  // namespace abri::crypto
