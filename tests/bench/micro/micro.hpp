// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/result.hpp>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <benchmark/benchmark.h>
#include <sodium.h>

/// The operations that Abri's speed stands on. `BENCHMARK(x)` is ours, `BENCHMARK(x_bare)` the library alone with the same
/// bytes; run.py prints the ratio of the two.
namespace abri::bench {

inline const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* raw_out(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

/// What is measured never fails; where it does, the figure would be worthless.
inline void need(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "bench_micro: %s\n", what);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe) one thread
}
template <class T>
T need(Result<T> result) {
  need(result.has_value(), result ? "" : result.error().where);
  return *std::move(result);
}
inline void need(const Result<void>& result) {
  need(result.has_value(), result ? "" : result.error().where);
}

/// XChaCha20-Poly1305 of libsodium, without anything around it.
class BareSeal {
 public:
  explicit BareSeal(std::size_t size)
      : size_(size), plain_(size), sealed_(size + crypto_aead_xchacha20poly1305_ietf_ABYTES) {
    crypto_aead_xchacha20poly1305_ietf_keygen(key_);
    seal();
  }
  void seal() {
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw_out(sealed_), nullptr, raw(plain_), size_, nullptr, 0,
                                               nullptr, nonce_, key_);
    benchmark::DoNotOptimize(sealed_.data());
  }
  void open() {
    need(crypto_aead_xchacha20poly1305_ietf_decrypt(raw_out(plain_), nullptr, nullptr, raw(sealed_),
                                                    sealed_.size(), nullptr, 0, nonce_, key_) == 0,
         "bare open");
  }

 private:
  std::size_t size_;
  Bytes plain_;
  Bytes sealed_;
  unsigned char key_[crypto_aead_xchacha20poly1305_ietf_KEYBYTES]{};
  unsigned char nonce_[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES]{};
};

}  // namespace abri::bench
