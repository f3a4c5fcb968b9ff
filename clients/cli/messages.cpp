// SPDX-License-Identifier: MPL-2.0
#include "cli/messages.hpp"

#include "cli/catalogue.hpp"

#include <abri/base/result.hpp>

#include <array>
#include <cstdlib>
#include <map>

namespace abri::cli {

namespace {

/// One text as it is printed.
struct Printed {
  std::string french;
  std::string_view english;
};

const Printed* find(std::string_view key) {
  static const auto kAll = [] {
    std::map<std::string_view, Printed> all;
    for (const auto* catalogue : {&texts(), &error_texts(), &reason_texts()})
      for (const auto& [name, message] : *catalogue)
        all.emplace(name, Printed{typeset(message.french, Language::french), message.english});
    return all;
  }();
  const auto it = kAll.find(key);
  return it == kAll.end() ? nullptr : &it->second;
}

constexpr std::array<std::pair<std::string_view, int>, 31> kExitCodes{{
    {"invalid_argument", 2},    {"not_found", 3},
    {"already_exists", 4},      {"conflict", 5},
    {"not_permitted", 6},       {"illegal_transition", 7},
    {"unresolved_conflict", 8}, {"locked", 10},
    {"wrong_passphrase", 11},   {"auth_failed", 12},
    {"weak_parameters", 13},    {"malformed", 14},
    {"too_large", 15},          {"version_unsupported", 16},
    {"not_a_vault", 20},        {"stale_vault", 21},
    {"storage_busy", 22},       {"storage_full", 23},
    {"storage_failed", 24},     {"unsafe_storage", 25},
    {"network_lost", 30},       {"timed_out", 31},
    {"rate_limited", 32},       {"wrong_server", 33},
    {"server_misbehaved", 34},  {"not_joined", 40},
    {"out_of_sync", 41},        {"cancelled", 42},
    {"incomplete", 43},         {"output_failed", 44},
    {"internal", 70},
}};

}  // namespace

Language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.starts_with("en") ? Language::english : Language::french;
  }
  return Language::french;
}

std::string typeset(std::string_view words, Language language) {
  constexpr std::string_view kUnbroken = "\u00a0";
  constexpr std::string_view kOpening = "« ";
  constexpr std::string_view kClosing = " »";
  std::string out;
  while (!words.empty()) {
    const bool french = language == Language::french;
    const bool before_mark = words.size() > 1 && words[0] == ' ' &&
                             std::string_view(":;?!").find(words[1]) != std::string_view::npos;
    std::size_t taken = 1;
    if (french && words.starts_with(kOpening)) {
      out.append(kOpening.substr(0, kOpening.size() - 1)).append(kUnbroken);
      taken = kOpening.size();
    } else if (french && (before_mark || words.starts_with(kClosing))) {
      out += kUnbroken;
    } else {
      out += words.front();
    }
    words.remove_prefix(taken);
  }
  return out;
}

std::string_view text(std::string_view key, Language language) {
  const auto* message = find(key);
  ABRI_ASSERT(message != nullptr);
  return language == Language::french ? std::string_view(message->french) : message->english;
}

std::string text(std::string_view key, Language language, std::initializer_list<std::string> values) {
  std::string out(text(key, language));
  std::size_t from = 0;
  for (const auto& value : values) {
    const auto place = out.find("{}", from);
    if (place == std::string::npos) break;
    out.replace(place, 2, value);
    from = place + value.size();
  }
  return out;
}

std::string counted(std::string_view key, std::uint64_t count, Language language) {
  const bool singular = count == 1 || (count == 0 && language == Language::french);
  return text(std::string(key) + (singular ? ".one" : ".other"), language, {std::to_string(count)});
}

std::string explain(std::string_view error, std::string_view where, Language language) {
  const auto special = "error." + std::string(error) + "." + std::string(where);
  const auto what = "what." + std::string(where);
  const auto name = std::string(has_text(what) ? text(what, language) : "");
  if (has_text(special)) return text(special, language, {name});
  if (error == "internal" || !has_text("error." + std::string(error)))
    return text("error.internal", language, {std::string(where)});
  return explain_named(error, name, language);
}

std::string explain_named(std::string_view error, const std::string& name, Language language) {
  const auto general = "error." + std::string(error);
  const auto unnamed = general + ".unnamed";
  return text(name.empty() && has_text(unnamed) ? unnamed : general, language, {name});
}

int exit_code(std::string_view error) {
  for (const auto& [name, code] : kExitCodes)
    if (name == error) return code;
  return 70;
}

bool has_text(std::string_view key) {
  const auto* message = find(key);
  return message != nullptr && !message->french.empty() && !message->english.empty();
}

}  // namespace abri::cli
