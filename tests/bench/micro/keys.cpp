// SPDX-License-Identifier: MPL-2.0
// Wrapping a compartment's key for one person, and growing the tree of a log.
#include "bench/micro/micro.hpp"

#include <abri/crypto/merkle.hpp>
#include <abri/crypto/wrap.hpp>

namespace abri::bench {
namespace {

constexpr std::size_t kKeyBytes = 32;

void wrap_key(benchmark::State& state) {
  const auto recipient = crypto::BoxKey::generate();
  const auto secret = crypto::CompartmentKey::generate();
  const crypto::WrapContext context{.purpose = crypto::WrapPurpose::compartment_key, .log = {}};
  for (auto _ : state) benchmark::DoNotOptimize(need(crypto::wrap(recipient.public_key(), context, secret)));
}
BENCHMARK(wrap_key);

/// An ephemeral key pair, the agreement, the seal.
void wrap_key_bare(benchmark::State& state) {
  unsigned char public_key[crypto_box_PUBLICKEYBYTES];
  unsigned char secret_key[crypto_box_SECRETKEYBYTES];
  unsigned char ephemeral[crypto_box_PUBLICKEYBYTES];
  unsigned char shared[crypto_scalarmult_BYTES];
  crypto_box_keypair(public_key, secret_key);
  BareSeal seal(kKeyBytes);
  for (auto _ : state) {
    crypto_box_keypair(ephemeral, secret_key);
    need(crypto_scalarmult(shared, secret_key, public_key) == 0, "bare agreement");
    benchmark::DoNotOptimize(shared);
    seal.seal();
  }
}
BENCHMARK(wrap_key_bare);

void unwrap_key(benchmark::State& state) {
  const auto recipient = crypto::BoxKey::generate();
  const auto secret = crypto::CompartmentKey::generate();
  const crypto::WrapContext context{.purpose = crypto::WrapPurpose::compartment_key, .log = {}};
  const auto wrap = need(crypto::wrap(recipient.public_key(), context, secret));
  for (auto _ : state)
    benchmark::DoNotOptimize(need(crypto::unwrap<crypto::CompartmentKey>(recipient, context, wrap)));
}
BENCHMARK(unwrap_key);

void unwrap_key_bare(benchmark::State& state) {
  unsigned char public_key[crypto_box_PUBLICKEYBYTES];
  unsigned char secret_key[crypto_box_SECRETKEYBYTES];
  unsigned char shared[crypto_scalarmult_BYTES];
  crypto_box_keypair(public_key, secret_key);
  BareSeal seal(kKeyBytes);
  for (auto _ : state) {
    need(crypto_scalarmult(shared, secret_key, public_key) == 0, "bare agreement");
    benchmark::DoNotOptimize(shared);
    seal.open();
  }
}
BENCHMARK(unwrap_key_bare);

constexpr std::size_t kEntryBytes = 512;
constexpr int kAppends = 1024;

/// Entries appended to a log's tree, each with its hash and its leaf, and one root at the end.
void append_1024_entries(benchmark::State& state) {
  const Bytes entry(kEntryBytes, std::byte{'x'});
  for (auto _ : state) {
    crypto::Frontier frontier;
    for (int i = 0; i < kAppends; ++i)
      frontier.append(
          crypto::leaf_hash(from_millis(static_cast<std::uint64_t>(i)), crypto::entry_hash(entry)));
    benchmark::DoNotOptimize(frontier.root());
  }
}
BENCHMARK(append_1024_entries);

/// As many BLAKE2b-256 of as many bytes: entry, leaf (time and hash), node (two hashes).
void append_1024_entries_bare(benchmark::State& state) {
  const Bytes bytes(kEntryBytes);
  unsigned char hash[Hash::kSize];
  for (auto _ : state) {
    for (int i = 0; i < kAppends; ++i) {
      for (const std::size_t size : {kEntryBytes, 8 + Hash::kSize, 2 * Hash::kSize}) {
        crypto_generichash(hash, sizeof(hash), raw(bytes), size, nullptr, 0);
        benchmark::DoNotOptimize(hash);
      }
    }
  }
}
BENCHMARK(append_1024_entries_bare);

}  // namespace
}  // namespace abri::bench
