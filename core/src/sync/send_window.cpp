// SPDX-License-Identifier: MPL-2.0
#include "sync/send_window.hpp"

#include <abri/base/limits.hpp>
#include <abri/base/result.hpp>
#include <abri/base/wire.hpp>
#include <abri/crypto/merkle.hpp>

#include <algorithm>
#include <utility>

namespace abri::core::sync {

std::size_t SendWindow::entries() const {
  if (!batch_) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(batch_->items, [](const Item& item) { return !item.position; }));
}

std::size_t SendWindow::bytes() const {
  std::size_t sum = 0;
  if (!batch_) return sum;
  for (const auto& item : batch_->items) sum += item.position ? 0U : item.entry.size();
  return sum;
}

SendWindow::Batch SendWindow::cut(Outgoing outgoing) {
  Batch batch{.expected_size = outgoing.expected_size, .items = {}};
  std::size_t bytes = 0;
  for (auto& entry : outgoing.entries) {
    bytes += limits::counted_bytes(entry.size());
    if (!batch.items.empty() && bytes > wire::kMaxAppendBytes) break;
    const auto id = crypto::entry_hash(entry);
    batch.items.push_back(Item{.entry = std::move(entry), .id = id, .position = {}});
  }
  return batch;
}

const SendWindow::Batch& SendWindow::add(Batch batch, std::uint32_t request) {
  ABRI_ASSERT(!batch_);
  batch.request = request;
  return batch_.emplace(std::move(batch));
}

SendWindow::Batch* SendWindow::find(std::uint32_t request) {
  return batch_ && batch_->request == request ? &*batch_ : nullptr;
}

void SendWindow::applied(const Hash& id, std::uint64_t position) {
  if (!batch_) return;
  const auto item =
      std::ranges::find_if(batch_->items, [&](const Item& one) { return !one.position && one.id == id; });
  if (item != batch_->items.end()) item->position = position;
}

void SendWindow::tidy() {
  if (batch_ && batch_->receipted && entries() == 0) batch_.reset();
}

}  // namespace abri::core::sync
