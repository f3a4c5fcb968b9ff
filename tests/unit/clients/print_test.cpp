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

TEST_CASE("print: a note is shown with its author and its day", "[clients]") {
  auto notes = field("Notes", "Reçue lundi.");
  notes["notes"] = true;
  auto& note = notes["values"].as_array()[0].as_object();
  note["author"] = "Awa Lenoir";
  note["written_ms"] = 1'795'348'800'000;  // noon of 22 November 2026, UTC
  CHECK(print_case(case_of("Marchwyn", {notes}), Language::french)
            .find("Reçue lundi.  — Awa Lenoir, 2026-11-22") != std::string::npos);
  note.erase("author");
  CHECK(print_case(case_of("Marchwyn", {notes}), Language::french).find("Reçue lundi.  — 2026-11-22") !=
        std::string::npos);
  note.erase("written_ms");
  CHECK(print_case(case_of("Marchwyn", {notes}), Language::french).find("—") == std::string::npos);
}

TEST_CASE("print: what was noticed against the server is told once, in words", "[clients]") {
  const json::object status{{"connection", "offline"},
                            {"evidence",
                             {"evidence_server rollback: the log is shorter",
                              "evidence_server rollback: again", "evidence_omission "}}};
  const auto shown = print_status(status, Language::french);
  CHECK(shown.find("rollback") == std::string::npos);
  CHECK(shown.find("evidence") == std::string::npos);
  CHECK(shown.find("dont il avait signé") == shown.rfind("dont il avait signé"));
  CHECK(shown.find("dont il avait signé") != std::string::npos);
  for (const auto& line : lines(shown)) CHECK(width(line) <= 80);
}

TEST_CASE("print: clocks that are more than ten minutes apart are told, whichever is ahead", "[clients]") {
  const auto shown = [](std::int64_t ahead) {
    return print_status({{"connection", "offline"}, {"server_clock_ahead_ms", ahead}}, Language::english);
  };
  for (const std::int64_t near : {0, 600'000, -600'000})
    CHECK(shown(near).find("WARNING") == std::string::npos);
  CHECK(shown(660'000).find("differ by 11 minutes") != std::string::npos);
  CHECK(shown(-7'200'000).find("differ by 120 minutes") != std::string::npos);
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

TEST_CASE("print: of values in conflict the tag is shown, and which one was kept", "[clients]") {
  json::object two{{"name", "language"},
                   {"label", "Langue"},
                   {"conflict", true},
                   {"values",
                    {{{"text", "dari"}, {"choice", 1}, {"tag", "bcdf"}, {"author", "Awa Lenoir"}},
                     {{"text", "pachto"}, {"choice", 2}, {"tag", "ghjk"}}}}};
  const auto shown = print_case(case_of("Lou", {two}), Language::french);
  CHECK(shown.find("1) dari  — Awa Lenoir  [bcdf]") != std::string::npos);
  CHECK(shown.find("2) pachto  [ghjk]") != std::string::npos);
  json::object kept{{"label", "Langue"}, {"text", "dari"}, {"tag", "bcdf"}, {"author", "Awa Lenoir"}};
  const auto said = [&] { return print_kept({{"kept", kept}}, Language::english); };
  CHECK(said() == "Kept for \"Langue\": dari  — Awa Lenoir  [bcdf]\n");
  kept.erase("text");
  kept["hidden"] = true;
  CHECK(said() == "Kept for \"Langue\": (hidden)  — Awa Lenoir  [bcdf]\n");
  CHECK(print_kept({}, Language::english) == "Done.\n");
}

TEST_CASE("print: what is hidden stays so in a conflict", "[clients]") {
  const json::object two{{"name", "safe_phone"},
                         {"label", "Téléphone sûr"},
                         {"hidden", true},
                         {"conflict", true},
                         {"values", {{{"text", ""}, {"choice", 1}, {"tag", "bcdf"}}}}};
  const auto shown = print_case(case_of("Lou", {two}), Language::french);
  CHECK(shown.find("--reveal") != std::string::npos);
  CHECK(shown.find("1)") == std::string::npos);
}

TEST_CASE("print: of two levels of danger the one that holds meanwhile is marked, of two numbers none holds",
          "[clients]") {
  json::object two{{"name", "level"},
                   {"label", "Niveau de danger"},
                   {"conflict", true},
                   {"holds", 2},
                   {"values", {{{"text", "Élevé"}, {"choice", 1}}, {{"text", "Grave"}, {"choice", 2}}}}};
  auto shown = print_case(case_of("Lou", {two}), Language::french);
  CHECK(shown.find("2) Grave  (vaut en attendant)") != std::string::npos);
  CHECK(shown.find("Élevé  (vaut") == std::string::npos);
  two["holds"] = 0;
  shown = print_case(case_of("Lou", {two}), Language::french);
  CHECK(shown.find("(vaut en attendant)") == std::string::npos);
  CHECK(shown.find("aucune ne vaut") != std::string::npos);
}

TEST_CASE("print: an address that cannot be read here is said under the heading, and an older one is marked",
          "[clients]") {
  auto view = case_of("Lou", {field("Adresse", "7 rue des Écluses")});
  view["records"].as_array()[0].as_object()["type"] = "location";
  CHECK(print_case(view, Language::french).find("ancienne") == std::string::npos);
  view["unreadable"] = {"Inès Kermadec", ""};
  for (const int columns : {80, 40}) {
    const Screen screen(columns);
    const auto shown = print_case(view, Language::french);
    CHECK(shown.find("écrite par Inès") != std::string::npos);
    CHECK(shown.find("[1ffe5a82]  peut être ancienne") != std::string::npos);
    for (const auto& line : lines(shown)) CHECK(width(line) <= static_cast<std::size_t>(columns));
  }
  CHECK(lines(print_case(view, Language::french))[1].starts_with("Une localisation a été écrite par Inès"));
}

TEST_CASE("print: a request shows day, state, case and the other organisation", "[clients]") {
  json::object request{{"id", kId},
                       {"title", "D-86588a9d61"},
                       {"sent_on", "2026-11-22"},
                       {"state_label", "En recherche"},
                       {"association", "Association des Tilleuls"},
                       {"landlord", "Habitat des Ormes"}};
  const auto received = lines(print_requests({request}, Language::french));
  REQUIRE(received.size() == 2);
  CHECK(received[0] == "1ffe5a82  2026-11-22  En recherche");
  CHECK(received[1] == "          D-86588a9d61 · Association des Tilleuls");
  request["case"] = kId;
  request["case_title"] = "Marchwyn Lou";
  CHECK(lines(print_requests({request}, Language::french))[1] ==
        "          D-86588a9d61 · Marchwyn Lou · Habitat des Ormes");
}

TEST_CASE("print: a partner that has not answered is said to be waited for, without a name or an id",
          "[clients]") {
  const json::object waiting{{"id", std::string(32, '0')}, {"name", ""}, {"joined", false}};
  const auto shown = print_partners({waiting}, Language::french);
  CHECK(shown.find("En attente de réponse") == 0);
  CHECK(shown.find("00000000") == std::string::npos);
  const json::object answered{{"id", kId},
                              {"name", "Habitat des Ormes et des Charmes de la vallée de la Lys"},
                              {"joined", true},
                              {"fingerprint", "84658 08553 31830 58895 18868"}};
  for (const auto& line : lines(print_partners({answered}, Language::french))) CHECK(width(line) <= 80);
  CHECK(print_partners({answered}, Language::french)
            .find("abri partner confirm \"84658 08553 31830 58895 18868\"") != std::string::npos);
}

TEST_CASE("print: people are shown with the number of their devices", "[clients]") {
  const json::object person{{"id", kId}, {"name", "Inès Kermadec"}, {"devices", 2}, {"roles", {"head"}}};
  CHECK(print_people({person}, Language::french).find("2 appareils · responsable") != std::string::npos);
}

TEST_CASE("print: what waits to be sent is told in cases", "[clients]") {
  const auto waits = [](int unsent, int cases) {
    return print_status({{"connection", "offline"}, {"unsent", unsent}, {"unsent_cases", cases}},
                        Language::french);
  };
  CHECK(waits(7, 2).find("2 dossiers, logements ou demandes") != std::string::npos);
  CHECK(waits(7, 0).find("autre chose que des dossiers") != std::string::npos);
  CHECK(waits(0, 0).find("rien") != std::string::npos);
}

TEST_CASE("print: the end of a connection that stayed is told, and no answer that lacks parts throws",
          "[clients]") {
  CHECK(print_sync({{"connected", false}}, Language::french) == "L'appareil n'est plus connecté.\n");
  CHECK(print_sync({{"unsent", 0}, {"conflicts", 1}, {"connected", true}}, Language::english) ==
        "Synchronised. Nothing waits to be sent.\n1 conflict to settle: abri conflict list\nThe device stays "
        "connected.\n");
  for (const auto& odd : {json::object{}, json::object{{"unsent", "x"}, {"connected", 1}, {"roles", 7}}}) {
    CHECK_FALSE(print_sync(odd, Language::french).empty());
    CHECK_FALSE(print_progress(odd, Language::french).empty());
    CHECK_FALSE(print_roles_set(odd, Language::french).empty());
    CHECK_FALSE(print_requests({odd}, Language::french).empty());
    CHECK_FALSE(print_partners({odd}, Language::french).empty());
    CHECK_FALSE(print_people({odd}, Language::french).empty());
    CHECK_FALSE(print_status(odd, Language::french).empty());
    CHECK_FALSE(print_case(odd, Language::french).empty());
  }
}

TEST_CASE("print: the status says that a code waits for the device that gave it", "[clients]") {
  const auto organisation = [](bool joining) {
    return print_status({{"connection", "offline"}, {"joining", joining}}, Language::french);
  };
  CHECK(organisation(true).find("en attente") != std::string::npos);
  CHECK(organisation(false).find("aucune") != std::string::npos);
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

TEST_CASE("print: the status says what went wrong at the last exchange with the server", "[clients]") {
  const auto shown = [](const json::object& more) {
    json::object status{{"connection", "stopped"}};
    for (const auto& [key, value] : more) status[key] = value;
    return print_status(status, Language::french);
  };
  CHECK(shown({}).find("Dernier échange") == std::string::npos);
  CHECK(shown({{"last_error", "network_lost"}}).find("Dernier échange     Pas de connexion au serveur.") !=
        std::string::npos);
  CHECK(shown({{"obstacles", {{{"why", "account_unknown"}}}}})
            .find("Dernier échange     Le serveur ne connaît pas le compte") != std::string::npos);
}

TEST_CASE("print: what is to be said after saving is said in words, in both languages", "[clients]") {
  const json::value saved{{"notices", {"held_by_one_person"}}};
  const json::value on_several{{"notices", {"held_by_one_persons_devices"}}};
  CHECK(print_notices(saved, Language::english).find("If this device") != std::string::npos);
  CHECK(print_notices(on_several, Language::english).find("If this device") == std::string::npos);
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
