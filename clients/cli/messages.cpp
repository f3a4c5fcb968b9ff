// SPDX-License-Identifier: MPL-2.0
#include "cli/messages.hpp"

#include <abri/base/result.hpp>

#include <array>
#include <cstdlib>
#include <map>

namespace abri::cli {

namespace {

struct Message {
  std::string_view french;
  std::string_view english;
};

const std::map<std::string_view, Message>& catalogue() {
  static const std::map<std::string_view, Message> kCatalogue{
      // what happened
      {"done", {"C'est fait.", "Done."}},
      {"created", {"Créé : {}", "Created: {}"}},
      {"init.done",
       {"Coffre créé. Retenez bien la phrase de passe : personne ne peut la retrouver.\nEnsuite : abri "
        "unlock",
        "Vault created. Keep the passphrase in mind: nobody can recover it.\nNext: abri unlock"}},
      {"unlock.done", {"Le coffre est ouvert.", "The vault is open."}},
      {"lock.done", {"Le coffre est fermé.", "The vault is locked."}},
      {"lock.already", {"Le coffre était déjà fermé.", "The vault was locked already."}},
      {"passphrase.done",
       {"Phrase de passe changée. Le coffre est fermé : abri unlock",
        "Passphrase changed. The vault is locked: abri unlock"}},
      {"code.device",
       {"Code pour le nouvel appareil, valable une fois et sept jours. Transmettez-le de la main à la main "
        ":\n\n{}\n\n"
        "Sur le nouvel appareil : abri device join CODE\nPuis synchronisez les deux appareils.",
        "Code for the new device, valid once and for seven days. Hand it over in person:\n\n{}\n\n"
        "On the new device: abri device join CODE\nThen synchronise both devices."}},
      {"code.partner",
       {"Code pour l'organisation partenaire. Transmettez-le à une personne que vous connaissez :\n\n{}\n\n"
        "Chez elle : abri partner accept CODE. Puis comparez l'empreinte de vive voix : abri partner list",
        "Code for the partner organisation. Give it to a person whom you know:\n\n{}\n\n"
        "There: abri partner accept CODE. Then compare the fingerprint by voice: abri partner list"}},
      {"join.waiting",
       {"Code accepté. Synchronisez maintenant cet appareil, puis celui qui a donné le code, puis celui-ci "
        "encore.",
        "Code accepted. Synchronise this device now, then the one that gave the code, then this one again."}},
      {"accept.waiting",
       {"Code accepté. Synchronisez, puis comparez l'empreinte : abri partner list",
        "Code accepted. Synchronise, then compare the fingerprint: abri partner list"}},
      {"sync.done", {"Synchronisé. Rien n'attend d'être envoyé.", "Synchronised. Nothing waits to be sent."}},
      {"sync.waiting",
       {"Synchronisé. {} modification(s) attendent encore.", "Synchronised. {} edit(s) still wait."}},
      {"sync.conflicts",
       {"{} conflit(s) à régler : abri conflict list", "{} conflict(s) to settle: abri conflict list"}},
      {"sync.stays", {"L'appareil reste connecté.", "The device stays connected."}},
      {"sync.progress", {"{} · {} entrées lues", "{} · {} entries read"}},
      {"none", {"Rien à afficher.", "Nothing to show."}},
      // headings and marks
      {"mark.conflict", {"EN CONFLIT", "CONFLICT"}},
      {"mark.unsent", {"pas encore envoyé", "not sent yet"}},
      {"mark.hidden",
       {"(masqué : --reveal pour l'afficher, la lecture est notée)",
        "(hidden: --reveal shows it, the reading is noted)"}},
      {"mark.choose",
       {"choisir : abri conflict resolve {} {} {} NUMÉRO", "choose: abri conflict resolve {} {} {} NUMBER"}},
      {"partner.compare",
       {"Comparez ces chiffres de vive voix avec {}, puis : abri partner confirm \"{}\"",
        "Compare these digits by voice with {}, then: abri partner confirm \"{}\""}},
      {"partner.waiting",
       {"(attend que l'autre organisation accepte le code)", "(waits for the other organisation)"}},
      {"partner.confirmed", {"confirmé", "confirmed"}},
      {"status.organisation", {"Organisation", "Organisation"}},
      {"status.person", {"Personne", "Person"}},
      {"status.roles", {"Rôles", "Roles"}},
      {"status.connection", {"Connexion", "Connection"}},
      {"status.cases", {"Dossiers", "Cases"}},
      {"status.unsent", {"À envoyer", "To send"}},
      {"status.conflicts", {"Conflits", "Conflicts"}},
      {"status.digest", {"Empreinte d'état", "State digest"}},
      {"status.none",
       {"(aucune : abri organisation create, ou abri device join)",
        "(none: abri organisation create, or abri device join)"}},
      {"status.stale",
       {"ATTENTION : ce coffre vient d'une copie ancienne. Synchronisez avant toute chose.",
        "WARNING: this vault comes from an old copy. Synchronise before anything else."}},
      {"status.update",
       {"Une version plus récente d'Abri est nécessaire pour tout lire.",
        "A newer version of Abri is needed to read everything."}},
      {"status.evidence",
       {"ATTENTION : le serveur a été pris en faute. Prévenez votre administrateur : {}",
        "WARNING: the server was caught misbehaving. Tell your administrator: {}"}},
      {"state.offline", {"hors ligne", "offline"}},
      {"state.connecting", {"connexion en cours", "connecting"}},
      {"state.catching_up", {"lecture en cours", "catching up"}},
      {"state.live", {"connecté", "connected"}},
      {"state.stopped", {"hors ligne", "offline"}},
      // prompts
      {"prompt.passphrase", {"Phrase de passe : ", "Passphrase: "}},
      {"prompt.next", {"Nouvelle phrase de passe : ", "New passphrase: "}},
      {"prompt.again", {"Encore une fois : ", "Once more: "}},
      {"prompt.differ", {"Les deux saisies diffèrent. Recommencez.", "The two entries differ. Try again."}},
      // errors
      {"error.invalid_argument",
       {"« {} » n'a pas une valeur possible, ou manque. Pour les valeurs admises : abri fields TYPE",
        "\"{}\" has no possible value, or is missing. For what is allowed: abri fields TYPE"}},
      {"error.not_found",
       {"Introuvable : {}. Vérifiez l'identifiant, ou synchronisez.",
        "Not found: {}. Check the id, or synchronise."}},
      {"error.already_exists", {"Existe déjà : {}.", "Exists already: {}."}},
      {"error.conflict",
       {"Quelqu'un a été plus rapide. Synchronisez et regardez avant de recommencer.",
        "Somebody came first. Synchronise and look before trying again."}},
      {"error.not_permitted",
       {"Vos rôles ne le permettent pas, ou c'est à l'autre organisation de le faire ({}).",
        "Your roles do not allow it, or it is the other organisation's to do ({})."}},
      {"error.illegal_transition",
       {"Cette étape n'est pas possible maintenant. Regardez l'état avec : abri request show ID",
        "This step is not possible now. See the state with: abri request show ID"}},
      {"error.unresolved_conflict",
       {"Deux valeurs existent pour « {} ». Choisissez d'abord : abri conflict list",
        "Two values stand for \"{}\". Choose first: abri conflict list"}},
      {"error.locked",
       {"Le coffre est fermé. Ouvrez-le : abri unlock", "The vault is locked. Open it: abri unlock"}},
      {"error.wrong_passphrase",
       {"La phrase de passe n'est pas la bonne. Rien n'est perdu : réessayez.",
        "The passphrase is not the right one. Nothing is lost: try again."}},
      {"error.auth_failed",
       {"Ne correspond pas ({}). N'allez pas plus loin : quelqu'un s'est peut-être interposé. Vérifiez de "
        "vive voix.",
        "Does not match ({}). Do not go on: somebody may sit in between. Check by voice."}},
      {"error.weak_parameters",
       {"La phrase de passe doit avoir au moins huit caractères.",
        "The passphrase must have at least eight characters."}},
      {"error.malformed",
       {"Illisible : {}. Vérifiez la saisie, caractère par caractère.",
        "Unreadable: {}. Check what was typed, character by character."}},
      {"error.too_large", {"Trop long : {}.", "Too long: {}."}},
      {"error.version_unsupported",
       {"Écrit par une version plus récente d'Abri. Mettez Abri à jour.",
        "Written by a newer version of Abri. Update Abri."}},
      {"error.not_a_vault",
       {"Ce n'est pas un coffre d'Abri, ou il est endommagé. Vérifiez le dossier ; s'il vient d'une copie, "
        "recopiez-le.",
        "This is no vault of Abri, or it is damaged. Check the folder; if it is a copy, copy it again."}},
      {"error.stale_vault",
       {"Ce coffre vient d'une copie ancienne. Synchronisez d'abord : abri sync",
        "This vault comes from an old copy. Synchronise first: abri sync"}},
      {"error.storage_busy",
       {"Le coffre est déjà ouvert par un autre programme. Fermez-le là-bas : abri lock",
        "Another program has the vault open. Close it there: abri lock"}},
      {"error.storage_full",
       {"Le disque est plein. Libérez de la place : ce qui était enregistré est intact.",
        "The disk is full. Make room: what was saved is intact."}},
      {"error.storage_failed",
       {"Le disque ou le fichier signale une erreur ({}). Ce qui était enregistré est intact ; fermez et "
        "rouvrez.",
        "The disk or file reports an error ({}). What was saved is intact; lock and unlock."}},
      {"error.unsafe_storage",
       {"La base de données pourrait écrire en clair : Abri refuse de s'en servir. Réinstallez Abri.",
        "The database could write in clear: Abri refuses to use it. Reinstall Abri."}},
      {"error.network_lost",
       {"Pas de connexion au serveur. Tout fonctionne sans réseau ; l'envoi se fera plus tard.",
        "No connection to the server. Everything works without a network; sending will happen later."}},
      {"error.timed_out",
       {"Le serveur n'a pas répondu à temps. Réessayez plus tard.",
        "The server did not answer in time. Try again later."}},
      {"error.rate_limited",
       {"Trop de demandes d'un coup. Réessayez dans une minute.",
        "Too many requests at once. Try again in a minute."}},
      {"error.wrong_server",
       {"Ce n'est pas le serveur attendu. N'envoyez rien : prévenez votre administrateur.",
        "This is not the expected server. Send nothing: tell your administrator."}},
      {"error.server_misbehaved",
       {"Le serveur a été pris en faute. Les données restent lisibles ici ; prévenez votre administrateur.",
        "The server was caught misbehaving. The data stay readable here; tell your administrator."}},
      {"error.not_joined",
       {"Cet appareil n'appartient encore à aucune organisation : abri organisation create, ou abri device "
        "join",
        "This device belongs to no organisation yet: abri organisation create, or abri device join"}},
      {"error.out_of_sync",
       {"Il manque encore quelque chose de l'autre côté. Synchronisez les deux appareils, puis réessayez.",
        "Something of the other side is still missing. Synchronise both devices, then try again."}},
      {"error.cancelled", {"Interrompu. Rien n'est perdu.", "Interrupted. Nothing is lost."}},
      {"error.internal",
       {"Une erreur d'Abri ({}). Rien n'est perdu ; signalez-la.",
        "A bug of Abri ({}). Nothing is lost; please report it."}},
  };
  return kCatalogue;
}

constexpr std::array<std::pair<std::string_view, int>, 29> kExitCodes{{
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

std::string_view text(std::string_view key, Language language) {
  const auto it = catalogue().find(key);
  ABRI_ASSERT(it != catalogue().end());
  return language == Language::french ? it->second.french : it->second.english;
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

std::string explain(std::string_view error, std::string_view where, Language language) {
  const auto key = "error." + std::string(error);
  return text(has_text(key) ? key : "error.internal", language, {std::string(where)});
}

int exit_code(std::string_view error) {
  for (const auto& [name, code] : kExitCodes)
    if (name == error) return code;
  return 70;
}

bool has_text(std::string_view key) {
  const auto it = catalogue().find(key);
  return it != catalogue().end() && !it->second.french.empty() && !it->second.english.empty();
}

}  // namespace abri::cli
