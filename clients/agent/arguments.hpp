// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/app.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace abri::agent {

/// The arguments of a request, by name.
class Arguments {
 public:
  explicit Arguments(const boost::json::object& object) : object_(object) {}

  [[nodiscard]] bool has(const char* name) const { return object_.contains(name); }
  /// @errors Errc::invalid_argument  at `name`: there is no such text
  [[nodiscard]] Result<std::string> text(const char* name) const;
  [[nodiscard]] std::string text_or(const char* name, std::string other) const;
  [[nodiscard]] bool flag(const char* name) const;
  [[nodiscard]] std::int64_t number_or(const char* name, std::int64_t other) const;
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;
  /// What stands in "fields": `name=value`, `name+=value`, `name-=value`.
  /// @errors Errc::invalid_argument  at "fields": one of them is none of these
  [[nodiscard]] Result<std::vector<core::FieldEdit>> edits() const;

 private:
  const boost::json::object& object_;
};

}  // namespace abri::agent
