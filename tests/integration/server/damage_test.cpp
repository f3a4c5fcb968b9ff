// SPDX-License-Identifier: MPL-2.0
// The real program on a store of which pages cannot be read any more.
#include "integration/server/fixture.hpp"
#include "support/paths.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

namespace {

constexpr std::size_t kPageBytes = 4096;

tcp::endpoint local(std::uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

std::uint16_t free_port() {
  boost::asio::io_context context;
  return tcp::acceptor(context, local(0)).local_endpoint().port();
}

/// A server with a health port, a long log and a short one, which has ended.
struct Fixture {
  std::uint16_t health_port = free_port();
  Deployment d{"[health]\nport = " + std::to_string(health_port) + "\n"};
  LogKeys long_log;
  LogKeys short_log;
  std::filesystem::path store = d.folder.path() / "data" / "store.db";

  Fixture() {
    for (const auto* keys : {&long_log, &short_log}) REQUIRE(d.open_log(*keys));
    auto author = d.connect(long_log, {CAPABILITY_WRITE});
    for (std::uint32_t i = 0; i < 40; ++i) {
      const auto entry = std::to_string(i) + std::string(5'000, '.');
      REQUIRE(author->ask(append_frame(10 + i, long_log.id, {entry})).has_receipt());
    }
    author = d.connect(short_log, {CAPABILITY_WRITE});
    REQUIRE(author->ask(append_frame(5, short_log.id, {"entry"})).has_receipt());
    d.server->send_signal(SIGTERM);
    REQUIRE(d.server->wait(10s) == 0);
  }
  [[nodiscard]] std::size_t pages() const { return std::filesystem::file_size(store) / kPageBytes; }
  void damage(std::size_t page) const {
    std::fstream file(store, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(page * kPageBytes + 100));
    file.write("damaged", 7);
  }
  /// Status line of `GET /health`.
  [[nodiscard]] std::string health() const {
    boost::asio::io_context context;
    tcp::socket socket(context);
    socket.connect(local(health_port));
    boost::asio::write(socket, boost::asio::buffer(std::string("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")));
    std::string answer;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
    return answer.substr(0, answer.find('\r'));
  }
  bool serves_short_log() {
    auto client = d.connect(short_log, {CAPABILITY_READ});
    return client && client->ask(subscribe_frame(3, short_log.id)).entries().entries_size() == 1;
  }
};

}  // namespace

TEST_CASE("server: a damaged page costs one log, is written down and makes it unhealthy, no more (CS-05)",
          "[integration][server]") {
  Fixture f;
  for (std::size_t page = f.pages() * 4 / 10; page < f.pages() * 6 / 10; ++page) f.damage(page);
  f.d.restart();
  CHECK(f.health() == "HTTP/1.1 200 OK");
  for (int i = 0; i < 3; ++i) {
    auto reader = f.d.connect(f.long_log, {CAPABILITY_READ});
    if (!reader) continue;  // refused with the proof: it is known by now
    REQUIRE(reader->send(subscribe_frame(3, f.long_log.id)));
    LogReader held(f.long_log.id);
    for (bool told = false; !told;) {
      const auto frame = reader->receive();
      REQUIRE(frame);
      told = frame->error().code() == v1::DAMAGED;
      if (!told) REQUIRE(held.take(frame->entries(), crypto::SigningPublicKey(f.d.server->key())));
    }
    v1::Frame ping;
    ping.set_request(9);
    ping.mutable_ping();
    CHECK(reader->ask(ping).has_pong());
  }
  CHECK(f.health() == "HTTP/1.1 503 Service Unavailable");
  CHECK(f.d.server->log().find("store_damaged error=malformed") != std::string::npos);
  CHECK(f.serves_short_log());
  auto author = f.d.connect(f.short_log, {CAPABILITY_WRITE});
  REQUIRE(author);
  CHECK(author->ask(append_frame(6, f.short_log.id, {"another"})).has_receipt());
  CHECK(f.d.server->running());
  f.d.server->send_signal(SIGTERM);
  CHECK(f.d.server->wait(10s) == 0);
}

TEST_CASE("server: accounts that cannot be read are said to who adds one, and the server serves on",
          "[integration][server]") {
  Fixture f;
  f.damage(1);  // the accounts' page: their table is the first one
  f.d.restart();
  CHECK(f.serves_short_log());
  CHECK(f.health() == "HTTP/1.1 200 OK");
  const auto added = run_program({(bin_dir() / "abri-server").string(), "account", "add", "--data",
                                  (f.d.folder.path() / "data").string()});
  CHECK(added.exit_code == 1);
  CHECK(f.health() == "HTTP/1.1 503 Service Unavailable");
  CHECK(f.serves_short_log());
  CHECK(f.d.server->running());
}
