// SPDX-License-Identifier: MPL-2.0
// Readers of a log: catching up, living on, flow control, order.
#include "support/server_world.hpp"

#include <random>

#include <catch2/catch_test_macros.hpp>

using namespace abri;        // NOLINT(google-build-using-namespace)
using namespace abri::test;  // NOLINT(google-build-using-namespace)
using v1::CAPABILITY_OWNER;
using v1::CAPABILITY_READ;
using v1::CAPABILITY_WRITE;

namespace {

struct Fixture {
  ServerWorld world;
  LogKeys keys;
  server::ConnectionId author = world.connect();
  server::ConnectionId reader = world.connect();

  Fixture() {
    world.open_log(author, keys);
    world.prove(author, keys, {CAPABILITY_WRITE, CAPABILITY_READ, CAPABILITY_OWNER});
    world.prove(reader, keys, {CAPABILITY_READ});
  }
  void append(std::uint32_t request, const std::vector<std::string>& entries) {
    world.send(author, append_frame(request, keys.id, entries));
  }
  /// Feeds what arrived at `id` into `held`; false where something does not fit.
  bool follow(server::ConnectionId id, LogReader& held) {
    for (const auto& frame : world.take(id)) {
      if (frame.has_entries() && !held.take(frame.entries(), world.server_key.public_key())) return false;
    }
    return true;
  }
};

std::vector<std::string> some(const std::string& prefix, int count, std::size_t size = 20) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(prefix + std::to_string(i) + std::string(size, '.'));
  return out;
}

}  // namespace

TEST_CASE("subscription: a new reader gets all entries and the signed root of exactly them",
          "[sync-server][subscription]") {
  Fixture f;
  f.append(10, some("old", 5));
  f.world.settle();
  f.world.send(f.reader, subscribe_frame(11, f.keys.id));
  LogReader held(f.keys.id);
  auto frames = f.world.take(f.reader);
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].request() == 11);
  CHECK(held.take(frames[0].entries(), f.world.server_key.public_key()));
  CHECK(held.entries() == some("old", 5));
  CHECK(frames[0].entries().head().size() == 5);
}

TEST_CASE("subscription: an empty log answers with an empty frame and a head",
          "[sync-server][subscription]") {
  Fixture f;
  const auto answer = f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  CHECK(answer.request() == 11);
  CHECK(answer.entries().entries().empty());
  CHECK(hash_field(answer.entries().head().root()) == crypto::empty_root());
}

TEST_CASE("subscription: who returns gets a proof that the log only grew, and only what is new",
          "[sync-server][subscription]") {
  Fixture f;
  f.append(10, some("old", 7));
  f.world.settle();
  LogReader held(f.keys.id);
  f.world.send(f.reader, subscribe_frame(11, f.keys.id));
  REQUIRE(f.follow(f.reader, held));
  f.append(12, some("new", 6));
  f.world.settle();
  const auto back = f.world.connect();
  f.world.prove(back, f.keys, {CAPABILITY_READ});
  const auto answer = f.world.ask(back, subscribe_frame(13, f.keys.id, 7, held.root())).entries();
  const auto proof = hashes(answer.consistency());
  const auto new_root = hash_field(answer.head().root());
  CHECK(crypto::verify_consistency(7, held.root(), answer.head().size(), new_root, proof));
  CHECK(answer.first() == 7);
  CHECK(held.take(answer, f.world.server_key.public_key()));
  CHECK(held.size() == 13);
}

TEST_CASE("subscription: a size or root that is not of this log's history is refused",
          "[sync-server][subscription]") {
  Fixture f;
  f.append(10, some("old", 4));
  f.world.settle();
  const auto wrong = crypto::random_id<Hash>();
  CHECK(f.world.ask(f.reader, subscribe_frame(11, f.keys.id, 4, wrong)).error().code() == v1::INCONSISTENT);
  CHECK(f.world.ask(f.reader, subscribe_frame(11, f.keys.id, 9, wrong)).error().code() == v1::INCONSISTENT);
}

TEST_CASE("subscription: live entries reach readers, and their author by the receipt only",
          "[sync-server][subscription]") {
  Fixture f;
  f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  f.world.ask(f.author, subscribe_frame(11, f.keys.id));
  f.append(12, {"hello"});
  const auto to_author = f.world.take(f.author);
  REQUIRE(to_author.size() == 1);
  CHECK(to_author[0].has_receipt());
  CHECK(to_author[0].request() == 12);
  const auto to_reader = f.world.take(f.reader);
  REQUIRE(to_reader.size() == 1);
  CHECK(to_reader[0].request() == 0);
  CHECK(to_reader[0].entries().entries(0) == "hello");
  CHECK(to_reader[0].entries().head().SerializeAsString() ==
        to_author[0].receipt().head().SerializeAsString());
}

TEST_CASE("subscription: of two authors in one commit each sees every position once and in order",
          "[sync-server][subscription]") {
  Fixture f;
  const auto second = f.world.connect();
  f.world.prove(second, f.keys, {CAPABILITY_READ, CAPABILITY_WRITE});
  for (const auto id : {f.author, second, f.reader}) f.world.ask(id, subscribe_frame(11, f.keys.id));
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::map<std::uint32_t, std::string> sent;
  std::map<server::ConnectionId, LogReader> held;
  for (const auto id : {f.author, second, f.reader}) held.emplace(id, LogReader(f.keys.id));
  std::uint32_t request = 100;
  for (int commit = 0; commit < 20; ++commit) {
    for (int i = 0; i < 5; ++i) {
      const auto who = random() % 2 == 0 ? f.author : second;
      ++request;
      sent[request] = "entry " + std::to_string(request);
      f.world.send(who, append_frame(request, f.keys.id, {sent[request]}));
    }
    for (auto& [id, reader] : held) {
      for (const auto& frame : f.world.take(id)) {
        if (frame.has_receipt()) {
          REQUIRE(frame.receipt().positions(0) == reader.size());
          reader.add(sent[frame.request()], frame.receipt().times_ms(0));
          CHECK(reader.fits(frame.receipt().head(), f.world.server_key.public_key()));
          CHECK(frame.receipt().head().size() == reader.size());
        } else {
          REQUIRE(reader.take(frame.entries(), f.world.server_key.public_key()));
          CHECK(frame.entries().head().size() == reader.size());
        }
      }
    }
  }
  CHECK(held.at(f.author).entries() == held.at(f.reader).entries());
  CHECK(held.at(second).entries() == held.at(f.reader).entries());
  CHECK(held.at(f.reader).size() == 100);
}

TEST_CASE("subscription: no entry is sent beyond the credit, and credit brings the rest",
          "[sync-server][subscription]") {
  Fixture f;
  for (std::uint32_t i = 0; i < 40; ++i) f.append(100 + i, some("e" + std::to_string(i), 1, 50'000));
  f.world.settle();
  f.world.take(f.author);
  f.world.send(f.reader, subscribe_frame(11, f.keys.id));
  LogReader held(f.keys.id);
  REQUIRE(f.follow(f.reader, held));
  std::size_t bytes = 0;
  for (const auto& entry : held.entries()) bytes += entry.size();
  CHECK(bytes <= wire::kInitialCreditBytes);
  CHECK(bytes > wire::kInitialCreditBytes - 100'000);
  f.append(200, {"late"});  // while it waits for credit
  REQUIRE(f.follow(f.reader, held));
  CHECK(held.size() < 40);
  while (held.size() < 41) {
    const auto before = held.size();
    f.world.send(f.reader, credit_frame(64 * 1024));
    REQUIRE(f.follow(f.reader, held));
    REQUIRE(held.size() > before);
  }
  CHECK(held.entries().back() == "late");
  f.world.send(f.reader, credit_frame(64 * 1024));
  f.append(201, {"live again"});
  REQUIRE(f.follow(f.reader, held));
  CHECK(held.entries().back() == "live again");
}

TEST_CASE("subscription: credit that comes while the store is read for less of it is not forgotten",
          "[sync-server][subscription]") {
  Fixture f;
  LogKeys other;
  f.world.open_log(f.author, other);
  f.world.prove(f.author, other, {CAPABILITY_WRITE});
  f.world.prove(f.reader, other, {CAPABILITY_READ});
  f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  f.world.ask(f.reader, subscribe_frame(12, other.id));
  LogReader held(f.keys.id);
  for (std::uint32_t i = 0; i < 20; ++i) {
    f.append(100 + i, some("e" + std::to_string(i), 1, 50'000));
    REQUIRE(f.follow(f.reader, held));
  }
  REQUIRE(held.size() == 20);  // less credit is left than the next one needs
  f.append(200, some("next", 1, 50'000));
  f.world.settle_once();  // committed and published: the reader's connection asks the store
  f.world.send(f.reader, credit_frame(64 * 1024));
  REQUIRE(f.follow(f.reader, held));  // the store answers with what the former credit allowed: nothing
  CHECK(held.size() == 21);
  f.world.send(f.author, append_frame(201, other.id, {"in another log"}));
  const auto live = f.world.take(f.reader);
  REQUIRE(live.size() == 1);
  CHECK(live[0].entries().entries(0) == "in another log");
}

TEST_CASE("subscription: live entries stop at the credit and go on from the store",
          "[sync-server][subscription]") {
  Fixture f;
  f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  LogReader held(f.keys.id);
  for (std::uint32_t i = 0; i < 30; ++i) {
    f.append(100 + i, some("e" + std::to_string(i), 1, 50'000));
    REQUIRE(f.follow(f.reader, held));
  }
  CHECK(held.size() == wire::kInitialCreditBytes / (50'000 + 3));  // 20 of them
  f.world.send(f.reader, credit_frame(1'000'000));
  REQUIRE(f.follow(f.reader, held));
  CHECK(held.size() == 30);
}

TEST_CASE("subscription: a reader whose queue is full waits in the store and misses nothing (PD-05)",
          "[sync-server][subscription]") {
  Fixture f;
  f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  f.world.send(f.reader, credit_frame(100'000'000));
  LogReader held(f.keys.id);
  std::size_t queued = 0;
  std::vector<v1::Frame> stalled;
  for (std::uint32_t i = 0; i < 30; ++i) {
    f.append(100 + i, some("e" + std::to_string(i), 1, 50'000));
    for (auto& frame : f.world.take(f.reader, /*keep_queued=*/true)) {
      queued += frame.ByteSizeLong();
      stalled.push_back(std::move(frame));
    }
  }
  CHECK(queued <= f.world.limits.soft_queue_bytes + 128 * 1024 + 1024);
  CHECK_FALSE(f.world.closed(f.reader));
  for (const auto& frame : stalled) {
    REQUIRE(held.take(frame.entries(), f.world.server_key.public_key()));
  }
  auto& logic = f.world.logic(f.reader);
  // It reads again: what the logic asks for now goes on from there.
  for (const auto& action : logic.on_sent(queued)) {
    if (const auto* read = std::get_if<server::SubmitRequest>(&action)) {
      f.world.submit(server::Job{f.reader, read->request, read->what});
    }
  }
  REQUIRE(f.follow(f.reader, held));
  CHECK(held.size() == 30);
}

TEST_CASE("subscription: after unsubscribe nothing more comes", "[sync-server][subscription]") {
  Fixture f;
  f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  v1::Frame frame;
  frame.set_request(12);
  frame.mutable_unsubscribe()->set_log(field(f.keys.id.bytes()));
  CHECK(f.world.ask(f.reader, frame).has_done());
  f.append(13, {"unseen"});
  CHECK(f.world.take(f.reader).empty());
}

TEST_CASE("subscription: rotating the keys cuts readers and writers at once", "[sync-server][subscription]") {
  Fixture f;
  f.world.ask(f.reader, subscribe_frame(11, f.keys.id));
  const auto writer = f.world.connect();
  f.world.prove(writer, f.keys, {CAPABILITY_WRITE});
  LogKeys fresh;
  f.world.send(f.author, rotate_frame(12, f.keys, fresh.read, fresh.write));
  f.world.send(writer, append_frame(13, f.keys.id, {"too late"}));  // in the same commit, after the rotation
  f.world.settle();
  for (const auto& frame : f.world.take(writer)) CHECK(frame.error().code() == v1::NOT_PERMITTED);
  const auto told = f.world.take(f.reader);
  REQUIRE(told.size() == 1);
  CHECK(told[0].error().code() == v1::NOT_PERMITTED);
  CHECK(told[0].error().log() == field(f.keys.id.bytes()));
  CHECK(f.world.ask(f.reader, subscribe_frame(14, f.keys.id)).error().code() == v1::NOT_PERMITTED);
  CHECK(f.world
            .ask(f.reader,
                 prove_frame(15, f.world.handshake(f.reader), f.keys.id, CAPABILITY_READ, f.keys.read))
            .error()
            .code() == v1::NOT_PERMITTED);
  CHECK(
      f.world
          .ask(f.reader, prove_frame(16, f.world.handshake(f.reader), f.keys.id, CAPABILITY_READ, fresh.read))
          .has_done());
  CHECK(f.world.ask(f.reader, subscribe_frame(17, f.keys.id)).entries().entries().empty());
}
