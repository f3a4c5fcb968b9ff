// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <csignal>
#include <cstdint>
#include <random>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace abri::test {

/// Bytes that differ from run to run but come from the seed that Catch prints.
inline Bytes seeded_bytes(std::size_t size, std::uint32_t stream = 0) {
  std::mt19937 random(Catch::getSeed() + stream);
  Bytes out;
  out.reserve(size);
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(random() & 0xffU));
  return out;
}

template <class I>
I seeded_id(std::uint32_t stream = 0) {
  return I(to_array<I::kSize>(seeded_bytes(I::kSize, stream)));
}

/// A key of any kind from seeded bytes.
template <class K>
K seeded_key(std::uint32_t stream = 0) {
  return *K::from(seeded_bytes(K::kSize, stream));
}

/// Calls `check(changed)` for each bit of `original`, that bit flipped.
template <class F>
void with_each_bit_flipped(BytesView original, F&& check) {
  Bytes changed = to_bytes(original);
  for (std::size_t bit = 0; bit < changed.size() * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    changed[bit / 8] ^= mask;
    INFO("bit " << bit);
    check(BytesView(changed));
    changed[bit / 8] ^= mask;
  }
}

/// The code of a failed result; fails the test where it succeeded.
template <class R>
Errc error_of(const R& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

/// Whether a child process that does `action` is stopped by it, by a signal or by a sanitizer.
template <class F>
bool stops_the_program(F&& action) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    for (const int signal : {SIGSEGV, SIGABRT})
      std::signal(signal, SIG_DFL);  // not the test framework's report
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    action();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
}

}  // namespace abri::test
