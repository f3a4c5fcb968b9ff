// SPDX-License-Identifier: MPL-2.0
// What the operator is told where the configuration is wrong, or where something keeps the server from starting.
#include "integration/server/fixture.hpp"
#include "support/paths.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)

namespace {

struct Operator {
  TempFolder folder;
  std::filesystem::path data = folder.path() / "data";

  [[nodiscard]] Finished run(const std::string& config, bool check) const {
    const auto file = folder.path() / "config.toml";
    std::ofstream(file) << config;
    std::vector<std::string> arguments{(bin_dir() / "abri-server").string(), "--data", data.string(),
                                       "--config", file.string()};
    if (check) arguments.emplace_back("--check-config");
    return run_program(arguments);
  }
  /// Both the check and the start name it and end with 2.
  void check_refused(const std::string& config, const std::string& key, const std::string& value) const {
    for (const bool check : {true, false}) {
      const auto done = run(config, check);
      INFO(config << "\ncheck " << check << ": " << done.error);
      CHECK(done.exit_code == 2);
      CHECK(done.error.starts_with("abri-server: " + key + ": "));
      CHECK(done.error.find(value) != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(data));
  }
};

std::string quoted(const std::filesystem::path& path) {
  return '"' + path.string() + '"';
}

}  // namespace

TEST_CASE("server: a wrong address or file of the configuration is named with its key, exit code 2",
          "[integration][server]") {
  const Operator op;
  op.check_refused("[listen]\naddress = \"nowhere\"\n", "listen.address", "\"nowhere\" is no IP address");
  op.check_refused("[listen]\naddress = \"192.0.2.1\"\n", "listen.address",
                   "\"192.0.2.1\" is no address of this machine");
  const auto missing = op.folder.path() / "missing.pem";
  op.check_refused("[tls]\ncertificate = " + quoted(missing) + "\nkey = " + quoted(missing) + "\n",
                   "tls.certificate", missing.string() + " cannot be read (No such file or directory)");
  const auto letter = op.folder.path() / "letter.txt";
  std::ofstream(letter) << "no certificate\n";
  op.check_refused("[tls]\ncertificate = " + quoted(letter) + "\nkey = " + quoted(letter) + "\n",
                   "tls.certificate", letter.string() + " holds no certificate");
  const auto store_key = op.folder.path() / "store.key";
  std::ofstream(store_key) << std::string(32, 'k');
  std::filesystem::permissions(store_key, std::filesystem::perms{0644});
  op.check_refused("[store]\nkey_file = " + quoted(store_key) + "\n", "store.key_file",
                   "chmod 600 " + store_key.string());
}

TEST_CASE("server: a key that does not fit its certificate is named, exit code 2", "[integration][server]") {
  const Operator op;
  std::vector<std::filesystem::path> made;  // of two servers that made their own
  for (const auto* const name : {"one", "two"}) {
    made.push_back(op.folder.path() / name);
    const ServerProcess server({.data = made.back()});
  }
  op.check_refused("[tls]\ncertificate = " + quoted(made[0] / "tls-certificate.pem") +
                       "\nkey = " + quoted(made[1] / "tls-key.pem") + "\n",
                   "tls.key", (made[1] / "tls-key.pem").string() + " holds no key that fits");
}

TEST_CASE("server: what else keeps it from starting is said with key and path, exit code 1",
          "[integration][server]") {
  const Operator op;
  Deployment running;
  SECTION("the port is taken") {
    const auto port = std::to_string(running.server->port());
    const auto done = op.run("[listen]\nport = " + port + "\n", /*check=*/false);
    CHECK(done.exit_code == 1);
    CHECK(done.error.find("listen.port: 127.0.0.1 port " + port + " is in use") != std::string::npos);
  }
  SECTION("the port of the health check is taken") {
    const auto port = std::to_string(running.server->port());
    const auto done = op.run("[listen]\nport = 0\n[health]\nport = " + port + "\n", /*check=*/false);
    CHECK(done.exit_code == 1);
    CHECK(done.error.find("health.port: 127.0.0.1 port " + port + " is in use") != std::string::npos);
  }
  SECTION("another server has the data folder") {
    const auto data = running.folder.path() / "data";
    const auto done =
        run_program({(bin_dir() / "abri-server").string(), "--data", data.string(), "--port", "0"});
    CHECK(done.exit_code == 1);
    CHECK(done.error.find("data_dir: " + (data / "store.db").string() +
                          " is in use by another abri-server") != std::string::npos);
  }
  SECTION("the data folder is a file") {
    std::ofstream(op.data) << "a file\n";
    const auto done = op.run("", /*check=*/false);
    CHECK(done.exit_code == 1);
    CHECK(done.error.find("data_dir: " + op.data.string() + " cannot be made or opened") !=
          std::string::npos);
  }
}
