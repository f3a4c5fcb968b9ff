// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace abri::server {

/// How fast something may go on: `burst` at once, `per_second` in the long run.
struct Rate {
  double burst{0};
  double per_second{0};
};

/// A token bucket. Full at first; time is an argument and may stand still or go back.
class TokenBucket {
 public:
  TokenBucket(Rate rate, Time now) : rate_(rate), tokens_(rate.burst), last_(now) {}

  /// Takes `amount` tokens if there are so many. More than `burst` is never granted.
  bool take(double amount, Time now) {
    refill(now);
    if (tokens_ < amount) return false;
    tokens_ -= amount;
    return true;
  }
  /// How long from `now` until `amount` tokens are there.
  [[nodiscard]] std::chrono::milliseconds wait(double amount, Time now) {
    refill(now);
    if (tokens_ >= amount || rate_.per_second <= 0) return std::chrono::milliseconds{0};
    return std::chrono::milliseconds{
        static_cast<std::int64_t>((amount - tokens_) / rate_.per_second * 1000.0) + 1};
  }

 private:
  void refill(Time now) {
    if (now > last_) {
      const double seconds = std::chrono::duration<double>(now - last_).count();
      tokens_ = std::min(rate_.burst, tokens_ + seconds * rate_.per_second);
    }
    last_ = now;
  }
  Rate rate_;
  double tokens_;
  Time last_;
};

/// One bucket for each key (an address, a capability), at most `max_keys` of them: the least recently used one goes, which
/// can only be generous to whoever it belonged to.
class BucketTable {
 public:
  explicit BucketTable(Rate rate, std::size_t max_keys = 65'536) : rate_(rate), max_keys_(max_keys) {}

  bool take(const std::string& key, double amount, Time now) { return bucket(key, now).take(amount, now); }
  [[nodiscard]] std::chrono::milliseconds wait(const std::string& key, double amount, Time now) {
    return bucket(key, now).wait(amount, now);
  }
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Item {
    std::string key;
    TokenBucket bucket;
  };
  TokenBucket& bucket(const std::string& key, Time now) {
    if (const auto found = index_.find(key); found != index_.end()) {
      items_.splice(items_.begin(), items_, found->second);
      return items_.front().bucket;
    }
    if (items_.size() >= max_keys_) {
      index_.erase(items_.back().key);
      items_.pop_back();
    }
    items_.push_front(Item{key, TokenBucket(rate_, now)});
    index_.emplace(key, items_.begin());
    return items_.front().bucket;
  }
  Rate rate_;
  std::size_t max_keys_;
  std::list<Item> items_;  // most recently used first
  std::unordered_map<std::string, std::list<Item>::iterator> index_;
};

}  // namespace abri::server
