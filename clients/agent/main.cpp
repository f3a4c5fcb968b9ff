// SPDX-License-Identifier: MPL-2.0
//
// abri-agent: makes a vault, changes its passphrase, or holds it open behind a private socket. Started by `abri`; says in one line of
// JSON on its standard output how it went.
#include "agent/commands.hpp"
#include "agent/passphrase_length.hpp"
#include "agent/server.hpp"
#include "agent/socket_path.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace abri;  // NOLINT(google-build-using-namespace)

/// No memory of this process reaches a disk; no other process of the user looks into it.
void harden() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifdef NDEBUG
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

/// One line from a descriptor, straight into guarded memory.
Result<crypto::SecretText> read_passphrase(int descriptor) {
  crypto::SecretText text;
  for (;;) {
    char c = 0;
    const auto got = read(descriptor, &c, 1);
    if (got < 0) return Error{Errc::invalid_argument, "passphrase-fd"};
    if (got == 0 || c == '\n') break;
    ABRI_CHECK(text.append(std::string_view(&c, 1)));
  }
  if (text.empty()) return Error{Errc::invalid_argument, "passphrase"};
  return text;
}

Result<void> check_length(const crypto::SecretText& next) {
  if (!next.expose(agent::long_enough)) return Error{Errc::weak_parameters, "passphrase"};
  return {};
}

struct Options {
  std::string vault;
  int passphrase_fd{0};
  int next_fd{-1};
  bool create{false};
  int idle_seconds{15 * 60};
};

Result<core::AppOptions> options_of(const Options& options) {
  core::AppOptions out;
  out.directory = options.vault;
  ABRI_TRY(out.keystore_directory, core::App::default_keystore_directory());
  out.clock = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); };
  return out;
}

Result<std::unique_ptr<agent::Server>> start(const Options& options) {
  ABRI_TRY(const auto app_options, options_of(options));
  ABRI_TRY(auto passphrase, read_passphrase(options.passphrase_fd));
  if (options.create) {
    ABRI_CHECK(check_length(passphrase));
    ABRI_TRY(auto made, core::App::create(app_options, std::move(passphrase)));
    made.reset();
    return std::unique_ptr<agent::Server>{};
  }
  if (options.next_fd >= 0) {
    ABRI_TRY(auto next, read_passphrase(options.next_fd));
    ABRI_CHECK(check_length(next));
    ABRI_TRY(auto present,
             passphrase.expose([](std::string_view text) { return crypto::SecretText::from(text); }));
    ABRI_TRY(auto app, core::App::open(app_options, std::move(passphrase)));
    ABRI_CHECK(app->change_passphrase(present, std::move(next)));
    return std::unique_ptr<agent::Server>{};
  }
  ABRI_TRY(auto app, core::App::open(app_options, std::move(passphrase)));
  return agent::Server::bind(std::move(app), {.socket = agent::socket_path(options.vault),
                                              .idle = std::chrono::seconds(options.idle_seconds)});
}

int run(const Options& options) {
  harden();
  auto server = start(options);
  boost::json::object said;
  if (const auto where = agent::keystore(); where && options.create) said["keystore"] = *where;
  const auto line = server ? agent::answer(boost::json::value(said)) : agent::answer(server.error());
  std::puts(line.c_str());
  std::fflush(stdout);
  if (!server) return 1;
  if (!*server) return 0;
  // from here on nobody listens to this process's terminal
  setsid();
  const int null = open("/dev/null", O_RDWR);
  for (const int descriptor : {0, 1, 2}) dup2(null, descriptor);
  (*server)->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App cli{"abri-agent"};
  cli.add_option("--vault", options.vault, "directory of the vault")->required();
  cli.add_option("--passphrase-fd", options.passphrase_fd, "descriptor to read the passphrase from");
  cli.add_option("--next-passphrase-fd", options.next_fd,
                 "change the passphrase to the one read from here, then end");
  cli.add_flag("--create", options.create, "make a new vault, then end");
  cli.add_option("--idle", options.idle_seconds, "seconds without a request after which the vault is locked")
      ->check(CLI::Range(1, 86400));
  CLI11_PARSE(cli, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "abri-agent: %s\n", problem.what());
    return 70;
  }
}
