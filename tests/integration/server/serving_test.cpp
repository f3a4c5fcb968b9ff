// SPDX-License-Identifier: MPL-2.0
// The real program on loopback: what a device meets in ordinary use, and after a crash.
#include "integration/server/fixture.hpp"
#include "support/paths.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include <catch2/catch_test_macros.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

TEST_CASE("server: what one device appends another reads, live and later, under signed heads",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  const auto server_key = crypto::SigningPublicKey(d.server->key());
  auto author = d.connect(keys, {CAPABILITY_WRITE});
  auto reader = d.connect(keys, {CAPABILITY_READ});
  REQUIRE((author && reader));
  LogReader held(keys.id);
  REQUIRE(held.take(reader->ask(subscribe_frame(3, keys.id)).entries(), server_key));
  for (std::uint32_t i = 0; i < 20; ++i) {
    const auto entry = "entry " + std::to_string(i);
    const auto receipt = author->ask(append_frame(10 + i, keys.id, {entry}, i)).receipt();
    REQUIRE(receipt.positions_size() == 1);
    CHECK(receipt.positions(0) == i);
    const auto live = reader->receive();
    REQUIRE(live);
    REQUIRE(held.take(live->entries(), server_key));
    CHECK(live->entries().head().root().empty());  // the entries lead to it
    CHECK(live->entries().head().signature() == receipt.head().signature());
  }
  auto later = d.connect(keys, {CAPABILITY_READ});
  LogReader fresh(keys.id);
  REQUIRE(fresh.take(later->ask(subscribe_frame(3, keys.id)).entries(), server_key));
  CHECK(fresh.root() == held.root());
  CHECK(fresh.entries() == held.entries());
}

TEST_CASE("server: of eight devices that race for each position one wins every time",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  constexpr std::uint32_t kRounds = 25;
  std::vector<std::unique_ptr<WsClient>> rivals;
  for (int i = 0; i < 8; ++i) rivals.push_back(d.connect(keys, {CAPABILITY_WRITE}));
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < rivals.size(); ++i) {
      const auto entry = std::to_string(round) + " of " + std::to_string(i);
      REQUIRE(rivals[i]->send(append_frame(10 + round, keys.id, {entry}, round)));
    }
    int won = 0;
    for (const auto& rival : rivals) {
      const auto answer = rival->receive();
      REQUIRE(answer);
      if (answer->has_receipt()) ++won;
      if (!answer->has_receipt()) CHECK(answer->error().code() == v1::CONFLICT);
    }
    CHECK(won == 1);
  }
}

TEST_CASE("server: a large push and a fresh reader's start pass with flow control", "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto author = d.connect(keys, {CAPABILITY_WRITE});
  std::mt19937_64 random(7);
  constexpr std::uint32_t kEntries = 60;
  std::size_t total = 0;
  for (std::uint32_t i = 0; i < kEntries; ++i) {
    std::string entry(60'000, '\0');
    for (auto& c : entry) c = static_cast<char>(random());
    total += entry.size();
    REQUIRE(author->send(append_frame(10 + i, keys.id, {entry})));
  }
  for (std::uint32_t i = 0; i < kEntries; ++i) {
    const auto answer = author->receive();
    REQUIRE(answer);
    CHECK(answer->receipt().positions(0) == i);
  }
  auto reader = d.connect(keys, {CAPABILITY_READ});
  REQUIRE(reader->send(subscribe_frame(3, keys.id)));
  LogReader held(keys.id);
  std::size_t bytes = 0;
  while (held.size() < kEntries) {
    const auto frame = reader->receive();
    REQUIRE(frame);
    REQUIRE(held.take(frame->entries(), crypto::SigningPublicKey(d.server->key())));
    std::uint32_t got = 0;
    for (const auto& entry : frame->entries().entries()) got += static_cast<std::uint32_t>(entry.size());
    bytes += got;
    REQUIRE(reader->send(credit_frame(got)));
  }
  CHECK(bytes == total);
}

TEST_CASE("server: killed at random moments it loses nothing it has acknowledged (CS-01)",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::vector<std::string> acknowledged;  // by position
  std::uint64_t last_time_ms = 0;
  for (int cycle = 0; cycle < 20; ++cycle) {
    auto author = d.connect(keys, {CAPABILITY_WRITE});
    REQUIRE(author);
    std::jthread killer([&d, wait = std::chrono::milliseconds{random() % 60}] {
      std::this_thread::sleep_for(wait);
      d.server->send_signal(SIGKILL);
    });
    std::map<std::uint32_t, std::string> sent;
    for (std::uint32_t request = 10; author->open(); ++request) {
      sent[request] = std::to_string(cycle) + " " + std::to_string(request) + std::string(300, '.');
      if (!author->send(append_frame(request, keys.id, {sent[request]}))) break;
      const auto answer = author->receive(request % 4 == 0 ? 1000ms : 0ms);
      if (!answer || !answer->has_receipt()) continue;
      const auto& receipt = answer->receipt();
      acknowledged.resize(std::max(acknowledged.size(), receipt.positions(0) + std::size_t{1}));
      acknowledged[receipt.positions(0)] = sent[answer->request()];
      CHECK(receipt.times_ms(0) >= last_time_ms);
      last_time_ms = receipt.times_ms(0);
    }
    killer.join();
    CHECK(d.server->wait(10s) == 128 + SIGKILL);
    d.restart();
    auto reader = d.connect(keys, {CAPABILITY_READ});
    REQUIRE(reader);
    LogReader held(keys.id);
    REQUIRE(reader->send(subscribe_frame(3, keys.id)));
    REQUIRE(reader->send(credit_frame(100'000'000)));
    for (bool end = false; !end;) {
      const auto frame = reader->receive();
      REQUIRE(frame);
      REQUIRE(held.take(frame->entries(), crypto::SigningPublicKey(d.server->key())));
      end = frame->entries().has_head() && frame->entries().head().size() == held.size();
    }
    REQUIRE(held.size() >= acknowledged.size());
    for (std::size_t i = 0; i < acknowledged.size(); ++i) {
      if (!acknowledged[i].empty()) CHECK(held.entries()[i] == acknowledged[i]);
    }
    acknowledged = held.entries();  // what is durable now must stay
    last_time_ms = held.last_time_ms();
  }
  CHECK(!acknowledged.empty());
}

TEST_CASE("server: on SIGTERM what was received is finished, receipted and then closed",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto author = d.connect(keys, {CAPABILITY_WRITE});
  auto idle = d.connect();
  for (std::uint32_t i = 0; i < 50; ++i)
    REQUIRE(author->send(append_frame(10 + i, keys.id, {std::to_string(i)})));
  REQUIRE(author->receive());
  d.server->send_signal(SIGTERM);
  std::uint64_t receipted = 1;
  while (const auto answer = author->receive(5s)) {
    if (answer->has_receipt()) ++receipted;
  }
  CHECK(idle->ends_within(5s));
  CHECK(d.server->wait(10s) == 0);
  d.restart();
  auto reader = d.connect(keys, {CAPABILITY_READ});
  CHECK(reader->ask(subscribe_frame(3, keys.id)).entries().head().size() >= receipted);
}

TEST_CASE("server: one process owns a data folder, and accounts are added beside it",
          "[integration][server]") {
  Deployment d;
  const auto program = (bin_dir() / "abri-server").string();
  const auto data = (d.folder.path() / "data").string();
  CHECK(run_program({program, "--data", data, "--port", "0"}).exit_code == 1);
  const auto running = parse_account_code(run_program({program, "account", "add", "--data", data}).out);
  d.server->send_signal(SIGTERM);
  CHECK(d.server->wait(10s) == 0);
  const auto stopped = parse_account_code(run_program({program, "account", "add", "--data", data}).out);
  d.restart();
  for (const auto& code : {running, stopped}) {
    REQUIRE(code);
    auto client = d.connect();
    LogKeys keys;
    const auto key = crypto::SigningKey::from_seed(code->seed);
    CHECK(client->ask(open_frame(2, client->handshake, code->id, key, keys)).has_done());
  }
}

TEST_CASE("server: its files can be read by their owner only, and the store holds no plaintext",
          "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto author = d.connect(keys, {CAPABILITY_WRITE});
  const std::string marker = "canary-2f9d1c7b";
  REQUIRE(author->ask(append_frame(5, keys.id, {marker + std::string(300, 'x')})).has_receipt());
  d.server->send_signal(SIGTERM);
  REQUIRE(d.server->wait(10s) == 0);
  int seen = 0;
  for (const auto& file : std::filesystem::directory_iterator(d.folder.path() / "data")) {
    const auto name = file.path().filename().string();
    if (name.starts_with("store") || name.ends_with(".key") || name.ends_with(".pem")) {
      ++seen;
      CHECK((file.status().permissions() & std::filesystem::perms(077)) == std::filesystem::perms::none);
    }
    std::ifstream in(file.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    CHECK(content.find(marker) == std::string::npos);
    CHECK(content.find(std::string(as_text(keys.id.bytes()))) == std::string::npos);
    CHECK_FALSE(content.starts_with("SQLite format 3"));
  }
  CHECK(seen >= 5);
}

TEST_CASE("server: its log holds no id, key or network address (SE-04)", "[integration][server]") {
  Deployment d;
  LogKeys keys;
  REQUIRE(d.open_log(keys));
  auto author = d.connect(keys, {CAPABILITY_WRITE});
  REQUIRE(author->ask(append_frame(5, keys.id, {"entry"})).has_receipt());
  author->send_bytes("not a frame");
  CHECK(author->ends_within(5s));
  d.server->send_signal(SIGTERM);
  REQUIRE(d.server->wait(10s) == 0);
  const auto log = d.server->log();
  CHECK(log.find("accepted=") != std::string::npos);
  for (const auto& secret : {keys.id.hex(), d.account.hex(), std::string("127.0.0.1"),
                             crypto::SigningPublicKey(d.server->key()).hex()}) {
    CHECK(log.find(secret) == std::string::npos);
  }
}
