// SPDX-License-Identifier: MPL-2.0
#include "unit/core/sync/world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace abri::core::sync::test;
using namespace std::chrono_literals;

namespace {

/// Two devices that follow one chain and one feed; alice made both.
struct Pair : World {
  LogKeysPtr chain = std::make_shared<LogKeys>(LogKind::chain);
  LogKeysPtr feed = std::make_shared<LogKeys>(LogKind::feed);
  Device& alice = add_device();
  Device& bob = add_device();

  Pair() {
    for (const auto& keys : {chain, feed}) {
      alice.port.add(keys, /*opened=*/false);
      bob.port.add(keys);
    }
  }
  void start() {
    alice.start();
    settle();
    bob.start();
    settle();
  }
  /// Bob takes nothing of the feed before the chain's first link.
  void hold_feed_for_chain() {
    bob.port.before_apply = [this, link_here = false](const Arrived& arrived) mutable -> Result<void> {
      if (arrived.log == chain->id) link_here = true;
      if (arrived.log == feed->id && !link_here) return Error{Errc::out_of_sync, "test"};
      return {};
    };
  }
  [[nodiscard]] bool equal() {
    return alice.port.at(feed->id).entries == bob.port.at(feed->id).entries &&
           alice.port.at(chain->id).entries == bob.port.at(chain->id).entries;
  }
};

std::vector<std::string> texts(const MemoryPort::Log& log) {
  std::vector<std::string> out;
  for (const auto& entry : log.entries) out.emplace_back(as_text(entry));
  return out;
}

}  // namespace

TEST_CASE("engine: what one device writes arrives at the other, live, in order and once") {
  Pair world;
  world.start();
  world.alice.write(world.feed->id, "one");
  world.settle();
  world.bob.write(world.feed->id, "two");
  world.alice.write(world.feed->id, "three");
  world.settle();
  CHECK(texts(world.bob.port.at(world.feed->id)).size() == 3);
  CHECK(world.equal());
  CHECK(world.alice.engine.settled());
  CHECK(world.bob.engine.settled());
  const auto& log = world.alice.port.at(world.feed->id);
  CHECK(log.frontier.root() == world.server.logs.at(world.feed->id).tree.root());
  CHECK(log.roots.back() == log.frontier.root());
  REQUIRE(log.kept);
  CHECK(log.kept->size == 3);
  CHECK(world.alice.port.evidences.empty());
}

TEST_CASE("engine: thousands of entries written offline leave in full frames and arrive while they come") {
  Pair world;
  world.start();
  world.alice.lose();
  for (int i = 0; i < 3000; ++i) {
    world.alice.port.write(world.feed->id, "entry " + std::to_string(i) + std::string(1000, 'x'));
  }
  CHECK_FALSE(world.alice.engine.settled());
  world.run(2s);
  CHECK(world.alice.engine.settled());
  CHECK(world.equal());
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 3000);
  std::size_t appends = 0;
  for (const auto& frame : world.alice.connection->seen) {
    if (!frame.has_append()) continue;
    ++appends;
    CHECK(frame.ByteSizeLong() <= limits::kMaxFrameBytes);
  }
  CHECK(appends <= 20);

  // A fresh device applies what comes in pieces of about 768 KiB, and more than the first credit of 1 MiB reaches it.
  auto& carol = world.add_device();
  carol.port.add(world.chain);
  carol.port.add(world.feed);
  carol.start();
  world.settle();
  CHECK(carol.port.at(world.feed->id).entries == world.alice.port.at(world.feed->id).entries);
  CHECK(carol.port.applies >= 4);
  CHECK(carol.engine.settled());
}

TEST_CASE("engine: one append of a log is on its way at a time") {
  Pair world;
  world.start();
  std::size_t appends = 0;
  world.server.intercept = [&](ServerModel::Connection&, const v1::Frame& frame) {
    appends += frame.has_append() ? 1U : 0U;
    return !frame.has_append();  // the receipts do not come
  };
  for (int i = 0; i < 300; ++i)
    world.alice.port.write(world.feed->id, std::to_string(i) + std::string(10'000, 'x'));
  world.alice.local();
  world.settle();
  CHECK(appends == 1);
  CHECK_FALSE(world.alice.engine.settled());
}

TEST_CASE(
    "engine: a receipt lost with the connection costs nothing: the entry is found in the log, not twice") {
  Pair world;
  world.start();
  world.server.bend = [](v1::Frame& frame) { return !frame.has_receipt(); };
  world.alice.write(world.feed->id, "written once");
  world.settle();
  CHECK(world.alice.port.at(world.feed->id).outbox.size() == 1);
  world.server.bend = nullptr;
  world.alice.lose();
  world.run(1s);
  CHECK(world.alice.port.at(world.feed->id).outbox.empty());
  CHECK(world.server.logs.at(world.feed->id).entries.size() == 1);
  CHECK(world.equal());
  CHECK(world.alice.port.evidences.empty());
}

TEST_CASE("engine: of two links made at once the loser reads the winner's, makes its own again and wins") {
  Pair world;
  world.start();
  world.alice.port.make_links_now(world.chain->id);
  world.bob.port.make_links_now(world.chain->id);
  world.alice.write(world.chain->id, "alice's link");
  world.bob.write(world.chain->id, "bob's link");  // before it heard of alice's
  world.settle();
  CHECK(world.bob.port.at(world.chain->id).races_lost == 1);
  CHECK(world.alice.port.at(world.chain->id).races_lost == 0);
  CHECK(texts(world.alice.port.at(world.chain->id)) ==
        std::vector<std::string>{"alice's link", "bob's link"});
  CHECK(world.equal());
  CHECK(world.bob.engine.settled());
}

TEST_CASE("engine: links made for an older head are made again before they are sent") {
  Pair world;
  world.start();
  world.bob.lose();
  world.bob.port.make_links_now(world.chain->id);
  world.bob.port.write(world.chain->id, "bob's link");
  world.alice.port.make_links_now(world.chain->id);
  world.alice.write(world.chain->id, "alice's link");
  world.run(1s);
  CHECK(world.bob.port.at(world.chain->id).races_lost == 1);
  CHECK(world.equal());
  CHECK(world.bob.engine.settled());
}

TEST_CASE("engine: a feed that names a link not yet here waits for its chain and goes on by itself") {
  Pair world;
  world.start();
  world.hold_feed_for_chain();
  world.alice.write(world.feed->id, "entry under a new key");
  world.alice.write(world.feed->id, "another");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.empty());
  CHECK(world.bob.engine.status().logs[1].error == Errc::out_of_sync);

  world.alice.port.make_links_now(world.chain->id);
  world.alice.write(world.chain->id, "the link");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 2);
  CHECK(world.equal());
  CHECK(world.bob.engine.settled());
  CHECK_FALSE(world.bob.engine.status().logs[1].error);
}

TEST_CASE("engine: for a feed that waits the chains are read again, at once and then less and less often") {
  Pair world;
  world.start();
  const auto asked = [&] {
    return std::ranges::count_if(world.bob.connection->seen, [&](const v1::Frame& frame) {
      return frame.has_subscribe() && frame.subscribe().log() == as_text(world.chain->id.bytes());
    });
  };
  const auto before = asked();
  bool wait = true;
  world.bob.port.before_apply = [&](const Arrived& arrived) -> Result<void> {
    if (wait && arrived.log == world.feed->id) return Error{Errc::out_of_sync, "test"};
    return {};
  };
  world.alice.write(world.feed->id, "entry");
  world.run(1s);
  CHECK(asked() == before + 1);
  world.run(1min);
  const auto often = asked();
  CHECK(often >= before + 3);
  CHECK(often <= before + 5);
  world.run(20min);
  CHECK(asked() <= often + 7);
  CHECK(world.bob.port.at(world.feed->id).entries.empty());

  wait = false;  // nothing moves the chain
  world.run(6min);
  CHECK(world.equal());
  CHECK_FALSE(world.bob.engine.status().logs[1].error);
  const auto after = asked();
  world.run(20min);
  CHECK(asked() == after);
}

TEST_CASE("engine: a receipt whose root cannot be computed yet acknowledges nothing until its entry comes") {
  Pair world;
  world.start();
  world.server.bend = [](v1::Frame& frame) {
    if (frame.has_receipt()) frame.mutable_receipt()->mutable_head()->clear_root();
    return true;
  };
  world.hold_feed_for_chain();
  world.alice.write(world.feed->id, "entry under a new key");
  world.bob.write(world.feed->id, "bob's entry");  // its receipt comes when the feed waits for its chain
  world.settle();
  auto& feed = world.bob.port.at(world.feed->id);
  CHECK(world.bob.engine.status().logs[1].error == Errc::out_of_sync);
  CHECK(world.bob.disconnects == 0);
  CHECK(feed.outbox.size() == 1);

  const auto link = [&] {
    world.alice.port.make_links_now(world.chain->id);
    world.alice.write(world.chain->id, "the link");
    world.settle();
  };
  SECTION("it comes") {
    link();
    CHECK(texts(feed) == std::vector<std::string>{"entry under a new key", "bob's entry"});
    CHECK(feed.outbox.empty());
    CHECK(world.bob.port.evidences.empty());
    CHECK(world.bob.engine.settled());
  }
  SECTION("another comes in its place: evidence, and it still waits") {
    world.server.logs[world.feed->id].cut(1);
    world.server.logs[world.feed->id].append("put in its place", world.server.now_ms);
    link();
    CHECK(feed.outbox.size() == 1);
    CHECK(world.bob.port.evidences.size() == 1);
  }
}

TEST_CASE("engine: a log that an applied link brings is followed at once") {
  Pair world;
  const auto second = std::make_shared<LogKeys>(LogKind::feed);
  world.start();
  world.alice.port.add(second, /*opened=*/false);
  world.alice.write(second->id, "in the new feed");
  world.bob.port.after_apply = [&](const Arrived&) {
    world.bob.port.add(second);
    world.bob.port.after_apply = nullptr;
    return Port::Applied{.logs_changed = true};
  };
  world.alice.port.make_links_now(world.chain->id);
  world.alice.write(world.chain->id, "creates the feed");
  world.settle();
  CHECK(texts(world.bob.port.at(second->id)) == std::vector<std::string>{"in the new feed"});
  CHECK(world.bob.engine.settled());
}

TEST_CASE("engine: a log that the port lists no more is left") {
  Pair world;
  world.start();
  std::erase_if(world.bob.port.logs, [&](const auto& log) { return log.keys == world.feed; });
  world.bob.local();
  world.alice.write(world.feed->id, "not for bob");
  world.settle();
  CHECK(world.bob.engine.status().logs.size() == 1);
  CHECK(world.bob.engine.settled());
}

TEST_CASE("engine: a capability that is refused is tried again later, others go on meanwhile") {
  Pair world;
  const auto unknown = std::make_shared<LogKeys>(LogKind::feed);
  world.bob.port.add(unknown);  // its maker has not opened it yet
  world.start();
  world.alice.write(world.feed->id, "goes on");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 1);
  CHECK(world.bob.engine.status().logs[2].error == Errc::not_permitted);
  CHECK(world.bob.engine.settled());

  world.alice.port.add(unknown, /*opened=*/false);
  world.alice.write(unknown->id, "there now");
  world.run(6s);
  CHECK(world.bob.port.at(unknown->id).entries.size() == 1);
  CHECK_FALSE(world.bob.engine.status().logs[2].error);
}

TEST_CASE("engine: an append refused for the moment is sent again in the same order") {
  Pair world;
  world.start();
  int refusals = 0;
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (!frame.has_append() || ++refusals > 1) return true;
    v1::Frame answer;
    answer.set_request(frame.request());
    answer.mutable_error()->set_code(v1::RATE_LIMITED);
    answer.mutable_error()->set_retry_ms(3'000);
    world.server.send(connection, answer);
    return false;
  };
  world.alice.write(world.feed->id, "first");
  world.settle();
  world.alice.write(world.feed->id, "second");
  world.settle();
  CHECK(world.server.logs.at(world.feed->id).entries.empty());
  CHECK_FALSE(world.alice.engine.settled());
  world.run(4s);
  CHECK(texts(world.bob.port.at(world.feed->id)) == std::vector<std::string>{"first", "second"});
  CHECK(world.alice.engine.settled());
}

TEST_CASE("engine: where the first of several appends is refused, nothing is sent twice and all arrives") {
  Pair world;
  world.start();
  bool refused = false;
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (!frame.has_append() || std::exchange(refused, true)) return true;
    v1::Frame answer;
    answer.set_request(frame.request());
    answer.mutable_error()->set_code(v1::RATE_LIMITED);
    answer.mutable_error()->set_retry_ms(3'000);
    world.server.send(connection, answer);
    return false;
  };
  for (int i = 0; i < 8; ++i)
    world.alice.port.write(world.feed->id, std::to_string(i) + std::string(60'000, 'x'));
  world.alice.local();
  world.run(4s);
  CHECK(refused);
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 8);
  CHECK(world.equal());
  std::size_t sent = 0;
  for (const auto& frame : world.alice.connection->seen) {
    if (frame.has_append()) sent += static_cast<std::size_t>(frame.append().entries_size());
  }
  CHECK(sent == 11);  // the three of the refused append twice
  CHECK(world.alice.engine.settled());
}

TEST_CASE("engine: a full account is shown, nothing is lost, and reading goes on") {
  Pair world;
  world.start();
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (!frame.has_append() || &connection != world.alice.connection.get()) return true;
    v1::Frame answer;
    answer.set_request(frame.request());
    answer.mutable_error()->set_code(v1::QUOTA);
    world.server.send(connection, answer);
    return false;
  };
  world.alice.write(world.feed->id, "waits");
  world.bob.write(world.feed->id, "arrives");
  world.settle();
  CHECK(world.alice.engine.status().logs[1].error == Errc::rate_limited);
  CHECK(world.alice.port.at(world.feed->id).outbox.size() == 1);
  CHECK(texts(world.alice.port.at(world.feed->id)) == std::vector<std::string>{"arrives"});
  world.server.intercept = nullptr;
  world.run(11min);
  CHECK(world.alice.port.at(world.feed->id).outbox.empty());
}

TEST_CASE("engine: what is coalesced leaves when its pause is over, and is not settled before") {
  Pair world;
  world.start();
  world.alice.port.send_after = world.now + 2s;
  world.alice.write(world.feed->id, "coalesced");
  world.settle();
  CHECK_FALSE(world.alice.engine.settled());
  CHECK(world.alice.engine.next_deadline() == world.now + 2s);
  world.run(3s);
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 1);
  world.alice.port.send_after.reset();
  world.alice.local();
  CHECK(world.alice.engine.settled());
}

TEST_CASE("engine: what a device does by itself is sent when it is due; until then the device is settled") {
  Pair world;
  world.start();
  const auto due = world.now + 5min;
  bool done = false;
  world.alice.port.do_upkeep = [&](Time now) -> Port::Upkeep {
    if (done) return {};
    if (now < due) return {.done = false, .next = due};
    world.alice.port.write(world.feed->id, "by itself");
    done = true;
    return {.done = true, .next = std::nullopt};
  };
  world.alice.local();
  CHECK(world.alice.engine.settled());
  world.run(4min);
  CHECK(world.bob.port.at(world.feed->id).entries.empty());
  world.run(2min);
  CHECK(texts(world.bob.port.at(world.feed->id)) == std::vector<std::string>{"by itself"});
  CHECK(world.alice.engine.settled());
}

TEST_CASE("engine: a full disk ends the connection; the entries come again when there is room") {
  Pair world;
  world.start();
  bool full = true;
  world.bob.port.before_apply = [&](const Arrived&) -> Result<void> {
    return full ? Result<void>(Error{Errc::storage_full, "test"}) : Result<void>();
  };
  world.alice.write(world.feed->id, "needs room");
  world.settle();
  CHECK(world.bob.engine.status().error == Errc::storage_full);
  full = false;
  world.run(2s);
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 1);
  CHECK_FALSE(world.bob.engine.status().error);
}

TEST_CASE("engine: a log that this version cannot read stops alone") {
  Pair world;
  world.start();
  world.bob.port.before_apply = [&](const Arrived& arrived) -> Result<void> {
    if (arrived.log == world.chain->id) return Error{Errc::version_unsupported, "test"};
    return {};
  };
  world.alice.port.make_links_now(world.chain->id);
  world.alice.write(world.chain->id, "link of a newer version");
  world.alice.write(world.feed->id, "entry");
  world.settle();
  CHECK(world.bob.engine.status().logs[0].error == Errc::version_unsupported);
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 1);
  CHECK(world.bob.online());
}

TEST_CASE("engine: capabilities replaced on the server are proven again") {
  Pair world;
  world.start();
  // The server cuts everybody who proved the old ones.
  for (const auto& connection : world.server.connections) {
    connection->proven.erase({world.feed->id, 1});
    connection->proven.erase({world.feed->id, 2});
    connection->subscriptions.erase(world.feed->id);
    v1::Frame frame;
    frame.mutable_error()->set_code(v1::NOT_PERMITTED);
    frame.mutable_error()->set_log(std::string(as_text(world.feed->id.bytes())));
    world.server.send(*connection, frame);
  }
  world.settle();
  world.alice.write(world.feed->id, "under the new keys");
  world.settle();
  CHECK(world.bob.port.at(world.feed->id).entries.size() == 1);
  CHECK(world.equal());
}
