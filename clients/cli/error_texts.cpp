// SPDX-License-Identifier: MPL-2.0
#include "cli/catalogue.hpp"

namespace abri::cli {

namespace {

constexpr Message kShortId{
    "Identifiant trop court, mal écrit, ou commun à plusieurs : donnez-en davantage de chiffres.",
    "The id is too short, misspelt, or several begin so: give more of its digits."};
constexpr Message kCode{
    "Ce code est mal recopié, ou il en manque un morceau. Comparez-le au code reçu, groupe par groupe ; les "
    "tirets et les majuscules ne comptent pas.",
    "This code is misspelt, or a part of it is missing. Compare it with the code received, group by group; "
    "dashes and capitals do not matter."};
constexpr Message kPhone{
    "« {} » : ce n'est pas un numéro de téléphone complet, rien n'a été enregistré. Écrivez ses dix "
    "chiffres (06 39 98 00 12), ou l'indicatif du pays pour l'étranger (+32 470 12 34 56). Les numéros "
    "courts (15, 17, 112, 3919) sont refusés : une personne n'y est pas joignable.",
    "\"{}\": this is no complete telephone number, nothing was saved. Write its ten digits (06 39 98 00 "
    "12), or the country code for another country (+32 470 12 34 56). Short numbers (15, 17, 112, 3919) "
    "are refused: nobody can be reached there."};

}  // namespace

const Catalogue& error_texts() {
  static const Catalogue kTexts{
      // what an error names
      {"what.SecretText", {"phrase de passe", "passphrase"}},
      {"what.case", {"dossier", "case"}},
      {"what.command line", {"commande", "command"}},
      {"what.dwelling", {"logement", "dwelling"}},
      {"what.fingerprint", {"empreinte", "fingerprint"}},
      {"what.name", {"nom", "name"}},
      {"what.person", {"votre nom", "your name"}},
      {"what.organisation", {"organisation", "organisation"}},
      {"what.partner", {"partenaire", "partner"}},
      {"what.passphrase", {"phrase de passe", "passphrase"}},
      {"what.phone", {"téléphone", "phone"}},
      {"what.record", {"fiche", "record"}},
      {"what.request", {"demande", "request"}},
      {"what.role", {"rôle", "role"}},
      {"what.safe_phone", {"téléphone sûr", "safe phone"}},
      {"what.team", {"équipe", "team"}},
      {"what.type", {"type de fiche", "type of record"}},
      {"what.user", {"personne", "person"}},
      // each error, in the order of abri/base/error.hpp
      {"error.invalid_argument",
       {"« {} » ne peut pas prendre cette valeur, ou manque. Pour les valeurs admises : abri fields TYPE",
        "\"{}\" cannot take this value, or is missing. For what is allowed: abri fields TYPE"}},
      {"error.invalid_argument.unnamed",
       {"Une valeur n'est pas possible, ou manque. Pour les valeurs admises : abri fields TYPE",
        "A value is not possible, or is missing. For what is allowed: abri fields TYPE"}},
      {"error.not_found",
       {"Introuvable : {}. Vérifiez l'identifiant, ou synchronisez.",
        "Not found: {}. Check the id, or synchronise."}},
      {"error.not_found.unnamed",
       {"Introuvable ici. Vérifiez ce qui est écrit, ou synchronisez.",
        "Not found here. Check what was written, or synchronise."}},
      {"error.already_exists",
       {"Existe déjà : {}. Rien n'a été changé.", "Exists already: {}. Nothing was changed."}},
      {"error.already_exists.organisation",
       {"Cet appareil appartient déjà à une organisation, ou attend d'y entrer : abri status. Rien n'a été "
        "changé. Pour une autre organisation, faites un autre coffre : abri --vault DOSSIER init",
        "This device belongs to an organisation already, or waits to enter it: abri status. Nothing was "
        "changed. For another organisation make another vault: abri --vault FOLDER init"}},
      {"error.already_exists.partner",
       {"Ce code est déjà connu ici : vous l'avez accepté, ou c'est le vôtre. La suite : abri partner list",
        "This code is known here already: you accepted it, or it is yours. Go on with: abri partner list"}},
      {"error.already_exists.unnamed",
       {"Cela existe déjà. Rien n'a été changé.", "That exists already. Nothing was changed."}},
      {"error.conflict",
       {"Quelqu'un a été plus rapide. Synchronisez et regardez avant de recommencer.",
        "Somebody came first. Synchronise and look before trying again."}},
      {"error.not_permitted",
       {"Vos rôles ne le permettent pas, ou c'est à l'autre organisation de le faire : {}.",
        "Your roles do not allow it, or it is the other organisation's to do: {}."}},
      {"error.not_permitted.unnamed",
       {"Vos rôles ne le permettent pas, ou c'est à l'autre organisation de le faire.",
        "Your roles do not allow it, or it is the other organisation's to do."}},
      {"error.illegal_transition",
       {"Cette étape n'est pas possible maintenant. Regardez où l'on en est, et les étapes : --help",
        "This step is not possible now. See where it stands, and the steps: --help"}},
      {"error.unresolved_conflict",
       {"Deux valeurs existent pour « {} ». Choisissez d'abord : abri conflict list",
        "Two values stand for \"{}\". Choose first: abri conflict list"}},
      {"error.unresolved_conflict.unnamed",
       {"Deux valeurs existent pour un champ. Choisissez d'abord : abri conflict list",
        "Two values stand for one field. Choose first: abri conflict list"}},
      {"error.locked",
       {"Le coffre est fermé. Ouvrez-le : abri unlock", "The vault is locked. Open it: abri unlock"}},
      {"error.wrong_passphrase",
       {"La phrase de passe n'est pas la bonne. Rien n'est perdu : réessayez.",
        "The passphrase is not the right one. Nothing is lost: try again."}},
      {"error.auth_failed",
       {"Cela ne correspond pas : {}. N'allez pas plus loin : quelqu'un s'est peut-être interposé. "
        "Vérifiez de vive voix.",
        "This does not match: {}. Do not go on: somebody may sit in between. Check by voice."}},
      {"error.auth_failed.unnamed",
       {"Ce qui est arrivé n'est pas authentique. N'allez pas plus loin : prévenez l'administration "
        "technique de votre organisation.",
        "What arrived is not authentic. Do not go on: tell the technical administrator of your "
        "organisation."}},
      {"error.weak_parameters",
       {"La phrase de passe doit avoir au moins huit caractères.",
        "The passphrase must have at least eight characters."}},
      {"error.malformed",
       {"Illisible : {}. Vérifiez la saisie, caractère par caractère.",
        "Unreadable: {}. Check what was typed, character by character."}},
      {"error.malformed.unnamed",
       {"Quelque chose est illisible. Vérifiez la saisie, caractère par caractère.",
        "Something is unreadable. Check what was typed, character by character."}},
      {"error.too_large", {"Trop long : {}. Rien n'a été enregistré.", "Too long: {}. Nothing was saved."}},
      {"error.too_large.unnamed",
       {"C'est trop long. Rien n'a été enregistré.", "That is too long. Nothing was saved."}},
      {"error.too_large.SecretText",
       {"La phrase de passe est trop longue : 1024 caractères au plus (une lettre accentuée compte pour "
        "deux).",
        "The passphrase is too long: 1024 characters at most (a letter with an accent counts for two)."}},
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
       {"Le disque ou le fichier signale une erreur. Ce qui était enregistré est intact ; fermez et rouvrez.",
        "The disk or file reports an error. What was saved is intact; lock and unlock."}},
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
       {"Ce n'est pas le serveur attendu. N'envoyez rien : prévenez l'administration technique de votre "
        "organisation.",
        "This is not the expected server. Send nothing: tell the technical administrator of your "
        "organisation."}},
      {"error.server_misbehaved",
       {"Le serveur a été pris en faute. Les données restent lisibles ici ; prévenez l'administration "
        "technique de votre organisation.",
        "The server was caught misbehaving. The data stay readable here; tell the technical administrator of "
        "your organisation."}},
      {"error.not_joined",
       {"Cet appareil n'appartient encore à aucune organisation : abri organisation create, ou abri device "
        "join",
        "This device belongs to no organisation yet: abri organisation create, or abri device join"}},
      {"error.out_of_sync",
       {"Il manque encore quelque chose de l'autre côté. Synchronisez les deux appareils, puis réessayez.",
        "Something of the other side is still missing. Synchronise both devices, then try again."}},
      {"error.cancelled", {"Interrompu. Rien n'est perdu.", "Interrupted. Nothing is lost."}},
      {"error.incomplete",
       {"Synchronisation incomplète : une partie n'a pas été échangée.",
        "Synchronisation incomplete: a part was not exchanged."}},
      {"error.output_failed",
       {"La réponse n'a pas pu être écrite : la sortie est fermée, ou son disque est plein. Ce qui était "
        "demandé est peut-être fait : regardez avant de recommencer.",
        "The answer could not be written: the output is closed, or its disk is full. What was asked for "
        "may be done: look before trying again."}},
      {"error.internal",
       {"Une erreur d'Abri. Rien n'est perdu ; signalez-la, avec ce repère : {}",
        "A bug of Abri. Nothing is lost; please report it, with this mark: {}"}},
      // at places that need words of their own
      {"error.invalid_argument.case", kShortId},
      {"error.invalid_argument.record", kShortId},
      {"error.invalid_argument.phone", kPhone},
      {"error.invalid_argument.safe_phone", kPhone},
      {"error.invalid_argument.choice",
       {"Donnez le numéro ou la marque d'une des valeurs en conflit, ou une autre par --value. Pour les "
        "voir : abri conflict list --reveal",
        "Give the number or the mark of one of the values in conflict, or another one by --value. To see "
        "them: abri conflict list --reveal"}},
      {"error.conflict.choice",
       {"Rien n'a été choisi : ces valeurs ont changé depuis que vous les avez regardées, ou vous ne les "
        "avez pas encore regardées. Regardez, puis choisissez : abri conflict list --reveal",
        "Nothing was chosen: these values have changed since you looked at them, or you have not looked at "
        "them yet. Look, then choose: abri conflict list --reveal"}},
      {"error.not_found.tag",
       {"Aucune des valeurs en conflit ne porte cette marque ; elles ont peut-être changé. Rien n'a été "
        "choisi. Pour les voir : abri conflict list --reveal",
        "None of the values in conflict has that mark; they may have changed. Nothing was chosen. To see "
        "them: abri conflict list --reveal"}},
      {"error.invalid_argument.user",
       {"Plusieurs personnes portent ce nom : donnez l'identifiant (abri people).",
        "Several people have this name: give the id (abri people)."}},
      {"error.invalid_argument.stdin",
       {"Rien n'est arrivé sur l'entrée pour une valeur donnée par « - ».",
        "Nothing came on the input for a value given as \"-\"."}},
      {"error.invalid_argument.XDG_RUNTIME_DIR",
       {"Le chemin de votre session est trop long pour Abri : XDG_RUNTIME_DIR doit être plus court.",
        "The path of your session is too long for Abri: XDG_RUNTIME_DIR must be shorter."}},
      {"error.already_exists.open vault",
       {"Il y a déjà un coffre ici, et il est ouvert. Rien n'a été changé : abri status",
        "There is a vault here already, and it is open. Nothing was changed: abri status"}},
      {"error.already_exists.Vault::create",
       {"Il y a déjà un coffre ici. Rien n'a été changé. Ouvrez-le : abri unlock",
        "There is a vault here already. Nothing was changed. Open it: abri unlock"}},
      {"error.not_permitted.administrator",
       {"Il faut pour cela le rôle administrator (administration technique). Demandez à une personne qui l'a "
        ": abri people",
        "This needs the role administrator (technical administrator). Ask somebody who has it: abri people"}},
      {"error.not_permitted.head",
       {"Il faut pour cela le rôle head. Demandez à une personne qui l'a : abri people",
        "This needs the role head. Ask somebody who has it: abri people"}},
      {"error.already_exists.join",
       {"Cet appareil attend déjà d'entrer par un code. Synchronisez-le, puis l'appareil qui a donné le "
        "code : abri sync. Un autre code prend la place de celui-ci : abri device join. Sept jours après, "
        "une organisation peut être fondée ici.",
        "This device waits to be brought in by a code already. Synchronise it, then the device that gave the "
        "code: abri sync. Another code takes its place: abri device join. After seven days an organisation "
        "can be founded here."}},
      {"error.not_permitted.own_device",
       {"Vous n'êtes pas entrée par un code : il faut pour cela le rôle administrator. Demandez à une "
        "personne qui l'a : abri people",
        "You did not come in by a code: this needs the role administrator. Ask somebody who has it: abri "
        "people"}},
      {"error.not_permitted.action",
       {"Cette étape n'est pas à vous : vos rôles ne la permettent pas, ou elle revient à l'autre "
        "organisation.",
        "This step is not yours: your roles do not allow it, or it is the other organisation's."}},
      {"error.conflict.open_request",
       {"Rien n'est parti : une demande de ce dossier est encore ouverte chez ce bailleur. Pour la voir : "
        "abri request list",
        "Nothing was sent: a request of this case to this landlord is still open. To see it: abri request "
        "list"}},
      {"error.conflict.dwelling",
       {"Ce logement est déjà proposé pour cette demande. Pour la retrouver : abri request list",
        "This dwelling is proposed for this request already. To find the request: abri request list"}},
      {"error.conflict.needs_sheet",
       {"Rien n'est parti : deux fiches besoins de ce dossier sont remplies. Videz les champs de celle qui "
        "ne vaut plus : abri case set DOSSIER FICHE CHAMP=",
        "Nothing was sent: two needs sheets of this case are filled. Empty the fields of the one that no "
        "longer holds: abri case set CASE RECORD FIELD="}},
      {"error.illegal_transition.request",
       {"Cette demande n'est plus ouverte : rien ne s'y propose plus, et une proposition ne peut qu'y être "
        "close.",
        "This request is no longer open: nothing is proposed for it, and a proposal can only be closed."}},
      {"error.invalid_argument.name of the person",
       {"Il manque le nom, ou il est trop long : --name \"…\". Un code sans nom ni rôle est pour un autre "
        "appareil à vous.",
        "The name is missing or too long: --name \"…\". A code without name and role is for another device "
        "of your own."}},
      {"error.invalid_argument.field",
       {"Indiquez au moins un champ : champ=valeur", "Give at least one field: field=value"}},
      {"error.invalid_argument.fields",
       {"Écrivez champ=valeur, champ+=valeur ou champ-=valeur, entre guillemets s'il y a des espaces.",
        "Write field=value, field+=value or field-=value, in quotes where there are blanks."}},
      {"error.invalid_argument.needs_sheet",
       {"Le dossier n'a pas encore de fiche besoins : abri case add DOSSIER needs_sheet CHAMPS",
        "The case has no needs sheet yet: abri case add CASE needs_sheet FIELDS"}},
      {"error.invalid_argument.role",
       {"Ce rôle n'existe pas, ou manque. Rôles : administrator, head, social_worker, housing_referent, "
        "shelter, landlord_referent, allocation_officer, mediator, rights_adviser, data_protection, "
        "regional_coordination",
        "There is no such role, or none was given. Roles: administrator, head, social_worker, "
        "housing_referent, shelter, landlord_referent, allocation_officer, mediator, rights_adviser, "
        "data_protection, regional_coordination"}},
      {"error.invalid_argument.server_address",
       {"L'adresse du serveur s'écrit hôte:port, par exemple abri.exemple.fr:7433",
        "The server's address is host:port, for example abri.example.org:7433"}},
      {"error.invalid_argument.server_key",
       {"La clé du serveur a 64 chiffres hexadécimaux : recopiez celle qu'il affiche au démarrage.",
        "The server's key has 64 hexadecimal digits: copy the one it prints when it starts."}},
      {"error.invalid_argument.account",
       {"Le code du compte est mal recopié. Redemandez-le à qui tient le serveur.",
        "The account's code is misspelt. Ask whoever runs the server again."}},
      {"error.invalid_argument.passphrase",
       {"Aucune phrase de passe n'a été donnée.", "No passphrase was given."}},
      {"error.invalid_argument.passphrase-fd",
       {"La phrase de passe ne peut pas être lue : pas de terminal, et rien sur --passphrase-fd.",
        "The passphrase cannot be read: no terminal, and nothing on --passphrase-fd."}},
      {"error.not_found.field",
       {"Un de ces champs n'existe pas pour cette fiche. Pour les voir : abri fields TYPE",
        "The record has no such field. To see them: abri fields TYPE"}},
      {"error.not_found.type",
       {"Ce type de fiche n'existe pas. Pour les voir : abri fields",
        "There is no such type of record. To see them: abri fields"}},
      {"error.not_found.conflict",
       {"Ce champ n'est pas en conflit. Pour ceux qui le sont : abri conflict list",
        "That field is not in conflict. For those that are: abri conflict list"}},
      {"error.not_found.case_file",
       {"Ce dossier n'a pas encore de fiche « Dossier », qui porte son statut : abri case add DOSSIER "
        "case_file CHAMPS",
        "The case has no record of the type case_file yet, which has its status: abri case add CASE "
        "case_file FIELDS"}},
      {"error.not_found.landlord",
       {"Aucun partenaire de ce nom. Pour les voir : abri partner list",
        "No partner of that name. To see them: abri partner list"}},
      {"error.not_found.partner",
       {"Ce partenaire n'est pas encore confirmé. Comparez l'empreinte : abri partner list",
        "That partner is not confirmed yet. Compare the fingerprint: abri partner list"}},
      {"error.not_found.slots: secret in the keystore",
       {"Ce coffre vient d'un autre appareil et ne s'ouvre que là-bas. Ici, faites-en un nouveau, puis : "
        "abri device join",
        "This vault comes from another device and opens only there. Make a new one here, then: abri device "
        "join"}},
      {"error.not_a_vault.missing",
       {"Il n'y a pas encore de coffre ici. Créez-en un : abri init",
        "There is no vault here yet. Make one: abri init"}},
      {"error.storage_busy.session",
       {"Le coffre est ouvert, mais depuis une autre session, que cette commande n'atteint pas "
        "(XDG_RUNTIME_DIR n'y est pas le même). Fermez-le là-bas : abri lock",
        "The vault is open, but from another session, which this command does not reach (XDG_RUNTIME_DIR is "
        "another one there). Lock it there: abri lock"}},
      {"error.not_permitted.socket directory",
       {"Le dossier « abri » de votre session (dans XDG_RUNTIME_DIR, sinon /tmp/abri-NUMÉRO) est ouvert à "
        "d'autres, ou il est à quelqu'un d'autre. Enlevez-le, ou donnez-lui les droits 0700 : chmod 700",
        "The folder \"abri\" of your session (in XDG_RUNTIME_DIR, else /tmp/abri-NUMBER) is open to "
        "others, or belongs to somebody else. Remove it, or give it the rights 0700: chmod 700"}},
      {"error.invalid_argument.set_role same",
       {"Cette personne a déjà exactement ces rôles. Rien n'a été changé.",
        "This person has exactly these roles already. Nothing was changed."}},
      {"error.invalid_argument.set_role last",
       {"Personne n'aurait plus le rôle administrator ou le rôle head : donnez-le d'abord à quelqu'un "
        "d'autre. Rien n'a été changé.",
        "Nobody would have the role administrator or the role head any more: give it to somebody else first. "
        "Nothing was changed."}},
      {"error.out_of_sync.partner",
       {"Il n'y a personne à confirmer ici : l'autre organisation n'a pas encore accepté le code, ou sa "
        "réponse n'est pas encore arrivée. Synchronisez, puis regardez : abri partner list",
        "There is nobody to confirm here: the other organisation has not accepted the code yet, or its "
        "answer has not arrived yet. Synchronise, then look: abri partner list"}},
      {"error.too_large.request",
       {"Trop en une fois : une commande prend un mégaoctet au plus. Rien n'a été enregistré.",
        "Too much at once: a command takes a megabyte at most. Nothing was saved."}},
      {"error.too_large.change",
       {"Trop en une fois. Rien n'a été enregistré ; écrivez-le en plusieurs commandes.",
        "Too much at once. Nothing was saved; write it with several commands."}},
      {"error.invalid_argument.not_a_case",
       {"Cet identifiant n'est pas celui d'un dossier. Pour les dossiers : abri case list",
        "This id is not that of a case. For the cases: abri case list"}},
      {"error.invalid_argument.request",
       {"Cet identifiant n'est pas celui d'une demande. Pour les demandes : abri request list",
        "This id is not that of a request. For the requests: abri request list"}},
      {"error.invalid_argument.dwelling",
       {"Cet identifiant n'est pas celui d'un logement. Pour les logements : abri dwelling list",
        "This id is not that of a dwelling. For the dwellings: abri dwelling list"}},
      {"error.invalid_argument.which_record",
       {"Il y a plusieurs fiches possibles : dites laquelle par --record FICHE.",
        "There are several records that it may mean: say which one by --record RECORD."}},
      {"error.unsafe_storage.Database: the file is not encrypted",
       {"Ce fichier n'est pas chiffré : ce n'est pas un coffre d'Abri. Rien n'y a été écrit ; remettez le "
        "vrai coffre.",
        "This file is not encrypted: it is no vault of Abri. Nothing was written to it; put the true vault "
        "back."}},
      {"error.not_permitted.type",
       {"Ce type de fiche ne va pas là. Pour les types : abri fields",
        "That type of record does not belong there. For the types: abri fields"}},
      {"error.malformed.request",
       {"Un caractère n'est pas lisible (le texte doit être en UTF-8). Retapez la commande.",
        "A character is not readable (text must be in UTF-8). Type the command again."}},
      {"error.malformed.code", kCode},
      {"error.malformed.code: character", kCode},
      {"error.malformed.code: checksum", kCode},
      {"error.malformed.code: length", kCode},
      {"error.malformed.code: kind",
       {"Ce code est d'une autre sorte. Celui d'un appareil : abri device join. Celui d'un partenaire : abri "
        "partner accept",
        "This code is of the other kind. A device's: abri device join. A partner's: abri partner accept"}},
  };
  return kTexts;
}

}  // namespace abri::cli
