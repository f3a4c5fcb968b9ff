// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/hash.hpp>
#include <abri/crypto/merkle.hpp>

#include <algorithm>
#include <bit>

namespace abri::crypto {
namespace {

/// Calls visit(level, index) for the perfect subtrees that make up `size` leaves from `start` on, the largest first.
/// `start` is a multiple of the largest one's size.
template <class F>
Result<void> for_each_peak(std::uint64_t start, std::uint64_t size, F&& visit) {
  while (size != 0) {
    const auto level = static_cast<unsigned>(std::bit_width(size) - 1);
    ABRI_CHECK(visit(level, start >> level));
    start += std::uint64_t{1} << level;
    size -= std::uint64_t{1} << level;
  }
  return {};
}

Hash fold(std::span<const Hash> peaks) {
  if (peaks.empty()) return empty_root();
  Hash root = peaks.back();
  for (auto left = peaks.rbegin() + 1; left != peaks.rend(); ++left) root = node_hash(*left, root);
  return root;
}

/// Root of the `size` leaves from `start` on.
Result<Hash> range_root(std::uint64_t start, std::uint64_t size, const NodeSource& nodes) {
  std::vector<Hash> peaks;
  ABRI_CHECK(for_each_peak(start, size, [&](unsigned level, std::uint64_t index) -> Result<void> {
    ABRI_TRY(peaks.emplace_back(), nodes(level, index));
    return {};
  }));
  return fold(peaks);
}

/// Leaves left of the split of a tree: the largest power of two below `size`. `size` is at least 2.
std::uint64_t split(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

bool is_odd(std::uint64_t n) {
  return (n & 1) != 0;
}

/// One step upwards from node `at` of a level whose last node is `last`: whether its sibling stands on the left. Where it
/// does and the node was the last without a sibling of its own, the levels on which it moved up alone are left out.
bool sibling_is_left(std::uint64_t& at, std::uint64_t& last) {
  const bool left = is_odd(at) || at == last;
  if (left && !is_odd(at)) {
    while (at != 0 && !is_odd(at)) {
      at >>= 1;
      last >>= 1;
    }
  }
  at >>= 1;
  last >>= 1;
  return left;
}

}  // namespace

Hash empty_root() {
  return hash(labels::kEmpty, {});
}

Hash leaf_hash(BytesView data) {
  return hash(labels::kLeaf, data);
}

Hash node_hash(const Hash& left, const Hash& right) {
  return Hasher(labels::kNode).update(left.bytes()).update(right.bytes()).finish();
}

Hash entry_hash(BytesView entry) {
  return hash(labels::kEntry, entry);
}

Hash leaf_hash(Time time, const Hash& entry) {
  return Hasher(labels::kLeaf).u64(to_millis(time)).update(entry.bytes()).finish();
}

Hash Frontier::root() const {
  return fold(peaks_);
}

template <class F>
void Frontier::append_with(const Hash& leaf, F&& on_node) {
  std::uint64_t index = size_;
  Hash node = leaf;
  on_node(0U, index, node);
  for (unsigned level = 1; is_odd(index); ++level) {
    node = node_hash(peaks_.back(), node);
    peaks_.pop_back();
    index >>= 1;
    on_node(level, index, node);
  }
  peaks_.push_back(node);
  ++size_;
}

void Frontier::append(const Hash& leaf) {
  append_with(leaf, [](unsigned, std::uint64_t, const Hash&) {});
}

void Frontier::append(const Hash& leaf, const OnNode& on_node) {
  append_with(leaf, on_node);
}

Bytes Frontier::encode() const {
  Writer out(8 + peaks_.size() * Hash::kSize);
  out.u64(size_);
  for (const auto& peak : peaks_) out.raw(peak.bytes());
  return out.take();
}

Result<Frontier> Frontier::decode(BytesView bytes) {
  Reader in(bytes);
  Frontier out;
  out.size_ = in.u64();
  const auto peaks = static_cast<std::size_t>(std::popcount(out.size_));
  if (!in.ok() || in.left() != peaks * Hash::kSize) return Error{Errc::malformed, "Frontier"};
  out.peaks_.reserve(peaks);
  for (std::size_t i = 0; i < peaks; ++i) out.peaks_.emplace_back(in.array<Hash::kSize>());
  return out;
}

Result<Frontier> Frontier::load(std::uint64_t size, const NodeSource& nodes) {
  Frontier out;
  out.size_ = size;
  ABRI_CHECK(for_each_peak(0, size, [&](unsigned level, std::uint64_t index) -> Result<void> {
    ABRI_TRY(out.peaks_.emplace_back(), nodes(level, index));
    return {};
  }));
  return out;
}

Result<Hash> root_at(std::uint64_t size, const NodeSource& nodes) {
  return range_root(0, size, nodes);
}

Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeSource& nodes) {
  if (index >= size) return Error{Errc::invalid_argument, "inclusion_proof"};
  std::vector<Hash> proof;
  std::uint64_t start = 0;
  while (size > 1) {  // from the root down to the leaf; turned round at the end
    const std::uint64_t left = split(size);
    const bool go_left = index - start < left;
    ABRI_TRY(proof.emplace_back(),
             go_left ? range_root(start + left, size - left, nodes) : range_root(start, left, nodes));
    if (!go_left) start += left;
    size = go_left ? left : size - left;
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                            const NodeSource& nodes) {
  if (old_size > new_size) return Error{Errc::invalid_argument, "consistency_proof"};
  std::vector<Hash> proof;
  if (old_size == 0) return proof;
  std::uint64_t start = 0;
  std::uint64_t size = new_size;
  while (old_size - start != size) {  // down to the last subtree that the old tree ends with
    const std::uint64_t left = split(size);
    const bool go_left = old_size - start <= left;
    ABRI_TRY(proof.emplace_back(),
             go_left ? range_root(start + left, size - left, nodes) : range_root(start, left, nodes));
    if (!go_left) start += left;
    size = go_left ? left : size - left;
  }
  if (start != 0) {  // the verifier knows it only where it is the whole old tree
    ABRI_TRY(proof.emplace_back(), range_root(start, size, nodes));
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                              std::span<const Hash> proof, const Hash& root) {
  const Error wrong{Errc::auth_failed, "verify_inclusion"};
  if (index >= size) return wrong;
  std::uint64_t last = size - 1;
  Hash node = leaf;
  for (const auto& sibling : proof) {
    if (last == 0) return wrong;
    node = sibling_is_left(index, last) ? node_hash(sibling, node) : node_hash(node, sibling);
  }
  if (last != 0 || node != root) return wrong;
  return {};
}

Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t new_size,
                                const Hash& new_root, std::span<const Hash> proof) {
  const Error wrong{Errc::auth_failed, "verify_consistency"};
  if (old_size > new_size) return wrong;
  if (old_size == 0 && (!proof.empty() || old_root != empty_root())) return wrong;
  if (old_size == new_size && (!proof.empty() || old_root != new_root)) return wrong;
  if (old_size == 0 || old_size == new_size) return {};

  std::uint64_t at = old_size - 1;
  std::uint64_t last = new_size - 1;
  while (is_odd(at)) {
    at >>= 1;
    last >>= 1;
  }
  Hash old_node = old_root;  // the old tree is one perfect subtree of the new one
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) return wrong;
    old_node = proof.front();
    proof = proof.subspan(1);
  }
  Hash new_node = old_node;
  for (const auto& sibling : proof) {
    if (last == 0) return wrong;
    if (sibling_is_left(at, last)) {
      old_node = node_hash(sibling, old_node);
      new_node = node_hash(sibling, new_node);
    } else {
      new_node = node_hash(new_node, sibling);
    }
  }
  if (last != 0 || old_node != old_root || new_node != new_root) return wrong;
  return {};
}

}  // namespace abri::crypto
