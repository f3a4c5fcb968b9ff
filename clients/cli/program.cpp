// SPDX-License-Identifier: MPL-2.0
#include "cli/program.hpp"

#include "cli/command_line.hpp"
#include "cli/help.hpp"
#include "cli/messages.hpp"
#include "cli/print.hpp"
#include "cli/terminal.hpp"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

namespace abri::cli {

namespace json = boost::json;

namespace {

std::string default_vault() {
  // NOLINTBEGIN(concurrency-mt-unsafe): one thread
  if (const char* given = std::getenv("ABRI_VAULT"); given != nullptr && *given != '\0') return given;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0')
    return std::string(data) + "/abri";
  const char* home = std::getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  return std::string(home == nullptr ? "." : home) + "/.local/share/abri";
}

/// The help is written before the line is parsed: the language must be known by then.
void look_ahead(Options& options, int argc, char** argv) {
  options.language = language_of_environment() == Language::english ? "en" : "fr";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") options.json = true;
    if (word == "--lang" && i + 1 < argc) options.language = argv[i + 1];
    if (word.starts_with("--lang=")) options.language = word.substr(7);
  }
  if (options.language != "en") options.language = "fr";
}

void set_words(CLI::App& cli, Language language) {
  const auto word = [&](const char* key) { return std::string(text(key, language)); };
  const auto formatter = std::make_shared<HelpFormatter>(language);
  cli.formatter(formatter);
  formatter->label("OPTIONS", word("help.options"));
  formatter->label("Positionals", word("help.positionals"));
  formatter->label("SUBCOMMAND", word("help.command"));
  formatter->label("SUBCOMMANDS", word("help.command"));
  formatter->label("TEXT", word("help.text"));
  formatter->label("TEXT:{fr,en}", "fr|en");
  formatter->label("INT", word("help.number"));
  formatter->label("REQUIRED", word("help.required"));
  cli.option_defaults()->group(word("help.options"));
  cli.set_help_flag("-h,--help", word("help.help"))->group(word("help.options"));
}

/// The command as far as it was understood: "abri case set".
std::string understood(const CLI::App& cli, const CLI::App** last) {
  std::string out = cli.get_name();
  *last = &cli;
  for (auto chosen = cli.get_subcommands(); !chosen.empty(); chosen = chosen.front()->get_subcommands()) {
    *last = chosen.front();
    out += " " + chosen.front()->get_name();
  }
  return out;
}

/// What the command still needs.
std::string missing(const CLI::App& command, Language language) {
  for (const auto* option :
       command.get_options([](const CLI::Option* o) { return o->get_required() && o->count() == 0; }))
    return option->get_name();
  std::string any(text("usage.command", language));
  if (command.get_parent() == nullptr) return any;
  std::string names;
  for (const auto* one : command.get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + one->get_name();
  return any + " (" + names + ")";
}

/// The option or value in a message of CLI11: "--idle: …", "Could not convert: --idle = x".
std::string refused(const std::string& what) {
  const auto colon = what.find(": ");
  return colon == std::string::npos ? what
         : what.starts_with("--")   ? what.substr(0, colon)
                                    : what.substr(colon + 2);
}

/// What CLI11 says in English becomes what is wrong, where, and how to go on.
int usage_error(const CLI::App& cli, const Options& options, const CLI::ParseError& error) {
  const auto language = options.spoken();
  const CLI::App* last = nullptr;
  const auto command = understood(cli, &last);
  const auto rest = cli.remaining(true);
  std::string message;
  if (!rest.empty()) {
    message = text("usage.unknown", language, {rest.front(), command});
  } else if (error.get_name() == "RequiredError") {
    message = text("usage.missing", language, {missing(*last, language), command});
  } else {
    message = text("usage.value", language, {refused(error.what()), command});
  }
  if (options.json)
    std::cout << json::serialize(
                     json::object{{"ok", false}, {"error", "invalid_argument"}, {"where", "command line"}})
              << "\n";
  std::cerr << print_text(printable(message));
  return exit_code("invalid_argument");
}

int parse_and_run(Options& options, int argc, char** argv) {
  const auto language = options.spoken();
  int code = 0;
  CLI::App cli{std::string(text("help.abri", language)), "abri"};
  set_words(cli, language);
  cli.require_subcommand(1);
  cli.fallthrough();
  cli.add_option("--vault", options.vault, std::string(text("help.vault", language)));
  cli.add_option("--lang", options.language, std::string(text("help.lang", language)))
      ->check(CLI::IsMember({"fr", "en"}));
  cli.add_flag("--json", options.json, std::string(text("help.json", language)));
  cli.set_version_flag("--version", "abri " ABRI_VERSION, std::string(text("help.version", language)))
      ->group(std::string(text("help.options", language)));
  add_commands(cli, options, code);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return cli.exit(help);
  } catch (const CLI::ParseError& error) {
    return usage_error(cli, options, error);
  }
  return code;
}

/// An answer that nobody got is none: a full disk, a closed output.
int finish(const Options& options, int code) {
  std::cout.flush();
  if (std::cout.good()) return code;
  std::cerr << print_text(text("error.output_failed", options.spoken()));
  return code == 0 ? exit_code("output_failed") : code;
}

}  // namespace

int run(int argc, char** argv) {
  Options options;
  options.vault = default_vault();
  look_ahead(options, argc, argv);
  return finish(options, parse_and_run(options, argc, argv));
}

}  // namespace abri::cli
