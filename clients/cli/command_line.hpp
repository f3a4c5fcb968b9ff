// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cli/actions.hpp"

#include <CLI/CLI.hpp>

namespace abri::cli {

/// Every command with its help in the language of `options`.
/// @param options  filled in while the line is parsed; outlives `cli`
/// @param code     the exit code of the command that ran
void add_commands(CLI::App& cli, Options& options, int& code);

}  // namespace abri::cli
