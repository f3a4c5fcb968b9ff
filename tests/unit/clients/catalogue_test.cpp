// SPDX-License-Identifier: MPL-2.0
#include "cli/catalogue.hpp"

#include "cases/roles.hpp"
#include "cli/messages.hpp"
#include "support/paths.hpp"

#include <abri/base/error.hpp>
#include <abri/core/sync_status.hpp>
#include <abri/proto/schema.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::cli;

namespace {

constexpr std::array kLanguages{Language::french, Language::english};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The sources of the command line but for the catalogue itself.
std::string sources() {
  std::string out;
  for (const auto& entry : std::filesystem::directory_iterator(test::source_dir() / "clients/cli"))
    if (entry.path().extension() == ".cpp" && !entry.path().filename().string().ends_with("texts.cpp"))
      out += read_file(entry.path());
  return out;
}

std::vector<std::string> error_codes() {
  std::vector<std::string> out;
  for (std::uint16_t code = 1; to_string(static_cast<Errc>(code)) != "unknown"; ++code)
    out.emplace_back(to_string(static_cast<Errc>(code)));
  return out;
}

/// Those of `Errc` and the client's own.
std::vector<std::string> all_errors() {
  auto out = error_codes();
  out.insert(out.end(), {"incomplete", "output_failed"});
  return out;
}

std::size_t places(std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find("{}"); at != std::string_view::npos; at = text.find("{}", at + 2)) ++count;
  return count;
}

/// A variable of the environment, for one scope.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name); before != nullptr) before_ = before;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

}  // namespace

TEST_CASE("messages: every text stands in both languages and takes the same values", "[clients]") {
  for (const auto* catalogue : {&texts(), &error_texts(), &reason_texts()}) {
    CHECK(catalogue->size() > 15);
    for (const auto& [key, message] : *catalogue) {
      INFO(key);
      CHECK_FALSE(message.french.empty());
      CHECK_FALSE(message.english.empty());
      CHECK(places(message.french) == places(message.english));
      CHECK(has_text(key));
    }
  }
}

TEST_CASE("messages: every error has a text of its own in both languages, with no place left open",
          "[clients]") {
  std::set<std::string> wheres{"", "adults", "vault"};
  for (const auto& [key, message] : error_texts()) {
    const std::string text(key);
    if (text.starts_with("what.")) wheres.insert(text.substr(5));
    if (text.starts_with("error.") && text.find('.', 6) != std::string::npos)
      wheres.insert(text.substr(text.find('.', 6) + 1));
  }
  CHECK(error_codes().size() == 29);
  for (const auto& code : error_codes()) {
    INFO(code);
    CHECK(has_text("error." + code));
    for (const auto& where : wheres) {
      const auto french = explain(code, where, Language::french);
      const auto english = explain(code, where, Language::english);
      INFO(where << ": " << french);
      CHECK(french != english);
      CHECK(french.size() > 10);
      CHECK(places(french) + places(english) == 0);
      if (code != "internal") CHECK(french.find("erreur d'Abri") == std::string::npos);
    }
  }
}

TEST_CASE("messages: an error's words name an error and a place that exist", "[clients]") {
  const auto codes = all_errors();
  const std::set<std::string> known(codes.begin(), codes.end());
  for (const auto& [key, message] : error_texts()) {
    const std::string text(key);
    if (!text.starts_with("error.")) continue;
    INFO(text);
    CHECK(known.contains(text.substr(6, text.find('.', 6) - 6)));
  }
}

TEST_CASE("messages: an error that this version does not know is told as one, never as a success",
          "[clients]") {
  CHECK(exit_code("of_tomorrow") == 70);
  CHECK(explain("of_tomorrow", "somewhere", Language::english).find("somewhere") != std::string::npos);
}

TEST_CASE("messages: the exit codes are those of the guide", "[clients]") {
  const auto guide = read_file(test::source_dir() / "docs/guide/fr/commandes.md");
  const std::regex row(R"(\| ([0-9]+) \| `([a-z_]+)` \|)");
  std::map<std::string, int> documented;
  for (std::sregex_iterator it(guide.begin(), guide.end(), row), end; it != end; ++it)
    documented[(*it)[2]] = std::stoi((*it)[1]);
  std::set<int> different;
  for (const auto& code : all_errors()) {
    INFO(code);
    CHECK(exit_code(code) == documented[code]);
    CHECK(exit_code(code) != 0);
    CHECK(different.insert(exit_code(code)).second);
  }
  CHECK(documented.size() == different.size());
}

TEST_CASE("messages: every text that the program asks for is there, and none is there for nothing",
          "[clients]") {
  const auto code = sources();
  std::set<std::string> asked;
  const std::regex direct(
      R"re(\b(?:text|say|say_code|word|line|has_text|prompt_passphrase)\(\s*(?:options, )?"([a-z_.]+)")re");
  for (std::sregex_iterator it(code.begin(), code.end(), direct), end; it != end; ++it)
    asked.insert((*it)[1]);
  const std::regex numbers(R"re(\bcounted\(\s*"([a-z_.]+)")re");
  for (std::sregex_iterator it(code.begin(), code.end(), numbers), end; it != end; ++it)
    for (const auto* form : {".one", ".other"}) asked.insert(std::string((*it)[1]) + form);
  CHECK(asked.size() > 40);
  for (const auto& key : asked) {
    INFO(key);
    CHECK((key.ends_with('.') || has_text(key)));
  }
  for (const auto& [key, message] : texts()) {
    const std::string text(key);
    const auto stem = text.substr(0, text.find('.') + 1);
    const bool composed = code.find('"' + stem + '"') != std::string::npos;
    INFO(text);
    CHECK((composed || asked.contains(text) || code.find('"' + text + '"') != std::string::npos));
  }
}

TEST_CASE("messages: every unit of the schema, every state of the connection and every role is named",
          "[clients]") {
  for (const auto& record : proto::schema().records()) {
    for (const auto& field : record.fields) {
      INFO(record.name << "." << field.name << ": " << field.unit);
      if (!field.unit.empty() && field.unit != "date") CHECK(has_text("unit." + field.unit));
      if (field.unit == "phone") CHECK(has_text("error.invalid_argument." + field.name));
    }
  }
  for (int state = 0; state <= static_cast<int>(core::sync::State::stopped); ++state)
    CHECK(has_text("state." + std::string(core::sync::to_string(static_cast<core::sync::State>(state)))));
  const auto roles = core::cases::role_names(core::chain::Roles(core::chain::kKnownRoleBits));
  CHECK(roles.size() == 11);
  const auto guide = read_file(test::source_dir() / "docs/guide/fr/commandes.md");
  for (const auto& role : roles) {
    INFO(role);
    CHECK(has_text("role." + role));
    CHECK(guide.find("`" + role + "` (") != std::string::npos);
    for (const auto language : kLanguages)
      CHECK(explain("invalid_argument", "role", language).find(role) != std::string::npos);
  }
  const auto told = std::ranges::count_if(
      texts(), [](const auto& text) { return std::string_view(text.first).starts_with("role."); });
  CHECK(static_cast<std::size_t>(told) == roles.size());
}

TEST_CASE("messages: a number is told in the form that its language asks for", "[clients]") {
  const auto waiting = [](std::uint64_t count, Language language) {
    return counted("sync.waiting", count, language);
  };
  CHECK(waiting(1, Language::french) ==
        typeset("Synchronisation incomplète : 1 modification attend encore.", Language::french));
  CHECK(waiting(2, Language::french) ==
        typeset("Synchronisation incomplète : 2 modifications attendent encore.", Language::french));
  CHECK(waiting(0, Language::french) ==
        typeset("Synchronisation incomplète : 0 modification attend encore.", Language::french));
  CHECK(waiting(1, Language::english) == "Synchronisation incomplete: 1 edit still waits.");
  CHECK(waiting(0, Language::english) == "Synchronisation incomplete: 0 edits still wait.");
  CHECK(waiting(1000, Language::english) == "Synchronisation incomplete: 1000 edits still wait.");
  for (const auto& [key, message] : texts()) {
    const std::string text(key);
    if (text.ends_with(".one")) CHECK(has_text(text.substr(0, text.size() - 3) + "other"));
    for (const auto language : kLanguages)
      CHECK(cli::text(key, language).find("(s)") == std::string_view::npos);
  }
}

TEST_CASE("messages: in French no line can end before a mark or within guillemets, and nothing else changes",
          "[clients]") {
  CHECK(typeset("Ici : « non » ; oui ? non !", Language::french) ==
        "Ici\u00a0: «\u00a0non\u00a0»\u00a0; oui\u00a0? non\u00a0!");
  CHECK(typeset("Ici : « non »", Language::english) == "Ici : « non »");
  CHECK(typeset("abri status --digest, 9 h, a:b", Language::french) == "abri status --digest, 9 h, a:b");
  CHECK(typeset(" ", Language::french) == " ");
  CHECK(typeset("", Language::french).empty());
  for (const auto* catalogue : {&texts(), &error_texts(), &reason_texts()})
    for (const auto& [key, message] : *catalogue) {
      const std::string shown(cli::text(key, Language::french));
      INFO(shown);
      for (const auto* broken : {" :", " ;", " ?", " !", "« ", " »"})
        CHECK(shown.find(broken) == std::string::npos);
      CHECK(cli::text(key, Language::english) == message.english);
    }
  CHECK(text("usage.unknown", Language::french, {"a : b", "abri"}).find("a : b") != std::string::npos);
}

TEST_CASE("messages: one word stands for the administrator", "[clients]") {
  for (const auto* catalogue : {&texts(), &error_texts(), &reason_texts()})
    for (const auto& [key, message] : *catalogue) {
      INFO(key);
      CHECK(message.french.find("administrateur") == std::string_view::npos);
      CHECK(message.english.find("your administrator") == std::string_view::npos);
    }
}

TEST_CASE("messages: values are put in their places, once each, whatever they hold", "[clients]") {
  CHECK(text("usage.unknown", Language::english, {"{}", "abri"}) == "Unknown here: {}. Help: abri --help");
  CHECK(text("usage.unknown", Language::english, {"x"}).find("Unknown here: x. Help: {}") == 0);
}

TEST_CASE("messages: the language is that of the environment, French where nothing else is said",
          "[clients]") {
  struct Case {
    const char* all;
    const char* messages;
    const char* lang;
    Language language;
  };
  for (const auto& one : {Case{nullptr, nullptr, nullptr, Language::french},
                          Case{nullptr, nullptr, "en_GB.UTF-8", Language::english},
                          Case{nullptr, nullptr, "en", Language::english},
                          Case{nullptr, nullptr, "fr_FR.UTF-8", Language::french},
                          Case{nullptr, nullptr, "C.UTF-8", Language::french},
                          Case{nullptr, nullptr, "de_DE.UTF-8", Language::french},
                          Case{nullptr, "en_GB.UTF-8", "fr_FR.UTF-8", Language::english},
                          Case{nullptr, "fr_FR.UTF-8", "en_GB.UTF-8", Language::french},
                          Case{"fr_FR.UTF-8", "en_GB.UTF-8", "en_GB.UTF-8", Language::french},
                          Case{"en_GB.UTF-8", "fr_FR.UTF-8", "fr_FR.UTF-8", Language::english},
                          Case{"", "", "en_GB.UTF-8", Language::english}}) {
    const Environment all("LC_ALL", one.all);
    const Environment messages("LC_MESSAGES", one.messages);
    const Environment lang("LANG", one.lang);
    INFO((one.all ? one.all : "-") << " " << (one.messages ? one.messages : "-") << " "
                                   << (one.lang ? one.lang : "-"));
    CHECK(language_of_environment() == one.language);
  }
}
