// SPDX-License-Identifier: MPL-2.0
#include "cli/program.hpp"

#include "cli/agent_client.hpp"
#include "cli/messages.hpp"
#include "cli/passphrase.hpp"
#include "cli/print.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace abri::cli {

namespace json = boost::json;

namespace {

/// What every command may be told, and what the chosen command needs.
struct Options {
  std::string vault;
  std::string language;
  bool json{false};
  int passphrase_fd{-1};
  int next_passphrase_fd{-1};
  int idle_seconds{0};
  json::object arguments;
  [[nodiscard]] Language spoken() const { return language == "en" ? Language::english : Language::french; }
};

int fail(const Options& options, const std::string& error, const std::string& where) {
  if (options.json)
    std::cout << json::serialize(json::object{{"ok", false}, {"error", error}, {"where", where}}) << "\n";
  else
    std::cerr << explain(error, where, options.spoken()) << "\n";
  return exit_code(error);
}

int fail(const Options& options, const Error& error) {
  return fail(options, std::string(to_string(error.code)), error.where);
}

using Printer = std::function<std::string(const json::value&, Language)>;

void show(const Options& options, const json::value& result, const Printer& printer) {
  if (options.json)
    std::cout << json::serialize(result) << "\n";
  else
    std::cout << printer(result, options.spoken());
}

/// One request to the agent, answered on the screen.
int ask(const Options& options, const std::string& command, const Printer& printer) {
  auto agent = AgentClient::connect(options.vault);
  if (!agent) return fail(options, agent.error());
  const bool terminal = isatty(STDERR_FILENO) != 0 && !options.json;
  bool progress_shown = false;
  const auto reply = agent->call(command, options.arguments, options.language, [&](const json::object& step) {
    if (!terminal) return;
    progress_shown = true;
    std::cerr << "\r"
              << text("sync.progress", options.spoken(),
                      {std::string(
                           text("state." + std::string(step.at("state").as_string()), options.spoken())),
                       json::serialize(step.at("entries"))})
              << std::flush;
  });
  if (progress_shown) std::cerr << "\n";
  if (!reply.ok) return fail(options, reply.error, reply.where);
  show(options, reply.result, printer);
  return 0;
}

Printer say(std::string key) {
  return [key = std::move(key)](const json::value&, Language language) {
    return std::string(text(key, language)) + "\n";
  };
}
Printer say_created() {
  return [](const json::value& result, Language language) {
    return text("created", language, {short_id(std::string(result.as_object().at("id").as_string()))}) + "\n";
  };
}
Printer say_code(std::string key) {
  return [key = std::move(key)](const json::value& result, Language language) {
    return text(key, language, {std::string(result.as_object().at("code").as_string())}) + "\n";
  };
}
template <class F>
Printer list_with(F print) {
  return [print](const json::value& result, Language language) { return print(result.as_array(), language); };
}
template <class F>
Printer object_with(F print) {
  return
      [print](const json::value& result, Language language) { return print(result.as_object(), language); };
}

std::string print_sync(const json::value& result, Language language) {
  const auto& object = result.as_object();
  const auto unsent = json::serialize(object.at("unsent"));
  const auto conflicts = json::serialize(object.at("conflicts"));
  auto out =
      unsent == "0" ? std::string(text("sync.done", language)) : text("sync.waiting", language, {unsent});
  if (conflicts != "0") out += "\n" + text("sync.conflicts", language, {conflicts});
  if (object.at("connected").as_bool()) out += "\n" + std::string(text("sync.stays", language));
  return out + "\n";
}

/// A passphrase to hand to the agent: from the descriptor given, or typed.
Result<int> passphrase(int given, const char* prompt, bool twice, Language language) {
  if (given >= 0) return given;
  return prompt_passphrase(prompt, twice, language);
}

int start(const Options& options, bool create, bool change, const char* done) {
  AgentStart start;
  start.vault = options.vault;
  start.create = create;
  start.idle_seconds = options.idle_seconds;
  const auto present = passphrase(options.passphrase_fd, create ? "prompt.next" : "prompt.passphrase", create,
                                  options.spoken());
  if (!present) return fail(options, present.error());
  start.passphrase_fd = *present;
  if (change) {
    const auto next = passphrase(options.next_passphrase_fd, "prompt.next", true, options.spoken());
    if (!next) return fail(options, next.error());
    start.next_passphrase_fd = *next;
  }
  const auto reply = start_agent(start);
  if (!reply.ok) return fail(options, reply.error, reply.where);
  show(options, json::object{}, say(done));
  return 0;
}

int unlock(const Options& options) {
  if (AgentClient::connect(options.vault)) {
    show(options, json::object{}, say("unlock.done"));
    return 0;
  }
  return start(options, false, false, "unlock.done");
}

int lock(const Options& options) {
  auto agent = AgentClient::connect(options.vault);
  if (!agent) {
    show(options, json::object{}, say("lock.already"));
    return 0;
  }
  const auto reply = agent->call("lock", {}, options.language);
  if (!reply.ok) return fail(options, reply.error, reply.where);
  // the vault is closed when the agent has gone
  for (int i = 0; i < 500 && AgentClient::connect(options.vault); ++i) usleep(10'000);
  show(options, json::object{}, say("lock.done"));
  return 0;
}

int change_passphrase(const Options& options) {
  if (AgentClient::connect(options.vault)) {
    if (const int locked = lock(options); locked != 0) return locked;
  }
  return start(options, false, true, "passphrase.done");
}

/// Adds commands to the command line. Each puts its arguments where the agent reads them.
class Commands {
 public:
  Commands(CLI::App& cli, Options& options, int& code) : cli_(cli), options_(options), code_(code) {}

  CLI::App* group(const std::string& name, const std::string& help) {
    auto* group = cli_.add_subcommand(name, help);
    group->require_subcommand(1);
    return group;
  }
  /// A command that runs here.
  CLI::App* local(const std::string& name, const std::string& help, std::function<int()> body) {
    auto* command = cli_.add_subcommand(name, help);
    command->callback([this, body = std::move(body)] { code_ = body(); });
    return command;
  }
  /// A command that the agent carries out.
  CLI::App* remote(CLI::App* parent, const std::string& name, const std::string& help,
                   const std::string& command, Printer printer) {
    auto* added = parent->add_subcommand(name, help);
    added->callback(
        [this, command, printer = std::move(printer)] { code_ = ask(options_, command, printer); });
    return added;
  }
  void argument(CLI::App* command, const std::string& name, const std::string& key, const std::string& help,
                bool required = true) {
    command
        ->add_option_function<std::string>(
            name, [this, key](const std::string& value) { options_.arguments[key] = value; }, help)
        ->required(required);
  }
  void list(CLI::App* command, const std::string& name, const std::string& key, const std::string& help,
            bool required) {
    command
        ->add_option_function<std::vector<std::string>>(
            name,
            [this, key](const std::vector<std::string>& values) {
              options_.arguments[key] = json::array(values.begin(), values.end());
            },
            help)
        ->required(required);
  }
  void flag(CLI::App* command, const std::string& name, const std::string& key, const std::string& help) {
    command->add_flag_callback(name, [this, key] { options_.arguments[key] = true; }, help);
  }

 private:
  CLI::App& cli_;
  Options& options_;
  int& code_;
};

void add_vault_commands(Commands& commands, CLI::App& cli, Options& options) {
  const auto passphrases = [&](CLI::App* command, bool next) {
    command->add_option("--passphrase-fd", options.passphrase_fd,
                        "lire la phrase de passe sur ce descripteur / read the passphrase there");
    if (next)
      command->add_option("--next-passphrase-fd", options.next_passphrase_fd, "la nouvelle / the new one");
  };
  passphrases(commands.local("init", "Créer un coffre / make a vault",
                             [&] { return start(options, true, false, "init.done"); }),
              false);
  auto* open = commands.local("unlock", "Ouvrir le coffre / open the vault", [&] { return unlock(options); });
  passphrases(open, false);
  open->add_option("--idle", options.idle_seconds,
                   "secondes sans commande avant de fermer / seconds before locking")
      ->check(CLI::Range(1, 86400));
  commands.local("lock", "Fermer le coffre / lock the vault", [&] { return lock(options); });
  passphrases(commands.local("passphrase", "Changer la phrase de passe / change the passphrase",
                             [&] { return change_passphrase(options); }),
              true);
  commands.remote(&cli, "status", "Où en est-on / where things stand", "status", object_with(print_status));
  auto* sync = commands.remote(&cli, "sync", "Synchroniser / synchronise", "sync", print_sync);
  commands.flag(sync, "--stay", "stay", "rester connecté / stay connected");
  commands.flag(sync, "--stop", "stop", "se déconnecter / disconnect");
}

void add_organisation_commands(Commands& commands, CLI::App& cli) {
  auto* organisation = commands.group("organisation", "L'organisation / the organisation");
  auto* create = commands.remote(organisation, "create", "Fonder l'organisation / found it",
                                 "organisation.create", say("done"));
  commands.argument(create, "--name", "name", "nom / name");
  commands.argument(create, "--kind", "kind", "fnsf_association, landlord, … (abri fields organisation)");
  commands.argument(create, "--person", "person", "votre nom / your name");
  commands.argument(create, "--server", "server", "hôte:port / host:port");
  commands.argument(create, "--server-key", "server_key",
                    "empreinte affichée par le serveur / key shown by the server");
  commands.argument(create, "--account", "account", "code du compte / account code");

  auto* device = commands.group("device", "Les appareils / devices");
  auto* invite = commands.remote(device, "invite", "Code pour un appareil / code for a device",
                                 "device.invite", say_code("code.device"));
  commands.argument(invite, "--name", "name", "d'une nouvelle personne / of a new person", false);
  commands.list(invite, "--role", "roles", "ses rôles / her roles", false);
  auto* join = commands.remote(device, "join", "Rejoindre / join", "device.join", say("join.waiting"));
  commands.argument(join, "code", "code", "le code reçu / the code received");

  commands.remote(&cli, "people", "Les personnes / people", "people", list_with(print_people));
  auto* roles = commands.group("roles", "Les rôles / roles");
  auto* set = commands.remote(roles, "set", "Donner des rôles / set roles", "roles.set", say("done"));
  commands.argument(set, "user", "user", "personne / person");
  commands.list(set, "roles", "roles", "rôles / roles", true);
  auto* keys = commands.group("keys", "Les clés / keys");
  commands.remote(keys, "rotate", "Renouveler les clés des groupes / renew the groups' keys", "keys.rotate",
                  say("done"));

  auto* partner = commands.group("partner", "Les partenaires / partners");
  commands.remote(partner, "invite", "Code pour un partenaire / code for a partner", "partner.invite",
                  say_code("code.partner"));
  auto* accept = commands.remote(partner, "accept", "Accepter un code / accept a code", "partner.accept",
                                 say("accept.waiting"));
  commands.argument(accept, "code", "code", "le code reçu / the code received");
  commands.remote(partner, "list", "Les partenaires / partners", "partner.list", list_with(print_partners));
  auto* confirm = commands.remote(partner, "confirm", "Confirmer l'empreinte / confirm the fingerprint",
                                  "partner.confirm", say("done"));
  commands.argument(confirm, "fingerprint", "fingerprint", "les chiffres comparés / the digits compared");
}

void add_file_commands(Commands& commands, CLI::App& cli) {
  auto* cases = commands.group("case", "Les dossiers / cases");
  auto* create = commands.remote(cases, "new", "Ouvrir un dossier / open a case", "case.new", say_created());
  commands.list(create, "fields", "fields", "champ=valeur de la personne / field=value of the person", true);
  commands.remote(cases, "list", "Tous les dossiers / all cases", "case.list", list_with(print_cases));
  const auto shows = [&](CLI::App* parent, const char* help) {
    auto* show = commands.remote(parent, "show", help, "case.show", object_with(print_case));
    commands.argument(show, "id", "id", "identifiant / id");
    commands.flag(show, "--reveal", "reveal", "afficher ce qui est masqué / show what is hidden");
  };
  shows(cases, "Un dossier / one case");
  auto* add = commands.remote(cases, "add", "Ajouter une fiche / add a record", "case.add", say_created());
  commands.argument(add, "id", "id", "dossier / case");
  commands.argument(add, "type", "type", "type de fiche (abri fields) / type of record");
  commands.list(add, "fields", "fields", "champ=valeur, champ+=valeur / field=value", true);
  auto* set = commands.remote(cases, "set", "Modifier une fiche / edit a record", "case.set", say("done"));
  commands.argument(set, "id", "id", "dossier / case");
  commands.argument(set, "record", "record", "fiche / record");
  commands.list(set, "fields", "fields", "champ=valeur, champ+=valeur, champ-=valeur / field=value", true);
  auto* search =
      commands.remote(&cli, "search", "Chercher un nom / search a name", "search", list_with(print_cases));
  commands.argument(search, "words", "words", "débuts de mots / beginnings of words");
  auto* fields =
      commands.remote(&cli, "fields", "Les champs d'une fiche / fields of a record", "fields", print_fields);
  commands.argument(fields, "type", "type", "type de fiche / type of record", false);

  auto* dwellings = commands.group("dwelling", "Les logements / dwellings");
  auto* dwelling = commands.remote(dwellings, "new", "Ajouter un logement / add a dwelling", "dwelling.new",
                                   say_created());
  commands.list(dwelling, "fields", "fields", "champ=valeur / field=value", true);
  commands.remote(dwellings, "list", "Les logements / dwellings", "dwelling.list", list_with(print_cases));
  shows(dwellings, "Un logement / one dwelling");

  auto* directory = commands.group("directory", "L'annuaire / the directory");
  auto* entry = commands.remote(directory, "new", "Ajouter une organisation / add an organisation",
                                "directory.new", say_created());
  commands.list(entry, "fields", "fields", "champ=valeur / field=value", true);
  commands.remote(directory, "list", "Les organisations / organisations", "directory.list",
                  list_with(print_cases));
  shows(directory, "Une organisation / one organisation");

  auto* requests = commands.group("request", "Les demandes / requests");
  auto* send = commands.remote(requests, "send", "Envoyer à un bailleur / send to a landlord", "request.send",
                               say_created());
  commands.argument(send, "case", "case", "dossier / case");
  commands.argument(send, "landlord", "landlord", "partenaire / partner");
  commands.remote(requests, "list", "Les demandes / requests", "request.list", list_with(print_cases));
  shows(requests, "Une demande / one request");
  const auto advances = [&](CLI::App* parent, const char* command) {
    auto* advance = commands.remote(parent, "advance", "Faire une étape / take a step", command, say("done"));
    commands.argument(advance, "id", "id", "demande / request");
    commands.argument(advance, "action", "action", "acknowledge, search, decline, …");
    commands.argument(advance, "--record", "record",
                      "fiche, s'il y en a plusieurs / record, where there are several", false);
  };
  advances(requests, "request.advance");
  auto* proposals = commands.group("proposal", "Les propositions / proposals");
  auto* propose = commands.remote(proposals, "new", "Proposer un logement / propose a dwelling",
                                  "proposal.new", say_created());
  commands.argument(propose, "request", "request", "demande / request");
  commands.argument(propose, "dwelling", "dwelling", "logement / dwelling");
  advances(proposals, "proposal.advance");

  auto* conflicts = commands.group("conflict", "Les conflits / conflicts");
  commands.remote(conflicts, "list", "Ce qui attend un choix / what waits for a choice", "conflict.list",
                  list_with(print_conflicts));
  auto* resolve = commands.remote(conflicts, "resolve", "Choisir / choose", "conflict.resolve", say("done"));
  commands.argument(resolve, "id", "id", "dossier / case");
  commands.argument(resolve, "record", "record", "fiche / record");
  commands.argument(resolve, "field", "field", "champ / field");
  commands.argument(resolve, "--value", "value", "une autre valeur / another value", false);
}

std::string default_vault() {
  // NOLINTBEGIN(concurrency-mt-unsafe): one thread
  if (const char* given = std::getenv("ABRI_VAULT"); given != nullptr && *given != '\0') return given;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0')
    return std::string(data) + "/abri";
  const char* home = std::getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  return std::string(home == nullptr ? "." : home) + "/.local/share/abri";
}

}  // namespace

int run(int argc, char** argv) {
  Options options;
  options.vault = default_vault();
  options.language = language_of_environment() == Language::english ? "en" : "fr";
  int code = 0;
  CLI::App cli{"abri"};
  cli.require_subcommand(1);
  cli.fallthrough();
  cli.add_option("--vault", options.vault, "le coffre / the vault ($ABRI_VAULT)");
  cli.add_option("--lang", options.language, "fr, en")->check(CLI::IsMember({"fr", "en"}));
  cli.add_flag("--json", options.json, "réponses en JSON / answers in JSON");
  Commands commands(cli, options, code);
  add_vault_commands(commands, cli, options);
  add_organisation_commands(commands, cli);
  add_file_commands(commands, cli);
  auto* resolve = cli.get_subcommand("conflict")->get_subcommand("resolve");
  resolve->add_option_function<std::int64_t>(
      "choice", [&](const std::int64_t& value) { options.arguments["choice"] = value; }, "numéro / number");
  CLI11_PARSE(cli, argc, argv);
  return code;
}

}  // namespace abri::cli
