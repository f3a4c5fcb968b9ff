// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/port.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace abri::core::sync {

/// The entries of one log that are sent and not yet applied: a beginning of what waits in the device, cut into appends. Pure.
class SendWindow {
 public:
  /// Bytes of entries that may be on their way in one log.
  static constexpr std::size_t kMaxBytes = std::size_t{1024} * 1024;
  /// Below it the device is asked for more: seldom enough that reading the same entries again costs little.
  static constexpr std::size_t kRefillBytes = std::size_t{256} * 1024;

  struct Item {
    Bytes entry;
    Hash id;
    std::optional<std::uint64_t> position;  ///< where it was applied
  };
  /// One `Append`.
  struct Batch {
    std::uint32_t request{0};
    std::optional<std::uint64_t> expected_size;
    std::vector<Item> items;
    bool receipted{false};
  };

  [[nodiscard]] bool empty() const { return batches_.empty(); }
  [[nodiscard]] std::size_t entries() const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool wants_more() const { return bytes_ < kRefillBytes; }

  /// Cuts off appends from what waits, leaving out what is on its way already. Nothing where the device made what is on its
  /// way anew: that has to come back first.
  /// @return the batches to send, `request` not yet set; each is given back by `add`
  [[nodiscard]] std::vector<Batch> cut(Outgoing outgoing) const;
  const Batch& add(Batch batch, std::uint32_t request);

  /// Null where there is none of this number.
  Batch* find(std::uint32_t request);
  /// An entry was applied at a position; one of ours or not.
  void applied(const Hash& id, std::uint64_t position);
  /// Drops an append that was refused.
  void drop(std::uint32_t request);
  /// Drops appends that are receipted and applied to their last entry.
  void tidy();
  void clear();

 private:
  std::deque<Batch> batches_;
  std::size_t bytes_{0};  // of entries not applied
};

}  // namespace abri::core::sync
