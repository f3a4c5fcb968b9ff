// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/crypto/merkle.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace abri::test {

/// A whole Merkle tree in memory, every perfect subtree kept.
class MemoryTree {
 public:
  MemoryTree() = default;
  explicit MemoryTree(std::span<const Hash> leaves) {
    for (const auto& leaf : leaves) append(leaf);
  }
  void append(const Hash& leaf) {
    frontier_.append(leaf, [this](unsigned level, std::uint64_t, const Hash& node) {
      if (levels_.size() <= level) levels_.emplace_back();
      levels_[level].push_back(node);
    });
  }
  [[nodiscard]] std::uint64_t size() const { return frontier_.size(); }
  [[nodiscard]] Hash root() const { return frontier_.root(); }
  /// A view of this tree; ends with it.
  [[nodiscard]] crypto::NodeSource nodes() const {
    return [this](unsigned level, std::uint64_t index) -> Result<Hash> {
      if (level >= levels_.size() || index >= levels_[level].size())
        return Error{Errc::not_found, "MemoryTree"};
      return levels_[level][index];
    };
  }

 private:
  crypto::Frontier frontier_;
  std::vector<std::vector<Hash>> levels_;
};

}  // namespace abri::test
