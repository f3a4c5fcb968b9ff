// SPDX-License-Identifier: MPL-2.0
#include "agent/server.hpp"
#include "agent/socket_path.hpp"
#include "cli/messages.hpp"
#include "cli/program.hpp"
#include "cli/terminal.hpp"
#include "desk.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

using namespace abri;
using namespace abri::cli;
namespace json = boost::json;

namespace {

struct Done {
  int code{0};
  std::string out;
  std::string problem;
};

/// The command line in this process, with a vault that is not there.
Done run(std::vector<std::string> words, std::streambuf* output = nullptr) {
  setenv("ABRI_VAULT", "/nonexistent/abri", 1);
  words.insert(words.begin(), "abri");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::ostringstream out;
  std::ostringstream problem;
  auto* const cout = std::cout.rdbuf(output == nullptr ? out.rdbuf() : output);
  auto* const cerr = std::cerr.rdbuf(problem.rdbuf());
  const int code = abri::cli::run(static_cast<int>(words.size()), argv.data());
  std::cout.rdbuf(cout);
  std::cout.clear();
  std::cerr.rdbuf(cerr);
  return {code, out.str(), problem.str()};
}

/// A vault that its agent holds open, in a session of its own.
class OpenVault {
 public:
  OpenVault() : vault_((folder_.path / "vault").string()) {
    setenv("XDG_RUNTIME_DIR", folder_.path.c_str(), 1);
    auto bound =
        agent::Server::bind(agent::make_app(folder_), {.socket = agent::socket_path(vault_),
                                                       .idle = std::chrono::minutes(5),
                                                       .since_boot = [this] { return since_boot_.load(); }});
    REQUIRE(bound);
    server_ = std::move(*bound);
    running_ = std::thread([this] { server_->run(); });
  }
  OpenVault(const OpenVault&) = delete;
  OpenVault& operator=(const OpenVault&) = delete;
  ~OpenVault() {
    static_cast<void>(ask({"lock"}));
    running_.join();
    unsetenv("XDG_RUNTIME_DIR");
  }
  [[nodiscard]] Done ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--vault", vault_});
    return run(std::move(words));
  }
  /// The machine sleeps for longer than the idle time.
  void machine_sleeps() { since_boot_ = since_boot_.load() + std::chrono::hours(1); }
  [[nodiscard]] bool is_open() const { return ask({"status"}).code == 0; }

 private:
  agent::Folder folder_;
  std::string vault_;
  std::unique_ptr<agent::Server> server_;
  std::atomic<std::chrono::seconds> since_boot_{std::chrono::seconds(1000)};
  std::thread running_;
};

/// `abri passphrase` with both phrases given by descriptors.
Done change_passphrase(const OpenVault& vault, const std::string& language, const std::string& present,
                       const std::string& next) {
  std::vector<std::string> words{"--lang", language, "passphrase"};
  std::vector<int> readers;
  for (const auto& [option, phrase] :
       {std::pair{"--passphrase-fd", present}, {"--next-passphrase-fd", next}}) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const auto line = phrase + "\n";
    REQUIRE(write(ends[1], line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    close(ends[1]);
    words.insert(words.end(), {option, std::to_string(ends[0])});
    readers.push_back(ends[0]);
  }
  auto done = vault.ask(std::move(words));
  for (const int reader : readers) close(reader);
  return done;
}

}  // namespace

TEST_CASE("command line: a mistyped command says what is wrong and where help is, in one language",
          "[clients]") {
  struct Case {
    std::vector<std::string> words;
    std::string french;
    std::string english;
  };
  for (const auto& one :
       {Case{{"cas"}, "Inconnu ici : cas. Aide : abri --help", "Unknown here: cas. Help: abri --help"},
        Case{{"case", "lst"},
             "Inconnu ici : lst. Aide : abri case --help",
             "Unknown here: lst. Help: abri case --help"},
        Case{{"case", "show"},
             "Il manque : DOSSIER. Aide : abri case show --help",
             "Missing: CASE. Help: abri case show --help"},
        Case{{"status", "now"},
             "Inconnu ici : now. Aide : abri status --help",
             "Unknown here: now. Help: abri status --help"},
        Case{{"unlock", "--idle", "0"},
             "Valeur impossible pour --idle. Aide : abri unlock --help",
             "Impossible value for --idle. Help: abri unlock --help"},
        Case{{}, "Il manque : une commande. Aide : abri --help", "Missing: a command. Help: abri --help"}}) {
    for (const auto* language : {"fr", "en"}) {
      auto words = one.words;
      words.insert(words.begin(), std::string("--lang=") + language);
      const auto done = run(words);
      INFO(done.problem);
      CHECK(done.code == 2);
      CHECK(done.out.empty());
      const bool french = language == std::string("fr");
      CHECK(done.problem == (french ? typeset(one.french, Language::french) : one.english) + "\n");
    }
  }
}

TEST_CASE("command line: what a person pastes comes back without steering the terminal", "[clients]") {
  const auto done = run({"--lang", "en", "\x1b[2J\u009b"});
  CHECK(done.code == 2);
  CHECK(done.problem.find('\x1b') == std::string::npos);
  CHECK(done.problem.find("\u009b") == std::string::npos);
  CHECK(done.problem.find("[2J") != std::string::npos);
}

TEST_CASE("command line: where the vault is locked or missing the command says so with its exit code",
          "[clients]") {
  const agent::Folder folder;
  const auto vault = folder.path.string();
  for (auto words : {std::vector<std::string>{"status"}, {"lock"}, {"unlock", "--passphrase-fd", "9"}}) {
    words.insert(words.begin(), {"--lang", "fr", "--vault", vault});
    const auto empty = run(words);
    INFO(words[4]);
    CHECK(empty.code == 20);
    CHECK(empty.problem.find("abri init") != std::string::npos);
  }
  std::ofstream(folder.path / "slots") << "slots";
  const auto locked = run({"--lang", "fr", "--vault", vault, "status"});
  CHECK(locked.code == 10);
  CHECK(locked.problem.find("abri unlock") != std::string::npos);
  const auto again = run({"--lang", "en", "--vault", vault, "lock"});
  CHECK(again.code == 0);
  CHECK(again.out == "The vault was locked already.\n");
  const auto none = run({"--lang", "fr", "status"});
  CHECK(none.code == 20);
  CHECK(none.problem.find("abri init") != std::string::npos);
  const auto as_json = run({"--json", "--vault", vault, "status"});
  CHECK(as_json.code == 10);
  CHECK(json::parse(as_json.out).at("error") == "locked");
  CHECK(as_json.problem.empty());
}

TEST_CASE("command line: a vault that another session holds open is not called locked", "[clients]") {
  const agent::Folder folder;
  const auto app = agent::make_app(folder);
  const auto vault = (folder.path / "vault").string();
  for (const auto* command : {"status", "lock"}) {
    const auto held = run({"--lang", "en", "--vault", vault, command});
    INFO(command);
    CHECK(held.code == 22);
    CHECK(held.problem.find("another session") != std::string::npos);
    CHECK(held.out.empty());
  }
}

TEST_CASE("command line: a new passphrase that cannot be taken leaves an open vault open", "[clients]") {
  const OpenVault vault;
  const auto refused = [&](const std::string& next) {
    const auto done = change_passphrase(vault, "en", "correct horse battery", next);
    CHECK(done.out.empty());
    CHECK(done.problem.find("locked") == std::string::npos);
    CHECK(vault.is_open());
    return done.code;
  };
  CHECK(refused("court") == 13);
  CHECK(refused("ééééééé") == 13);  // seven characters of two bytes
  CHECK(refused("") == 2);
  CHECK(refused(std::string(1025, 'a')) == 15);
}

TEST_CASE("command line: a change of the passphrase that fails once the vault is locked says that it is",
          "[clients]") {
  for (const auto* language : {"fr", "en"}) {
    const OpenVault vault;
    // no agent program stands beside this test: what is to change the passphrase does not start
    const auto done = change_passphrase(vault, language, "correct horse battery", "quatre cinq six");
    CHECK(done.code == 70);
    CHECK(done.problem.find("abri unlock") != std::string::npos);
    CHECK_FALSE(vault.is_open());
  }
}

TEST_CASE("command line: a vault whose idle time went by asleep is locked, also for who locks it then",
          "[clients]") {
  OpenVault vault;
  REQUIRE(vault.is_open());
  vault.machine_sleeps();
  const auto done = vault.ask({"--lang", "en", "lock"});
  CHECK(done.code == 0);
  CHECK(done.out == "The vault is locked.\n");
  CHECK(done.problem.empty());
}

TEST_CASE("command line: an open vault is told the delay after which it locks from now on", "[clients]") {
  const OpenVault vault;
  const auto french = vault.ask({"--lang", "fr", "unlock", "--idle", "300"});
  CHECK(french.code == 0);
  CHECK(french.out.find("déjà ouvert") != std::string::npos);
  CHECK(french.out.find("après 300 secondes") != std::string::npos);
  const auto english = vault.ask({"--lang", "en", "unlock", "--idle", "60"});
  CHECK(english.out.find("after 60 seconds") != std::string::npos);
  CHECK(vault.ask({"--lang", "en", "unlock"}).out.find("seconds") == std::string::npos);
  CHECK(json::parse(vault.ask({"--json", "unlock", "--idle", "60"}).out).at("idle_seconds") == 60);
}

TEST_CASE("command line: a record is chosen only where a step may mean several", "[clients]") {
  const auto help = [](const char* group) { return run({group, "advance", "--help"}).out; };
  CHECK(help("proposal").find("--record") != std::string::npos);
  for (const auto* group : {"case", "dwelling", "request"}) {
    INFO(group);
    CHECK(help(group).find("--record") == std::string::npos);
    CHECK(run({group, "advance", "0ece5b0a", "suspend", "--record", "9417bdd4"}).code == 2);
  }
}

TEST_CASE("command line: an answer that cannot be written is an error of its own, an error stays what it is",
          "[clients]") {
  struct Full : std::streambuf {};
  const auto full = [](std::vector<std::string> words) {
    Full nothing_fits;
    return run(std::move(words), &nothing_fits);
  };
  const agent::Folder folder;
  std::ofstream(folder.path / "slots") << "slots";
  const auto lost = full({"--lang", "en", "--vault", folder.path.string(), "lock"});
  CHECK(lost.code == 44);
  CHECK(lost.problem.find("could not be written") != std::string::npos);
  CHECK(full({"--help"}).code == 44);
  CHECK(full({"--version"}).code == 44);
  CHECK(full({"--json", "status"}).code == 20);
}

TEST_CASE("command line: the version is told", "[clients]") {
  const auto done = run({"--version"});
  CHECK(done.code == 0);
  CHECK(done.out.starts_with("abri 0."));
}

TEST_CASE("command line: the help stands in columns of characters and fits the screen", "[clients]") {
  for (const auto* language : {"fr", "en"}) {
    for (const auto& command : std::vector<std::vector<std::string>>{{},
                                                                     {"request", "advance"},
                                                                     {"organisation", "create"},
                                                                     {"roles", "set"},
                                                                     {"conflict", "resolve"}}) {
      auto words = command;
      words.insert(words.begin(), std::string("--lang=") + language);
      words.emplace_back("--help");
      std::istringstream help(run(words).out);
      for (std::string line; std::getline(help, line);) {
        INFO(line);
        CHECK(width(line) <= 80);
      }
    }
  }
  // an accented capital takes two bytes and one column
  std::size_t columns = 0;
  std::istringstream help(run({"--lang=fr", "request", "advance", "--help"}).out);
  for (std::string line; std::getline(help, line);) {
    if (!line.starts_with("  DEMANDE") && !line.starts_with("  ÉTAPE")) continue;
    const auto before = width(line.substr(0, line.find(line.starts_with("  DEM") ? "son id" : "une des")));
    INFO(line);
    CHECK((columns == 0 || before == columns));
    columns = before;
  }
  CHECK(columns > 0);
}

TEST_CASE("command line: the roles are named where they are given", "[clients]") {
  for (const auto& command : {std::vector<std::string>{"device", "invite"}, {"roles", "set"}}) {
    auto words = command;
    words.insert(words.begin(), "--lang=fr");
    words.emplace_back("--help");
    const auto help = run(words).out;
    CHECK(help.find("housing_referent          référence logement") != std::string::npos);
    CHECK(help.find("regional_coordination     coordination régionale") != std::string::npos);
  }
}

TEST_CASE("command line: the help of a step names the steps, and no word of a program's", "[clients]") {
  const auto request = run({"--lang=fr", "request", "advance", "--help"}).out;
  for (const auto* word : {"DEMANDE", "ÉTAPE", "acknowledge", "Accuser réception", "withdraw", "bailleur"})
    CHECK(request.find(word) != std::string::npos);
  const auto cases = run({"--lang=fr", "case", "advance", "--help"}).out;
  for (const auto* word : {"DOSSIER", "suspend", "Suspendre", "reopen", "Rouvrir"})
    CHECK(cases.find(word) != std::string::npos);
  const auto dwelling = run({"--lang=en", "dwelling", "advance", "--help"}).out;
  for (const auto* word : {"DWELLING", "publish", "Publish again", "withdraw", "landlord"})
    CHECK(dwelling.find(word) != std::string::npos);
  const auto idle = run({"--lang=fr", "unlock", "--help"}).out;
  CHECK(idle.find("INT") == std::string::npos);
  CHECK(idle.find("de 1 à 86400") != std::string::npos);
  CHECK(run({"--lang=fr", "roles", "set", "--help"}).out.find("lui sont retirés") != std::string::npos);
}

TEST_CASE("command line: every command has its help in both languages", "[clients]") {
  const std::vector<std::vector<std::string>> commands{{},
                                                       {"init"},
                                                       {"unlock"},
                                                       {"status"},
                                                       {"sync"},
                                                       {"organisation", "create"},
                                                       {"device", "invite"},
                                                       {"partner", "confirm"},
                                                       {"case", "set"},
                                                       {"case", "new"},
                                                       {"case", "advance"},
                                                       {"dwelling", "advance"},
                                                       {"request", "advance"},
                                                       {"proposal", "new"},
                                                       {"conflict", "resolve"},
                                                       {"fields"}};
  for (const auto& command : commands) {
    std::array<std::string, 2> texts;
    for (const std::size_t language : {0U, 1U}) {
      auto words = command;
      words.insert(words.begin(), language == 0 ? "--lang=fr" : "--lang=en");
      words.emplace_back("--help");
      const auto done = run(words);
      CHECK(done.code == 0);
      CHECK(done.out.size() > 100);
      CHECK(done.out.find("{}") == std::string::npos);
      texts.at(language) = done.out;
    }
    CHECK(texts[0] != texts[1]);
  }
}
