// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/init.hpp>

#include <sodium.h>

namespace abri::crypto {

Result<void> initialise() {
  if (sodium_init() < 0) return Error{Errc::internal, "sodium_init"};
  return {};
}

}  // namespace abri::crypto
