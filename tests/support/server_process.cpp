// SPDX-License-Identifier: MPL-2.0
#include "support/server_process.hpp"

#include "support/paths.hpp"

#include <abri/base/result.hpp>
#include <abri/crypto/random.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace abri::test {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kStartPatience{60'000};
constexpr milliseconds kPoll{5};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Never returns.
[[noreturn]] void become(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void redirect(const std::filesystem::path& path, int to) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(file, to);
}

// A race or a fault inside the server fails the test that caused it, and says what it was.
void stop_at_a_report(const std::string& log) {
  if (log.find("Sanitizer: ") == std::string::npos) return;
  std::fputs(log.c_str(), stderr);
  std::_Exit(EXIT_FAILURE);
}

std::string read_to_end(int descriptor) {
  std::string out;
  char buffer[4096];
  for (;;) {
    const auto got = ::read(descriptor, buffer, sizeof(buffer));
    if (got <= 0) break;
    out.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return out;
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TempFolder::TempFolder()
    : path_(std::filesystem::temp_directory_path() /
            ("abri-test-" + crypto::random_id<Id<struct FolderTag, 8>>().hex())) {
  std::filesystem::create_directories(path_);
}
TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ServerProcess::ServerProcess(Options options) : data_(std::move(options.data)) {
  std::filesystem::create_directories(data_);
  std::vector<std::string> arguments{(bin_dir() / "abri-server").string(), "--data", data_.string(), "--port",
                                     std::to_string(options.port)};
  if (!options.config.empty()) {
    std::ofstream(data_ / "config.toml") << options.config;
    arguments.insert(arguments.end(), {"--config", (data_ / "config.toml").string()});
  }
  const auto out = data_ / "started.txt";
  std::filesystem::remove(out);
  pid_ = ::fork();
  if (pid_ == 0) {
    redirect(out, STDOUT_FILENO);
    redirect(data_ / "log.txt", STDERR_FILENO);
    if (options.max_files > 0) {
      const rlimit limit{.rlim_cur = options.max_files, .rlim_max = options.max_files};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    become(arguments);
  }
  const auto give_up = std::chrono::steady_clock::now() + kStartPatience;
  std::string text;
  while (text.find("server key ") == std::string::npos || text.back() != '\n') {
    if (!running()) stop_at_a_report(log());
    ABRI_ASSERT(std::chrono::steady_clock::now() < give_up && running());
    std::this_thread::sleep_for(kPoll);
    text = read_file(out);
  }
  std::istringstream words(text);
  std::string word;
  std::string key;
  unsigned port = 0;
  words >> word >> word >> port >> word >> word >> key;
  port_ = static_cast<std::uint16_t>(port);
  key_ = Hash::from_hex(key).value_or(Hash{}).array();
}

ServerProcess::~ServerProcess() {
  if (running()) {
    send_signal(SIGKILL);
    wait(milliseconds{10'000});
  }
  stop_at_a_report(log());
}

std::string ServerProcess::log() const {
  return read_file(data_ / "log.txt");
}

bool ServerProcess::running() {
  return !wait(milliseconds{0});
}

void ServerProcess::send_signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> ServerProcess::wait(milliseconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!exit_code_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = code_of(status);
    if (exit_code_ || std::chrono::steady_clock::now() >= give_up) break;
    std::this_thread::sleep_for(kPoll);
  }
  return exit_code_;
}

AccountCode ServerProcess::add_account() const {
  const auto done =
      run_program({(bin_dir() / "abri-server").string(), "account", "add", "--data", data_.string()});
  const auto code = parse_account_code(done.out);
  ABRI_ASSERT(done.exit_code == 0 && code.has_value());
  return *code;
}

std::uint64_t ServerProcess::resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6));
  }
  return 0;
}

milliseconds ServerProcess::processor_time() const {
  const auto text = read_file("/proc/" + std::to_string(pid_) + "/stat");
  std::istringstream words(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) words >> skipped;
  long user = 0;
  long system = 0;
  words >> user >> system;
  return milliseconds{(user + system) * 1000 / ::sysconf(_SC_CLK_TCK)};
}

Finished run_program(const std::vector<std::string>& arguments) {
  int out[2] = {-1, -1};
  int error[2] = {-1, -1};
  ABRI_ASSERT(::pipe(out) == 0 && ::pipe(error) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    for (const int end : {out[0], out[1], error[0], error[1]}) ::close(end);
    become(arguments);
  }
  for (const int end : {out[1], error[1]}) ::close(end);
  Finished done{.exit_code = 0, .out = read_to_end(out[0]), .error = read_to_end(error[0])};
  int status = 0;
  ::waitpid(child, &status, 0);
  done.exit_code = code_of(status);
  return done;
}

}  // namespace abri::test
