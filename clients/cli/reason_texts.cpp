// SPDX-License-Identifier: MPL-2.0
#include "cli/catalogue.hpp"

namespace abri::cli {

const Catalogue& reason_texts() {
  static const Catalogue kTexts{
      // what keeps a device from exchanging everything (agent/obstacles.hpp)
      {"obstacle.account_full",
       {"Le serveur ne prend plus rien de votre organisation : son compte y est plein, ou trop est parti "
        "d'un coup. Réessayez dans une minute ; si cela dure, prévenez la personne qui tient le serveur.",
        "The server takes nothing more of your organisation: its account there is full, or too much was sent "
        "at once. Try again in a minute; if it lasts, tell whoever runs the server."}},
      {"obstacle.account_unknown",
       {"Le serveur ne connaît pas le compte de votre organisation : il ne prend rien d'elle. Prévenez la "
        "personne qui tient le serveur et qui vous a donné le code du compte.",
        "The server does not know the account of your organisation: it takes nothing of it. Tell whoever "
        "runs the server and gave you the account's code."}},
      {"obstacle.code_unknown",
       {"Le serveur ne connaît pas encore le code que vous avez accepté : l'appareil qui l'a donné "
        "synchronise d'abord, puis celui-ci.",
        "The server does not know the code yet that you accepted: the device that gave it synchronises "
        "first, then this one."}},
      {"obstacle.refused",
       {"Le serveur refuse une partie : il ne la connaît pas encore (l'autre côté synchronise d'abord), ou "
        "cet appareil n'y a plus droit.",
        "The server refuses a part: it does not know it yet (the other side synchronises first), or this "
        "device has no right to it any more."}},
      {"obstacle.too_large",
       {"Une modification est trop grande pour le serveur. Prévenez la personne qui le tient.",
        "One edit is too large for the server. Tell whoever runs it."}},
      {"obstacle.damaged",
       {"Le serveur ne peut plus lire une partie de ce qu'il garde. Ce que vous avez reste lisible ici. "
        "Prévenez "
        "la personne qui tient le serveur.",
        "The server can no longer read a part of what it keeps. What you have stays readable here. Tell "
        "whoever "
        "runs the server."}},
      {"obstacle.other_side",
       {"Il manque encore quelque chose de l'autre côté : synchronisez l'autre appareil, puis celui-ci.",
        "Something of the other side is still missing: synchronise the other device, then this one."}},
      {"obstacle.unexpected",
       {"Une partie n'a pas pu être échangée. Réessayez ; si cela dure, demandez de l'aide, avec ce repère : "
        "{}",
        "A part could not be exchanged. Try again; if it lasts, ask for help, with this mark: {}"}},
      {"obstacle.waiting",
       {"Synchronisez de nouveau ; si le nombre ne descend jamais, demandez de l'aide.",
        "Synchronise again; if the number never goes down, ask for help."}},
      // what a refused field would take
      {"reason.choice",
       {"« {} » ne prend pas cette valeur. Choisissez : {}", "\"{}\" does not take this value. Choose: {}"}},
      {"reason.range",
       {"« {} » doit être un nombre entier, de {} à {}.", "\"{}\" must be a whole number, {} to {}."}},
      {"reason.number", {"« {} » doit être un nombre entier.", "\"{}\" must be a whole number."}},
      {"reason.boolean", {"« {} » se répond par oui ou non.", "\"{}\" is answered by yes or no."}},
      {"reason.date",
       {"« {} » est une date : AAAA-MM-JJ, par exemple 2026-11-20.",
        "\"{}\" is a date: YYYY-MM-DD, for example 2026-11-20."}},
      {"reason.code",
       {"« {} » : ce code n'existe pas ou n'est pas complet. Ce qui est attendu : abri fields TYPE",
        "\"{}\": there is no such code, or it is not complete. What is expected: abri fields TYPE"}},
      {"reason.list",
       {"« {} » n'a qu'une valeur, et ne s'ajoute ni ne se retire. Écrivez : {}=VALEUR",
        "\"{}\" has one value, which is neither added nor removed. Write: {}=VALUE"}},
      {"reason.note",
       {"« {} » : une note s'ajoute et ne s'efface plus. Écrivez : {}+=TEXTE",
        "\"{}\": a note is added and not erased. Write: {}+=TEXT"}},
      {"reason.workflow",
       {"« {} » ne s'écrit pas : il change par une étape. Pour les étapes : abri {} advance --help",
        "\"{}\" is not written: it changes by a step. For the steps: abri {} advance --help"}},
      {"reason.degrees",
       {"« {} » s'écrit en degrés décimaux, de {} à {}, avec un point : 50.6292",
        "\"{}\" is written in decimal degrees, {} to {}, with a point: 50.6292"}},
      {"reason.twice",
       {"« {} » est donné deux fois. Écrivez une seule valeur : {}=VALEUR",
        "\"{}\" is given twice. Write one value: {}=VALUE"}},
      {"reason.exists",
       {"« {} » : ce dossier en a déjà une. Modifiez-la : abri case set {} {} CHAMP=VALEUR",
        "\"{}\": this case has one already. Change it: abri case set {} {} FIELD=VALUE"}},
      {"reason.which",
       {"Il y en a plusieurs : dites laquelle par --record", "There are several: say which one by --record"}},
      {"reason.step",
       {"Cette étape n'est pas possible maintenant. Où l'on en est : {}. Étapes possibles de votre côté : {}",
        "This step is not possible now. Where it stands: {}. Possible steps on your side: {}"}},
      {"reason.no_step",
       {"Cette étape n'est pas possible. Où l'on en est : {}. Il n'y a pas d'étape de votre côté maintenant.",
        "This step is not possible. Where it stands: {}. There is no step on your side now."}},
      {"reason.absent",
       {"« {} » : cette valeur n'y est pas, il n'y a rien à retirer.",
        "\"{}\": that value is not there, there is nothing to remove."}},
      {"reason.missing", {"Il manque « {} ». Ajoutez : {}=VALEUR", "\"{}\" is missing. Add: {}=VALUE"}},
      {"reason.first",
       {"Il faut d'abord écrire « {} » : abri case set {} {} {}=VALEUR",
        "\"{}\" must be written first: abri case set {} {} {}=VALUE"}},
      {"reason.too_long",
       {"« {} » est trop long : {} caractères au plus (une lettre accentuée compte pour deux). Rien n'a été "
        "enregistré.",
        "\"{}\" is too long: {} characters at most (a letter with an accent counts for two). Nothing was "
        "saved."}},
      {"reason.values", {"Valeurs possibles : {}", "Possible values: {}"}},
      {"reason.proposed",
       {"Ce logement est déjà proposé pour cette demande. Pour suivre la proposition : abri request show {}",
        "This dwelling is proposed for this request already. To see the proposal: abri request show {}"}},
      {"reason.two_sheets",
       {"Rien n'est parti : deux fiches besoins de ce dossier sont remplies. Regardez-les (abri case show "
        "{}) "
        "et videz les champs de celle qui ne vaut plus : abri case set {} FICHE CHAMP=",
        "Nothing was sent: two needs sheets of this case are filled. See them (abri case show {}) and empty "
        "the fields of the one that no longer holds: abri case set {} RECORD FIELD="}},
      // what else a refusal brought about
      {"reason.locked_now",
       {"Le coffre est maintenant fermé. Pour l'ouvrir : abri unlock",
        "The vault is locked now. To open it: abri unlock"}},
      {"reason.open_request",
       {"Rien n'est parti : une demande de ce dossier est encore ouverte chez ce bailleur, {}. La suivre : "
        "abri request show {}. Une autre pourra partir quand elle sera déclinée, retirée (abri request "
        "advance {} withdraw) ou close.",
        "Nothing was sent: a request of this case to this landlord is still open, {}. See it: abri request "
        "show {}. Another one can be sent once it is declined, withdrawn (abri request advance {} "
        "withdraw) or closed."}},
  };
  return kTexts;
}

}  // namespace abri::cli
