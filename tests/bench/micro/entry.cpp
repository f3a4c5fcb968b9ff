// SPDX-License-Identifier: MPL-2.0
// One entry of a feed with one change, the size of a live edit.
#include "feed/entry.hpp"

#include "bench/micro/micro.hpp"

#include <abri/crypto/random.hpp>

namespace abri::bench {
namespace {

namespace feed = core::feed;

constexpr std::size_t kChangeBytes = 100;
constexpr std::uint32_t kEpoch = 1;

struct Author {
  LogId log = crypto::random_id<LogId>();
  crypto::FeedKey key = crypto::FeedKey::generate();
  crypto::CompartmentKey compartment = crypto::CompartmentKey::generate();
  crypto::SigningKey device = crypto::SigningKey::generate();
  Bytes change = Bytes(kChangeBytes, std::byte{'x'});

  [[nodiscard]] feed::SealedEntry seal() const {
    feed::EntryBuilder builder(feed::Core{});
    builder.add_change({.case_ref = {}, .compartment = 1, .epoch = kEpoch}, compartment, change);
    return need(builder.seal(log, kEpoch, key, device));
  }
  [[nodiscard]] feed::OpenedEntry open(BytesView entry) const {
    return need(feed::open_entry(entry, log, kEpoch, key));
  }
};

/// The bytes that are signed in such an entry, and a signature over as many by libsodium alone.
class BareSignature {
 public:
  BareSignature() {
    crypto_sign_keypair(public_key_, secret_key_);
    sign();
  }
  void sign() {
    crypto_sign_detached(signature_, nullptr, raw(message_), message_.size(), secret_key_);
    benchmark::DoNotOptimize(signature_);
  }
  void verify() {
    need(crypto_sign_verify_detached(signature_, raw(message_), message_.size(), public_key_) == 0,
         "bare signature");
  }

 private:
  Bytes message_ = Bytes(28 + LogId::kSize + feed::Core::kSize + 2 + Hash::kSize);
  unsigned char public_key_[crypto_sign_PUBLICKEYBYTES]{};
  unsigned char secret_key_[crypto_sign_SECRETKEYBYTES]{};
  unsigned char signature_[crypto_sign_BYTES]{};
};

std::size_t plain_size(const feed::SealedEntry& entry) {
  return entry.bytes.size() - crypto::kSealOverhead;
}

void seal_entry(benchmark::State& state) {
  const Author author;
  for (auto _ : state) benchmark::DoNotOptimize(author.seal());
}
BENCHMARK(seal_entry);

void seal_entry_bare(benchmark::State& state) {
  BareSeal inner(kChangeBytes);
  BareSeal outer(plain_size(Author().seal()));
  BareSignature signature;
  for (auto _ : state) {
    inner.seal();
    signature.sign();
    outer.seal();
  }
}
BENCHMARK(seal_entry_bare);

void open_entry(benchmark::State& state) {
  const Author author;
  const auto entry = author.seal();
  for (auto _ : state) {
    const auto opened = author.open(entry.bytes);
    benchmark::DoNotOptimize(need(feed::open_change(opened, 0, author.compartment)));
  }
}
BENCHMARK(open_entry);

void open_entry_bare(benchmark::State& state) {
  BareSeal inner(kChangeBytes);
  BareSeal outer(plain_size(Author().seal()));
  for (auto _ : state) {
    outer.open();
    inner.open();
  }
}
BENCHMARK(open_entry_bare);

void verify_author(benchmark::State& state) {
  const Author author;
  const auto opened = author.open(author.seal().bytes);
  for (auto _ : state) need(feed::verify_author(opened, author.log, author.device.public_key()));
}
BENCHMARK(verify_author);

void verify_author_bare(benchmark::State& state) {
  BareSignature signature;
  for (auto _ : state) signature.verify();
}
BENCHMARK(verify_author_bare);

}  // namespace
}  // namespace abri::bench
