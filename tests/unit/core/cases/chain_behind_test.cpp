// SPDX-License-Identifier: MPL-2.0
//
// A device that reads its team's feed while the chain with the keys of it does not come.
#include "cases/chains.hpp"
#include "chain/envelope.hpp"
#include "chain/link.hpp"
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
    "MS-07 feeds: what was written under a renewed key waits where the server goes on showing the chain of "
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

TEST_CASE(
    "feeds: what is written after a link of a newer version waits for the update, and nothing is sealed "
    "before",
    "[core][cases]") {
  PeopleWorld world;
  const auto [first, second] = world.association();
  const auto id = *first->app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  const auto person = record_of(*first->app, id, "person").id;
  world.settle();
  Insider newer(world.server, *first);  // the version that comes next, on a colleague's device
  const auto chain_id = newer.world().organisation;
  const auto& head = newer.world().own_chain()->confirmed.head();
  chain::Link link;
  link.chain = chain_id;
  link.sequence = head.sequence + 1;
  link.previous = head.hash;
  link.author = newer.world().device_number(chain_id);
  link.time_ms = world.server.now_ms;
  link.kind = 5;  // reserved
  const auto entry = chain::seal_link(newer.world().keyring.chain(chain_id)->key, chain_id,
                                      chain::sign_link(link, newer.device()));
  REQUIRE(entry);
  newer.append_to(cases::log_of(chain_id), *entry);
  world.settle();
  CHECK(second->app->status()->update_needed);

  const auto key = crypto::feed_key(crypto::feed_root_key(crypto::GroupSeed::generate()), newer.feed(), 1);
  auto core = newer.next();
  core.chain.sequence += 2;
  feed::EntryBuilder builder(core);
  builder.add_change({feed::BodyKind::change, id, static_cast<std::uint8_t>(IDENTITY), 0},
                     newer.key(id, IDENTITY), newer.change("person", person, "language", "dari"));
  const auto sealed = builder.seal(newer.feed(), 1, key, newer.device());
  REQUIRE(sealed);
  newer.append(sealed->bytes);
  world.settle();
  {
    VaultCopy copy(*second);
    CHECK(copy.notices("unreadable_entry") == 0);
    CHECK(copy.world().log(newer.feed())->size + 1 == world.server.logs.at(newer.feed()).entries.size());
  }
  const auto entries = world.server.logs.at(newer.feed()).entries.size();
  REQUIRE(second->app->edit(id, person, std::vector<FieldEdit>{{"language", "wolof"}}));
  world.settle();
  CHECK(second->app->status()->unsent == 1);
  CHECK(world.server.logs.at(newer.feed()).entries.size() == entries);
}

}  // namespace abri::core::test
