// SPDX-License-Identifier: MPL-2.0
// A server that refuses a log, or everything, without lying.
#include "unit/core/sync/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace abri;
using namespace abri::core::sync;
using namespace abri::core::sync::test;
using namespace std::chrono_literals;

namespace {

v1::Frame damaged(std::uint32_t request, const LogId& log) {
  v1::Frame frame;
  frame.set_request(request);
  frame.mutable_error()->set_code(v1::DAMAGED);
  frame.mutable_error()->set_log(std::string(as_text(log.bytes())));
  return frame;
}

}  // namespace

TEST_CASE("engine: a log that the server's store cannot read is left and asked for later, the others go on") {
  World world;
  const auto broken = std::make_shared<LogKeys>(LogKind::feed);
  const auto sound = std::make_shared<LogKeys>(LogKind::feed);
  auto& alice = world.add_device();
  auto& bob = world.add_device();
  for (const auto& keys : {broken, sound}) {
    alice.port.add(keys, /*opened=*/false);
    bob.port.add(keys);
  }
  alice.write(broken->id, "entry");
  alice.start();
  world.settle();

  const auto refused =
      GENERATE(v1::Frame::kProve, v1::Frame::kSubscribe, v1::Frame::kAppend, v1::Frame::kPing);
  bool mended = false;
  world.server.intercept = [&](ServerModel::Connection& connection, const v1::Frame& frame) {
    if (mended || frame.kind_case() != refused) return true;
    const auto log = refused == v1::Frame::kProve       ? frame.prove().log()
                     : refused == v1::Frame::kSubscribe ? frame.subscribe().log()
                                                        : frame.append().log();
    if (log != as_text(broken->id.bytes())) return true;
    world.server.send(connection, damaged(frame.request(), broken->id));
    return false;
  };
  bob.start();
  world.settle();
  if (refused == v1::Frame::kPing)  // in the middle of a catch-up
    world.server.send(*bob.connection, damaged(0, broken->id));
  bob.write(broken->id, "bob's entry");
  bob.write(sound->id, "goes on");
  world.settle();
  CHECK(bob.online());
  CHECK(bob.disconnects == 0);
  CHECK(alice.port.at(sound->id).entries.size() == 1);
  CHECK(bob.engine.status().logs[0].error == Errc::storage_failed);
  CHECK(bob.engine.settled());
  CHECK(bob.port.evidences.empty());

  mended = true;
  world.run(11min);
  CHECK(bob.disconnects == 0);
  CHECK(bob.port.at(broken->id).entries.size() == 2);
  CHECK(alice.port.at(broken->id).entries.size() == 2);
  CHECK_FALSE(bob.engine.status().logs[0].error);
}

TEST_CASE("engine: a device that is refused everything comes back less and less often") {
  World world;
  auto& alice = world.add_device();
  alice.port.add(std::make_shared<LogKeys>(LogKind::feed));  // unknown to the server
  alice.start();
  world.settle();
  CHECK(alice.engine.status().logs[0].error == Errc::not_permitted);
  auto longest = 0ms;
  for (int i = 0; i < 12; ++i) {
    alice.lose();  // whoever proves nothing is put out
    const auto at = alice.engine.next_deadline();
    REQUIRE(at);
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(*at - world.now));
    world.run(*at - world.now);
    CHECK(alice.online());
  }
  CHECK(longest > 5s);
}
