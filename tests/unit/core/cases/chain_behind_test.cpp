// SPDX-License-Identifier: MPL-2.0
//
// A device that reads its team's feed while the chain with the keys of it does not come.
#include "cases/chains.hpp"
#include "insider.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {

namespace {

v1::Frame refusal(std::uint32_t request, const std::string& log, v1::WireErrorCode code) {
  v1::Frame frame;
  frame.set_request(request);
  frame.mutable_error()->set_code(code);
  frame.mutable_error()->set_log(log);
  return frame;
}

/// A second device that comes back after the first one renewed the keys and wrote under them.
struct Behind {
  PeopleWorld world;
  PersonDevice* first{nullptr};
  PersonDevice* second{nullptr};
  CaseId id;
  RecordId person;
  std::string chain;  ///< log of the organisation's chain, as it stands in a frame
  v1::Head old_head;  ///< of it, before the keys were renewed

  Behind() {
    std::tie(first, second) = world.association();
    id = *first->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
    person = record_of(*first->app, id, "person").id;
    world.settle();
    second->stop();
    LogId log;
    {
      VaultCopy copy(*first);
      log = cases::log_of(copy.world().organisation);
    }
    chain = as_text(log.bytes());
    old_head = world.server.head(log, world.server.logs.at(log).tree.size());
    REQUIRE(first->app->rotate_keys());
    world.settle();
    write("dari");
  }
  void write(const char* language) {
    REQUIRE(first->app->edit(id, person, std::vector<FieldEdit>{{"language", language}}));
    world.settle();
  }
  [[nodiscard]] std::string read() const {
    const auto field = field_of(record_of(*second->app, id, "person"), "language");
    return field.values.empty() ? "" : field.values.front().raw;
  }
  void pass(std::chrono::minutes minutes) {
    for (; minutes.count() > 0; --minutes) {
      world.now += std::chrono::minutes(1);
      world.settle();
    }
  }
};

}  // namespace

TEST_CASE(
    "feeds: what was written under a renewed key waits where the chain cannot be read, and is read with it",
    "[core][cases]") {
  const auto code = GENERATE(v1::DAMAGED, v1::RATE_LIMITED);
  CAPTURE(code);
  Behind behind;
  behind.world.server.intercept = [&](auto& connection, const v1::Frame& frame) {
    if (&connection != behind.second->connection.get() || !frame.has_subscribe() ||
        frame.subscribe().log() != behind.chain)
      return true;
    behind.world.server.send(connection, refusal(frame.request(), behind.chain, code));
    return false;
  };
  behind.second->start();
  behind.world.settle();
  behind.write("pachto");
  CHECK(behind.read().empty());

  behind.world.server.intercept = {};
  behind.pass(std::chrono::minutes(6));
  CHECK(behind.read() == "pachto");
  CHECK(behind.first->digest() == behind.second->digest());
  VaultCopy copy(*behind.second);
  CHECK(copy.notices("unreadable_entry") == 0);
}

TEST_CASE(
    "MS-06 feeds: what was written under a renewed key waits where the server goes on showing the chain of "
    "before",
    "[core][cases]") {
  Behind behind;
  behind.world.server.bend = [&](v1::Frame& frame) {
    if (!frame.has_entries() || frame.entries().log() != behind.chain) return true;
    frame.mutable_entries()->clear_entries();
    frame.mutable_entries()->clear_times_ms();
    frame.mutable_entries()->clear_consistency();
    *frame.mutable_entries()->mutable_head() = behind.old_head;
    return true;
  };
  behind.second->start();
  behind.pass(std::chrono::minutes(2));
  CHECK(behind.read().empty());

  behind.world.server.bend = {};
  behind.second->stop();
  behind.second->start();
  behind.world.settle();
  CHECK(behind.read() == "dari");
  CHECK(behind.first->digest() == behind.second->digest());
}

}  // namespace abri::core::test
