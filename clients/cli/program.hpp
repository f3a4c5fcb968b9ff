// SPDX-License-Identifier: MPL-2.0
#pragma once

namespace abri::cli {

/// The command line: parses, talks to the agent, prints. @return the exit code
int run(int argc, char** argv);

}  // namespace abri::cli
