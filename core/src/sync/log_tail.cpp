// SPDX-License-Identifier: MPL-2.0
#include "sync/log_tail.hpp"

#include <abri/base/limits.hpp>
#include <abri/base/wire.hpp>
#include <abri/crypto/hash.hpp>

#include <algorithm>
#include <utility>

namespace abri::core::sync {
namespace {

/// Heads and receipts remembered at most; beyond it the nearest are let go.
constexpr std::size_t kMaxHeads = 64;
constexpr std::size_t kMaxLeaves = 4096;

Finding malformed(const char* what) {
  return {Finding::Kind::malformed, what, std::nullopt};
}
Finding evidence(const char* what, const std::optional<SignedHead>& head) {
  return {Finding::Kind::evidence, what, head};
}
bool small(std::chrono::milliseconds difference) {
  return std::chrono::abs(difference) <= limits::kLeafTimeTolerance;
}

}  // namespace

Result<LogTail> LogTail::from(const Cursor& cursor, const std::optional<SignedHead>& kept) {
  LogTail tail;
  tail.log_ = cursor.log;
  if (cursor.size > 0) {
    ABRI_TRY(tail.frontier_, crypto::Frontier::decode(cursor.frontier));
  }
  if (tail.frontier_.size() != cursor.size) return Error{Errc::malformed, "LogTail"};
  if (kept && kept->size > cursor.size) tail.heads_.emplace(kept->size, *kept);
  tail.last_time_ms_ = cursor.last_time_ms;
  return tail;
}

std::optional<Hash> LogTail::root_after(Run& run, std::uint64_t size) const {
  if (run.first > frontier_.size() || run.first + run.entries.size() != size || size < frontier_.size() ||
      run.times_ms.size() != run.entries.size()) {
    return std::nullopt;
  }
  auto tree = frontier_;
  for (std::size_t i = 0; i < run.entries.size(); ++i) {
    if (run.ids.size() <= i) run.ids.push_back(crypto::entry_hash(run.entries[i]));
    if (run.first + i < frontier_.size()) continue;
    tree.append(crypto::leaf_hash(from_millis(run.times_ms[i]), run.ids[i]));
  }
  return tree.root();
}

Finding LogTail::check_signature(const SignedHead& head, const crypto::SigningPublicKey& server) const {
  const auto body = wire::head_body(log_, head.size, head.root, head.time_ms);
  if (!crypto::verify(server, crypto::labels::kHead, body, head.signature)) {
    return evidence("a head without the server's signature", head);
  }
  if (head.time_ms >= kTimeEnd) return malformed("head.time_ms");
  return {};
}

Finding LogTail::begin(const SignedHead& head, std::size_t count, std::span<const Hash> consistency) {
  const auto least = heads_.empty() ? size() : std::max(size(), heads_.rbegin()->first);
  if (head.size < least) return evidence("rollback: the log is shorter than a head signed before", head);
  // Up to the end of this frame the tree is recomputed anyway; beyond it the proof says early what the entries will show.
  if (size() > 0 && head.size > size() + count &&
      !crypto::verify_consistency(size(), root(), head.size, head.root, consistency)) {
    return evidence("fork: the head does not continue what is held", head);
  }
  return {};
}

Finding LogTail::check_time(std::uint64_t time_ms, std::uint64_t previous_ms, bool live, Time now) const {
  if (time_ms >= kTimeEnd) return malformed("times_ms");
  if (time_ms < previous_ms) return evidence("a leaf time goes back", std::nullopt);
  if (live && clock_ahead_ && small(*clock_ahead_) && !small(from_millis(time_ms) - now)) {
    return evidence("a leaf time is not the time of the append", std::nullopt);
  }
  return {};
}

Finding LogTail::follow(Run run, const std::optional<SignedHead>& head, bool live, Time now,
                        Step& step) const {
  if (run.first != size() || run.times_ms.size() != run.entries.size()) return malformed("entries");
  const auto end = size() + run.entries.size();
  if (head && head->size < end) return malformed("head.size");

  step.frontier = frontier_;
  step.last_time_ms = last_time_ms_;
  step.ids = std::move(run.ids);
  step.arrived.roots.reserve(run.entries.size());
  for (std::size_t i = 0; i < run.entries.size(); ++i) {
    if (auto found = check_time(run.times_ms[i], step.last_time_ms, live, now); !found.fine()) {
      found.head = head;
      return found;
    }
    step.last_time_ms = run.times_ms[i];
    if (step.ids.size() <= i) step.ids.push_back(crypto::entry_hash(run.entries[i]));
    const auto leaf = crypto::leaf_hash(from_millis(run.times_ms[i]), step.ids[i]);
    if (const auto receipted = leaves_.find(size() + i);
        receipted != leaves_.end() && receipted->second != leaf) {
      return evidence("an entry was receipted and another stands in its place", head);
    }
    step.frontier.append(leaf);
    step.arrived.roots.push_back(step.frontier.root());
    if (const auto promised = heads_.find(size() + i + 1);
        promised != heads_.end() && promised->second.root != step.arrived.roots.back()) {
      return evidence("fork: entries that do not lead to a head signed before", promised->second);
    }
  }
  if (head) {
    if (head->time_ms < step.last_time_ms) return evidence("a head older than its entries", head);
    if (head->size == end && head->root != step.frontier.root()) {
      return evidence("fork: the head is not that of the entries", head);
    }
    if (const auto promised = heads_.find(head->size);
        promised != heads_.end() && promised->second.root != head->root) {
      return evidence("fork: two heads of one size", head);
    }
  }
  step.arrived.log = log_;
  step.arrived.first = run.first;
  step.arrived.entries = std::move(run.entries);
  step.arrived.times_ms = std::move(run.times_ms);
  step.arrived.frontier = step.frontier.encode();
  step.arrived.head = head;
  return {};
}

void LogTail::commit(Step& step, Time now) {
  frontier_ = std::move(step.frontier);
  last_time_ms_ = step.last_time_ms;
  heads_.erase(heads_.begin(), heads_.upper_bound(size()));
  leaves_.erase(leaves_.begin(), leaves_.lower_bound(size()));
  if (!step.arrived.head) return;
  clock_ahead_ = from_millis(step.arrived.head->time_ms) - now;
  if (step.arrived.head->size > size()) remember(*step.arrived.head);
}

void LogTail::remember(const SignedHead& head) {
  heads_.insert_or_assign(head.size, head);
  if (heads_.size() > kMaxHeads) heads_.erase(heads_.begin());
}

Finding LogTail::expect(const SignedHead& head) {
  if (head.size < size()) return {};  // its tree is not here any more; the heads since were consistent
  if (head.size == size()) {
    return head.root == root() ? Finding{} : evidence("fork: two trees of one size", head);
  }
  if (const auto known = heads_.find(head.size); known != heads_.end() && known->second.root != head.root) {
    return evidence("fork: two heads of one size", head);
  }
  remember(head);
  return {};
}

Finding LogTail::expect(std::uint64_t position, std::uint64_t time_ms, const Hash& id) {
  if (position < size()) return evidence("a receipt for a place where another entry stands", std::nullopt);
  const auto leaf = crypto::leaf_hash(from_millis(time_ms), id);
  const auto [known, inserted] = leaves_.emplace(position, leaf);
  if (!inserted && known->second != leaf) return evidence("two receipts for one place", std::nullopt);
  if (leaves_.size() > kMaxLeaves) leaves_.erase(leaves_.begin());
  return {};
}

void LogTail::inherit(const LogTail& earlier) {
  heads_.insert(earlier.heads_.upper_bound(size()), earlier.heads_.end());
  leaves_.insert(earlier.leaves_.lower_bound(size()), earlier.leaves_.end());
}

}  // namespace abri::core::sync
