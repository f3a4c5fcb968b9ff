// SPDX-License-Identifier: MPL-2.0
#include "vault/vault.hpp"

#include "vault/migrations.hpp"
#include "vault_support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::vault;
using crypto::PassphraseParameters;
using test::get;
using test::put;

TEST_CASE("vault: what was written is there after locking and opening, and it is fresh", "[core][vault]") {
  test::AliceVault alice;
  {
    auto vault = alice.create();
    CHECK_FALSE(vault.stale());
    put(vault, "note", "first");
    REQUIRE(vault.lock());
    CHECK(vault.locked());
    CHECK(vault.lock());
    CHECK(vault.database().error().code == Errc::locked);
    CHECK(vault.reader().error().code == Errc::locked);
  }
  auto vault = alice.open();
  CHECK(get(vault, "note") == "first");
  CHECK_FALSE(vault.stale());
  CHECK(vault.require_fresh());
}

TEST_CASE("vault: it is created once, and with sound parameters only", "[core][vault]") {
  test::AliceVault alice;
  const auto create = [&](std::string_view text, PassphraseParameters parameters) {
    const auto vault = Vault::create(alice.directory(), test::passphrase(text), parameters, alice.keystore);
    REQUIRE_FALSE(vault);
    return vault.error().code;
  };
  CHECK(create("x", {1024, 3}) == Errc::weak_parameters);
  CHECK_FALSE(std::filesystem::exists(alice.directory()));
  CHECK(create("", PassphraseParameters::floor()) == Errc::invalid_argument);
  CHECK(alice.try_open().error().code == Errc::not_a_vault);
  alice.create();
  CHECK(create("x", PassphraseParameters::floor()) == Errc::already_exists);
  CHECK(alice.try_open());
}

TEST_CASE("vault: CS-06 a creation that was cut short can be repeated", "[core][vault]") {
  test::AliceVault alice;
  std::filesystem::create_directories(alice.directory());
  test::write_text(alice.file(), std::string(4096, 'x'));  // no slots yet
  test::write_text(alice.log(), "x");
  CHECK(alice.try_open().error().code == Errc::not_a_vault);
  auto vault = alice.create();
  put(vault, "note", "first");
  CHECK(get(vault, "note") == "first");
}

TEST_CASE("vault: a wrong passphrase and files that are no vault have clear errors and change nothing",
          "[core][vault]") {
  test::AliceVault alice;
  CHECK(alice.try_open().error().code == Errc::not_a_vault);
  alice.create();
  CHECK(alice.try_open("correct horse battery stapl").error().code == Errc::wrong_passphrase);
  CHECK(alice.try_open("").error().code == Errc::wrong_passphrase);
  const auto sound = test::read_text(alice.file());

  SECTION("missing") {
    std::filesystem::remove(alice.file());
  }
  SECTION("empty") {
    test::write_text(alice.file(), "");
  }
  SECTION("truncated within a page") {
    test::write_text(alice.file(), sound.substr(0, sound.size() - 100));
  }
  SECTION("truncated after a page") {
    test::write_text(alice.file(), sound.substr(0, 4096));
  }
  SECTION("truncated by half") {
    test::write_text(alice.file(), sound.substr(0, sound.size() / 8192 * 4096));
  }
  SECTION("foreign") {
    test::write_text(alice.file(), std::string(8192, 'x'));
  }
  const bool there = std::filesystem::exists(alice.file());
  const auto before = there ? test::read_text(alice.file()) : std::string();
  CHECK(alice.try_open().error().code == Errc::not_a_vault);
  CHECK(std::filesystem::exists(alice.file()) == there);
  if (there) CHECK(test::read_text(alice.file()) == before);
  test::write_text(alice.file(), sound);
  auto vault = alice.open();
  CHECK(vault.database());
}

TEST_CASE("vault: one written by a newer version is refused and stays as it is", "[core][vault]") {
  test::AliceVault alice;
  {
    auto vault = alice.create();
    REQUIRE((*vault.database())->execute("PRAGMA user_version = 9999"));
  }
  const auto before = test::read_text(alice.file());
  CHECK(alice.try_open().error().code == Errc::version_unsupported);
  CHECK(test::read_text(alice.file()) == before);
}

TEST_CASE("vault: CS-07 it has one owner at a time", "[core][vault]") {
  test::AliceVault alice;
  {
    const auto vault = alice.create();
    CHECK(alice.try_open().error().code == Errc::storage_busy);
  }
  CHECK(alice.try_open());
}

TEST_CASE("vault: readers see what is committed while the writer goes on", "[core][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  put(vault, "note", "first");
  {
    auto one = vault.reader();
    REQUIRE(one);
    auto two = vault.reader();
    REQUIRE(two);
    CHECK(get(**one, "note") == "first");
    put(vault, "note", "second");
    CHECK(get(**one, "note") == "second");
    CHECK(get(**two, "note") == "second");
    CHECK_FALSE(put(**one, "note", "third"));
  }
  REQUIRE(vault.lock());
}

TEST_CASE("vault: the log is folded into the file as it grows, and nothing is lost or stale",
          "[core][vault]") {
  test::AliceVault alice;
  {
    auto vault = alice.create();
    const std::string big(400'000, 'x');
    for (int i = 0; i < 40; ++i) put(vault, "big" + std::to_string(i), big);
    CHECK(std::filesystem::file_size(alice.log()) < 12'000'000);
    CHECK(std::filesystem::file_size(alice.file()) > 4'000'000);
  }
  CHECK((!std::filesystem::exists(alice.log()) || std::filesystem::file_size(alice.log()) == 0));
  auto vault = alice.open();
  CHECK_FALSE(vault.stale());
  CHECK(get(vault, "big39").size() == 400'000);
}

TEST_CASE("vault: a changed passphrase opens, the old one and an old copy of its slot do not",
          "[core][vault]") {
  test::AliceVault alice;
  const auto floor = PassphraseParameters::floor();
  std::string old_slots;
  {
    auto vault = alice.create();
    put(vault, "note", "first");
    old_slots = test::read_text(alice.directory() / "slots");
    CHECK(vault.change_passphrase(test::passphrase("wrong"), test::passphrase("new"), floor).error().code ==
          Errc::wrong_passphrase);
    CHECK(vault.change_passphrase(test::passphrase(alice.kPassphrase), test::passphrase("new"), {1024, 1})
              .error()
              .code == Errc::weak_parameters);
    CHECK(test::read_text(alice.directory() / "slots") == old_slots);
    REQUIRE(vault.change_passphrase(test::passphrase(alice.kPassphrase), test::passphrase("new"), floor));
  }
  CHECK(alice.try_open().error().code == Errc::wrong_passphrase);
  {
    auto vault = alice.try_open("new");
    REQUIRE(vault);
    CHECK(get(*vault, "note") == "first");
  }
  test::write_text(alice.directory() / "slots", old_slots);
  CHECK(alice.try_open().error().code == Errc::not_found);
  CHECK(alice.try_open("new").error().code == Errc::not_found);
}

TEST_CASE("vault: several people have passphrases of their own, and the last one stays", "[core][vault]") {
  test::AliceVault alice;
  auto vault = alice.create();
  CHECK(vault.remove_passphrase(test::passphrase(alice.kPassphrase)).error().code == Errc::conflict);
  REQUIRE(vault.add_passphrase(test::passphrase("bob's own"), PassphraseParameters::floor()));
  REQUIRE(vault.lock());
  {
    auto bobs = alice.try_open("bob's own");
    REQUIRE(bobs);
    CHECK(bobs->remove_passphrase(test::passphrase("carol's")).error().code == Errc::wrong_passphrase);
    REQUIRE(bobs->remove_passphrase(test::passphrase(alice.kPassphrase)));
  }
  CHECK(alice.try_open().error().code == Errc::wrong_passphrase);
  CHECK(alice.try_open("bob's own"));
}
