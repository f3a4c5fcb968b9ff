// SPDX-License-Identifier: MPL-2.0
#include "cli/command_line.hpp"

#include "cli/answer.hpp"
#include "cli/help.hpp"
#include "cli/messages.hpp"
#include "cli/print.hpp"
#include "cli/steps.hpp"

#include <string>
#include <vector>

namespace abri::cli {

namespace json = boost::json;

namespace {

Printer say(std::string key) {
  return [key = std::move(key)](const json::value& result, Language language) {
    return print_text(text(key, language)) + print_notices(result, language);
  };
}
Printer say_created() {
  return [](const json::value& result, Language language) {
    return text("created", language, {short_id(std::string(result.at("id").as_string()))}) + "\n" +
           print_notices(result, language);
  };
}
Printer say_code(std::string key) {
  return [key = std::move(key)](const json::value& result, Language language) {
    return print_text(text(key, language, {std::string(result.at("code").as_string())}));
  };
}
/// A code, and whom the device that takes it will belong to.
std::string say_invitation(const json::value& result, Language language) {
  const std::string code(result.at("code").as_string());
  const auto name = string_at(result.as_object(), "name");
  return print_text(name.empty() ? text("code.own_device", language, {code})
                                 : text("code.device", language, {name, code}));
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

/// A help text in both languages.
struct Help {
  const char* french;
  const char* english;
};

/// Adds commands to the command line. Each puts its arguments where the agent reads them.
class Commands {
 public:
  Commands(CLI::App& cli, Options& options, int& code) : cli_(cli), options_(options), code_(code) {}

  CLI::App* group(const std::string& name, const Help& help) {
    auto* group = add(cli_, name, help);
    group->require_subcommand(1);
    return group;
  }
  /// A command that runs here.
  CLI::App* local(const std::string& name, const Help& help, int (*body)(const Options&)) {
    auto* command = add(cli_, name, help);
    command->callback([&options = options_, &code = code_, body] { code = body(options); });
    return command;
  }
  /// A command that the agent carries out.
  CLI::App* remote(CLI::App* parent, const std::string& name, const Help& help, const std::string& command,
                   Printer printer) {
    auto* added = add(*parent, name, help);
    added->callback([&options = options_, &code = code_, command, printer = std::move(printer)] {
      code = ask(options, command, printer);
    });
    return added;
  }
  /// @param name  "--option", or the name of a place in the catalogue: "argument.NAME"
  void argument(CLI::App* command, const std::string& name, const std::string& key, const Help& help,
                bool required = true) {
    command
        ->add_option_function<std::string>(
            option_name(name),
            [&options = options_, key](const std::string& value) { options.arguments[key] = value; },
            in(help))
        ->type_name(type_of(name))
        ->required(required);
  }
  void list(CLI::App* command, const std::string& name, const std::string& key, const Help& help,
            bool required) {
    command
        ->add_option_function<std::vector<std::string>>(
            option_name(name),
            [&options = options_, key](const std::vector<std::string>& values) {
              options.arguments[key] = json::array(values.begin(), values.end());
            },
            in(help))
        ->type_name(type_of(name))
        ->required(required);
  }
  void flag(CLI::App* command, const std::string& name, const std::string& key, const Help& help) {
    command->add_flag_callback(name, [&options = options_, key] { options.arguments[key] = true; }, in(help));
  }
  /// A whole number from 1.
  CLI::Option* number(CLI::App* command, const std::string& name, const std::string& key, const Help& help) {
    return command->add_option_function<std::int64_t>(
        option_name(name),
        [&options = options_, key](const std::int64_t& value) { options.arguments[key] = value; }, in(help));
  }
  CLI::Option* number_into(CLI::App* command, const std::string& name, int& into, const Help& help) {
    return command->add_option(name, into, in(help));
  }

  void steps(CLI::App* command, std::span<const Step> steps) const {
    command->footer(print_steps(steps, options_.spoken()));
  }
  void roles(CLI::App* command) const { command->footer(print_roles(options_.spoken())); }

 private:
  [[nodiscard]] std::string in(const Help& help) const {
    return typeset(options_.spoken() == Language::french ? help.french : help.english, options_.spoken());
  }
  [[nodiscard]] std::string option_name(const std::string& name) const {
    return name.starts_with("--") ? name : std::string(text("argument." + name, options_.spoken()));
  }
  /// What stands behind the name in the help: nothing, where the name says it.
  static std::string type_of(const std::string& name) { return name.starts_with("--") ? "TEXT" : ""; }
  CLI::App* add(CLI::App& parent, const std::string& name, const Help& help) const {
    return parent.add_subcommand(name, in(help))
        ->group(std::string(text("help.commands", options_.spoken())));
  }
  CLI::App& cli_;
  Options& options_;
  int& code_;
};

void add_vault_commands(Commands& commands, CLI::App& cli, Options& options) {
  const auto passphrase = [&](CLI::App* command) {
    commands.number_into(
        command, "--passphrase-fd", options.passphrase_fd,
        {"lire la phrase de passe sur ce descripteur", "read the passphrase from this descriptor"});
    return command;
  };
  passphrase(commands.local("init", {"Créer un coffre", "Make a vault"}, create_vault));
  auto* open = passphrase(commands.local("unlock", {"Ouvrir le coffre", "Open the vault"}, unlock));
  commands
      .number_into(
          open, "--idle", options.idle_seconds,
          {"secondes sans commande, de 1 à 86400 (900)", "seconds without a command, 1 to 86400 (900)"})
      ->check(CLI::Range(1, 86400).description(""));
  commands.local("lock", {"Fermer le coffre", "Lock the vault"}, lock);
  auto* change = passphrase(commands.local(
      "passphrase", {"Changer la phrase de passe", "Change the passphrase"}, change_passphrase));
  commands.number_into(change, "--next-passphrase-fd", options.next_passphrase_fd,
                       {"lire la nouvelle sur ce descripteur", "read the new one from this descriptor"});
  auto* status = commands.remote(&cli, "status", {"Où en est-on", "Where things stand"}, "status",
                                 object_with(print_status));
  commands.flag(status, "--digest", "digest",
                {"empreinte de l'état : la même sur deux appareils à jour",
                 "digest of the state: the same on two devices that are up to date"});
  auto* sync =
      commands.remote(&cli, "sync", {"Synchroniser", "Synchronise"}, "sync", object_with(print_sync));
  commands.flag(sync, "--stay", "stay", {"rester connecté", "stay connected"});
  commands.flag(sync, "--stop", "stop", {"se déconnecter", "disconnect"});
}

void add_organisation_commands(Commands& commands) {
  auto* organisation = commands.group("organisation", {"L'organisation", "The organisation"});
  auto* create = commands.remote(organisation, "create", {"Fonder l'organisation", "Found the organisation"},
                                 "organisation.create", say("done"));
  commands.argument(create, "--name", "name", {"nom", "name"});
  commands.argument(create, "--kind", "kind",
                    {"type (abri fields organisation)", "kind (abri fields organisation)"});
  commands.argument(create, "--person", "person", {"votre nom", "your name"});
  commands.argument(create, "--server", "server", {"hôte:port", "host:port"});
  commands.argument(create, "--server-key", "server_key",
                    {"clé affichée par le serveur", "key shown by the server"});
  commands.argument(create, "--account", "account",
                    {"code du compte ; « - » : le demander", "account code; \"-\": ask for it"});
}

constexpr Help kCode{"le code reçu ; « - » : le demander", "the code received; \"-\": ask for it"};

void add_device_commands(Commands& commands) {
  auto* device = commands.group("device", {"Les appareils", "Devices"});
  auto* invite = commands.remote(device, "invite",
                                 {"Code pour un autre appareil à vous, ou pour une nouvelle personne",
                                  "Code for another device of yours, or for a new person"},
                                 "device.invite", say_invitation);
  commands.argument(invite, "--name", "name", {"d'une nouvelle personne", "of a new person"}, false);
  commands.list(invite, "--role", "roles", {"ses rôles, avec --name", "her roles, with --name"}, false);
  commands.roles(invite);
  auto* join = commands.remote(device, "join", {"Rejoindre", "Join"}, "device.join", say("join.waiting"));
  commands.argument(join, "code", "code", kCode);
}

void add_people_commands(Commands& commands, CLI::App& cli) {
  commands.remote(&cli, "people", {"Les personnes", "People"}, "people", list_with(print_people));
  auto* roles = commands.group("roles", {"Les rôles", "Roles"});
  auto* set = commands.remote(roles, "set",
                              {"Donner à une personne tous ses rôles ; les autres lui sont retirés",
                               "Give a person all her roles; the others are taken away"},
                              "roles.set", object_with(print_roles_set));
  commands.argument(set, "user", "user",
                    {"nom entier, ou identifiant (abri people)", "whole name, or id (abri people)"});
  commands.list(set, "roles", "roles", {"tous ses rôles", "all her roles"}, true);
  commands.roles(set);
  auto* keys = commands.group("keys", {"Les clés", "Keys"});
  commands.remote(keys, "rotate", {"Renouveler les clés des groupes", "Renew the groups' keys"},
                  "keys.rotate", say("done"));
}

void add_partner_commands(Commands& commands) {
  auto* partner = commands.group("partner", {"Les partenaires", "Partners"});
  commands.remote(partner, "invite", {"Code pour un partenaire", "Code for a partner"}, "partner.invite",
                  say_code("code.partner"));
  auto* accept = commands.remote(partner, "accept", {"Accepter un code", "Accept a code"}, "partner.accept",
                                 say("accept.waiting"));
  commands.argument(accept, "code", "code", kCode);
  commands.remote(partner, "list", {"Les partenaires", "Partners"}, "partner.list",
                  list_with(print_partners));
  auto* confirm = commands.remote(partner, "confirm", {"Confirmer l'empreinte", "Confirm the fingerprint"},
                                  "partner.confirm", say("done"));
  commands.argument(confirm, "fingerprint", "fingerprint", {"les chiffres comparés", "the digits compared"});
}

void add_show(Commands& commands, CLI::App* group, const char* argument, const Help& help) {
  auto* show = commands.remote(group, "show", help, "case.show", object_with(print_case));
  commands.argument(show, argument, "id", {"son identifiant", "its id"});
  commands.flag(show, "--reveal", "reveal", {"afficher ce qui est masqué", "show what is hidden"});
}

CLI::App* add_advance(Commands& commands, CLI::App* group, const char* argument, const char* command,
                      std::span<const Step> steps) {
  auto* advance = commands.remote(group, "advance", {"Faire une étape", "Take a step"}, command, say("done"));
  commands.argument(advance, argument, "id", {"son identifiant", "its id"});
  commands.argument(advance, "action", "action", {"une des étapes ci-dessous", "one of the steps below"});
  commands.steps(advance, steps);
  return advance;
}

constexpr Help kFields{"champ=valeur ; champ=- : Abri demande la valeur",
                       "field=value; field=-: Abri asks for the value"};

void add_case_commands(Commands& commands) {
  auto* cases = commands.group("case", {"Les dossiers", "Cases"});
  auto* create =
      commands.remote(cases, "new", {"Ouvrir un dossier", "Open a case"}, "case.new", say_created());
  commands.list(create, "fields", "fields", kFields, true);
  commands.remote(cases, "list", {"Tous les dossiers", "All cases"}, "case.list", list_with(print_cases));
  add_show(commands, cases, "case", {"Un dossier", "One case"});
  auto* add = commands.remote(cases, "add", {"Ajouter une fiche", "Add a record"}, "case.add", say_created());
  commands.argument(add, "case", "id", {"son identifiant", "its id"});
  commands.argument(add, "type", "type", {"type de fiche (abri fields)", "type of record (abri fields)"});
  commands.list(add, "fields", "fields", kFields, true);
  auto* set = commands.remote(cases, "set", {"Modifier une fiche", "Edit a record"}, "case.set", say("done"));
  commands.argument(set, "case", "id", {"dossier, logement ou demande", "case, dwelling or request"});
  commands.argument(set, "record", "record", {"son identifiant, entre crochets", "its id, in brackets"});
  commands.list(set, "fields", "fields",
                {"champ=valeur, champ+=valeur, champ-=valeur ;\nchamp=- : Abri demande la valeur",
                 "field=value, field+=value, field-=value;\nfield=-: Abri asks for the value"},
                true);
  add_advance(commands, cases, "case", "case.advance", case_steps());
}

void add_search_commands(Commands& commands, CLI::App& cli) {
  auto* search =
      commands.remote(&cli, "search", {"Chercher un nom", "Search a name"}, "search", list_with(print_cases));
  commands.argument(search, "words", "words",
                    {"débuts de mots, entre guillemets s'il y en a plusieurs",
                     "beginnings of words, in quotes if several"});
  commands
      .number(search, "--limit", "limit",
              {"combien en montrer au plus, de 1 à 1000 (20)", "how many to show at most, 1 to 1000 (20)"})
      ->check(CLI::Range(1, 1000).description(""));
  auto* fields = commands.remote(&cli, "fields", {"Les champs d'une fiche", "Fields of a record"}, "fields",
                                 print_fields);
  commands.argument(fields, "type", "type", {"type de fiche", "type of record"}, false);
}

void add_dwelling_commands(Commands& commands) {
  auto* dwellings = commands.group("dwelling", {"Les logements", "Dwellings"});
  auto* create = commands.remote(dwellings, "new", {"Ajouter un logement", "Add a dwelling"}, "dwelling.new",
                                 say_created());
  commands.list(create, "fields", "fields", {"champ=valeur", "field=value"}, true);
  commands.remote(dwellings, "list", {"Les logements", "Dwellings"}, "dwelling.list", list_with(print_cases));
  add_show(commands, dwellings, "dwelling", {"Un logement", "One dwelling"});
  add_advance(commands, dwellings, "dwelling", "dwelling.advance", dwelling_steps());
}

void add_directory_commands(Commands& commands) {
  auto* directory = commands.group("directory", {"L'annuaire", "The directory"});
  auto* create = commands.remote(directory, "new", {"Ajouter une organisation", "Add an organisation"},
                                 "directory.new", say_created());
  commands.list(create, "fields", "fields", {"champ=valeur", "field=value"}, true);
  commands.remote(directory, "list", {"Les organisations", "Organisations"}, "directory.list",
                  list_with(print_cases));
  add_show(commands, directory, "entry", {"Une organisation", "One organisation"});
}

void add_request_commands(Commands& commands) {
  auto* requests = commands.group("request", {"Les demandes", "Requests"});
  auto* send = commands.remote(requests, "send", {"Envoyer à un bailleur", "Send to a landlord"},
                               "request.send", say_created());
  commands.argument(send, "case", "case", {"son identifiant", "its id"});
  commands.argument(send, "landlord", "landlord",
                    {"nom ou identifiant (abri partner list)", "name or id (abri partner list)"});
  commands.remote(requests, "list", {"Les demandes, la plus récente d'abord", "Requests, the newest first"},
                  "request.list", list_with(print_requests));
  add_show(commands, requests, "request", {"Une demande", "One request"});
  add_advance(commands, requests, "request", "request.advance", request_steps());
}

void add_proposal_commands(Commands& commands) {
  auto* proposals = commands.group("proposal", {"Les propositions", "Proposals"});
  auto* create = commands.remote(proposals, "new", {"Proposer un logement", "Propose a dwelling"},
                                 "proposal.new", say_created());
  commands.argument(create, "request", "request", {"son identifiant", "its id"});
  commands.argument(create, "dwelling", "dwelling", {"son identifiant", "its id"});
  auto* advance = add_advance(commands, proposals, "request", "proposal.advance", proposal_steps());
  commands.argument(advance, "--record", "record",
                    {"fiche, s'il y en a plusieurs", "record, where there are several"}, false);
}

void add_conflict_commands(Commands& commands) {
  auto* conflicts = commands.group("conflict", {"Les conflits", "Conflicts"});
  auto* waiting = commands.remote(conflicts, "list", {"Ce qui attend un choix", "What waits for a choice"},
                                  "conflict.list", list_with(print_conflicts));
  commands.flag(waiting, "--reveal", "reveal", {"afficher ce qui est masqué", "show what is hidden"});
  auto* resolve = commands.remote(conflicts, "resolve", {"Choisir", "Choose"}, "conflict.resolve",
                                  object_with(print_kept));
  commands.argument(resolve, "case", "id", {"son identifiant", "its id"});
  commands.argument(resolve, "record", "record", {"son identifiant", "its id"});
  commands.argument(resolve, "field", "field", {"comme conflict list l'écrit", "as conflict list writes it"});
  commands.argument(resolve, "choice", "choice",
                    {"numéro de la valeur à garder, tel qu'affiché ; ou sa marque de quatre lettres",
                     "number of the value to keep, as shown; or its mark of four letters"},
                    false);
  commands.argument(resolve, "--value", "value",
                    {"une autre valeur ; « - » : la demander", "another value; \"-\": ask for it"}, false);
}

}  // namespace

void add_commands(CLI::App& cli, Options& options, int& code) {
  Commands commands(cli, options, code);
  add_vault_commands(commands, cli, options);
  add_organisation_commands(commands);
  add_device_commands(commands);
  add_people_commands(commands, cli);
  add_partner_commands(commands);
  add_case_commands(commands);
  add_search_commands(commands, cli);
  add_dwelling_commands(commands);
  add_directory_commands(commands);
  add_request_commands(commands);
  add_proposal_commands(commands);
  add_conflict_commands(commands);
}

}  // namespace abri::cli
