// SPDX-License-Identifier: MPL-2.0
#include "support/seeded.hpp"

#include <abri/crypto/init.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/sign.hpp>

#include <atomic>
#include <cerrno>

#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<bool> no_random_numbers{false};

class Initialise : public Catch::EventListenerBase {
 public:
  using Catch::EventListenerBase::EventListenerBase;
  void testRunStarting(
      const Catch::TestRunInfo& /*info*/) override {  // NOLINT(readability-identifier-naming)
    ABRI_ASSERT(abri::crypto::initialise());
  }
};

}  // namespace

// The whole program's source of random numbers, so that a test can take it away.
extern "C" ssize_t getrandom(void* buffer, std::size_t size, unsigned flags) {
  if (no_random_numbers) {
    errno = EIO;
    return -1;
  }
  return syscall(SYS_getrandom, buffer, size, flags);
}

CATCH_REGISTER_LISTENER(Initialise)

namespace abri::crypto {
namespace {

/// Whether the program is stopped by `action` once its random numbers are taken away.
template <class F>
bool stops_without_random_numbers(F&& action) {
  return test::stops_the_program([&] {
    no_random_numbers = true;
    action();
  });
}

TEST_CASE("init: preparing the library twice is harmless", "[crypto][init]") {
  CHECK(initialise());
  CHECK(initialise());
}

TEST_CASE("init: CM-08 without random numbers the program stops instead of using weak ones",
          "[crypto][init]") {
  CHECK_FALSE(stops_without_random_numbers([] {}));  // the child ends well where it asks for none
  CHECK(stops_without_random_numbers([] { (void)random_u64(); }));
  CHECK(stops_without_random_numbers([] { (void)SigningKey::generate(); }));
}

}  // namespace
}  // namespace abri::crypto
