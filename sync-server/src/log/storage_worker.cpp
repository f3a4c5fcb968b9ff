// SPDX-License-Identifier: MPL-2.0
#include "log/storage_worker.hpp"

#include <abri/base/limits.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace abri::server {
namespace {

constexpr std::size_t kMaxJobsPerTransaction = 512;
constexpr std::size_t kMaxBytesPerTransaction = 4 * 1024 * 1024;
constexpr std::size_t kReadsBetweenCommits = 4;
constexpr std::chrono::milliseconds kIdleBeforeTidying{200};

std::size_t bytes_of(const Job& job) {
  std::size_t sum = 0;
  if (const auto* append = std::get_if<AppendEntries>(&job.what)) {
    for (const auto& entry : append->entries) sum += limits::counted_bytes(entry.size());
  }
  return sum;
}

// Moves the first jobs out of `from`: at most `max_jobs` of them, and no further one once they hold `max_bytes`.
std::vector<Job> take_first(std::vector<Job>& from, std::size_t max_jobs, std::size_t max_bytes) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < from.size() && count < max_jobs && bytes < max_bytes) bytes += bytes_of(from[count++]);
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Job> out(std::make_move_iterator(from.begin()), std::make_move_iterator(end));
  from.erase(from.begin(), end);
  return out;
}

}  // namespace

StorageWorker::StorageWorker(LogService& service, LogStore& store, Clock clock, Deliver deliver)
    : service_(service), store_(store), clock_(std::move(clock)), deliver_(std::move(deliver)) {
  thread_ = std::thread([this] { loop(); });
}

StorageWorker::~StorageWorker() {
  stop();
}

void StorageWorker::submit(Job job) {
  waiting_bytes_.fetch_add(bytes_of(job), std::memory_order_relaxed);
  {
    const std::scoped_lock lock(mutex_);
    (LogService::is_write(job.what) ? writes_ : reads_).push_back(std::move(job));
  }
  wake_.notify_one();
}

void StorageWorker::run(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void StorageWorker::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void StorageWorker::loop() {
  bool tidy_due = false;
  for (;;) {
    std::vector<Job> writes;
    std::vector<Job> reads;
    std::vector<Task> tasks;
    {
      std::unique_lock lock(mutex_);
      const auto something = [this] {
        return stopping_ || !writes_.empty() || !reads_.empty() || !tasks_.empty();
      };
      if (tidy_due) {
        wake_.wait_for(lock, kIdleBeforeTidying, something);
      } else {
        wake_.wait(lock, something);
      }
      writes = take_first(writes_, kMaxJobsPerTransaction, kMaxBytesPerTransaction);
      reads = take_first(reads_, kReadsBetweenCommits, SIZE_MAX);
      tasks = std::exchange(tasks_, {});
      if (stopping_ && writes.empty() && reads.empty() && tasks.empty()) return;
    }
    const bool idle = writes.empty() && reads.empty() && tasks.empty();
    if (!writes.empty()) commit_waiting(std::move(writes));
    for (const auto& task : tasks) deliver_fault(task(service_));
    if (!reads.empty()) deliver_(service_.read(reads, clock_()));
    deliver_fault(store_.tidy(/*force=*/idle));
    tidy_due = !idle;
  }
}

void StorageWorker::commit_waiting(std::vector<Job> jobs) {
  std::size_t bytes = 0;
  for (const auto& job : jobs) bytes += bytes_of(job);
  waiting_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  deliver_(service_.write(std::move(jobs), clock_()));
}

void StorageWorker::deliver_fault(const Result<void>& done) {
  if (!done) deliver_(Commit{.fault = done.error()});
}

}  // namespace abri::server
