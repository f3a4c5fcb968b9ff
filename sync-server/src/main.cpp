// SPDX-License-Identifier: MPL-2.0
#include "config/explain.hpp"
#include "server.hpp"

#include <abri/crypto/init.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include <CLI/CLI.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace {

using abri::server::Config;

// Exit codes, as in docs/ops/server.md.
constexpr int kFailed = 1;
constexpr int kUsage = 2;

// Keys must not reach a core file. Builds for development keep theirs.
void forbid_core_files() {
#ifdef NDEBUG
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

int report(const abri::Error& error, const Config& config) {
  std::fprintf(stderr, "abri-server: %s\n", abri::server::explain(error, config).c_str());
  return kFailed;
}

/// False: says what is wrong.
bool sound(const Config& config) {
  const auto problems = abri::server::find_problems(config);
  for (const auto& problem : problems) std::fprintf(stderr, "abri-server: %s\n", problem.c_str());
  return problems.empty();
}

int print_account(const Config& config, const abri::server::AccountQuota& quota) {
  const auto code = abri::server::add_account(config, quota);
  if (!code) return report(code.error(), config);
  std::puts(code->c_str());
  return 0;
}

bool load_config(const std::string& path, Config& config) {
  if (path.empty()) return true;
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "abri-server: %s cannot be read\n", path.c_str());
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = abri::server::parse_config(text);
  for (const auto& problem : parsed.problems) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), problem.c_str());
  }
  config = std::move(parsed.config);
  return parsed.problems.empty();
}

void print_started(const abri::server::Started& started) {
  std::printf("listening %s %u\nserver key %s\n", started.address.c_str(),
              static_cast<unsigned>(started.port), started.key.hex().c_str());
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  CLI::App app{"Abri's sync server: append-only logs of ciphertext behind capabilities."};
  std::string config_path;
  std::string data_dir;
  std::string address;
  int port = -1;
  bool check = false;
  app.add_option("--config", config_path, "TOML file (docs/ops/server.md); none is needed for a trial");
  app.add_option("--data", data_dir, "folder of the store and the keys")->type_name("DIR");
  app.add_option("--address", address, "IP address to listen on");
  app.add_option("--port", port, "port to listen on; 0 takes any free one")->check(CLI::Range(0, 65'535));
  app.add_flag("--check-config", check, "check the configuration and end");
  app.fallthrough();
  auto* const account = app.add_subcommand("account", "quota accounts");
  account->require_subcommand(1);
  abri::server::AccountQuota quota;
  auto* const add = account->add_subcommand("add", "create one and print its code, which is a secret");
  add->add_option("--max-bytes", quota.max_bytes, "of entries, over all its logs")->capture_default_str();
  add->add_option("--max-logs", quota.max_logs, "logs")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }

  Config config;
  if (!load_config(config_path, config)) return kUsage;
  if (!data_dir.empty()) config.data_dir = data_dir;
  if (!address.empty()) config.address = address;
  if (port >= 0) config.port = static_cast<std::uint16_t>(port);
  if (const auto ready = abri::crypto::initialise(); !ready) return report(ready.error(), config);
  if (add->parsed() && !check) return print_account(config, quota);
  if (!sound(config)) return kUsage;
  if (check) {
    std::puts("configuration ok");
    return 0;
  }
  const auto served = abri::server::serve(config, print_started);
  return served ? 0 : report(served.error(), config);
}

}  // namespace

int main(int argc, char** argv) {
  forbid_core_files();
  try {
    return run(argc, argv);
  } catch (const std::exception&) {
    std::fputs("abri-server: out of memory or a bug\n", stderr);
    return kFailed;
  }
}
