// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/padding.hpp>

#include <algorithm>
#include <bit>

namespace abri::crypto {
namespace {

constexpr std::array<std::size_t, 6> kSmallBuckets{limits::kMinEntryBytes, 512, 768, 1024, 1536, 2048};
constexpr std::byte kMark{0x80};

// Rounds up so that only the first few bits of a length are told: as many as the length of its length.
constexpr std::size_t padme(std::size_t size) {
  const auto exponent = static_cast<std::size_t>(std::bit_width(size)) - 1;
  const auto kept_bits = static_cast<std::size_t>(std::bit_width(exponent));
  const std::size_t mask = (std::size_t{1} << (exponent - kept_bits)) - 1;
  return (size + mask) & ~mask;
}
static_assert(padme(2049) == 2176 && padme(65535) == 65536 && padme(65536) == 65536);

}  // namespace

Result<std::size_t> bucket(std::size_t size) {
  if (size > limits::kMaxEntryBytes) return Error{Errc::too_large, "bucket"};
  const auto* small = std::ranges::lower_bound(kSmallBuckets, size);
  return small != kSmallBuckets.end() ? *small : padme(size);
}

Result<BytesView> unpad(BytesView padded) {
  std::size_t size = padded.size();
  while (size > 0 && padded[size - 1] == std::byte{0}) --size;
  if (size == 0 || padded[size - 1] != kMark) return Error{Errc::malformed, "unpad"};
  const auto total = bucket(size + kSealOverhead);
  if (!total || *total != padded.size() + kSealOverhead) return Error{Errc::malformed, "unpad"};
  return padded.first(size - 1);
}

}  // namespace abri::crypto
