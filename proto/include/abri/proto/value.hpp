// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace abri::proto {

/// One value of a field, encoded as operations carry it and vaults keep it:
///
///   text, date     UTF-8
///   integer        zigzag varint
///   boolean        one byte, 0 or 1
///   enumeration    varint of its number
///   list           of each item, ascending and without doubles: varint of its length, then the item
///
/// No bytes: no value (never set, or cleared). Which of these it is, the field says.
struct Value {
  std::string bytes;

  /// A text or a date (ISO 8601); empty: no value. The size is checked by `check_value`.
  static Value text(std::string_view utf8) { return {std::string(utf8)}; }
  /// Values of the other kinds. Number 0 of an enumeration is no value.
  static Value integer(std::int64_t number);
  static Value boolean(bool yes) { return {std::string(1, yes ? '\1' : '\0')}; }
  static Value enumeration(std::uint32_t number);
  /// Sorts the items and drops doubles.
  static Value list(std::vector<Value> items);

  /// No value?
  [[nodiscard]] bool empty() const { return bytes.empty(); }
  /// The bytes of a text or date; ends with the value.
  [[nodiscard]] std::string_view as_text() const { return bytes; }
  /// Nothing where there is no value or the bytes are not of that kind.
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;
  [[nodiscard]] std::optional<bool> as_boolean() const;
  [[nodiscard]] std::optional<std::uint32_t> as_enumeration() const;
  [[nodiscard]] std::optional<std::vector<Value>> as_list() const;

  friend auto operator<=>(const Value&, const Value&) = default;
};

/// Varints as Protocol Buffers have them: seven bits a byte, lowest first; at most ten bytes, shortest form only.
void put_varint(std::string& out, std::uint64_t number);
/// Takes a varint off the front of `in`. Nothing where it is cut short, too long or not the shortest form.
std::optional<std::uint64_t> take_varint(std::string_view& in);

}  // namespace abri::proto
