// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/value.hpp>

#include <algorithm>

namespace abri::proto {

void put_varint(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>((number & 0x7fU) | 0x80U));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < in.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(in[i]);
    if (i == 9 && byte > 1) return std::nullopt;
    number |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if (byte < 0x80) {
      if (i > 0 && byte == 0) return std::nullopt;  // not the shortest form
      in.remove_prefix(i + 1);
      return number;
    }
  }
  return std::nullopt;
}

Value Value::integer(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  Value out;
  put_varint(out.bytes, (bits << 1) ^ (number < 0 ? ~std::uint64_t{0} : 0));
  return out;
}

Value Value::enumeration(std::uint32_t number) {
  Value out;
  if (number != 0) put_varint(out.bytes, number);
  return out;
}

Value Value::list(std::vector<Value> items) {
  std::ranges::sort(items);
  const auto doubles = std::ranges::unique(items);
  items.erase(doubles.begin(), doubles.end());
  Value out;
  for (const auto& item : items) {
    put_varint(out.bytes, item.bytes.size());
    out.bytes += item.bytes;
  }
  return out;
}

std::optional<std::int64_t> Value::as_integer() const {
  std::string_view in = bytes;
  const auto coded = take_varint(in);
  if (!coded || !in.empty()) return std::nullopt;
  return static_cast<std::int64_t>((*coded >> 1) ^ ((*coded & 1U) != 0 ? ~std::uint64_t{0} : 0));
}

std::optional<bool> Value::as_boolean() const {
  if (bytes == std::string_view("\0", 1)) return false;
  if (bytes == "\1") return true;
  return std::nullopt;
}

std::optional<std::uint32_t> Value::as_enumeration() const {
  std::string_view in = bytes;
  const auto number = take_varint(in);
  if (!number || !in.empty() || *number == 0 || *number > 0x7fffffffU) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::optional<std::vector<Value>> Value::as_list() const {
  std::vector<Value> items;
  std::string_view in = bytes;
  while (!in.empty()) {
    const auto size = take_varint(in);
    if (!size || *size == 0 || *size > in.size()) return std::nullopt;
    Value item{std::string(in.substr(0, *size))};
    if (!items.empty() && items.back() >= item) return std::nullopt;
    items.push_back(std::move(item));
    in.remove_prefix(*size);
  }
  return items;
}

}  // namespace abri::proto
