// SPDX-License-Identifier: MPL-2.0
#include "cli/messages.hpp"
#include "cli/program.hpp"

#include <cstdio>
#include <exception>

#include <fcntl.h>
#include <unistd.h>

namespace {

/// Where the caller closed a standard stream, what is opened next would stand in its place: a socket would get the answer meant for the
/// screen. What is put there instead takes no answer, so that writing one fails.
void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0) static_cast<void>(open("/dev/null", O_RDONLY));
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_streams();
  try {
    return abri::cli::run(argc, argv);
  } catch (const std::exception&) {
    const auto said = abri::cli::explain("internal", "unexpected", abri::cli::language_of_environment());
    std::fprintf(stderr, "%s\n", said.c_str());
    return 70;
  }
}
