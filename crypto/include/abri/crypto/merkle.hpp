// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/base/time.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

/// Append-only Merkle trees shaped as in RFC 9162 section 2.1, with labelled BLAKE2b-256 in place of its prefixes:
///   root of no leaves   H("abri/1.empty", "")
///   leaf                H("abri/1.leaf", data)
///   node                H("abri/1.node", left 32 ‖ right 32)
/// Data of a log's leaf: leaf time in ms u64 ‖ H("abri/1.entry", entry) 32.
///
/// A *perfect subtree* (level, index) covers the leaves [index·2^level, (index+1)·2^level); level 0 are the leaves.
/// Functions are safe on any thread; an object belongs to one at a time.
namespace abri::crypto {

/// Root of the tree without leaves.
Hash empty_root();
/// Leaf of any data; a log's leaves are made by the other `leaf_hash`.
Hash leaf_hash(BytesView data);
/// Inner node over two subtrees.
Hash node_hash(const Hash& left, const Hash& right);
/// Hash of one log entry as stored: the part of a leaf that names the entry, and its content-derived id.
Hash entry_hash(BytesView entry);
/// The leaf of an entry that the server stamped with `time`.
Hash leaf_hash(Time time, const Hash& entry);

/// Called for each perfect subtree that an append completes, the leaf itself (level 0) first.
using OnNode = std::function<void(unsigned level, std::uint64_t index, const Hash& hash)>;
/// Looks up a perfect subtree that was completed earlier.
using NodeSource = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

/// What is needed of a tree to append to it and to know its root: the roots of its largest perfect subtrees.
class Frontier {
 public:
  /// Number of leaves.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Hashes at most 63 times.
  [[nodiscard]] Hash root() const;
  /// One more leaf, at index `size()`.
  void append(const Hash& leaf);
  /// The same, telling of each perfect subtree that it completes.
  void append(const Hash& leaf, const OnNode& on_node);

  /// size u64 ‖ 32 bytes for each set bit of size, the largest subtree first. At most 8 + 64·32 bytes.
  [[nodiscard]] Bytes encode() const;
  /// @errors Errc::malformed  not the length that its size asks for
  static Result<Frontier> decode(BytesView bytes);
  /// The frontier of a stored tree.
  /// @errors those of `nodes`
  static Result<Frontier> load(std::uint64_t size, const NodeSource& nodes);

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  template <class F>
  void append_with(const Hash& leaf, F&& on_node);
  std::uint64_t size_{0};
  std::vector<Hash> peaks_;  // one for each set bit of size_, the largest first
};

/// Root of the first `size` leaves.
/// @errors those of `nodes`
Result<Hash> root_at(std::uint64_t size, const NodeSource& nodes);

/// Proof that leaf `index` is in the tree of the first `size` leaves, from the leaf upwards; at most 64 hashes.
/// @errors   Errc::invalid_argument  index not below size; and those of `nodes`
/// @source   RFC 9162, 2.1.3
Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeSource& nodes);

/// Proof that the tree of `old_size` leaves is the beginning of the tree of `new_size`; empty where they are the same or
/// the old one is empty.
/// @errors   Errc::invalid_argument  old_size above new_size; and those of `nodes`
/// @source   RFC 9162, 2.1.4
Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                            const NodeSource& nodes);

/// Checks that leaf `index` is in the tree of `size` leaves with this root.
/// @errors Errc::auth_failed  the proof does not lead from this leaf at this place to this root
Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                              std::span<const Hash> proof, const Hash& root);

/// Checks that the new tree begins with the old one.
/// @errors Errc::auth_failed  the new tree is not proven to begin with the old one
Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t new_size,
                                const Hash& new_root, std::span<const Hash> proof);

}  // namespace abri::crypto
