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
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
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
  /// Connected, and everything was read: what is sealed leaves at once.
  [[nodiscard]] bool live() const { return state_ == State::live; }
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
    held,     // waits for another log to move; `retry` says when the chains are asked again
    refused,  // by the server; `retry` says when to try again
    failed,   // the device cannot apply it: not followed on this connection
    stopped,  // evidence
  };
  /// A log as this connection sees it.
  struct Log {
    Log(LogKind k, LogTail t) : kind(k), tail(std::move(t)) {}
    [[nodiscard]] bool given_up() const {
      if (phase == Phase::subscribing) return error.has_value();  // tried again after a refusal
      return phase == Phase::held || phase == Phase::refused || phase == Phase::failed ||
             phase == Phase::stopped;
    }
    LogKind kind;
    LogTail tail;
    SendWindow window;
    Phase phase{Phase::idle};
    bool opened{true};
    bool caught_up{false};
    std::uint32_t subscription{0};  // request of the last subscribe
    bool write_proven{false};
    bool ask{true};                        // the device may have something to send
    bool waits{false};                     // it had something when last asked
    std::optional<std::uint64_t> lost_at;  // size at which a compare-and-set lost
    std::optional<Errc> error;             // why it is not followed
    std::optional<Errc> write_error;       // why nothing can be sent, where that needs a person or new keys
    std::optional<Time> retry;
    std::optional<Time> write_retry;  // nothing is sent before
    std::chrono::milliseconds retry_delay{0};
    std::chrono::milliseconds held_delay{0};  // since something of it was applied
    std::deque<v1::Entries> pieces;           // of a long catch-up, to be applied together
    std::size_t piece_bytes{0};               // `limits::counted_bytes` of their entries
  };
  enum class Asked : std::uint8_t { prove_read, prove_write, open, subscribe, unsubscribe, append };
  struct Request {
    Asked what{Asked::subscribe};
    LogId log;
  };

  // engine.cpp: connection and time
  Actions take() { return std::exchange(actions_, {}); }
  void tick(Time now);
  void connect();
  void disconnect(Errc why);
  void keep_alive(Time now);
  void retry_logs(Time now);
  void changed() { ++revision_; }
  void send(const v1::Frame& frame);

  // engine_receive.cpp: frames
  void dispatch(const v1::Frame& frame, Time now);
  void welcome(const v1::Welcome& welcome, Time now);
  void entries(std::uint32_t request, const v1::Entries& message, Time now);
  static Result<std::optional<SignedHead>> head_of(const Log& log, const v1::Head* head, Run& run);
  bool collect(Log& log, const v1::Entries& message);
  void follow_up(Log& log, Run run, const std::optional<SignedHead>& head, bool live, Time now);
  void receipt(std::uint32_t request, const v1::Receipt& message, Time now);
  void receipted(Log& log, SendWindow::Batch& batch, const v1::Receipt& message, Time now);
  void done(std::uint32_t request);
  bool apply(Log& log, LogTail::Step& step, Time now);
  bool keep_head(Log& log, const SignedHead& head);
  void apply_failed(Log& log, Errc why);
  bool accept(Log& log, const Finding& finding);
  void return_credit(std::size_t bytes);

  // engine_errors.cpp: what the server refuses
  void error(std::uint32_t request, const v1::WireError& message, Time now);
  void refused(const Request& request, std::uint32_t number, const v1::WireError& message, Time now);
  void append_refused(Log& log, std::uint32_t number, const v1::WireError& message, Time now);
  void refuse(Log& log, Errc why, std::chrono::milliseconds at_least, Time now);

  // engine_logs.cpp: what is asked of the server
  void load_logs();
  void load_log(const Cursor& cursor);
  void pump(Time now);
  void keep_up(Time now);
  void follow(Log& log);
  bool push_all(Time now);
  bool push(Log& log, Time now);
  Result<std::optional<Outgoing>> outgoing(Log& log, Time now);
  void cannot_send(Log& log, Errc why, std::chrono::milliseconds pause, Time now);
  void settle_race(Log& log);
  void leave(Log& log, Phase phase, std::optional<Errc> why);
  void hold(Log& log);
  void read_chains_again();
  void release_held();
  void keys_changed(Log& log);
  void ask_all();
  void update_state();
  bool prove(Log& log, Capability capability);
  bool open(Log& log);
  std::uint32_t ask(Asked what, const LogId& log, v1::Frame frame);
  [[nodiscard]] bool chains_busy() const;

  Port& port_;
  Backoff backoff_;
  Actions actions_;
  Link link_{Link::down};
  State state_{State::offline};
  bool wanted_{false};   // between start and stop
  bool restart_{false};  // started again before the connection of before was closed
  std::optional<Errc> error_;
  std::optional<Time> last_contact_;
  std::uint64_t revision_{0};

  // of this connection
  crypto::SigningPublicKey server_key_;
  wire::Handshake handshake_;
  std::uint32_t last_request_{0};
  std::unordered_map<std::uint32_t, Request> requests_;
  std::size_t credit_owed_{0};

  std::vector<LogId> order_;  // as the port lists them, chains first
  std::unordered_map<LogId, Log> logs_;
  bool reload_{false};  // the port has other logs to follow

  Time last_event_;
  Time last_received_;
  Time last_sent_;
  std::optional<Time> reconnect_at_;
  std::optional<Time> greeting_deadline_;
  std::optional<Time> pong_deadline_;
  std::optional<Time> outgoing_at_;  // the port may have something to send then
  std::optional<Time> upkeep_at_;    // and work of its own then
  std::chrono::milliseconds reconnect_at_least_{0};
};

}  // namespace abri::core::sync
