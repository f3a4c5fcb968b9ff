// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "connection/frames.hpp"
#include "limits/token_bucket.hpp"
#include "log/requests.hpp"

#include <abri/base/time.hpp>
#include <abri/base/wire.hpp>
#include <abri/crypto/sign.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace abri::server {

/// What a connection's logic wants done. In order.
struct SendFrame {
  FramePtr frame;
};
struct SubmitRequest {
  std::uint32_t request{0};
  LogRequest what;
};
/// From now on this connection is told what is published in `log`.
struct JoinLog {
  LogId log;
};
struct LeaveLog {
  LogId log;
};
/// Ends the connection once everything sent before has left.
struct CloseConnection {
  bool try_later{false};
};
using Action = std::variant<SendFrame, SubmitRequest, JoinLog, LeaveLog, CloseConnection>;
using Actions = std::vector<Action>;

/// What all connections share. Buckets are keyed by capability or network address, which is held in memory only.
struct ConnectionLimits {
  BucketTable append_bytes{Rate{64.0 * 1024 * 1024, 8.0 * 1024 * 1024}};  ///< by write capability
  BucketTable failed_proofs{Rate{64, 1}};                                 ///< by address
  Rate frames{10'000, 1'000};                                             ///< of each connection
  std::chrono::milliseconds hello_deadline{5'000};
  std::chrono::milliseconds proof_deadline{15'000};  ///< until a first capability is proven
  std::chrono::milliseconds idle_deadline{90'000};
  std::size_t soft_queue_bytes{256 * 1024};           ///< above it entries wait in the store
  std::size_t hard_queue_bytes{1024 * 1024};          ///< above it the connection is dropped
  std::size_t max_append_bytes_waiting{1024 * 1024};  ///< above it no further frame is read
};

/// The protocol of one connection, as a pure state machine: frames, time, and facts from the logs in; actions out. No
/// socket, clock, thread or random source inside.
///
/// Order within a log: a live subscriber gets every position once and in order, either in `Entries` or, for what it
/// appended itself, by a `Receipt` that names the position it waits for. A subscriber that fell behind (no credit, full
/// queue) gets everything by `Entries`, what it appended included.
///
/// @threads I/O thread only
class Connection {
 public:
  struct Parameters {
    ConnectionId id{0};
    std::string address;        ///< key of a bucket; never logged
    wire::Exporter exporter{};  ///< of the TLS connection
    wire::Nonce nonce{};        ///< fresh random bytes
  };
  /// @param server_key, limits  outlive the connection
  Connection(Parameters parameters, const crypto::SigningKey& server_key, ConnectionLimits& limits, Time now);

  /// One binary message of the client. Only while `wants_frame()`.
  Actions on_frame(BytesView frame, Time now);
  /// A text message: no frame of ours.
  Actions on_foreign_frame();
  /// Time has passed. Call it a few times a second.
  Actions on_time(Time now);
  /// The answer to an earlier `SubmitRequest`.
  Actions on_answer(std::uint32_t request, LogAnswer answer, Time now);
  /// A log that this connection joined, or appended to, has grown.
  Actions on_published(PublicationFrames& frames);
  /// Read and write capability of `log` were replaced.
  Actions on_rotated(const LogId& log);
  /// So many bytes of frames have left.
  Actions on_sent(std::size_t bytes);

  /// Whether the next frame may be read: false while an answer that later requests rely on is on its way, or while too
  /// many appended bytes wait.
  [[nodiscard]] bool wants_frame() const {
    return !closed_ && !blocked_ && append_bytes_waiting_ < limits_.max_append_bytes_waiting;
  }
  /// Whether a capability was proven on this connection.
  [[nodiscard]] bool authenticated() const { return !proven_.empty(); }

 private:
  struct Proofs {
    std::optional<crypto::SigningPublicKey> read;
    std::optional<crypto::SigningPublicKey> write;
    std::optional<crypto::SigningPublicKey> owner;
  };
  struct Subscription {
    std::uint64_t next{0};     // the position it waits for
    std::uint32_t request{0};  // of the subscribe, until its catch-up has ended
    bool live{false};
  };

  // one for each kind of frame
  void greet(std::uint32_t request, const v1::Hello& hello, Time now);
  void prove(std::uint32_t request, const v1::Prove& prove, Time now);
  void open(std::uint32_t request, const v1::Open& open, Time now);
  void subscribe(std::uint32_t request, const v1::Subscribe& subscribe);
  void unsubscribe(std::uint32_t request, const v1::Unsubscribe& unsubscribe);
  void append(std::uint32_t request, v1::Append& append, Time now);
  void rotate(std::uint32_t request, const v1::Rotate& rotate);
  void add_credit(const v1::Credit& credit);
  void dispatch(v1::Frame& frame, Time now);

  // one for each kind of answer
  void answered(std::uint32_t request, const Opened& opened, Time now);
  void answered(std::uint32_t request, const Proven& proven, Time now);
  void answered(std::uint32_t request, const Appended& appended, Time now);
  void send_receipt(std::uint32_t request, const Appended& appended, HeadForm form);
  void answered(std::uint32_t request, const Rotated& rotated, Time now);
  void answered(std::uint32_t request, ReadingBegun& begun, Time now);
  void answered(std::uint32_t request, Piece& piece, Time now);
  void answered(std::uint32_t request, const Refused& refused, Time now);

  void submit(std::uint32_t request, LogRequest what);
  void send_piece(Subscription& subscription, Piece& piece, v1::Frame& frame);
  void send_runs(PublicationFrames& frames, std::size_t begin, std::size_t end, Subscription& subscription);
  void fall_behind(const LogId& log, Subscription& subscription);
  void catch_up();
  void drop_subscription(const LogId& log);
  void release_append(std::uint32_t request);
  void send(FramePtr frame);
  void send(const v1::Frame& frame) { send(serialise(frame)); }
  void done(std::uint32_t request);
  void refuse(std::uint32_t request, v1::WireErrorCode code, const LogId& log = {},
              std::chrono::milliseconds retry = {});
  void end(std::uint32_t request, v1::WireErrorCode code);
  void close(bool try_later);
  [[nodiscard]] const Proofs& proofs(const LogId& log) const;
  Actions take() { return std::exchange(actions_, {}); }

  Parameters parameters_;
  const crypto::SigningKey& server_key_;
  ConnectionLimits& limits_;
  wire::Handshake handshake_;
  TokenBucket frame_rate_;
  Actions actions_;
  Time started_;
  Time last_frame_;
  bool greeted_{false};
  bool pinged_{false};
  bool closed_{false};
  bool blocked_{false};  // an answer that later requests rely on is on its way
  bool reading_{false};  // a ReadEntries is on its way
  bool starved_{false};  // the next entry is larger than the credit
  std::uint64_t credit_{wire::kInitialCreditBytes};
  std::uint64_t read_credit_{0};  // the credit when that ReadEntries was asked for
  std::size_t queued_bytes_{0};
  std::size_t append_bytes_waiting_{0};
  std::unordered_map<std::uint32_t, std::size_t> appends_waiting_;  // request → bytes
  std::unordered_map<LogId, Proofs> proven_;
  std::unordered_map<LogId, Subscription> subscriptions_;
  std::deque<LogId> behind_;  // whose entries wait in the store; may name logs no longer subscribed
};

}  // namespace abri::server
