// SPDX-License-Identifier: MPL-2.0
#include "cli/program.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return abri::cli::run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "abri: %s\n", problem.what());
    return 70;
  }
}
