// SPDX-License-Identifier: MPL-2.0
// The transport before a server that takes nothing of what it is sent.
#include "net/transport.hpp"

#include "integration/sync/device.hpp"
#include "integration/sync/hostile_server.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::test;
using namespace std::chrono_literals;

namespace {

/// Connects to a server that reads nothing, sends messages of one mebibyte, and waits for the end.
struct Attempt {
  boost::asio::io_context context;
  HostileServer server{context, {.instead = HostileServer::Script::Instead::deaf, .answer = {}}};
  std::shared_ptr<core::net::Transport> transport;
  std::optional<Errc> ended;
  bool ended_within_a_call{false};

  Attempt(std::size_t messages, const core::net::Transport::Limits& limits) {
    const auto send_all = [this, messages](const wire::Exporter&) {
      for (std::size_t i = 0; i < messages; ++i) transport->send(Bytes(std::size_t{1024} * 1024));
      ended_within_a_call = ended.has_value();
    };
    transport = core::net::connect(
        context, "127.0.0.1:" + std::to_string(server.port()),
        {.connected = send_all, .frame = [](BytesView) {}, .closed = [this](Errc why) { ended = why; }},
        limits);
  }
};

}  // namespace

TEST_CASE("transport: a server that sends and does not read cannot fill the memory") {
  Attempt attempt(9, {.queued_bytes = std::size_t{8} * 1024 * 1024, .write = 1h});
  REQUIRE(run_until(attempt.context, [&] { return attempt.ended.has_value(); }));
  CHECK(attempt.ended == Errc::timed_out);
  CHECK_FALSE(attempt.ended_within_a_call);
}

TEST_CASE("transport: a message that the server does not take ends the connection") {
  // More than the sockets' buffers hold.
  Attempt attempt(32, {.queued_bytes = std::size_t{64} * 1024 * 1024, .write = 200ms});
  REQUIRE(run_until(attempt.context, [&] { return attempt.ended.has_value(); }));
  CHECK(attempt.ended == Errc::timed_out);
}
