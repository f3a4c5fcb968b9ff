// SPDX-License-Identifier: MPL-2.0
#include "support/memory_tree.hpp"
#include "support/seeded.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/merkle.hpp>

#include <set>

namespace abri::crypto {
namespace {

std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> out;
  for (std::uint32_t i = 0; i < count; ++i) out.push_back(leaf_hash(Writer().u32(i).view()));
  return out;
}

// The definition of RFC 9162, 2.1.1, word for word.
Hash reference_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return hash(labels::kEmpty, {});
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const auto left = reference_root(leaves.first(k));
  const auto right = reference_root(leaves.subspan(k));
  return hash(labels::kNode, Writer().raw(left.bytes()).raw(right.bytes()).view());
}

TEST_CASE("merkle: the frontier has the root of the definition at every size", "[crypto][merkle]") {
  const auto leaves = some_leaves(130);
  Frontier frontier;
  CHECK(frontier.root() == empty_root());
  for (std::size_t n = 1; n <= leaves.size(); ++n) {
    frontier.append(leaves[n - 1]);
    REQUIRE(frontier.size() == n);
    REQUIRE(frontier.root() == reference_root(std::span(leaves).first(n)));
  }
}

TEST_CASE("merkle: leaf, node and empty tree cannot be taken for each other", "[crypto][merkle]") {
  const auto leaves = some_leaves(2);
  const auto pair = Writer().raw(leaves[0].bytes()).raw(leaves[1].bytes()).take();
  const std::set<Hash> all{leaf_hash(pair), node_hash(leaves[0], leaves[1]), leaf_hash(BytesView{}),
                           empty_root(), entry_hash(pair)};
  CHECK(all.size() == 5);
}

TEST_CASE("merkle: a log's leaf is its time and the hash of its entry", "[crypto][merkle]") {
  const auto entry = entry_hash(as_bytes("entry"));
  const auto leaf = leaf_hash(from_millis(1'700'000'000'123), entry);
  CHECK(leaf == leaf_hash(Writer().u64(1'700'000'000'123).raw(entry.bytes()).view()));
  CHECK(leaf != leaf_hash(from_millis(1'700'000'000'124), entry));
}

TEST_CASE("merkle: a stored frontier goes on where it was, and a damaged one is refused",
          "[crypto][merkle]") {
  const auto leaves = some_leaves(70);
  abri::test::MemoryTree tree;
  Frontier frontier;
  for (std::size_t n = 0; n < leaves.size(); ++n) {
    const auto bytes = frontier.encode();
    auto again = *Frontier::decode(bytes);
    REQUIRE(again == frontier);
    REQUIRE(*Frontier::load(n, tree.nodes()) == frontier);
    CHECK(test::error_of(Frontier::decode(BytesView(bytes).first(bytes.size() - 1))) == Errc::malformed);
    auto longer = bytes;
    longer.push_back(std::byte{0});
    CHECK(test::error_of(Frontier::decode(longer)) == Errc::malformed);
    again.append(leaves[n]);
    frontier.append(leaves[n]);
    tree.append(leaves[n]);
    REQUIRE(again.root() == frontier.root());
  }
  CHECK(test::error_of(Frontier::decode({})) == Errc::malformed);
  CHECK(test::error_of(Frontier::decode(Writer().u64(~std::uint64_t{0}).view())) == Errc::malformed);
}

TEST_CASE("merkle: every inclusion proof verifies, for this leaf, place, size and root only",
          "[crypto][merkle]") {
  const auto leaves = some_leaves(67);
  const abri::test::MemoryTree tree(leaves);
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    const auto root = *root_at(size, tree.nodes());
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = *inclusion_proof(index, size, tree.nodes());
      REQUIRE(verify_inclusion(index, size, leaves[index], proof, root));
      REQUIRE_FALSE(verify_inclusion(index, size, leaves[(index + 1) % leaves.size()], proof, root));
      if (size > 1) REQUIRE_FALSE(verify_inclusion((index + 1) % size, size, leaves[index], proof, root));
      REQUIRE_FALSE(verify_inclusion(index, size, leaves[index], proof, *root_at(size - 1, tree.nodes())));
      REQUIRE_FALSE(verify_inclusion(size, size, leaves[index], proof, root));
      auto longer = proof;
      longer.push_back(leaves[0]);
      REQUIRE_FALSE(verify_inclusion(index, size, leaves[index], longer, root));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        changed[i] = leaves[i];
        if (changed != proof) REQUIRE_FALSE(verify_inclusion(index, size, leaves[index], changed, root));
      }
      if (!proof.empty()) {
        const auto shorter = std::span(proof).first(proof.size() - 1);
        REQUIRE_FALSE(verify_inclusion(index, size, leaves[index], shorter, root));
      }
    }
  }
}

TEST_CASE("merkle: every consistency proof verifies, for these two trees only", "[crypto][merkle]") {
  const auto leaves = some_leaves(67);
  const abri::test::MemoryTree tree(leaves);
  auto forked_leaves = leaves;
  forked_leaves[0] = leaf_hash(as_bytes("another history"));
  const abri::test::MemoryTree fork(forked_leaves);
  for (std::uint64_t to = 0; to <= leaves.size(); ++to) {
    const auto new_root = *root_at(to, tree.nodes());
    for (std::uint64_t from = 0; from <= to; ++from) {
      const auto old_root = *root_at(from, tree.nodes());
      const auto proof = *consistency_proof(from, to, tree.nodes());
      INFO("from " << from << " to " << to);
      REQUIRE(verify_consistency(from, old_root, to, new_root, proof));
      REQUIRE(proof.empty() == (from == 0 || from == to));
      auto longer = proof;
      longer.push_back(new_root);
      REQUIRE_FALSE(verify_consistency(from, old_root, to, new_root, longer));
      if (from == 0) {
        REQUIRE_FALSE(
            verify_consistency(from, new_root == old_root ? leaves[0] : new_root, to, new_root, proof));
        continue;
      }
      REQUIRE_FALSE(verify_consistency(from, *root_at(from, fork.nodes()), to, new_root, proof));
      REQUIRE_FALSE(verify_consistency(from, old_root, to, *root_at(to, fork.nodes()), proof));
      const auto fork_proof = *consistency_proof(from, to, fork.nodes());
      REQUIRE_FALSE(verify_consistency(from, old_root, to, *root_at(to, fork.nodes()), fork_proof));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        changed[i] = leaves[0] == proof[i] ? leaves[1] : leaves[0];
        REQUIRE_FALSE(verify_consistency(from, old_root, to, new_root, changed));
      }
      if (!proof.empty()) {
        const auto shorter = std::span(proof).first(proof.size() - 1);
        REQUIRE_FALSE(verify_consistency(from, old_root, to, new_root, shorter));
      }
    }
  }
}

TEST_CASE("merkle: a size of another shape than the proof's is refused", "[crypto][merkle]") {
  const auto leaves = some_leaves(40);
  const abri::test::MemoryTree tree(leaves);
  const auto proof = *consistency_proof(13, 40, tree.nodes());
  const auto old_root = *root_at(13, tree.nodes());
  for (std::uint64_t claimed = 0; claimed <= 80; ++claimed) {
    INFO("claimed " << claimed);
    // From 33 to 64 leaves the path has one shape; which of them it is, the signed head says.
    if (claimed < 33 || claimed > 64)
      CHECK_FALSE(verify_consistency(13, old_root, claimed, tree.root(), proof));
    if (claimed != 13) CHECK_FALSE(verify_consistency(claimed, old_root, 40, tree.root(), proof));
  }
  CHECK_FALSE(verify_consistency(40, tree.root(), 13, old_root, {}));
}

TEST_CASE("merkle: proofs come from perfect subtrees that appending announced, each once",
          "[crypto][merkle]") {
  std::set<std::pair<unsigned, std::uint64_t>> announced;
  Frontier frontier;
  for (const auto& leaf : some_leaves(100)) {
    frontier.append(leaf, [&](unsigned level, std::uint64_t index, const Hash&) {
      CHECK(announced.emplace(level, index).second);
    });
  }
  CHECK(announced.size() == 100 + 50 + 25 + 12 + 6 + 3 + 1);
}

TEST_CASE("merkle: a proof of a place that does not exist, or from a store that fails, is an error",
          "[crypto][merkle]") {
  const abri::test::MemoryTree tree(some_leaves(5));
  CHECK(test::error_of(inclusion_proof(5, 5, tree.nodes())) == Errc::invalid_argument);
  CHECK(test::error_of(inclusion_proof(0, 0, tree.nodes())) == Errc::invalid_argument);
  CHECK(test::error_of(consistency_proof(4, 3, tree.nodes())) == Errc::invalid_argument);
  CHECK(test::error_of(inclusion_proof(0, 9, tree.nodes())) == Errc::not_found);
  const NodeSource broken = [](unsigned, std::uint64_t) -> Result<Hash> {
    return Error{Errc::storage_failed, "disk"};
  };
  CHECK(test::error_of(inclusion_proof(1, 5, broken)) == Errc::storage_failed);
  CHECK(test::error_of(consistency_proof(1, 5, broken)) == Errc::storage_failed);
  CHECK(test::error_of(root_at(5, broken)) == Errc::storage_failed);
  CHECK(test::error_of(Frontier::load(5, broken)) == Errc::storage_failed);
}

}  // namespace
}  // namespace abri::crypto
