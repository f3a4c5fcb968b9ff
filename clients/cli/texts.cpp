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
      {"sync.waiting.one",
       {"Synchronisé. {} modification attend encore.", "Synchronised. {} edit still waits."}},
      {"sync.waiting.other",
       {"Synchronisé. {} modifications attendent encore.", "Synchronised. {} edits still wait."}},
      {"sync.conflicts.one",
       {"{} conflit à régler : abri conflict list", "{} conflict to settle: abri conflict list"}},
      {"sync.conflicts.other",
       {"{} conflits à régler : abri conflict list", "{} conflicts to settle: abri conflict list"}},
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
      // roles (core/src/cases/enrolment.cpp)
      {"role.administrator", {"administration technique", "technical administrator"}},
      {"role.head", {"responsable", "head"}},
      {"role.social_worker", {"intervention sociale", "social worker"}},
      {"role.housing_referent", {"référence logement", "housing referent"}},
      {"role.shelter", {"hébergement", "shelter"}},
      {"role.landlord_referent", {"référence bailleur", "landlord's referent"}},
      {"role.allocation_manager", {"gestion d'attribution", "allocation manager"}},
      {"role.mediator", {"médiation sociale", "social mediator"}},
      {"role.legal_adviser", {"conseil juridique", "legal adviser"}},
      {"role.data_protection_officer", {"protection des données", "data protection officer"}},
      {"role.coordinator", {"coordination", "coordinator"}},
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
       {"(masqué : abri case show {} --reveal)", "(hidden: abri case show {} --reveal)"}},
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
      {"status.keystore", {"Second secret", "Second secret"}},
      {"status.keystore_file", {"un fichier de cette machine, dans {}", "a file of this machine, in {}"}},
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
      {"help.required", {"(obligatoire)", "(required)"}},
      {"help.help", {"afficher cette aide", "show this help"}},
      // prompts
      {"prompt.passphrase", {"Phrase de passe : ", "Passphrase: "}},
      {"prompt.next", {"Nouvelle phrase de passe : ", "New passphrase: "}},
      {"prompt.again", {"Encore une fois : ", "Once more: "}},
      {"prompt.differ", {"Les deux saisies diffèrent. Recommencez.", "The two entries differ. Try again."}},
  };
  return kTexts;
}

}  // namespace abri::cli
