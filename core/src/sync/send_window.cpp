// SPDX-License-Identifier: MPL-2.0
#include "sync/send_window.hpp"

#include <abri/base/limits.hpp>
#include <abri/base/wire.hpp>
#include <abri/crypto/merkle.hpp>

#include <algorithm>
#include <utility>

namespace abri::core::sync {

std::size_t SendWindow::entries() const {
  std::size_t count = 0;
  for (const auto& batch : batches_) {
    for (const auto& item : batch.items) count += item.position ? 0U : 1U;
  }
  return count;
}

std::vector<SendWindow::Batch> SendWindow::cut(Outgoing outgoing) const {
  auto& waiting = outgoing.entries;
  std::size_t next = 0;
  for (const auto& batch : batches_) {
    for (const auto& item : batch.items) {
      if (item.position) continue;
      if (next == waiting.size() || waiting[next] != item.entry) return {};
      ++next;
    }
  }
  // A compare-and-set names the size after everything before it: one at a time.
  if (outgoing.expected_size && !batches_.empty()) return {};

  std::vector<Batch> batches;
  std::size_t window = bytes_;
  std::size_t batch_bytes = 0;
  for (; next < waiting.size(); ++next) {
    const auto size = waiting[next].size();
    const auto counted = limits::counted_bytes(size);
    const bool fits = !batches.empty() && batch_bytes + counted <= wire::kMaxAppendBytes;
    if (!fits && outgoing.expected_size && !batches.empty()) break;
    if (window + size > kMaxBytes && window > 0) break;
    if (!fits) {
      batches.push_back(Batch{.expected_size = outgoing.expected_size, .items = {}});
      batch_bytes = 0;
    }
    const auto id = crypto::entry_hash(waiting[next]);
    batches.back().items.push_back(Item{.entry = std::move(waiting[next]), .id = id, .position = {}});
    batch_bytes += counted;
    window += size;
  }
  return batches;
}

const SendWindow::Batch& SendWindow::add(Batch batch, std::uint32_t request) {
  batch.request = request;
  for (const auto& item : batch.items) bytes_ += item.entry.size();
  return batches_.emplace_back(std::move(batch));
}

SendWindow::Batch* SendWindow::find(std::uint32_t request) {
  const auto found = std::ranges::find(batches_, request, &Batch::request);
  return found == batches_.end() ? nullptr : &*found;
}

void SendWindow::applied(const Hash& id, std::uint64_t position) {
  for (auto& batch : batches_) {
    for (auto& item : batch.items) {
      if (item.position || item.id != id) continue;
      item.position = position;
      bytes_ -= item.entry.size();
      return;
    }
  }
}

void SendWindow::drop(std::uint32_t request) {
  const auto found = std::ranges::find(batches_, request, &Batch::request);
  if (found == batches_.end()) return;
  for (const auto& item : found->items) bytes_ -= item.position ? 0 : item.entry.size();
  batches_.erase(found);
}

void SendWindow::tidy() {
  std::erase_if(batches_, [](const Batch& batch) {
    return batch.receipted &&
           std::ranges::all_of(batch.items, [](const Item& item) { return item.position.has_value(); });
  });
}

void SendWindow::clear() {
  batches_.clear();
  bytes_ = 0;
}

}  // namespace abri::core::sync
