// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "connection/connection.hpp"
#include "log/storage_worker.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace abri::server {

/// One end of a connection, as the hub sees it.
class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer() = default;

  virtual Connection& connection() = 0;
  /// Does what the connection's logic asked for.
  virtual void perform(Actions actions) = 0;
};

/// Between the connections and the storage thread: passes requests on, answers back, and tells readers of a log what was
/// published in it.
///
/// @threads I/O thread only
class Hub {
 public:
  using Clock = std::function<Time()>;
  explicit Hub(Clock clock) : clock_(std::move(clock)) {}

  /// Where requests go; none before it is set, and none after it is cleared: they are answered UNAVAILABLE.
  void set_storage(JobSink* storage) { storage_ = storage; }

  void add(ConnectionId id, Peer& peer) { peers_.insert_or_assign(id, &peer); }
  void remove(ConnectionId id);
  void submit(ConnectionId id, SubmitRequest request);
  void join(ConnectionId id, const LogId& log);
  void leave(ConnectionId id, const LogId& log);
  /// What the storage thread delivered.
  void on_commit(Commit commit);

  [[nodiscard]] std::uint64_t entries_published() const { return entries_published_; }

 private:
  void answer(const Reply& reply, LogAnswer what);
  void publish(const std::shared_ptr<Publication>& publication);

  Clock clock_;
  JobSink* storage_{nullptr};
  std::unordered_map<ConnectionId, Peer*> peers_;
  std::unordered_map<LogId, std::vector<ConnectionId>> readers_;
  std::unordered_map<ConnectionId, std::vector<LogId>> joined_;
  std::uint64_t entries_published_{0};
};

}  // namespace abri::server
