// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cli/actions.hpp"

#include <abri/base/result.hpp>

namespace abri::cli {

/// What must not stand in the command, which other programs and the history of the shell see: a field's value, a code or an account
/// given as "-" is read from the standard input, a line each, in the order of the command. On a terminal each is asked for.
/// @errors Errc::invalid_argument  at "stdin": there is no such line
Result<void> read_dashes(Options& options);

}  // namespace abri::cli
