// SPDX-License-Identifier: MPL-2.0
#include "unit/crypto/poly1305_collision.hpp"

#include <algorithm>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>
#include <sodium.h>

namespace abri::test {
namespace {

using Number = boost::multiprecision::cpp_int;

const Number kTwo128 = Number(1) << 128;
const Number kPrime = (Number(1) << 130) - 5;

Number modulo(const Number& n, const Number& m) {
  const Number rest = n % m;
  return rest < 0 ? Number(rest + m) : rest;
}

Number from_little_endian(BytesView bytes) {
  Number out = 0;
  for (auto b = bytes.rbegin(); b != bytes.rend(); ++b) out = (out << 8) | std::to_integer<unsigned>(*b);
  return out;
}

Bytes to_little_endian(Number n, std::size_t size) {
  Bytes out;
  for (std::size_t i = 0; i < size; ++i, n >>= 8) out.push_back(static_cast<std::byte>(Number(n & 0xff)));
  return out;
}

struct OneTimeKey {
  Number r;
  Number s;
};

// The first 32 bytes of the key stream of XChaCha20 with nonce zero, r clamped.
OneTimeKey one_time_key(BytesView key) {
  const std::array<unsigned char, 24> nonce{};
  std::array<unsigned char, 32> stream{};
  crypto_stream_xchacha20(stream.data(), stream.size(), nonce.data(),
                          reinterpret_cast<const unsigned char*>(key.data()));
  const auto bytes = std::as_bytes(std::span(stream));
  const Number clamp("0x0ffffffc0ffffffc0ffffffc0fffffff");
  return {from_little_endian(bytes.first(16)) & clamp, from_little_endian(bytes.last(16))};
}

void add_padded(std::vector<Number>& blocks, BytesView data) {
  for (std::size_t at = 0; at < data.size(); at += 16) {
    const auto block = data.subspan(at, std::min<std::size_t>(16, data.size() - at));
    blocks.push_back(from_little_endian(block) + kTwo128);
  }
}

// The polynomial without `s`.
Number evaluate(const std::vector<Number>& blocks, const Number& r) {
  Number sum = 0;
  for (const auto& block : blocks) sum = modulo((sum + block) * r, kPrime);
  return sum;
}

}  // namespace

ByteArray<48> poly1305_collision(BytesView key_a, BytesView key_b, BytesView ad) {
  const auto a = one_time_key(key_a);
  const auto b = one_time_key(key_b);
  // The unknown block stands before the block of lengths: its factor is r².
  const Number factor = modulo(a.r * a.r - b.r * b.r, kPrime);
  const Number inverse = powm(factor, kPrime - 2, kPrime);
  const auto lengths = Writer().raw(to_little_endian(ad.size(), 8)).raw(to_little_endian(32, 8)).take();

  for (unsigned first = 0;; ++first) {
    const auto first_block = to_little_endian(first, 16);
    for (int carry = -4; carry <= 4; ++carry) {
      std::vector<Number> blocks;
      add_padded(blocks, ad);
      add_padded(blocks, first_block);
      blocks.push_back(kTwo128);  // the unknown block, 0 for now
      add_padded(blocks, lengths);
      const Number wanted = b.s - a.s + carry * kTwo128 - evaluate(blocks, a.r) + evaluate(blocks, b.r);
      const Number unknown = modulo(wanted * inverse, kPrime);
      if (unknown >= kTwo128) continue;
      blocks[blocks.size() - 2] += unknown;
      const Number tag = modulo(evaluate(blocks, a.r) + a.s, kTwo128);
      if (tag != modulo(evaluate(blocks, b.r) + b.s, kTwo128)) continue;
      const auto sealed =
          Writer().raw(first_block).raw(to_little_endian(unknown, 16)).raw(to_little_endian(tag, 16)).take();
      return to_array<48>(sealed);
    }
  }
}

}  // namespace abri::test
