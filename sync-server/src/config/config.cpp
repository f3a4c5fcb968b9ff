// SPDX-License-Identifier: MPL-2.0
#include "config/config.hpp"

#include <concepts>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include <toml++/toml.h>

namespace abri::server {
namespace {

/// Reads keys and remembers which it was asked for, so that what is left over can be named.
class KeyReader {
 public:
  KeyReader(const toml::table& root, std::vector<std::string>& problems) : root_(root), problems_(problems) {}

  template <std::integral T>
  void number(const char* key, T& out, std::int64_t min, std::int64_t max) {
    if (const auto value = read<std::int64_t>(key, "a whole number"); in_range(key, value, min, max)) {
      out = static_cast<T>(*value);
    }
  }
  void rate(const char* burst, const char* per_second, Rate& out) {
    if (const auto value = read<std::int64_t>(burst, "a whole number"); in_range(burst, value, 1, kMost)) {
      out.burst = static_cast<double>(*value);
    }
    if (const auto value = read<std::int64_t>(per_second, "a whole number");
        in_range(per_second, value, 1, kMost)) {
      out.per_second = static_cast<double>(*value);
    }
  }
  void duration(const char* key, std::chrono::milliseconds& out) {
    std::int64_t ms = out.count();
    number(key, ms, 100, 3'600'000);
    out = std::chrono::milliseconds{ms};
  }
  template <class T>
  void text(const char* key, T& out) {
    if (const auto value = read<std::string>(key, "a text"); value) out = *value;
  }
  std::optional<std::string> text(const char* key) { return read<std::string>(key, "a text"); }
  void problem(const char* key, const std::string& what) {
    problems_.push_back(std::string(key) + " " + what);
  }

  void name_unknown() { name_unknown(root_, ""); }

 private:
  static constexpr std::int64_t kMost = std::int64_t{1} << 40;

  template <class T>
  std::optional<T> read(const char* key, const char* kind) {
    known_.insert(key);
    const auto node = root_.at_path(key);
    if (!node) return std::nullopt;
    auto value = node.template value_exact<T>();
    if (!value) problem(key, std::string("must be ") + kind);
    return value;
  }
  bool in_range(const char* key, const std::optional<std::int64_t>& value, std::int64_t min,
                std::int64_t max) {
    if (!value) return false;
    if (*value >= min && *value <= max) return true;
    problem(key, "must lie between " + std::to_string(min) + " and " + std::to_string(max));
    return false;
  }
  void name_unknown(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const auto path = prefix + std::string(key.str());
      if (const auto* inner = node.as_table()) {
        name_unknown(*inner, path + ".");
      } else if (!known_.contains(path)) {
        problems_.push_back(path + " is not a known key (line " + std::to_string(node.source().begin.line) +
                            ")");
      }
    }
  }
  const toml::table& root_;
  std::vector<std::string>& problems_;
  std::set<std::string> known_;
};

void read_level(KeyReader& in, LogLevel& out) {
  const std::map<std::string, LogLevel> levels{{"info", LogLevel::info},
                                               {"warning", LogLevel::warning},
                                               {"error", LogLevel::error},
                                               {"off", LogLevel::off}};
  const auto text = in.text("log.level");
  if (!text) return;
  if (const auto found = levels.find(*text); found != levels.end()) {
    out = found->second;
  } else {
    in.problem("log.level", "must be info, warning, error or off");
  }
}

}  // namespace

std::filesystem::path default_data_dir() {
  const char* const state =
      std::getenv("STATE_DIRECTORY");  // NOLINT(concurrency-mt-unsafe) before any thread
  return state != nullptr && *state != '\0' ? state : "abri-server-data";
}

ParsedConfig parse_config(std::string_view text) {
  ParsedConfig out;
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    out.problems.push_back("line " + std::to_string(error.source().begin.line) + " is not TOML");
    return out;
  }
  auto& config = out.config;
  KeyReader in(root, out.problems);
  in.text("listen.address", config.address);
  in.number("listen.port", config.port, 0, 65'535);
  in.text("data_dir", config.data_dir);
  in.text("tls.certificate", config.tls_certificate);
  in.text("tls.key", config.tls_key);
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    in.problem("tls.certificate", "and tls.key go together");
  }
  in.text("store.key_file", config.store_key);
  in.number("store.cache_kib", config.store_cache_kib, 256, 1'048'576);
  in.number("health.port", config.health_port, 0, 65'535);
  read_level(in, config.log_level);
  auto& limits = config.limits;
  in.number("limits.connections", limits.connections, 1, 1'000'000);
  in.number("limits.connections_per_address", limits.connections_per_address, 1, 1'000'000);
  in.number("limits.unproven_connections", limits.unproven_connections, 1, 1'000'000);
  in.number("limits.unproven_per_address", limits.unproven_per_address, 1, 1'000'000);
  in.rate("limits.new_connections_burst", "limits.new_connections_per_second", limits.new_connections);
  in.rate("limits.failed_proofs_burst", "limits.failed_proofs_per_second", limits.failed_proofs);
  in.rate("limits.append_bytes_burst", "limits.append_bytes_per_second", limits.append_bytes);
  if (limits.append_bytes.burst < 1024.0 * 1024) {
    in.problem("limits.append_bytes_burst", "must be at least 1048576, or large appends never pass");
  }
  auto& deadlines = config.deadlines;
  in.duration("deadlines.tls_ms", deadlines.tls);
  in.duration("deadlines.upgrade_ms", deadlines.upgrade);
  in.duration("deadlines.hello_ms", deadlines.hello);
  in.duration("deadlines.proof_ms", deadlines.proof);
  in.duration("deadlines.idle_ms", deadlines.idle);
  in.duration("deadlines.write_stall_ms", deadlines.write_stall);
  in.duration("deadlines.drain_ms", deadlines.drain);
  in.name_unknown();
  return out;
}

}  // namespace abri::server
