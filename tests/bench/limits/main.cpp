// SPDX-License-Identifier: MPL-2.0
// usage: bench_limits FOLDER [SAMPLES]   what the disk under FOLDER and this machine allow now, as one JSON object
#include "bench/limits/limits.hpp"

#include <abri/crypto/aead.hpp>
#include <abri/crypto/init.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/sign.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include <boost/json.hpp>
#include <sodium.h>

namespace abri::bench {

double percentile(std::vector<double> samples, double share) {
  if (samples.empty()) return 0;
  std::ranges::sort(samples);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(samples.size())));
  return samples[std::clamp<std::size_t>(rank, 1, samples.size()) - 1];
}

namespace {

/// How often `body` runs in a second, over a quarter of one.
template <class Body>
double per_second(Body body) {
  constexpr double kBudgetMs = 250;
  const auto begin = Clock::now();
  double count = 0;
  double elapsed = 0;
  do {
    for (int i = 0; i < 16; ++i) body();
    count += 16;
    elapsed = ms_since(begin);
  } while (elapsed < kBudgetMs);
  return count / elapsed * 1000;
}

/// libsodium alone.
void measure_cryptography(boost::json::object& out) {
  std::vector<unsigned char> text(65536);
  std::vector<unsigned char> sealed(text.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
  unsigned char key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
  unsigned char nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES] = {};
  unsigned char secret[crypto_sign_SECRETKEYBYTES];
  unsigned char open[crypto_sign_PUBLICKEYBYTES];
  unsigned char signature[crypto_sign_BYTES];
  crypto_aead_xchacha20poly1305_ietf_keygen(key);
  crypto_sign_keypair(open, secret);
  const auto seal = [&](std::size_t size) {
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, text.data(), size, nullptr, 0, nullptr,
                                               nonce, key);
  };
  out["seal_600_per_s"] = per_second([&] { seal(600); });
  out["seal_65536_mb_per_s"] =
      per_second([&] { seal(text.size()); }) * static_cast<double>(text.size()) / 1e6;
  out["sign_per_s"] = per_second([&] { crypto_sign_detached(signature, nullptr, text.data(), 600, secret); });
  int wrong = 0;
  out["verify_per_s"] =
      per_second([&] { wrong |= crypto_sign_verify_detached(signature, text.data(), 600, open); });
  if (wrong != 0) std::abort();
}

int run(const std::filesystem::path& folder, int samples) {
  if (!crypto::initialise()) return 1;
  std::filesystem::create_directories(folder);
  boost::json::object out;
  const auto put = [&](const std::string& name, const std::vector<double>& times) {
    out[name + "_p50_ms"] = percentile(times, 0.5);
    out[name + "_p99_ms"] = percentile(times, 0.99);
  };
  put("fsync", time_fsync(folder, samples));
  put("tls_echo_600", time_tls_echo(600, samples * 4));
  const auto edits = time_edits(folder, samples);
  const auto rows = time_rows(folder, 1000, 7);
  if (!edits || !rows) {
    std::fprintf(stderr, "bench_limits: %s\n", edits ? rows.error().where : edits.error().where);
    return 1;
  }
  put("local_edit", edits->edit);
  put("bare_transaction", edits->bare);
  out["bare_rows_1000_ms"] = percentile(*rows, 0.5);
  measure_cryptography(out);
  std::cout << boost::json::serialize(out) << '\n';
  return 0;
}

}  // namespace
}  // namespace abri::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_limits FOLDER [SAMPLES]\n", stderr);
    return 2;
  }
  try {
    return abri::bench::run(argv[1], argc > 2 ? std::stoi(argv[2]) : 300);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "bench_limits: %s\n", failed.what());
    return 1;
  }
}
