// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "log/log_service.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace abri::server {

/// The storage thread. Requests that write and wait together share one transaction and one fsync (group commit); a few
/// reads go between two commits, so that neither starves the other.
///
/// @threads `submit`, `run` and `stop` from any thread; results are handed to `deliver` on the storage thread, in the order
///          in which they became true
class StorageWorker {
 public:
  using Deliver = std::function<void(Commit)>;
  using Clock = std::function<Time()>;

  /// @param service  used by the storage thread only, from here to `stop`
  StorageWorker(LogService& service, LogStore& store, Clock clock, Deliver deliver);
  ~StorageWorker();
  StorageWorker(const StorageWorker&) = delete;
  StorageWorker& operator=(const StorageWorker&) = delete;

  void submit(Job job);
  /// Bytes of entries that wait for their commit.
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_.load(std::memory_order_relaxed); }
  /// Runs `task` on the storage thread between two commits (administration).
  void run(std::function<void(LogService&)> task);
  /// Finishes what waits, then ends the thread. Repeating it is harmless.
  void stop();

 private:
  void loop();
  void commit_waiting(std::vector<Job> jobs);
  void read_some(std::vector<Job> jobs);

  LogService& service_;
  LogStore& store_;
  Clock clock_;
  Deliver deliver_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> writes_;                              // guarded by mutex_
  std::vector<Job> reads_;                               // guarded by mutex_
  std::vector<std::function<void(LogService&)>> tasks_;  // guarded by mutex_
  bool stopping_{false};                                 // guarded by mutex_
  std::atomic<std::size_t> waiting_bytes_{0};
  std::thread thread_;
};

}  // namespace abri::server
