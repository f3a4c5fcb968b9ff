// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/actions.hpp"
#include "sync/backoff.hpp"
#include "sync/log_tail.hpp"
#include "sync/port.hpp"
#include "sync/send_window.hpp"

#include <abri/base/wire.hpp>
#include <abri/core/sync_status.hpp>
#include <abri/v1/wire.pb.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace abri::core::sync {

/// Keeps a device's logs and the server's alike: frames, time and local news in, actions out. A pure state machine over a
/// `Port`: no clock, socket, thread or random source inside.
///
/// On each connection: handshake against the pinned key; chains are read first, then feeds and mailboxes; what waits is sent as
/// soon as its log is read to its end. Every entry is checked against the Merkle tree before it is applied, every head
/// against its signature and all earlier ones (docs/protocol.md, section "A server that lies").
///
/// @threads  core strand only
class Engine {
 public:
  /// @param port  outlives the engine; not called before `start`
  /// @param seed  of the jitter between reconnections
  Engine(Port& port, std::uint64_t seed);

  /// Goes online, and stays there through losses until `stop`. Also ends the state `stopped` after a wrong server.
  Actions start(Time now);
  Actions stop();
  /// The transport is up.
  /// @param exporter      keying material of this TLS connection (`wire::kExporterLabel`)
  /// @param client_nonce  fresh random bytes
  Actions on_connected(const wire::Exporter& exporter, const wire::Nonce& client_nonce, Time now);
  /// The connection is gone, or an attempt failed.
  Actions on_disconnected(Time now, Errc why = Errc::network_lost);
  /// One binary message of the server.
  Actions on_frame(BytesView frame, Time now);
  /// Time has passed; to be called at `next_deadline()`, harmless at any time.
  Actions on_time(Time now);
  /// The device has something new to send or to follow.
  Actions on_local(Time now);

  /// When `on_time` has something to do, if nothing else happens before.
  [[nodiscard]] std::optional<Time> next_deadline() const;
  [[nodiscard]] Status status() const;
  /// Live, everything read, nothing waits to be sent. Logs that cannot go on (an error in their status) do not count.
  [[nodiscard]] bool settled() const;
  /// Grows with every change of the status and with everything applied.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

 private:
  enum class Link : std::uint8_t { down, connecting, greeting, up, closing };
  enum class Phase : std::uint8_t {
    idle,         // to be subscribed to
    subscribing,  // asked for, nothing came yet
    following,
    held,     // waits for another log to move
    refused,  // by the server; `retry` says when to try again
    failed,   // the device cannot apply it: not followed on this connection
    stopped,  // evidence
  };
  struct Log {
    explicit Log(LogTail t) : tail(std::move(t)) {}
    LogKind kind{LogKind::feed};
    bool opened{true};
    bool listed{true};  // still among the port's cursors
    LogTail tail;
    SendWindow window{};
    Phase phase{Phase::idle};
    std::uint32_t subscription{0};  // request of the last subscribe
    bool caught_up{false};
    bool write_proven{false};
    bool waits{false};                       // the device had something to send when last asked
    bool write_blocked{false};               // the last append was refused; until `write_retry` or new keys
    std::optional<std::uint64_t> lost_at{};  // size at which a compare-and-set lost
    std::optional<Time> retry{};
    std::optional<Time> write_retry{};
    std::chrono::milliseconds retry_delay{0};
    std::optional<Errc> error{};
  };
  enum class Asked : std::uint8_t { prove_read, prove_write, open, subscribe, unsubscribe, append };
  struct Request {
    Asked what{Asked::subscribe};
    LogId log;
  };

  // engine.cpp: connection and time
  Actions take() { return std::exchange(actions_, {}); }
  void tick(Time now);
  void connect(Time now);
  void disconnect(Errc why);
  void keep_alive(Time now);
  void retry_logs(Time now);
  void changed() { ++revision_; }

  // engine_receive.cpp: frames
  void dispatch(const v1::Frame& frame, Time now);
  void welcome(const v1::Welcome& welcome, Time now);
  void entries(std::uint32_t request, const v1::Entries& entries, Time now);
  void receipt(std::uint32_t request, const v1::Receipt& receipt, Time now);
  void receipted(Log& log, SendWindow::Batch& batch, const v1::Receipt& receipt,
                 const std::optional<SignedHead>& head, Time now);
  void done(std::uint32_t request);
  void error(std::uint32_t request, const v1::WireError& error, Time now);
  void refused(const Request& request, std::uint32_t number, const v1::WireError& error, Time now);
  void append_refused(Log& log, std::uint32_t number, const v1::WireError& error, Time now);
  bool apply(Log& log, LogTail::Step& step, Time now);
  void applied(Log& log, const LogTail::Step& step, const Port::Applied& what, Time now);
  void apply_failed(Log& log, Errc why);
  bool settle_finding(Log& log, const Finding& finding);
  void return_credit(std::size_t bytes);

  // engine_logs.cpp: what is asked of the server
  bool load_logs();
  void pump(Time now);
  void follow(const LogId& id, Log& log, Time now);
  void push(const LogId& id, Log& log, Time now);
  void send_batches(const LogId& id, Log& log, Outgoing outgoing);
  bool settle_race(const LogId& id, Log& log);
  void hold(const LogId& id, Log& log, Phase phase, std::optional<Errc> error);
  void refuse(Log& log, Errc error, std::chrono::milliseconds at_least, Time now);
  void release_held();
  void keys_changed(Log& log);
  void update_state();
  bool prove(const LogId& id, Log& log, Capability capability);
  bool open(const LogId& id, Log& log);
  std::uint32_t ask(Asked what, const LogId& log, v1::Frame& frame);
  void send(const v1::Frame& frame);
  [[nodiscard]] bool given_up(const Log& log) const;
  [[nodiscard]] bool chains_busy() const;

  Port& port_;
  Backoff backoff_;
  Actions actions_;
  Link link_{Link::down};
  State state_{State::offline};
  bool wanted_{false};  // between start and stop
  std::optional<Errc> error_;
  std::optional<Time> last_contact_;
  std::optional<std::chrono::milliseconds> server_clock_ahead_;
  std::optional<crypto::SigningPublicKey> server_key_;
  wire::Handshake handshake_;
  std::uint32_t last_request_{0};
  std::unordered_map<std::uint32_t, Request> requests_;
  std::vector<LogId> order_;  // as the port lists them, chains first
  std::unordered_map<LogId, Log> logs_;
  std::size_t credit_owed_{0};
  bool logs_changed_{false};

  Time last_event_{};
  Time last_frame_{};
  std::optional<Time> reconnect_at_;
  std::optional<Time> greeting_deadline_;
  std::optional<Time> pong_deadline_;
  std::optional<Time> outgoing_at_;
  std::chrono::milliseconds reconnect_at_least_{0};
  std::uint64_t revision_{0};
};

}  // namespace abri::core::sync
