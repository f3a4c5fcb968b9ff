// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <cstddef>
#include <string>

#include <CLI/CLI.hpp>

namespace abri::cli {

/// The help as CLI11 writes it, in columns of characters instead of bytes, no wider than the screen, and with the spaces of the language.
class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(Language language) : language_(language) {}

  [[nodiscard]] std::string make_group(std::string group, bool is_positional,
                                       std::vector<const CLI::Option*> options) const override;
  [[nodiscard]] std::string make_usage(const CLI::App* app, std::string name) const override;
  [[nodiscard]] std::string make_option(const CLI::Option* option, bool is_positional) const override;
  [[nodiscard]] std::string make_subcommand(const CLI::App* command) const override;
  [[nodiscard]] std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override;

 private:
  [[nodiscard]] std::string row(const std::string& name, const std::string& description) const;
  [[nodiscard]] std::string heading(const std::string& group) const;
  Language language_;
};

/// The roles that a person may be given, a line each: what to type, what it means.
std::string print_roles(Language language);

}  // namespace abri::cli
