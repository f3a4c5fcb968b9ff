// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "sync/port.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace abri::core::sync {

/// The append of one log that is sent and not yet applied: the beginning of what waits in the device. Pure.
///
/// One at a time: of several the server might refuse one and take the next, and entries that stand in the log in another order than their
/// author's are a fork for everybody else.
class SendWindow {
 public:
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

  [[nodiscard]] bool empty() const { return !batch_; }
  /// Entries on their way, and their bytes: those that were applied do not count.
  [[nodiscard]] std::size_t entries() const;
  [[nodiscard]] std::size_t bytes() const;

  /// As much of what waits as one append takes; without an item where nothing waits.
  [[nodiscard]] static Batch cut(Outgoing outgoing);
  /// Only while it is empty.
  const Batch& add(Batch batch, std::uint32_t request);

  /// Null where that one is not on its way.
  Batch* find(std::uint32_t request);
  /// An entry was applied at a position; one of ours or not.
  void applied(const Hash& id, std::uint64_t position);
  /// Ends the append where it is receipted and applied to its last entry.
  void tidy();
  /// It was refused, or its log is given up.
  void clear() { batch_.reset(); }

 private:
  std::optional<Batch> batch_;
};

}  // namespace abri::core::sync
