// SPDX-License-Identifier: MPL-2.0
// A client before servers, and networks, that are not what they should be.
#include "integration/sync/device.hpp"
#include "integration/sync/hostile_server.hpp"
#include "support/server_process.hpp"
#include "support/ws_client.hpp"

#include <memory>
#include <random>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::test;
using core::sync::LogKind;
using core::sync::State;
using core::sync::test::LogKeys;

namespace {

using Instead = HostileServer::Script::Instead;
const ByteArray<32> kPinned = crypto::SigningKey::generate().public_key().array();

struct Attempt {
  explicit Attempt(HostileServer::Script script) : server(context, std::move(script)) {
    device.port.add(std::make_shared<LogKeys>(LogKind::feed));
    device.net.start();
  }
  boost::asio::io_context context;
  HostileServer server;
  NetDevice device{context, kPinned, server.port()};
};

}  // namespace

TEST_CASE("sync: NW-07 networks that are no server of ours are left and tried again later") {
  HostileServer::Script script;
  script.answer = [](const std::string&) { return std::vector<std::string>{}; };
  SECTION("closes at once") {
    script.instead = Instead::close;
  }
  SECTION("a captive portal") {
    script.instead = Instead::web_page;
  }
  SECTION("a web server with TLS of its own") {
    script.instead = Instead::secure_web_page;
  }
  Attempt attempt(script);
  REQUIRE(run_until(attempt.context, [&] { return attempt.server.connections() >= 3; }));
  CHECK(attempt.device.engine.status().error == Errc::network_lost);
  CHECK(attempt.device.engine.status().state != State::live);
}

TEST_CASE("sync: a server that accepts and then says nothing is left after ten seconds") {
  HostileServer::Script script;
  script.instead = Instead::silence;
  Attempt attempt(script);
  REQUIRE(run_until(attempt.context, [&] { return attempt.device.engine.status().error.has_value(); }));
  CHECK(attempt.device.engine.status().error == Errc::timed_out);
}

TEST_CASE("sync: nobody listens, or there is no such name") {
  boost::asio::io_context context;
  NetDevice device(context, kPinned, 1);
  SECTION("refused") {}
  SECTION("no port") {
    device.port.address = "localhost";
  }
  SECTION("no host") {
    device.port.address = ":7443";
  }
  device.net.start();
  REQUIRE(run_until(context, [&] { return device.engine.status().error.has_value(); }));
  CHECK(device.engine.status().state == State::offline);
}

TEST_CASE("sync: malformed frames end in a clean error, never in a crash") {
  std::mt19937 random(20261122);
  HostileServer::Script script;
  SECTION("random bytes") {
    script.answer = [&random](const std::string&) {
      std::string bytes(random() % 4000, '\0');
      for (auto& c : bytes) c = static_cast<char>(random());
      return std::vector<std::string>{bytes, bytes};
    };
  }
  SECTION("a text message") {
    script.text = true;
    script.answer = [](const std::string&) { return std::vector<std::string>{"hello"}; };
  }
  SECTION("larger than a frame may be") {
    script.answer = [](const std::string&) { return std::vector<std::string>{std::string(300'000, 'x')}; };
  }
  SECTION("another version") {
    script.answer = [](const std::string&) {
      v1::Frame frame;
      frame.mutable_welcome()->set_version(2);
      return std::vector<std::string>{frame.SerializeAsString()};
    };
  }
  SECTION("an answer before the welcome") {
    script.answer = [](const std::string&) {
      v1::Frame frame;
      frame.set_request(1);
      frame.mutable_entries()->set_log(std::string(16, 'x'));
      return std::vector<std::string>{frame.SerializeAsString()};
    };
  }
  Attempt attempt(script);
  REQUIRE(run_until(attempt.context, [&] { return attempt.server.connections() >= 3; }));
  CHECK(attempt.device.engine.status().error.has_value());
  CHECK(attempt.device.engine.status().state != State::live);
  CHECK(attempt.device.port.evidences.empty());
}

TEST_CASE(
    "sync: NW-01 a party in between that relays the true server's frames is refused before anything is "
    "proven") {
  TempFolder folder;
  ServerProcess server({.data = folder.path() / "data"});
  auto upstream = WsClient::connect(server.port());
  REQUIRE(upstream);
  boost::asio::io_context context;
  std::vector<std::string> heard;
  HostileServer relay(context, {.answer = [&](const std::string& message) {
                        heard.push_back(message);
                        v1::Frame frame;
                        ABRI_ASSERT(frame.ParseFromString(message));
                        const auto answer = upstream->ask(frame);
                        return std::vector<std::string>{answer.SerializeAsString()};
                      }});
  NetDevice device(context, server.key(), relay.port());
  device.port.add(std::make_shared<LogKeys>(LogKind::feed));
  device.net.start();
  REQUIRE(run_until(context, [&] { return device.engine.status().state == State::stopped; }));
  CHECK(device.engine.status().error == Errc::wrong_server);
  CHECK(heard.size() == 1);  // hello: no capability, no log id
}

TEST_CASE("sync: another server than the pinned one is refused") {
  TempFolder folder;
  ServerProcess server({.data = folder.path() / "data"});
  boost::asio::io_context context;
  NetDevice device(context, kPinned, server.port());
  device.net.start();
  REQUIRE(run_until(context, [&] { return device.engine.status().state == State::stopped; }));
  CHECK(device.engine.status().error == Errc::wrong_server);
}

TEST_CASE("sync: a synchroniser that goes away in the middle leaves the engine ready for the next") {
  TempFolder folder;
  ServerProcess server({.data = folder.path() / "data"});
  boost::asio::io_context context;
  core::sync::test::MemoryPort port;
  port.pinned = crypto::SigningPublicKey(server.key());
  port.address = "127.0.0.1:" + std::to_string(server.port());
  core::sync::Engine engine(port, 3);
  for (int i = 0; i < 8; ++i) {
    core::net::Synchroniser net(context, engine);
    net.start();
    context.run_for(std::chrono::milliseconds{i * 2});
  }
  CHECK(engine.status().state == State::stopped);
  core::net::Synchroniser net(context, engine);
  net.start();
  CHECK(run_until(context, [&] { return engine.settled(); }));
}
