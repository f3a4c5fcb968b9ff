// SPDX-License-Identifier: MPL-2.0
#include "cli/answer.hpp"

#include <algorithm>

namespace abri::cli {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}

std::string string_at(const json::object& object, std::string_view key) {
  auto out = text_at(object, key);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

bool flag_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::string number_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? "0" : json::serialize(*value);
}

std::uint64_t count_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  boost::system::error_code failed;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(failed);
  return failed ? 0 : number;
}

const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array kEmpty;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->as_array() : kEmpty;
}

std::string joined(const json::array& strings) {
  std::string out;
  for (const auto& one : strings)
    if (one.is_string()) out += (out.empty() ? "" : ", ") + std::string(one.as_string());
  return out;
}

}  // namespace abri::cli
