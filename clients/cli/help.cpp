// SPDX-License-Identifier: MPL-2.0
#include "cli/help.hpp"

#include "cli/messages.hpp"
#include "cli/terminal.hpp"

#include <array>
#include <utility>

namespace abri::cli {

namespace {

constexpr std::size_t kNameColumns = 30;

/// In the order in which an organisation gives them.
constexpr std::array<std::string_view, 11> kRoles{"administrator",
                                                  "head",
                                                  "social_worker",
                                                  "housing_referent",
                                                  "shelter",
                                                  "landlord_referent",
                                                  "allocation_officer",
                                                  "mediator",
                                                  "rights_adviser",
                                                  "data_protection",
                                                  "regional_coordination"};

}  // namespace

std::string HelpFormatter::heading(const std::string& group) const {
  return typeset(group + (language_ == Language::french ? " :" : ":"), language_);
}

std::string HelpFormatter::row(const std::string& name, const std::string& description) const {
  const auto begin = "  " + name;
  const auto lines = wrapped(description, kNameColumns);
  if (lines.empty()) return begin + "\n";
  if (width(begin) + 2 > kNameColumns) return begin + "\n" + lines;
  return fit(begin, kNameColumns) + lines.substr(kNameColumns);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  return row(make_option_name(option, is_positional) + make_option_opts(option), make_option_desc(option));
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return row(command->get_display_name(true), command->get_description());
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  auto out = "\n" + heading(group) + "\n";
  for (const auto* option : options) out += make_option(option, is_positional);
  return out;
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  const auto usage = CLI::Formatter::make_usage(app, std::move(name));
  const auto colon = usage.find(':');
  return heading(std::string(text("help.usage", language_))) + usage.substr(colon + 1);
}

std::string HelpFormatter::make_subcommands(const CLI::App* app, CLI::AppFormatMode) const {
  const auto commands = app->get_subcommands([](const CLI::App*) { return true; });
  if (commands.empty()) return {};
  auto out = "\n" + heading(std::string(text("help.commands", language_))) + "\n";
  for (const auto* command : commands) out += make_subcommand(command);
  return out;
}

std::string print_roles(Language language) {
  std::string out(text("help.roles", language));
  for (const auto role : kRoles)
    out += "\n  " + fit(role, 26) + std::string(text("role." + std::string(role), language));
  return out;
}

}  // namespace abri::cli
