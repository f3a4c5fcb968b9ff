// SPDX-License-Identifier: MPL-2.0
// The real program on loopback: peers that are broken, slow, many or hostile. Rows of docs/security/threat-model.md.
#include "integration/server/fixture.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include <arpa/inet.h>
#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

namespace {

/// A bare TCP connection to 127.0.0.1.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port) : number_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(number_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawSocket(RawSocket&& other) noexcept
      : number_(std::exchange(other.number_, -1)), connected_(other.connected_) {}
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int number() const { return number_; }
  void say(const std::string& bytes) const { ::send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// Whether the server has closed it.
  [[nodiscard]] bool closed() const {
    char buffer[512];
    for (;;) {
      const auto got = ::recv(number_, buffer, sizeof(buffer), MSG_DONTWAIT);
      if (got > 0) continue;
      return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
  }

 private:
  int number_;
  bool connected_{false};
};

// Whether a TLS handshake of this version succeeds.
bool tls_handshake(std::uint16_t port, int version) {
  const RawSocket socket(port);
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  SSL* const tls = SSL_new(context);
  SSL_set_fd(tls, socket.number());
  const bool done = SSL_connect(tls) == 1;
  SSL_free(tls);
  SSL_CTX_free(context);
  return done;
}

/// What a server answers inside TLS to bytes of whatever kind.
struct Answer {
  std::string bytes;
  bool ended{false};  ///< the server closed the connection, within five seconds
};
Answer answer_in_tls(std::uint16_t port, const std::string& request) {
  const RawSocket socket(port);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL* const tls = SSL_new(context);
  SSL_set_fd(tls, socket.number());
  REQUIRE(SSL_connect(tls) == 1);
  REQUIRE(SSL_write(tls, request.data(), static_cast<int>(request.size())) ==
          static_cast<int>(request.size()));
  Answer answer;
  char buffer[4096];
  for (int got = 0; (got = SSL_read(tls, buffer, sizeof(buffer))) > 0;) {
    answer.bytes.append(buffer, static_cast<std::size_t>(got));
    if (answer.bytes.find("\r\n\r\n") != std::string::npos) break;
  }
  SSL_free(tls);
  SSL_CTX_free(context);
  const auto give_up = steady_clock::now() + 5s;
  while (answer.bytes.empty() && !answer.ended && steady_clock::now() < give_up)
    answer.ended = socket.closed();
  return answer;
}

/// A WebSocket upgrade with a header of its own.
std::string upgrade(const std::string& target, const std::string& header = "") {
  return "GET " + target +
         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         header + "\r\n";
}

bool alive(Deployment& d) {
  auto client = d.connect();
  v1::Frame ping;
  ping.set_request(9);
  ping.mutable_ping();
  return client && client->ask(ping).has_pong();
}

}  // namespace

TEST_CASE("server: speaks TLS 1.3 and nothing older (NW-02)", "[integration][server]") {
  Deployment d;
  for (const int old : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION})
    CHECK_FALSE(tls_handshake(d.server->port(), old));
  CHECK(tls_handshake(d.server->port(), TLS1_3_VERSION));
}

TEST_CASE("server: a welcome of another server's key, or relayed from another connection, is refused (NW-01)",
          "[integration][server]") {
  Deployment d;
  auto client = WsClient::connect(d.server->port());
  REQUIRE(client);
  auto other = d.server->key();
  other[0] ^= std::byte{1};
  CHECK_FALSE(client->greet(other));
  auto relayed = WsClient::connect(d.server->port());
  REQUIRE(relayed);
  relayed->handshake.exporter[0] ^= std::byte{1};  // what a man in the middle's TLS would have
  CHECK_FALSE(relayed->greet(d.server->key()));
}

TEST_CASE("server: malformed frames of every kind end their connection only (PD-03)",
          "[integration][server]") {
  Deployment d;
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto before = d.server->resident_kib();
  auto witness = d.connect();
  for (int round = 0; round < 60; ++round) {
    auto client = d.connect();
    REQUIRE(client);
    std::string bytes(1 + random() % 2000, '\0');
    for (auto& c : bytes) c = static_cast<char>(random());
    switch (round % 4) {
      case 0:
        break;
      case 1:
        bytes = std::string(300 * 1024, 'x');
        break;  // above the limit
      case 2:
        bytes = hello_frame(client->handshake, 99).SerializeAsString();
        break;
      default:
        bytes.resize(1 + random() % 20);
        break;
    }
    client->send_bytes(bytes, /*text=*/round % 8 == 7);
    if (round % 4 < 3) CHECK(client->ends_within(10s));
  }
  v1::Frame ping;
  ping.set_request(9);
  ping.mutable_ping();
  CHECK(witness->ask(ping).has_pong());
  CHECK(d.server->running());
  CHECK(d.server->resident_kib() < before + 16 * 1024);
}

TEST_CASE("server: text messages are answered with an error and closed", "[integration][server]") {
  Deployment d;
  auto client = d.connect();
  client->send_bytes("hello", /*text=*/true);
  const auto answer = client->receive();
  REQUIRE(answer);
  CHECK(answer->error().code() == v1::MALFORMED);
  CHECK(client->ends_within(5s));
}

TEST_CASE("server: other paths, plain HTTP and oversized headers are not served", "[integration][server]") {
  Deployment d;
  SECTION("plain HTTP") {
    const RawSocket plain(d.server->port());
    plain.say("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto give_up = steady_clock::now() + 5s;
    while (!plain.closed() && steady_clock::now() < give_up) std::this_thread::sleep_for(20ms);
    CHECK(plain.closed());
  }
  SECTION("another path, or none that is upgraded") {
    REQUIRE(answer_in_tls(d.server->port(), upgrade("/abri")).bytes.starts_with("HTTP/1.1 101 "));
    for (const auto& request : {upgrade("/"), upgrade("/abri/"), upgrade("/health"),
                                std::string("GET /abri HTTP/1.1\r\nHost: localhost\r\n\r\n")}) {
      INFO(request);
      const auto answer = answer_in_tls(d.server->port(), request);
      CHECK(answer.bytes.empty());
      CHECK(answer.ended);
    }
  }
  SECTION("more than 4 KiB of header") {
    const auto padded = [](std::size_t size) {
      return upgrade("/abri", "X-Padding: " + std::string(size, 'x') + "\r\n");
    };
    REQUIRE(answer_in_tls(d.server->port(), padded(3'500)).bytes.starts_with("HTTP/1.1 101 "));
    for (const std::size_t size : {4'096U, 5'000U}) {
      INFO(size);
      const auto answer = answer_in_tls(d.server->port(), padded(size));
      CHECK(answer.bytes.empty());
      CHECK(answer.ended);
    }
  }
  CHECK(alive(d));
}

TEST_CASE("server: slow peers are closed at their deadline while an honest one is served (PD-01)",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto honest = d.connect(keys, {CAPABILITY_WRITE});
  std::vector<RawSocket> slow;
  for (int i = 0; i < 300; ++i) slow.emplace_back(d.server->port());
  const auto start = steady_clock::now();
  std::size_t open = slow.size();
  std::uint32_t request = 10;
  auto slowest = 0ms;
  while (open > 0 && steady_clock::now() < start + 10s) {
    for (const auto& socket : slow) {
      if (!socket.closed()) socket.say("\x16");  // one byte now and then
    }
    const auto sent = steady_clock::now();
    REQUIRE(honest->ask(append_frame(request, keys.id, {std::to_string(request)})).has_receipt());
    ++request;
    slowest =
        std::max(slowest, std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - sent));
    std::this_thread::sleep_for(200ms);
    open = static_cast<std::size_t>(std::ranges::count_if(slow, [](const auto& s) { return !s.closed(); }));
  }
  CHECK(open == 0);
  CHECK(slowest < 2s);
}

TEST_CASE("server: running out of descriptors neither ends nor spins it (PD-04)", "[integration][server]") {
  Deployment d(kShortDeadlines, /*max_files=*/64);
  {
    std::vector<RawSocket> many;
    for (int i = 0; i < 150; ++i) many.emplace_back(d.server->port());
    std::this_thread::sleep_for(300ms);
    const auto before = d.server->processor_time();
    std::this_thread::sleep_for(500ms);
    CHECK(d.server->processor_time() - before < 250ms);
    CHECK(d.server->running());
  }
  const auto give_up = steady_clock::now() + 10s;
  bool served = false;
  while (!served && steady_clock::now() < give_up) served = alive(d);
  CHECK(served);
}

TEST_CASE("server: one address gets so many connections, and no more", "[integration][server]") {
  Deployment d(R"(
[limits]
connections_per_address = 3
)");
  std::vector<std::unique_ptr<WsClient>> kept;
  for (int i = 0; i < 3; ++i) {
    kept.push_back(d.connect());
    REQUIRE(kept.back());
  }
  CHECK(WsClient::connect(d.server->port(), 3s) == nullptr);
  kept.pop_back();
  const auto give_up = steady_clock::now() + 10s;
  std::unique_ptr<WsClient> again;
  while (!again && steady_clock::now() < give_up) again = d.connect();
  CHECK(again);
}

TEST_CASE("server: one address gets so many connections that proved nothing, and those not for long (PD-01)",
          "[integration][server]") {
  Deployment d(R"(
[limits]
unproven_per_address = 3
[deadlines]
proof_ms = 6000
)");
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  const auto connected = [&] {
    const auto give_up = steady_clock::now() + 10s;
    std::unique_ptr<WsClient> client;
    while (!client && steady_clock::now() < give_up) client = d.connect();
    return client;
  };
  std::vector<std::unique_ptr<WsClient>> idle;
  for (int i = 0; i < 3; ++i) {
    idle.push_back(connected());
    REQUIRE(idle.back());
  }
  CHECK(WsClient::connect(d.server->port(), 1s) == nullptr);
  // Who proves a capability makes room for the next one.
  const auto proof =
      prove_frame(2, idle.back()->handshake, keys.id, CAPABILITY_READ, keys.of(CAPABILITY_READ));
  REQUIRE(idle.back()->ask(proof).has_done());
  const auto proven = std::move(idle.back());
  idle.back() = connected();
  REQUIRE(idle.back());
  v1::Frame ping;
  ping.set_request(9);
  ping.mutable_ping();
  const auto give_up = steady_clock::now() + 30s;
  for (const auto& client : idle) {
    while (client->ask(ping).has_pong() && steady_clock::now() < give_up) std::this_thread::sleep_for(100ms);
    CHECK_FALSE(client->open());  // however much it says
  }
  CHECK(proven->ask(ping).has_pong());
}

TEST_CASE("server: readers that do not read are dropped, others are not held up (PD-05)",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto author = d.connect(keys, {CAPABILITY_WRITE});
  auto reader = d.connect(keys, {CAPABILITY_READ});
  REQUIRE(reader->ask(subscribe_frame(3, keys.id)).has_entries());
  REQUIRE(reader->send(credit_frame(200'000'000)));
  std::vector<std::unique_ptr<WsClient>> stuck;
  for (int i = 0; i < 20; ++i) {
    auto client = d.connect(keys, {CAPABILITY_READ});
    REQUIRE(client->ask(subscribe_frame(3, keys.id)).has_entries());
    REQUIRE(client->send(credit_frame(200'000'000)));  // and reads no more
    stuck.push_back(std::move(client));
  }
  LogReader held(keys.id);
  std::mt19937_64 random(3);
  constexpr std::uint32_t kEntries = 400;  // more than the sockets' buffers take
  for (std::uint32_t i = 0; i < kEntries; ++i) {
    std::string entry(50'000, '\0');
    for (auto& c : entry) c = static_cast<char>(random());
    REQUIRE(author->ask(append_frame(10 + i, keys.id, {entry})).has_receipt());
    while (held.size() <= i) {
      const auto frame = reader->receive();
      REQUIRE(frame);
      REQUIRE(held.take(frame->entries(), crypto::SigningPublicKey(d.server->key())));
    }
  }
  std::this_thread::sleep_for(3s);  // the write deadline of two seconds
  CHECK(d.server->resident_kib() < 150 * 1024);
  for (const auto& client : stuck) CHECK(client->ends_within(10s));
  CHECK(alive(d));
}

TEST_CASE("server: a capability that was rotated away is cut on every connection", "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto owner = d.connect(keys, {v1::CAPABILITY_OWNER});
  auto reader = d.connect(keys, {CAPABILITY_READ});
  REQUIRE(reader->ask(subscribe_frame(3, keys.id)).has_entries());
  LogKeys fresh;
  CHECK(owner->ask(rotate_frame(4, keys, fresh.read, fresh.write)).has_done());
  const auto told = reader->receive();
  REQUIRE(told);
  CHECK(told->error().code() == v1::NOT_PERMITTED);
  CHECK(d.connect(keys, {CAPABILITY_WRITE}) == nullptr);
}
