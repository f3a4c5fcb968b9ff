// SPDX-License-Identifier: MPL-2.0
#include "cli/dashes.hpp"

#include "cli/messages.hpp"

#include <array>
#include <iostream>
#include <string>

#include <unistd.h>

namespace abri::cli {

namespace {

Result<std::string> read_line(const std::string& name, Language language) {
  if (isatty(STDIN_FILENO) != 0) std::cerr << text("prompt.value", language, {name}) << std::flush;
  std::string line;
  if (!std::getline(std::cin, line)) return Error{Errc::invalid_argument, "stdin"};
  return line;
}

/// The name of the field in "name=-", "name+=-" or "name-=-"; empty where something else is written.
std::string asked_for(const std::string& edit) {
  const auto equals = edit.find('=');
  if (equals == std::string::npos || equals == 0 || edit.substr(equals) != "=-") return {};
  const bool sign = edit[equals - 1] == '+' || edit[equals - 1] == '-';
  return edit.substr(0, equals - (sign ? 1 : 0));
}

}  // namespace

Result<void> read_dashes(Options& options) {
  for (const char* key : {"code", "account", "value"}) {
    auto* given = options.arguments.if_contains(key);
    if (given == nullptr || *given != "-") continue;
    ABRI_TRY(auto line,
             read_line(std::string(text(std::string("asked.") + key, options.spoken())), options.spoken()));
    *given = line;
  }
  auto* fields = options.arguments.if_contains("fields");
  if (fields == nullptr || !fields->is_array()) return {};
  for (auto& field : fields->as_array()) {
    std::string edit(field.as_string());
    const auto name = asked_for(edit);
    if (name.empty()) continue;
    ABRI_TRY(const auto line, read_line(name, options.spoken()));
    edit.pop_back();
    field = edit + line;
  }
  return {};
}

}  // namespace abri::cli
