// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/labels.hpp>

#include <cstddef>
#include <cstdint>

namespace abri::crypto {

/// BLAKE2b-256 of `data` with the label as `personal`, no key, no salt. Allocates nothing.
/// @threads  safe on any thread
/// @source   docs/protocol.md section "Primitives"; RFC 7693; personalisation as in the BLAKE2 specification, 2.8
Hash hash(const Label& label, BytesView data);

/// The same over pieces: `Hasher(label).update(a).update(b).finish()` equals `hash(label, a ‖ b)`. Pieces carry no
/// separator; what is hashed must be unambiguous by its layout. An object belongs to one thread at a time.
class Hasher {
 public:
  /// Begins an empty hash under the label.
  explicit Hasher(const Label& label);
  /// Goes on with more bytes.
  Hasher& update(BytesView data);
  /// Big-endian integers, as in `Writer`.
  Hasher& u8(std::uint8_t value);
  Hasher& u32(std::uint32_t value);
  Hasher& u64(std::uint64_t value);
  /// Ends the hash; the object is not used again.
  Hash finish();

 private:
  static constexpr std::size_t kStateSize = 384;  // checked against the library in hash.cpp
  alignas(64) std::byte state_[kStateSize];       // NOLINT(*-avoid-c-arrays)
};

/// The first bytes of a hash as an id: `truncate<DeviceId>(hash(labels::kDeviceId, key.bytes()))`.
template <class I>
I truncate(const Hash& value) {
  static_assert(I::kSize <= Hash::kSize);
  return I(to_array<I::kSize>(BytesView(value.bytes()).first(I::kSize)));
}

/// Id of a log: the first 16 bytes of H("abri/1.logid", owner public key 32 ‖ salt 16).
LogId log_id(std::span<const std::byte, 32> owner_key, std::span<const std::byte, 16> salt);

/// Whether two public values of any size are equal, in time that depends on the sizes only.
bool equal(BytesView a, BytesView b);

}  // namespace abri::crypto
