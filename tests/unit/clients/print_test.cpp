// SPDX-License-Identifier: MPL-2.0
#include "cli/print.hpp"

#include "cli/messages.hpp"
#include "cli/terminal.hpp"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::cli;
namespace json = boost::json;

namespace {

const std::string kId = "1ffe5a82c0ffee001ffe5a82c0ffee00";

/// A terminal of so many columns, for one scope.
class Screen {
 public:
  explicit Screen(int columns) { setenv("COLUMNS", std::to_string(columns).c_str(), 1); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() { unsetenv("COLUMNS"); }
};

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

json::object row(const std::string& title) {
  return {
      {"id", kId}, {"title", title}, {"state_label", "En recherche"}, {"conflict", true}, {"unsent", true}};
}

json::object field(const std::string& label, const std::string& text) {
  return {{"name", "notes"}, {"label", label}, {"values", {{{"text", text}, {"choice", 1}}}}};
}

json::object case_of(const std::string& title, json::array fields) {
  return {{"id", kId},
          {"title", title},
          {"state_label", "Ouvert"},
          {"records", {{{"id", kId}, {"label", "Personne"}, {"fields", std::move(fields)}}}}};
}

}  // namespace

TEST_CASE("print: a list of files keeps its columns with names of any writing, down to 40 columns",
          "[clients]") {
  const json::array files{row("Lefèvre Aïcha"), row("Nguye\u0302\u0303n Thi\u0323 Hoa"), row("王小明"),
                          row("Marchwyn-Châteauneuf de la Bérengère Marie-Françoise"), row("")};
  for (const int columns : {80, 60, 40}) {
    const Screen screen(columns);
    std::size_t found = 0;
    std::size_t state = 0;
    for (const auto& line : lines(print_cases(files, Language::french))) {
      INFO(line);
      CHECK(width(line) <= static_cast<std::size_t>(columns));
      if (!line.starts_with("1ffe5a82  ")) continue;
      const auto before = width(line.substr(0, line.find("En rech")));
      CHECK((found++ == 0 || before == state));
      state = before;
    }
    CHECK(found == files.size());
  }
  const Screen narrow(40);
  const auto shown = lines(print_cases({row("Marchwyn-Châteauneuf")}, Language::english));
  REQUIRE(shown.size() == 2);
  CHECK(shown[0].find("Marchwyn-Châteaune") != std::string::npos);
  CHECK(shown[1] == "          CONFLICT  not sent yet");
}

TEST_CASE("print: a file fits the screen, each value under its label", "[clients]") {
  const auto view =
      case_of("Marchwyn Lou", {field("Ce que la personne demande avant tout le reste",
                                     "un logement calme, au rez-de-chaussée, près d'une école maternelle"),
                               field("Langue", "王小明 王小明 王小明 王小明 王小明 王小明 王小明 王小明")});
  for (const int columns : {80, 60, 40}) {
    const Screen screen(columns);
    for (const auto& line : lines(print_case(view, Language::french))) {
      INFO(line);
      CHECK(width(line) <= static_cast<std::size_t>(columns));
    }
  }
}

TEST_CASE("print: the line ends of a note stay, and none of its lines looks like a field", "[clients]") {
  const auto shown = lines(print_case(
      case_of("Marchwyn", {field("Notes", "Reçue lundi.\n  Téléphone sûr  06 39 98 00 12\nRappeler.")}),
      Language::french));
  REQUIRE(shown.size() == 6);
  CHECK(shown[3].find("Reçue lundi.") != std::string::npos);
  CHECK(shown[4].starts_with(std::string(36, ' ') + "Téléphone sûr"));
  CHECK(shown[5].starts_with(std::string(36, ' ') + "Rappeler."));
}

TEST_CASE("print: a title with line ends stays on its one line", "[clients]") {
  CHECK(lines(print_cases({row("Lou\n1ffe5a82  autre dossier")}, Language::french)).size() == 1);
  CHECK(lines(print_case(case_of("Lou\nPersonne", {}), Language::french)).size() == 3);
}

TEST_CASE("print: what is hidden is not shown, and how to see it is", "[clients]") {
  json::object hidden{
      {"name", "safe_phone"}, {"label", "Téléphone sûr"}, {"hidden", true}, {"values", json::array{}}};
  CHECK(print_case(case_of("Lou", {hidden}), Language::french).find("--reveal") != std::string::npos);
}

TEST_CASE("print: a conflict shows each value with its author and how to settle it", "[clients]") {
  json::object two{{"name", "safe_phone"},
                   {"label", "Safe phone"},
                   {"conflict", true},
                   {"values",
                    {{{"text", "06 39 98 00 12"}, {"choice", 1}, {"author", "Awa Lenoir"}},
                     {{"text", "06 39 98 00 34"}, {"choice", 2}, {"author", "Inès Kermadec"}}}}};
  const json::array conflicts{
      {{"case", kId}, {"record", kId}, {"title", "Lou"}, {"type_label", "Person"}, {"field", two}}};
  const auto shown = print_conflicts(conflicts, Language::english);
  for (const auto* expected : {"1) 06 39 98 00 12  — Awa Lenoir", "2) 06 39 98 00 34  — Inès Kermadec",
                               "CONFLICT", "abri conflict resolve 1ffe5a82 1ffe5a82 safe_phone"}) {
    INFO(shown);
    CHECK(shown.find(expected) != std::string::npos);
  }
}

TEST_CASE("print: the status says where the second secret of the vault lies", "[clients]") {
  const json::object status{{"connection", "offline"},
                            {"keystore", {{"kind", "file"}, {"directory", "/var/lib/abri"}}}};
  CHECK(print_status(status, Language::french).find("un fichier de cette machine, dans /var/lib/abri") !=
        std::string::npos);
  CHECK(print_status(status, Language::english).find("a file of this machine, in /var/lib/abri") !=
        std::string::npos);
  const json::value made{{"keystore", {{"directory", "/var/lib/abri"}}}};
  CHECK(print_keystore(made, Language::french).find("/var/lib/abri") != std::string::npos);
  CHECK(print_keystore(json::object{}, Language::french).empty());
}

TEST_CASE("print: what is to be said after saving is said in words, in both languages", "[clients]") {
  const json::value saved{{"notices", {"held_by_one_person"}}};
  CHECK(print_notices(saved, Language::french).find("seule à pouvoir lire") != std::string::npos);
  CHECK(print_notices(saved, Language::english).find("only person who can read") != std::string::npos);
  CHECK(print_notices(json::object{}, Language::french).empty());
}

TEST_CASE("print: an answer that lacks parts, or has others, is printed without them", "[clients]") {
  CHECK_FALSE(
      print_status({{"connection", "live"}, {"evidence", {7, "fork"}}, {"roles", "head"}}, Language::english)
          .empty());
  CHECK(print_cases({json::object{}}, Language::english).find("…") == std::string::npos);
  CHECK(print_cases({}, Language::english) == "Nothing to show.\n");
  CHECK_FALSE(print_fields(json::object{{"fields", {{{"name", "adults"}, {"values", 1}}}}}, Language::english)
                  .empty());
}
