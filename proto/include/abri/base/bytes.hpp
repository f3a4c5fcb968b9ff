// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace abri {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;
template <std::size_t N>
using ByteArray = std::array<std::byte, N>;

/// The same memory seen as bytes, or as text; ends with it.
inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// A copy.
inline Bytes to_bytes(BytesView view) {
  return {view.begin(), view.end()};
}
inline Bytes to_bytes(std::string_view text) {
  return to_bytes(as_bytes(text));
}
/// Copies exactly N bytes; the caller has checked the size.
template <std::size_t N>
ByteArray<N> to_array(BytesView view) {
  ABRI_ASSERT(view.size() == N);
  ByteArray<N> out{};
  std::copy(view.begin(), view.end(), out.begin());
  return out;
}

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(BytesView bytes);
/// Reads hexadecimal digits of either case.
/// @errors Errc::malformed  odd length or a character outside 0-9 a-f A-F
template <class Buffer = Bytes>
Result<Buffer> from_hex(std::string_view text);

/// Appends fixed layouts: integers big-endian, byte strings as they are. Every signed or authenticated structure of
/// the protocol is written with `Writer` and read with `Reader` (docs/protocol.md, section "Layouts").
template <class Buffer>
class BasicWriter {
 public:
  BasicWriter() = default;
  /// @param reserve  bytes to make room for at once
  explicit BasicWriter(std::size_t reserve) { out_.reserve(reserve); }

  /// Integers of that many bits; the rest of a wider argument is cut off.
  BasicWriter& u8(std::uint8_t v) { return integer(v, 1); }
  BasicWriter& u16(std::uint16_t v) { return integer(v, 2); }
  BasicWriter& u32(std::uint32_t v) { return integer(v, 4); }
  BasicWriter& u48(std::uint64_t v) { return integer(v, 6); }
  BasicWriter& u64(std::uint64_t v) { return integer(v, 8); }
  /// The bytes as they are, without a length.
  BasicWriter& raw(BytesView bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  BasicWriter& raw(std::string_view text) { return raw(as_bytes(text)); }
  /// A 16-bit length, then the bytes. The caller keeps them below 64 KiB.
  BasicWriter& short_bytes(BytesView bytes) {
    ABRI_ASSERT(bytes.size() <= 0xffff);
    return u16(static_cast<std::uint16_t>(bytes.size())).raw(bytes);
  }
  BasicWriter& short_bytes(std::string_view text) { return short_bytes(as_bytes(text)); }
  /// A 32-bit length, then the bytes.
  BasicWriter& long_bytes(BytesView bytes) {
    ABRI_ASSERT(bytes.size() <= 0xffffffffU);
    return u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
  }

  /// What was written so far.
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] BytesView view() const { return out_; }
  [[nodiscard]] Buffer take() { return std::move(out_); }

 private:
  BasicWriter& integer(std::uint64_t v, int size) {
    for (int i = size - 1; i >= 0; --i) out_.push_back(static_cast<std::byte>(v >> (8 * i)));
    return *this;
  }
  Buffer out_;
};
using Writer = BasicWriter<Bytes>;

/// Reads fixed layouts strictly. After the first failure every read yields zeros and `ok()` stays false, so that a
/// decoder checks once, at its end, with `finish()`. Views point into the input.
class Reader {
 public:
  explicit Reader(BytesView in) : in_(in) {}

  /// Integers of that many bits.
  std::uint8_t u8() { return static_cast<std::uint8_t>(integer(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(integer(4)); }
  std::uint64_t u48() { return integer(6); }
  std::uint64_t u64() { return integer(8); }
  /// The next `size` bytes.
  BytesView raw(std::size_t size) {
    if (size > in_.size()) {
      fail();
      return {};
    }
    const auto out = in_.first(size);
    in_ = in_.subspan(size);
    return out;
  }
  /// A copy of the next N bytes.
  template <std::size_t N>
  ByteArray<N> array() {
    const auto view = raw(N);
    if (view.size() != N) return ByteArray<N>{};
    return to_array<N>(view);
  }
  /// Bytes behind their 16-bit or 32-bit length; all that is left.
  BytesView short_bytes() { return raw(u16()); }
  BytesView long_bytes() { return raw(u32()); }
  BytesView rest() { return raw(in_.size()); }

  /// What was read makes no sense: nothing more is read.
  void fail() {
    ok_ = false;
    in_ = {};
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return in_.size(); }
  /// Everything was there and nothing is left over.
  /// @param where  a string literal: what was read
  /// @errors Errc::malformed
  Result<void> finish(const char* where) const {
    if (!ok_ || !in_.empty()) return Error{Errc::malformed, where};
    return {};
  }

 private:
  std::uint64_t integer(std::size_t size) {
    std::uint64_t v = 0;
    for (const auto b : raw(size)) v = (v << 8) | std::to_integer<std::uint64_t>(b);
    return v;
  }
  BytesView in_;
  bool ok_{true};
};

inline std::string to_hex(BytesView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto b : bytes) {
    out.push_back(kDigits[std::to_integer<std::size_t>(b >> 4)]);
    out.push_back(kDigits[std::to_integer<std::size_t>(b & std::byte{15})]);
  }
  return out;
}

template <class Buffer>
Result<Buffer> from_hex(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (text.size() % 2 != 0) return Error{Errc::malformed, "from_hex"};
  Buffer out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return Error{Errc::malformed, "from_hex"};
    out.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return out;
}

}  // namespace abri
