// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/account_code.hpp>
#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace abri::test {

/// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The real `abri-server` on a free port of 127.0.0.1, in a process of its own.
class ServerProcess {
 public:
  struct Options {
    std::filesystem::path data;
    std::string config{};        ///< TOML; the port is always free
    std::uint32_t max_files{0};  ///< RLIMIT_NOFILE; 0: as it is
    std::uint16_t port{0};       ///< 0: any free one
  };
  /// Starts it and waits until it listens. Stops the test's program where it does not.
  explicit ServerProcess(Options options);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  /// Kills it, where it still runs. Stops the test's program where a sanitizer reported something in it.
  ~ServerProcess();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The key that clients pin.
  [[nodiscard]] const ByteArray<32>& key() const { return key_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// What it has written to its log so far.
  [[nodiscard]] std::string log() const;
  [[nodiscard]] bool running();

  void send_signal(int number) const;
  /// Waits for its end. @return its exit code, or 128 + the signal that ended it; nothing where it still runs
  std::optional<int> wait(std::chrono::milliseconds patience);
  /// `abri-server account add` while it runs.
  [[nodiscard]] AccountCode add_account() const;
  /// Resident memory in KiB.
  [[nodiscard]] std::uint64_t resident_kib() const;
  /// Processor time used so far.
  [[nodiscard]] std::chrono::milliseconds processor_time() const;

 private:
  std::filesystem::path data_;
  pid_t pid_{-1};
  std::optional<int> exit_code_;
  std::uint16_t port_{0};
  ByteArray<32> key_{};
};

/// Runs a program to its end. @return exit code and what it wrote to standard output and standard error, little of it
struct Finished {
  int exit_code{0};
  std::string out;
  std::string error;
};
Finished run_program(const std::vector<std::string>& arguments);

}  // namespace abri::test
