// SPDX-License-Identifier: MPL-2.0
#include "config/config.hpp"

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>

using abri::server::LogLevel;
using abri::server::parse_config;

namespace {
bool names(const std::vector<std::string>& problems, const std::string& key) {
  return std::ranges::any_of(problems, [&](const auto& problem) { return problem.find(key) == 0; });
}
}  // namespace

TEST_CASE("config: nothing at all is a valid configuration", "[sync-server][config]") {
  const auto parsed = parse_config("");
  CHECK(parsed.problems.empty());
  CHECK(parsed.config.address == "127.0.0.1");
  CHECK(parsed.config.health_port == 0);
}

TEST_CASE("config: every key is read", "[sync-server][config]") {
  const auto parsed = parse_config(R"(
data_dir = "/var/lib/abri"
[listen]
address = "::"
port = 443
[tls]
certificate = "c.pem"
key = "k.pem"
[store]
key_file = "s.key"
cache_kib = 1024
[health]
port = 8080
[log]
level = "warning"
[limits]
connections = 10
connections_per_address = 5
unproven_connections = 7
new_connections_burst = 30
new_connections_per_second = 10
failed_proofs_burst = 3
failed_proofs_per_second = 2
append_bytes_burst = 2000000
append_bytes_per_second = 1000
[deadlines]
tls_ms = 1000
upgrade_ms = 1001
hello_ms = 1002
idle_ms = 1003
write_stall_ms = 1004
drain_ms = 1005
)");
  CHECK(parsed.problems.empty());
  const auto& config = parsed.config;
  CHECK(config.data_dir == "/var/lib/abri");
  CHECK(config.address == "::");
  CHECK(config.port == 443);
  CHECK(config.tls_certificate == "c.pem");
  CHECK(config.tls_key == "k.pem");
  CHECK(config.store_key == "s.key");
  CHECK(config.store_cache_kib == 1024);
  CHECK(config.health_port == 8080);
  CHECK(config.log_level == LogLevel::warning);
  CHECK(config.limits.connections == 10);
  CHECK(config.limits.connections_per_address == 5);
  CHECK(config.limits.unproven_connections == 7);
  CHECK(config.limits.new_connections.burst == 30);
  CHECK(config.limits.new_connections.per_second == 10);
  CHECK(config.limits.failed_proofs.burst == 3);
  CHECK(config.limits.append_bytes.per_second == 1000);
  CHECK(config.deadlines.tls.count() == 1000);
  CHECK(config.deadlines.drain.count() == 1005);
}

TEST_CASE("config: an unknown key is named with its line", "[sync-server][config]") {
  const auto parsed = parse_config("[limits]\nconnectoins = 5\n");
  REQUIRE(parsed.problems.size() == 1);
  CHECK(parsed.problems[0].find("limits.connectoins") == 0);
  CHECK(parsed.problems[0].find("line 2") != std::string::npos);
}

TEST_CASE("config: wrong kinds, values out of range and half a certificate are named",
          "[sync-server][config]") {
  CHECK(names(parse_config("[listen]\nport = 70000\n").problems, "listen.port"));
  CHECK(names(parse_config("[listen]\nport = \"443\"\n").problems, "listen.port"));
  CHECK(names(parse_config("[log]\nlevel = \"loud\"\n").problems, "log.level"));
  CHECK(names(parse_config("[tls]\nkey = \"k.pem\"\n").problems, "tls.certificate"));
  CHECK(names(parse_config("[deadlines]\ntls_ms = 1\n").problems, "deadlines.tls_ms"));
  CHECK(names(parse_config("[limits]\nappend_bytes_burst = 5\n").problems, "limits.append_bytes_burst"));
  CHECK(names(parse_config("this is not it").problems, "line 1"));
}
