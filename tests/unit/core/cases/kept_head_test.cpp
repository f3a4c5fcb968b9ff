// SPDX-License-Identifier: MPL-2.0
// The greatest head that the server signed is kept in the vault, however it came.
#include "unit/core/cases/people_world.hpp"

#include <abri/proto/codec.hpp>

namespace abri::core::test {
namespace {

/// Two devices of one association, the log of their files, and what the server sends the second one.
struct Fixture : PeopleWorld {
  PersonDevice* first{nullptr};
  PersonDevice* second{nullptr};
  LogId feed;
  CaseId id;

  Fixture() {
    std::tie(first, second) = association();
    const auto before = sizes();
    const auto made =
        first->app->create_case(std::vector<FieldEdit>{{.field = "last_name", .value = "Traoré"}});
    REQUIRE(made);
    id = *made;
    settle();
    for (const auto& [log, size] : sizes())
      if (size > before.at(log)) feed = log;
    REQUIRE_FALSE(feed.is_zero());
    REQUIRE(second->connection->out.empty());
  }
  [[nodiscard]] std::map<LogId, std::size_t> sizes() const {
    std::map<LogId, std::size_t> out;
    for (const auto& [log, kept] : server.logs) out[log] = kept.entries.size();
    return out;
  }
  [[nodiscard]] std::size_t size() const { return server.logs.at(feed).entries.size(); }
  /// The first device appends one entry; the server's frames wait for the second one.
  void append(const std::string& name) {
    const std::vector<FieldEdit> edits{{.field = "first_name", .value = name}};
    REQUIRE(first->app->edit(id, record_of(*first->app, id, "person").id, edits));
    REQUIRE(first->app->flush());
    first->local();
    while (first->receive()) {
    }
  }
  /// Puts another head into a frame that waits for the second device.
  void promise(std::size_t frame, std::uint64_t size) {
    auto& bytes = second->connection->out.at(frame);
    auto message = *proto::parse<v1::Frame>(bytes, limits::kMaxFrameBytes);
    *message.mutable_entries()->mutable_head() = server.head(feed, size);
    bytes = proto::serialise(message);
  }
  /// The log goes back to a size that is all that the second device has read; it is locked and unlocked.
  void roll_back(std::size_t size) {
    server.logs.at(feed).cut(size);
    second->reopen();
    while (second->receive()) {
    }
  }
};

TEST_CASE("port: MS-05 a smaller head does not take the place of a greater one", "[core][cases]") {
  Fixture world;
  const auto begin = world.size();
  for (const auto* name : {"Awa", "Inès", "Zoé"}) world.append(name);
  REQUIRE(world.size() == begin + 3);
  REQUIRE(world.second->connection->out.size() == 3);
  world.promise(0, begin + 3);
  REQUIRE(world.second->receive());
  REQUIRE(world.second->receive());
  world.second->connection->out.clear();  // the third entry is never seen
  CHECK(world.second->app->status()->evidence.empty());
  world.roll_back(begin + 2);
  CHECK(world.second->app->status()->evidence.size() == 1);
}

TEST_CASE("port: MS-05 a head without its entry is kept, over locking and unlocking", "[core][cases]") {
  Fixture world;
  const auto begin = world.size();
  world.append("Awa");
  auto& bytes = world.second->connection->out.at(0);
  auto message = *proto::parse<v1::Frame>(bytes, limits::kMaxFrameBytes);
  message.mutable_entries()->clear_entries();
  message.mutable_entries()->clear_times_ms();
  bytes = proto::serialise(message);
  SECTION("the log has the entry after all") {
    REQUIRE(world.second->receive());
    world.second->reopen();
    world.settle();
    CHECK(world.second->app->status()->evidence.empty());
    CHECK(world.first->digest() == world.second->digest());
  }
  SECTION("the log lost it") {
    REQUIRE(world.second->receive());
    world.roll_back(begin);
    CHECK(world.second->app->status()->evidence.size() == 1);
  }
  SECTION("the head never came") {
    world.second->connection->out.clear();
    world.roll_back(begin);
    CHECK(world.second->app->status()->evidence.empty());
  }
}

}  // namespace
}  // namespace abri::core::test
