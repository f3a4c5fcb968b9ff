// SPDX-License-Identifier: MPL-2.0
#include "agent/arguments.hpp"

#include <utility>

namespace abri::agent {

Result<std::string> Arguments::text(const char* name) const {
  const auto* value = object_.if_contains(name);
  if (value == nullptr || !value->is_string()) return Error{Errc::invalid_argument, name};
  return std::string(value->as_string());
}

std::string Arguments::text_or(const char* name, std::string other) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::move(other);
}

bool Arguments::flag(const char* name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::int64_t Arguments::number_or(const char* name, std::int64_t other) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_int64() ? value->as_int64() : other;
}

std::vector<std::string> Arguments::texts(const char* name) const {
  std::vector<std::string> out;
  const auto* value = object_.if_contains(name);
  if (value == nullptr || !value->is_array()) return out;
  for (const auto& item : value->as_array())
    if (item.is_string()) out.emplace_back(item.as_string());
  return out;
}

Result<std::vector<core::FieldEdit>> Arguments::edits() const {
  std::vector<core::FieldEdit> out;
  for (const auto& text : texts("fields")) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return Error{Errc::invalid_argument, "fields"};
    core::FieldEdit edit;
    edit.field = text.substr(0, equals);
    edit.value = text.substr(equals + 1);
    if (edit.field.back() == '+') edit.kind = core::FieldEdit::Kind::add;
    if (edit.field.back() == '-') edit.kind = core::FieldEdit::Kind::remove;
    if (edit.kind != core::FieldEdit::Kind::set) edit.field.pop_back();
    out.push_back(std::move(edit));
  }
  return out;
}

}  // namespace abri::agent
