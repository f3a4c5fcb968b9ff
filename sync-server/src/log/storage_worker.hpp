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

/// Where requests of connections go.
class JobSink {
 public:
  JobSink() = default;
  JobSink(const JobSink&) = delete;
  JobSink& operator=(const JobSink&) = delete;
  virtual ~JobSink() = default;

  virtual void submit(Job job) = 0;
  /// `counted_bytes` of the entries that wait for their commit.
  [[nodiscard]] virtual std::size_t waiting_bytes() const = 0;
};

/// The storage thread. Requests that write and wait together share one transaction and one fsync (group commit); a few
/// reads go between two commits, so that neither starves the other.
///
/// @threads `submit`, `run` and `stop` from any thread; results are handed to `deliver` on the storage thread, in the order
///          in which they became true
class StorageWorker final : public JobSink {
 public:
  using Deliver = std::function<void(Commit)>;
  using Clock = std::function<Time()>;

  /// @param service  used by the storage thread only, from here to `stop`
  StorageWorker(LogService& service, LogStore& store, Clock clock, Deliver deliver);
  ~StorageWorker() override;

  void submit(Job job) override;
  [[nodiscard]] std::size_t waiting_bytes() const override {
    return waiting_bytes_.load(std::memory_order_relaxed);
  }
  /// Runs `task` on the storage thread between two commits (administration). What fails in the store is delivered as a fault.
  using Task = std::function<Result<void>(LogService&)>;
  void run(Task task);
  /// Finishes what waits, then ends the thread. Repeating it is harmless.
  void stop();

 private:
  void loop();
  void commit_waiting(std::vector<Job> jobs);
  void deliver_fault(const Result<void>& done);

  LogService& service_;
  LogStore& store_;
  Clock clock_;
  Deliver deliver_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> writes_;  // guarded by mutex_
  std::vector<Job> reads_;   // guarded by mutex_
  std::vector<Task> tasks_;  // guarded by mutex_
  bool stopping_{false};     // guarded by mutex_
  std::atomic<std::size_t> waiting_bytes_{0};
  std::thread thread_;
};

}  // namespace abri::server
