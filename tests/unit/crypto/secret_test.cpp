// SPDX-License-Identifier: MPL-2.0
#include "support/memory_search.hpp"
#include "support/seeded.hpp"

#include <abri/base/account_code.hpp>
#include <abri/base/secret_bytes.hpp>
#include <abri/crypto/code.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/secret.hpp>

#include <memory>
#include <ostream>

namespace abri::crypto {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept HasData = requires(const T& value) { value.data(); };
template <class T>
concept Convertible = requires(const T& value) { to_string(value); };

template <class T>
constexpr bool kWellKept =
    !Printable<T> && !HasData<T> && !Convertible<T> && !std::is_copy_constructible_v<T> &&
    !std::is_copy_assignable_v<T> && std::is_nothrow_move_constructible_v<T>;
static_assert(kWellKept<GroupSeed> && kWellKept<CompartmentKey> && kWellKept<SecretText>);
static_assert(!Printable<SigningKey> && !Printable<BoxKey> && !std::is_copy_constructible_v<SigningKey>);
static_assert(!std::is_convertible_v<DatabaseKey, CompartmentKey> &&
              !std::is_convertible_v<FeedKey, ChainKey>);

template <class K>
Bytes bytes_of(const K& key) {
  return key.expose([](BytesView bytes) { return to_bytes(bytes); });
}

bool all_zero(BytesView bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

TEST_CASE("secret: CM-08 taking a key wipes where it came from", "[crypto][secret]") {
  auto source = test::seeded_bytes(32);
  const auto original = source;
  const auto guarded = GroupSeed::take(std::span(source).first<32>());
  CHECK(all_zero(source));
  CHECK(bytes_of(guarded) == original);

  source = original;
  const auto scratch = CompartmentKey::take(std::span(source).first<32>());
  CHECK(all_zero(source));
  CHECK(bytes_of(scratch) == original);
}

TEST_CASE("secret: CM-08 a scratch key leaves zeros where it was, moved from or ended", "[crypto][secret]") {
  alignas(CompartmentKey) ByteArray<sizeof(CompartmentKey)> place{};
  auto* key = std::construct_at(reinterpret_cast<CompartmentKey*>(place.data()), CompartmentKey::generate());
  CHECK_FALSE(all_zero(place));
  SECTION("moved from") {
    const auto copy = bytes_of(*key);
    const CompartmentKey moved = std::move(*key);
    CHECK(all_zero(place));
    CHECK(bytes_of(moved) == copy);
  }
  SECTION("assigned from") {
    auto other = CompartmentKey::generate();
    other = std::move(*key);
    CHECK(all_zero(place));
  }
  SECTION("ended") {
    std::destroy_at(key);
    CHECK(all_zero(place));
  }
}

TEST_CASE("secret: CM-08 a wiped array leaves zeros at its end", "[crypto][secret]") {
  alignas(WipedArray<48>) ByteArray<sizeof(WipedArray<48>)> place{};
  auto* buffer = std::construct_at(reinterpret_cast<WipedArray<48>*>(place.data()));
  std::ranges::fill(buffer->span(), std::byte{7});
  CHECK_FALSE(all_zero(place));
  std::destroy_at(buffer);
  CHECK(all_zero(place));
}

TEST_CASE("secret: CM-08 a guarded key cannot be written, read beyond its end, or used after its end",
          "[crypto][secret]") {
  auto key = std::make_unique<GroupSeed>(GroupSeed::generate());
  auto* inside = key->expose([](BytesView bytes) { return const_cast<std::byte*>(bytes.data()); });
  CHECK_FALSE(test::stops_the_program([&] { (void)*const_cast<volatile std::byte*>(inside); }));
  CHECK(test::stops_the_program([&] { *const_cast<volatile std::byte*>(inside) = std::byte{1}; }));
  CHECK(test::stops_the_program([&] { (void)*const_cast<volatile std::byte*>(inside + 32); }));
  CHECK(test::stops_the_program([&] {
    key.reset();
    (void)*const_cast<volatile std::byte*>(inside);
  }));
  CHECK(test::stops_the_program([&] {
    const GroupSeed moved = std::move(*key);
    (void)key->clone();
  }));
}

TEST_CASE("secret: keys are equal when all their bytes are", "[crypto][secret]") {
  const auto original = test::seeded_bytes(32);
  const auto a = *GroupSeed::from(original);
  const auto b = *CompartmentKey::from(original);
  CHECK(a == a.clone());
  CHECK(b == b.clone());
  test::with_each_bit_flipped(original, [&](BytesView changed) {
    CHECK_FALSE(b == *CompartmentKey::from(changed));
    CHECK_FALSE(a == *GroupSeed::from(changed));
  });
}

TEST_CASE("secret: two generated keys differ", "[crypto][secret]") {
  CHECK_FALSE(GroupSeed::generate() == GroupSeed::generate());
  CHECK_FALSE(CompartmentKey::generate() == CompartmentKey::generate());
}

TEST_CASE("secret: a key is made of exactly its size", "[crypto][secret]") {
  for (const std::size_t size : {0U, 31U, 33U}) {
    CHECK(test::error_of(GroupSeed::from(test::seeded_bytes(size))) == Errc::malformed);
    CHECK(test::error_of(CompartmentKey::from(test::seeded_bytes(size))) == Errc::malformed);
  }
}

TEST_CASE("secret text: a passphrase is typed and corrected", "[crypto][secret]") {
  SecretText text;
  CHECK(text.empty());
  text.pop_back();
  REQUIRE(text.append("abricô"));
  REQUIRE(text.append("té"));
  text.pop_back();  // a whole character, not a byte
  text.expose([](std::string_view now) { CHECK(now == "abricôt"); });

  const auto taken = *SecretText::from("corbeau du matin");
  taken.expose([](std::string_view now) { CHECK(now == "corbeau du matin"); });
  CHECK(taken == *SecretText::from("corbeau du matin"));
  CHECK_FALSE(taken == *SecretText::from("corbeau du matim"));
  CHECK_FALSE(taken == *SecretText::from("corbeau du mati"));
}

TEST_CASE("secret text: CM-08 cleared or shortened, nothing of it stays in memory", "[crypto][secret]") {
  auto text = *SecretText::from("quatre mots");
  const auto inside = text.expose([](std::string_view now) { return now; });
  text.pop_back();
  CHECK(inside.back() == '\0');
  text.clear();
  CHECK(inside == std::string(inside.size(), '\0'));
  CHECK(text.empty());
}

TEST_CASE("secret text: it takes the greatest passphrase and no more", "[crypto][secret]") {
  std::string longest(SecretText::kMaxSize, 'x');
  auto text = *SecretText::from(longest);
  CHECK(text.size() == SecretText::kMaxSize);
  CHECK(test::error_of(text.append("y")) == Errc::too_large);
  CHECK(text.size() == SecretText::kMaxSize);
  longest.push_back('x');
  CHECK(test::error_of(SecretText::from(longest)) == Errc::too_large);
}

TEST_CASE("secret text: moved from it is empty and can be used again", "[crypto][secret]") {
  auto text = *SecretText::from("mot de passe");
  const SecretText moved = std::move(text);
  CHECK(moved.size() == 12);
  CHECK(text.empty());  // NOLINT(bugprone-use-after-move) the contract under test
  text.expose([](std::string_view now) { CHECK(now.empty()); });
  REQUIRE(text.append("autre"));
  CHECK(text == *SecretText::from("autre"));
}

test::HiddenNeedle random_needle() {
  WipedArray<32> raw;
  random_bytes(raw.span());
  return test::HiddenNeedle(raw.span());
}

TEST_CASE("secret bytes: CM-08 however they grew, were moved or replaced, nothing of them stays in memory",
          "[crypto][secret]") {
  const auto needle = random_needle();
  {
    SecretWriter out;
    for (int i = 0; i < 100; ++i) needle.use([&](BytesView secret) { out.raw(secret).u64(0); });
    auto taken = out.take();
    auto copy = taken;
    copy.resize(1);
    CHECK(test::count_in_memory(needle) >= 100);
    taken = SecretBytes(10);
  }
  CHECK(test::count_in_memory(needle) == 0);
}

TEST_CASE("secret bytes: CM-08 what somebody else opened is wiped at the end of its scope",
          "[crypto][secret]") {
  Bytes opened = to_bytes("an invitation");
  {
    const WipeAtEnd wiped(opened);
    CHECK(as_text(opened) == "an invitation");
  }
  CHECK(opened == Bytes(opened.size()));
  const WipeAtEnd nothing({});
}

TEST_CASE("secret bytes: CM-08 codes that were printed and read leave only themselves behind",
          "[crypto][secret]") {
  const auto needle = random_needle();
  needle.use([&](BytesView secret) {
    AccountCode code;
    std::ranges::copy(secret, code.seed.begin());
    const auto typed = encode_account_code(code);
    const auto read = parse_account_code(typed);
    REQUIRE(read);
    CHECK(std::ranges::equal(read->seed, secret));
    CHECK_FALSE(parse_account_code(typed + "00"));
    const auto printed = encode_code(secret);
    const auto bytes = decode_code(printed);
    REQUIRE(bytes);
    CHECK(test::count_in_memory(needle) >= 3);
    CHECK_FALSE(decode_code(printed + "0"));
  });
  CHECK(test::count_in_memory(needle) == 0);
}

}  // namespace
}  // namespace abri::crypto
