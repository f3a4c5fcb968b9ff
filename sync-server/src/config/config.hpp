// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "limits/token_bucket.hpp"
#include "logging/events.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace abri::server {

/// Everything that may be set, with its default. The names in the TOML file are those in docs/ops/server.md.
struct Config {
  std::string address{"127.0.0.1"};
  std::uint16_t port{7433};               ///< 0: any free one
  std::filesystem::path data_dir;         ///< empty: `default_data_dir()`
  std::filesystem::path tls_certificate;  ///< PEM; empty: self-made, in the data folder
  std::filesystem::path tls_key;          ///< PEM
  std::filesystem::path store_key;        ///< 32 raw bytes, mode 0600; empty: in the data folder
  std::uint32_t store_cache_kib{4096};
  std::uint16_t health_port{0};  ///< on 127.0.0.1; 0: off
  LogLevel log_level{LogLevel::info};

  struct Limits {
    std::uint32_t connections{10'000};
    std::uint32_t connections_per_address{200};  ///< an association's whole office has one address
    std::uint32_t unproven_connections{500};     ///< that proved no capability yet
    std::uint32_t unproven_per_address{100};     ///< of them, from one address
    Rate new_connections{400, 40};               ///< of one address
    Rate failed_proofs{64, 1};                   ///< of one address
    Rate append_bytes{64.0 * 1024 * 1024, 8.0 * 1024 * 1024};  ///< by one write capability
  } limits;

  struct Deadlines {
    std::chrono::milliseconds tls{5'000};
    std::chrono::milliseconds upgrade{5'000};
    std::chrono::milliseconds hello{5'000};
    std::chrono::milliseconds proof{15'000};
    std::chrono::milliseconds idle{90'000};
    std::chrono::milliseconds write_stall{20'000};
    std::chrono::milliseconds drain{5'000};
  } deadlines;
};

/// `$STATE_DIRECTORY` (set by systemd), or `./abri-server-data`.
std::filesystem::path default_data_dir();

/// What a configuration holds, and what is wrong with it: one sentence each, naming the key. Usable only without problems.
struct ParsedConfig {
  Config config;
  std::vector<std::string> problems;
};
ParsedConfig parse_config(std::string_view toml);

}  // namespace abri::server
