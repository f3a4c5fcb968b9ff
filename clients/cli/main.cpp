// SPDX-License-Identifier: MPL-2.0
#include "cli/messages.hpp"
#include "cli/program.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return abri::cli::run(argc, argv);
  } catch (const std::exception&) {
    const auto said = abri::cli::explain("internal", "unexpected", abri::cli::language_of_environment());
    std::fprintf(stderr, "%s\n", said.c_str());
    return 70;
  }
}
