// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

namespace abri::crypto {

/// Prepares the library below and checks that the machine gives random numbers. Called first in `main` of every program,
/// so that one without them refuses to start; calling it again is harmless.
///
/// @errors   Errc::internal  the machine gives no random numbers; the program must not start
/// @threads  safe on any thread
Result<void> initialise();

}  // namespace abri::crypto
