// SPDX-License-Identifier: MPL-2.0
#include "vault/readers.hpp"

namespace abri::core::vault {

Result<Database> ReaderPool::lend() {
  const std::lock_guard lock(mutex_);
  if (!key_) return Error{Errc::locked, "ReaderPool::lend"};
  if (idle_.empty()) {
    ABRI_TRY(auto opened, Database::open_read_only(path_, *key_));
    idle_.push_back(std::move(opened));
  }
  auto db = std::move(idle_.back());
  idle_.pop_back();
  ++lent_;
  return db;
}

void ReaderPool::give_back(Database db) {
  const std::lock_guard lock(mutex_);
  --lent_;
  if (idle_.size() < kMaxIdle && !db.failed()) idle_.push_back(std::move(db));
  returned_.notify_all();
}

std::optional<std::unique_lock<std::mutex>> ReaderPool::quiet() {
  std::unique_lock lock(mutex_);
  if (lent_ > 0) return std::nullopt;
  return lock;
}

void ReaderPool::close() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return lent_ == 0; });
  idle_.clear();
  key_.reset();
}

}  // namespace abri::core::vault
