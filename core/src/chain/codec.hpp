// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/kinds.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/base/limits.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

/// A layout is written once, as a template over these two: `Encoder` writes the fields it is shown, `Decoder` fills them.
/// Private to bodies.cpp.
namespace abri::core::chain {

class Encoder {
 public:
  void u8(const std::uint8_t& v) { out_.u8(v); }
  void u16(const std::uint16_t& v) { out_.u16(v); }
  void u32(const std::uint32_t& v) { out_.u32(v); }
  void flag(const bool& v) { out_.u8(v ? 1 : 0); }
  template <class Tag, std::size_t N>
  void id(const Id<Tag, N>& v) {
    out_.raw(v.bytes());
  }
  template <std::size_t N>
  void array(const ByteArray<N>& v) {
    out_.raw(v);
  }
  void bytes(const Bytes& v, std::size_t max) {
    if (!fits(v.size(), max)) return;
    out_.short_bytes(v);
  }
  void text(const std::string& v, std::size_t max) {
    if (!fits(v.size(), max)) return;
    out_.short_bytes(v);
  }
  void roles(const Roles& v) { out_.u32(v.bits); }
  void purpose(const GroupPurpose& v) { out_.u8(static_cast<std::uint8_t>(v)); }
  template <class T, class F>
  void list(const std::vector<T>& v, F&& item) {
    if (!fits(v.size(), limits::kMaxMembers)) return;
    out_.u16(static_cast<std::uint16_t>(v.size()));
    for (const auto& one : v) item(*this, one);
  }
  template <class T, class F>
  void optional(const std::optional<T>& v, F&& item) {
    flag(v.has_value());
    if (v) item(*this, *v);
  }
  Result<Bytes> finish() {
    if (too_large_) return Error{Errc::too_large, "encode_body"};
    return out_.take();
  }

 private:
  bool fits(std::size_t size, std::size_t max) {
    too_large_ = too_large_ || size > max;
    return !too_large_;
  }
  Writer out_;
  bool too_large_{false};
};

class Decoder {
 public:
  explicit Decoder(BytesView in) : in_(in) {}

  void u8(std::uint8_t& v) { v = in_.u8(); }
  void u16(std::uint16_t& v) { v = in_.u16(); }
  void u32(std::uint32_t& v) { v = in_.u32(); }
  void flag(bool& v) {
    const auto raw = in_.u8();
    if (raw > 1) in_.fail();
    v = raw == 1;
  }
  template <class Tag, std::size_t N>
  void id(Id<Tag, N>& v) {
    v = Id<Tag, N>(in_.array<N>());
  }
  template <std::size_t N>
  void array(ByteArray<N>& v) {
    v = in_.array<N>();
  }
  void bytes(Bytes& v, std::size_t max) {
    const auto view = in_.short_bytes();
    if (fits(view.size(), max)) v = to_bytes(view);
  }
  /// Text that is shown: no control character in it.
  void text(std::string& v, std::size_t max) {
    const auto view = in_.short_bytes();
    if (!fits(view.size(), max)) return;
    v = as_text(view);
    const auto is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; };
    if (std::ranges::any_of(v, is_control)) in_.fail();
  }
  void roles(Roles& v) {
    v = Roles(in_.u32());
    newer_ = newer_ || (v.bits & ~kKnownRoleBits) != 0;
  }
  void purpose(GroupPurpose& v) {
    const auto raw = in_.u8();
    newer_ = newer_ || raw == 0 || raw > static_cast<std::uint8_t>(GroupPurpose::shared);
    if (!newer_) v = static_cast<GroupPurpose>(raw);
  }
  /// Grows item by item and ends with the input, whatever count is claimed.
  template <class T, class F>
  void list(std::vector<T>& v, F&& item) {
    const std::size_t count = in_.u16();
    if (!fits(count, limits::kMaxMembers)) return;
    for (std::size_t i = 0; i < count && in_.ok(); ++i) item(*this, v.emplace_back());
  }
  template <class T, class F>
  void optional(std::optional<T>& v, F&& item) {
    bool there = false;
    flag(there);
    if (there) item(*this, v.emplace());
  }
  /// A value that only a newer version could understand.
  void newer() { newer_ = true; }
  Result<void> finish() const {
    if (too_large_) return Error{Errc::too_large, "decode_body"};
    ABRI_CHECK(in_.finish("decode_body"));
    if (newer_) return Error{Errc::version_unsupported, "decode_body"};
    return {};
  }

 private:
  bool fits(std::size_t size, std::size_t max) {
    if (size <= max) return true;
    too_large_ = true;
    in_.fail();
    return false;
  }
  Reader in_;
  bool too_large_{false};
  bool newer_{false};
};

}  // namespace abri::core::chain
