// SPDX-License-Identifier: MPL-2.0
#include "unit/core/vault/vault_support.hpp"

#include <array>
#include <cstdint>
#include <random>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace abri;
using namespace abri::core::vault;

namespace {

constexpr int kCycles = 20;

/// Opens the vault and counts up, each number acknowledged through the pipe once it is durable, until killed.
[[noreturn]] void count_until_killed(test::AliceVault& alice, int acknowledged) {
  auto vault = alice.try_open();
  if (!vault) ::_exit(1);
  auto& db = **vault->database();
  for (std::uint32_t n = static_cast<std::uint32_t>(std::stoi("0" + test::get(db, "n"))) + 1;; ++n) {
    const auto done = in_transaction(db, [&]() -> Result<void> {
      ABRI_CHECK(test::put(db, "n", std::to_string(n)));
      return test::put(db, "row" + std::to_string(n % 50), std::string(n % 5000, 'x'));
    });
    if (!done || ::write(acknowledged, &n, sizeof(n)) != sizeof(n)) ::_exit(1);
  }
}

}  // namespace

TEST_CASE("vault: CS-01 killed at random moments, no acknowledged write is lost and it is never stale",
          "[integration][vault]") {
  test::AliceVault alice;
  {
    auto vault = alice.create();
    test::put(vault, "n", "0");
  }
  std::mt19937 random(Catch::getSeed());
  std::uint32_t total = 0;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    INFO("cycle " << cycle);
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) count_until_killed(alice, pipe[1]);
    ::close(pipe[1]);
    std::uint32_t acknowledged = 0;
    const auto writes = 1 + random() % 200;
    for (std::uint32_t i = 0; i < writes; ++i) {
      if (::read(pipe[0], &acknowledged, sizeof(acknowledged)) != sizeof(acknowledged)) break;
    }
    ::usleep(static_cast<useconds_t>(random() % 20'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (std::uint32_t n = 0; ::read(pipe[0], &n, sizeof(n)) == sizeof(n);) acknowledged = n;
    ::close(pipe[0]);
    REQUIRE(acknowledged > total);
    total = acknowledged;

    auto vault = alice.open();
    const auto kept = static_cast<std::uint32_t>(std::stoul(test::get(vault, "n")));
    CHECK((kept == acknowledged || kept == acknowledged + 1));
    CHECK_FALSE(vault.stale());
    CHECK((*vault.database())->verify());
    total = kept;
  }
}

TEST_CASE("vault: CS-07 a second process is refused at once, and let in when the first has died",
          "[integration][vault]") {
  test::AliceVault alice;
  alice.create();
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto vault = alice.try_open();
    const char ready = vault ? 'y' : 'n';
    if (::write(pipe[1], &ready, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char ready = 0;
  REQUIRE(::read(pipe[0], &ready, 1) == 1);
  CHECK(ready == 'y');
  const auto second = alice.try_open();
  CHECK((!second && second.error().code == Errc::storage_busy));
  CHECK(Vault::create(alice.directory(), test::passphrase("x"), crypto::PassphraseParameters::floor(),
                      alice.keystore)
            .error()
            .code == Errc::storage_busy);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  CHECK(alice.try_open());
}
