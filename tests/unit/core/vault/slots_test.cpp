// SPDX-License-Identifier: MPL-2.0
#include "vault/slots.hpp"

#include "vault_support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::vault;
using crypto::PassphraseParameters;

namespace {

struct Fixture {
  test::TempDir temp;
  FileKeystore keystore{temp / "keystore"};
  std::filesystem::path file{temp / "slots"};
  crypto::DatabaseKey key{crypto::DatabaseKey::generate()};
  VaultId vault{ByteArray<16>{std::byte{1}}};

  Slots make(std::initializer_list<const char*> passphrases) {
    Slots slots(vault);
    for (const char* text : passphrases) {
      REQUIRE(slots.add(test::passphrase(text), PassphraseParameters::floor(), key, keystore));
    }
    REQUIRE(slots.save(file));
    return slots;
  }
  Errc opening(const char* text) {
    const auto slots = Slots::load(file);
    REQUIRE(slots);
    const auto opened = slots->open(test::passphrase(text), keystore);
    REQUIRE_FALSE(opened);
    return opened.error().code;
  }
};

constexpr std::size_t kFirstSlot = 29 + 16;  // after the header and the slot's id

}  // namespace

TEST_CASE("slots: each of several passphrases opens the one key, another none", "[core][vault]") {
  Fixture f;
  f.make({"alice's", "bob's"});
  const auto slots = Slots::load(f.file);
  REQUIRE(slots);
  CHECK(slots->vault() == f.vault);
  const auto bob = slots->open(test::passphrase("bob's"), f.keystore);
  REQUIRE(bob);
  CHECK(bob->index == 1);
  CHECK(bob->key == f.key);
  CHECK(f.opening("carol's") == Errc::wrong_passphrase);
  CHECK(f.opening("") == Errc::wrong_passphrase);
}

TEST_CASE("slots: a truncated, extended, foreign or missing file is no vault, a newer one is named so",
          "[core][vault]") {
  Fixture f;
  f.make({"alice's"});
  const auto sound = test::read_text(f.file);
  for (std::size_t size = 0; size < sound.size(); ++size) {
    INFO(size);
    test::write_text(f.file, sound.substr(0, size));
    CHECK(Slots::load(f.file).error().code == Errc::not_a_vault);
  }
  test::write_text(f.file, sound + "x");
  CHECK(Slots::load(f.file).error().code == Errc::not_a_vault);
  test::write_text(f.file, std::string(100'000, 'x'));
  CHECK(Slots::load(f.file).error().code == Errc::not_a_vault);
  auto newer = sound;
  newer[11] = 2;
  test::write_text(f.file, newer);
  CHECK(Slots::load(f.file).error().code == Errc::version_unsupported);
  auto none = sound;
  none[28] = 0;
  test::write_text(f.file, none);
  CHECK(Slots::load(f.file).error().code == Errc::not_a_vault);
  std::filesystem::remove(f.file);
  CHECK(Slots::load(f.file).error().code == Errc::not_a_vault);
}

TEST_CASE("slots: DR-05 MS-12 parameters below the floor are refused, asked for by a person or by a file",
          "[core][vault]") {
  Fixture f;
  auto slots = f.make({"alice's"});
  CHECK(slots.add(test::passphrase("x"), {64 * 1024 - 1, 3}, f.key, f.keystore).error().code ==
        Errc::weak_parameters);
  CHECK(slots.add(test::passphrase("x"), {64 * 1024, 2}, f.key, f.keystore).error().code ==
        Errc::weak_parameters);
  CHECK(slots.add(test::passphrase(""), PassphraseParameters::floor(), f.key, f.keystore).error().code ==
        Errc::invalid_argument);
  CHECK(slots.size() == 1);
  auto cheap = test::read_text(f.file);
  cheap[kFirstSlot + 5] = 1;  // passes: 1
  test::write_text(f.file, cheap);
  CHECK(f.opening("alice's") == Errc::weak_parameters);
}

TEST_CASE("slots: a damaged slot does not shut out the person of the next one", "[core][vault]") {
  Fixture f;
  f.make({"alice's", "bob's"});
  auto damaged = test::read_text(f.file);
  damaged[kFirstSlot + 5] = 1;
  test::write_text(f.file, damaged);
  CHECK(Slots::load(f.file)->open(test::passphrase("bob's"), f.keystore));
  CHECK(f.opening("alice's") == Errc::weak_parameters);
}

TEST_CASE("slots: DR-05 without the keystore's secret the right passphrase opens nothing", "[core][vault]") {
  Fixture f;
  f.make({"alice's"});
  FileKeystore thiefs(f.temp / "thief");
  const auto opened = Slots::load(f.file)->open(test::passphrase("alice's"), thiefs);
  CHECK(opened.error().code == Errc::not_found);
}

TEST_CASE("keystore: values come back, files are the owner's alone, erasing twice is harmless",
          "[core][vault]") {
  Fixture f;
  const auto secret = crypto::KeystoreSecret::generate();
  CHECK(f.keystore.secret("ab").error().code == Errc::not_found);
  REQUIRE(f.keystore.set_secret("ab", secret));
  CHECK(*f.keystore.secret("ab") == secret);
  CHECK(f.keystore.anchor("ab").error().code == Errc::not_found);
  REQUIRE(f.keystore.set_anchor("ab", as_bytes("one"), true));
  REQUIRE(f.keystore.set_anchor("cd", as_bytes("two"), false));
  REQUIRE(f.keystore.set_anchor("ab", as_bytes("new"), false));
  CHECK(as_text(*FileKeystore(f.temp / "keystore").anchor("ab")) == "new");
  CHECK(as_text(*f.keystore.anchor("cd")) == "two");
  using std::filesystem::perms;
  CHECK(std::filesystem::status(f.temp / "keystore").permissions() == perms::owner_all);
  for (const auto& file : std::filesystem::directory_iterator(f.temp / "keystore")) {
    CHECK(file.status().permissions() == (perms::owner_read | perms::owner_write));
  }
  REQUIRE(f.keystore.erase_secret("ab"));
  REQUIRE(f.keystore.erase_secret("ab"));
  CHECK(f.keystore.secret("ab").error().code == Errc::not_found);
}
