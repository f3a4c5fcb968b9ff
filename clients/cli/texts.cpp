// SPDX-License-Identifier: MPL-2.0
#include "cli/catalogue.hpp"

namespace abri::cli {

const Catalogue& texts() {
  static const Catalogue kTexts{
      // what happened
      {"done", {"C'est fait.", "Done."}},
      {"created", {"Créé : {}", "Created: {}"}},
      {"init.done",
       {"Coffre créé. Retenez bien la phrase de passe : personne ne peut la retrouver.\nEnsuite : abri "
        "unlock",
        "Vault created. Keep the passphrase in mind: nobody can recover it.\nNext: abri unlock"}},
      {"init.keystore",
       {"À savoir : ce coffre s'ouvre avec deux secrets, la phrase de passe et un fichier de cette machine, "
        "dans {}. Qui copie le coffre sans ce fichier ne peut pas l'ouvrir ; qui copie les deux n'a plus "
        "qu'à "
        "trouver la phrase de passe : qu'elle soit longue. Si ce fichier disparaît, le coffre ne s'ouvre "
        "plus.",
        "Good to know: this vault opens with two secrets, the passphrase and a file of this machine, in {}. "
        "Whoever copies the vault without that file cannot open it; whoever copies both has only the "
        "passphrase left to find: make it long. If that file is lost, the vault opens no more."}},
      {"unlock.done", {"Le coffre est ouvert.", "The vault is open."}},
      {"lock.done", {"Le coffre est fermé.", "The vault is locked."}},
      {"lock.already", {"Le coffre était déjà fermé.", "The vault was locked already."}},
      {"passphrase.done",
       {"Phrase de passe changée. Le coffre est fermé : abri unlock",
        "Passphrase changed. The vault is locked: abri unlock"}},
      {"code.device",
       {"Code pour le nouvel appareil, valable une fois et sept jours. Transmettez-le de la main à la main "
        ":\n\n{}\n\n"
        "Sur le nouvel appareil : abri device join CODE\nPuis abri sync, quatre fois : ici, là-bas, ici, "
        "là-bas.",
        "Code for the new device, valid once and for seven days. Hand it over in person:\n\n{}\n\n"
        "On the new device: abri device join CODE\nThen abri sync, four times: here, there, here, there."}},
      {"code.partner",
       {"Code pour l'organisation partenaire. Transmettez-le à une personne que vous connaissez :\n\n{}\n\n"
        "Chez elle : abri partner accept CODE. Puis comparez l'empreinte de vive voix : abri partner list",
        "Code for the partner organisation. Give it to a person whom you know:\n\n{}\n\n"
        "There: abri partner accept CODE. Then compare the fingerprint by voice: abri partner list"}},
      {"join.waiting",
       {"Code accepté. Une fois que l'appareil qui a donné le code a synchronisé, synchronisez celui-ci, "
        "puis "
        "l'autre, puis celui-ci encore : abri sync",
        "Code accepted. Once the device that gave the code has synchronised, synchronise this one, then the "
        "other, then this one again: abri sync"}},
      {"accept.waiting",
       {"Code accepté. Synchronisez, puis comparez l'empreinte : abri partner list",
        "Code accepted. Synchronise, then compare the fingerprint: abri partner list"}},
      {"sync.done", {"Synchronisé. Rien n'attend d'être envoyé.", "Synchronised. Nothing waits to be sent."}},
      {"sync.waiting.one",
       {"Synchronisé. {} modification attend encore.", "Synchronised. {} edit still waits."}},
      {"sync.waiting.other",
       {"Synchronisé. {} modifications attendent encore.", "Synchronised. {} edits still wait."}},
      {"sync.conflicts.one",
       {"{} conflit à régler : abri conflict list", "{} conflict to settle: abri conflict list"}},
      {"sync.conflicts.other",
       {"{} conflits à régler : abri conflict list", "{} conflicts to settle: abri conflict list"}},
      {"sync.stopped", {"L'appareil n'est plus connecté.", "The device is no longer connected."}},
      {"sync.stays", {"L'appareil reste connecté.", "The device stays connected."}},
      {"sync.progress.one", {"{} entrée lue", "{} entry read"}},
      {"sync.progress.other", {"{} entrées lues", "{} entries read"}},
      {"none", {"Rien à afficher.", "Nothing to show."}},
      // said after saving
      {"notice.held_by_one_person",
       {"À savoir : vous êtes seule à pouvoir lire cette adresse. Si cet appareil est perdu, elle l'est "
        "aussi. Pour qu'une autre personne puisse la lire, donnez-lui le rôle head, synchronisez, puis "
        "enregistrez l'adresse encore une fois.",
        "Good to know: you are the only person who can read this address. If this device is lost, so is the "
        "address. To let somebody else read it, give her the role head, synchronise, then save the address "
        "once more."}},
      {"notice.held_by_one_persons_devices",
       {"À savoir : vous êtes seule à pouvoir lire cette adresse, sur vos appareils synchronisés. S'ils sont "
        "tous perdus, elle l'est aussi. Pour qu'une autre personne puisse la lire, donnez-lui le rôle head, "
        "synchronisez, puis enregistrez l'adresse encore une fois.",
        "Good to know: you are the only person who can read this address, on your synchronised devices. If "
        "all of them are lost, so is the address. To let somebody else read it, give her the role head, "
        "synchronise, then save the address once more."}},
      {"notice.no_assessed_on",
       {"À savoir : les tranches d'âge des enfants ne sont pas parties, parce que la fiche besoins n'a pas "
        "de "
        "date. Pour les transmettre, ajoutez-la : assessed_on=AAAA-MM-JJ",
        "Good to know: the age bands of the children were not sent, because the needs sheet has no date. To "
        "send them, add it: assessed_on=YYYY-MM-DD"}},
      {"roles.done", {"Rôles de {} : {}", "Roles of {}: {}"}},
      {"roles.removed", {"Rôles retirés : {}", "Roles taken away: {}"}},
      {"case.unreadable",
       {"Une localisation a été écrite par {} ; vous ne pouvez pas la lire. Demandez-lui.",
        "A location was written by {}; you cannot read it. Ask her."}},
      {"case.unreadable_unnamed",
       {"Une localisation a été écrite par une autre personne ; vous ne pouvez pas la lire. Demandez à "
        "l'équipe.",
        "A location was written by somebody else; you cannot read it. Ask the team."}},
      {"case.may_be_old", {"peut être ancienne", "may be out of date"}},
      // roles (core/src/cases/roles.cpp)
      {"role.administrator", {"administration technique", "technical administrator"}},
      {"role.head", {"responsable", "head"}},
      {"role.social_worker", {"intervention sociale", "social worker"}},
      {"role.housing_referent", {"référence logement", "housing referent"}},
      {"role.shelter", {"hébergement", "shelter"}},
      {"role.landlord_referent", {"référence bailleur", "landlord's referent"}},
      {"role.allocation_officer", {"gestion d'attribution", "allocation officer"}},
      {"role.mediator", {"médiation sociale", "social mediator"}},
      {"role.rights_adviser", {"conseil CIDFF", "rights adviser"}},
      {"role.data_protection", {"protection des données", "data protection officer"}},
      {"role.regional_coordination", {"coordination régionale", "regional coordination"}},
      // how values are written
      {"kind.date", {"AAAA-MM-JJ", "YYYY-MM-DD"}},
      {"kind.boolean", {"oui ou non", "yes or no"}},
      {"kind.integer", {"nombre entier", "whole number"}},
      {"kind.range", {"de {} à {}", "{} to {}"}},
      {"kind.several", {"plusieurs : champ+=valeur", "several: field+=value"}},
      {"kind.required", {"obligatoire", "required"}},
      {"kind.sensitive", {"masqué par défaut", "hidden by default"}},
      {"unit.EUR", {"euros", "euros"}},
      {"unit.EUR/month", {"euros par mois", "euros a month"}},
      {"unit.commune", {"code INSEE de la commune", "INSEE code of the commune"}},
      {"unit.epci", {"code de l'intercommunalité", "code of the intercommunality"}},
      {"unit.m", {"mètres", "metres"}},
      {"unit.priority_district",
       {"code du quartier prioritaire (QN05901M), oui ou non",
        "code of the priority district (QN05901M), oui or non"}},
      {"unit.m2", {"m²", "m²"}},
      {"unit.microdegree", {"degrés décimaux", "decimal degrees"}},
      {"unit.phone",
       {"numéro de téléphone : 06 39 98 00 12, ou +32 … pour l'étranger",
        "telephone number: 06 39 98 00 12, or +32 … for other countries"}},
      {"unit.siren", {"numéro SIREN", "SIREN number"}},
      // headings and marks
      {"mark.conflict", {"EN CONFLIT", "CONFLICT"}},
      {"mark.unsent", {"pas encore envoyé", "not sent yet"}},
      {"mark.hidden",
       {"(masqué : --reveal l'affiche et le note)", "(hidden: --reveal shows it, with a note)"}},
      {"mark.hidden_conflict",
       {"(masqué : abri conflict list --reveal)", "(hidden: abri conflict list --reveal)"}},
      {"mark.holds", {"(vaut en attendant)", "(holds meanwhile)"}},
      {"mark.none_holds",
       {"EN CONFLIT : aucune ne vaut avant un choix", "CONFLICT: none holds before a choice"}},
      {"mark.choose",
       {"choisir : abri conflict resolve {} {} {} NUMÉRO", "choose: abri conflict resolve {} {} {} NUMBER"}},
      {"partner.compare",
       {"Comparez ces chiffres de vive voix avec {}, puis :",
        "Compare these digits by voice with {}, then:"}},
      {"partner.waiting",
       {"En attente de réponse : l'autre organisation n'a pas encore accepté le code, ou n'a pas synchronisé "
        "depuis.",
        "Waiting for an answer: the other organisation has not accepted the code yet, or has not "
        "synchronised "
        "since."}},
      {"partner.confirmed", {"Confirmé :", "Confirmed:"}},
      {"people.devices.one", {"{} appareil", "{} device"}},
      {"people.devices.other", {"{} appareils", "{} devices"}},
      {"status.organisation", {"Organisation", "Organisation"}},
      {"status.person", {"Personne", "Person"}},
      {"status.roles", {"Rôles", "Roles"}},
      {"status.connection", {"Connexion", "Connection"}},
      {"status.cases", {"Dossiers", "Cases"}},
      {"status.unsent", {"À envoyer", "To send"}},
      {"status.unsent_none", {"rien", "nothing"}},
      {"status.unsent_other",
       {"autre chose que des dossiers (rôle, clé, invitation)",
        "something else than cases (role, key, invitation)"}},
      {"status.unsent_cases.one", {"{} dossier, logement ou demande", "{} case, dwelling or request"}},
      {"status.unsent_cases.other",
       {"{} dossiers, logements ou demandes", "{} cases, dwellings or requests"}},
      {"status.conflicts", {"Conflits", "Conflicts"}},
      {"status.digest", {"Empreinte d'état", "State digest"}},
      {"status.keystore", {"Second secret", "Second secret"}},
      {"status.keystore_file", {"un fichier de cette machine, dans {}", "a file of this machine, in {}"}},
      {"status.none",
       {"(aucune : abri organisation create, ou abri device join)",
        "(none: abri organisation create, or abri device join)"}},
      {"status.joining",
       {"(en attente : un code a été accepté, l'appareil qui l'a donné doit encore synchroniser)",
        "(waiting: a code was accepted, the device that gave it has yet to synchronise)"}},
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
      // the command line itself
      {"usage.unknown", {"Inconnu ici : {}. Aide : {} --help", "Unknown here: {}. Help: {} --help"}},
      {"usage.missing", {"Il manque : {}. Aide : {} --help", "Missing: {}. Help: {} --help"}},
      {"usage.value",
       {"Valeur impossible pour {}. Aide : {} --help", "Impossible value for {}. Help: {} --help"}},
      {"usage.command", {"une commande", "a command"}},
      {"help.abri",
       {"Abri : des dossiers chiffrés, qui marchent sans réseau",
        "Abri: encrypted case files that work without a network"}},
      {"help.vault", {"dossier du coffre ($ABRI_VAULT)", "folder of the vault ($ABRI_VAULT)"}},
      {"help.lang", {"langue", "language"}},
      {"help.json", {"réponses en JSON", "answers in JSON"}},
      {"help.usage", {"Usage", "Usage"}},
      {"help.options", {"Options", "Options"}},
      {"help.commands", {"Commandes", "Commands"}},
      {"help.positionals", {"Arguments", "Arguments"}},
      {"help.command", {"COMMANDE", "COMMAND"}},
      {"help.text", {"TEXTE", "TEXT"}},
      {"help.number", {"NOMBRE", "NUMBER"}},
      {"steps.heading", {"Étapes", "Steps"}},
      {"steps.association", {"association", "association"}},
      {"steps.landlord", {"bailleur", "landlord"}},
      {"steps.both", {"l'un ou l'autre", "either"}},
      {"argument.account", {"code du compte", "account code"}},
      {"argument.action", {"ÉTAPE", "STEP"}},
      {"argument.case", {"DOSSIER", "CASE"}},
      {"argument.choice", {"NUMÉRO", "NUMBER"}},
      {"argument.code", {"CODE", "CODE"}},
      {"argument.dwelling", {"LOGEMENT", "DWELLING"}},
      {"argument.entry", {"ORGANISATION", "ORGANISATION"}},
      {"argument.field", {"CHAMP", "FIELD"}},
      {"argument.fields", {"CHAMPS", "FIELDS"}},
      {"argument.fingerprint", {"CHIFFRES", "DIGITS"}},
      {"argument.landlord", {"BAILLEUR", "LANDLORD"}},
      {"argument.record", {"FICHE", "RECORD"}},
      {"argument.request", {"DEMANDE", "REQUEST"}},
      {"argument.roles", {"RÔLES", "ROLES"}},
      {"argument.type", {"TYPE", "TYPE"}},
      {"argument.user", {"PERSONNE", "PERSON"}},
      {"argument.value", {"valeur", "value"}},
      {"argument.words", {"MOTS", "WORDS"}},
      {"help.required", {"(obligatoire)", "(required)"}},
      {"help.help", {"afficher cette aide", "show this help"}},
      // prompts
      {"prompt.passphrase", {"Phrase de passe : ", "Passphrase: "}},
      {"prompt.next", {"Nouvelle phrase de passe : ", "New passphrase: "}},
      {"prompt.value", {"{} : ", "{}: "}},
      {"prompt.again", {"Encore une fois : ", "Once more: "}},
      {"prompt.differ", {"Les deux saisies diffèrent. Recommencez.", "The two entries differ. Try again."}},
  };
  return kTexts;
}

}  // namespace abri::cli
