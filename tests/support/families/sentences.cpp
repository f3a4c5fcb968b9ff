// SPDX-License-Identifier: MPL-2.0
#include "support/families/words.hpp"

#include <array>

namespace abri::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array kOpenings = {
    "Entretien du {D} : elle a quitté le domicile dans la nuit et dort depuis chez sa cousine, {N}."sv,
    "Appel reçu le {D} à {H} par sa sœur, {N}, qui garde les papiers d'identité et le carnet de santé."sv,
    "Accueillie au point d'écoute ({C}) le {D}, accompagnée d'une collègue de l'atelier {P}."sv,
    "Elle ne veut pas retourner vers {C} : il travaille à l'entrepôt {P} et passe chaque matin devant l'arrêt de bus."sv,
    "Visite au foyer {P} le {D} ; la chambre est trop petite pour les enfants."sv,
    "Le courrier de la CAF part encore au {S} : changement d'adresse demandé le {D}."sv,
    "Sa mère, {N}, peut garder les enfants le mercredi et le samedi matin."sv,
    "Rendez-vous pris avec l'assistante sociale du secteur {P} le {F} à {H}."sv,
    "Contrat à durée déterminée à la blanchisserie {P} jusqu'au {F}, horaires du matin."sv,
    "Plainte déposée le {D} ; le certificat médical a été remis à {N}, son avocate."sv,
    "Elle a été suivie en voiture près du {S} le {D} vers {H}."sv,
    "La directrice de l'école {P} est prévenue : seule {N} peut venir chercher les enfants."sv,
    "Demande de logement social renouvelée le {D}, attestation remise en main propre à l'accueil {P}."sv,
    "Première nuit à l'hôtel {P} payée par le 115, place confirmée jusqu'au {F}."sv,
    "Elle souhaite se rapprocher de sa tante, {N}, et reprendre une formation d'aide-soignante."sv,
    "Bilan du trimestre : budget tenu, dette d'énergie soldée auprès de la régie {P}."sv,
    "Il a demandé son adresse à plusieurs connaissances, dont {N} ; consigne de silence rappelée."sv,
    "Consultation du {D} au centre de santé {P}, arrêt de travail de dix jours."sv,
};

constexpr std::array kContinuations = {
    "Ne pas laisser de message, il consulte son téléphone."sv,
    "Les enfants dorment mieux depuis une semaine."sv,
    "Elle demande un logement proche d'une gare et d'une école."sv,
    "Prochain point prévu le {F} à {H}."sv,
    "La carte bancaire commune est bloquée, une aide d'urgence de la CAF est demandée."sv,
    "Elle accepte d'être positionnée sur un T3, pas au rez-de-chaussée."sv,
    "L'audience devant le juge aux affaires familiales est fixée au {F}."sv,
    "Masquage de l'adresse fiscale à faire avant la déclaration."sv,
    "Elle a retrouvé un rythme et dit vouloir « tourner la page »."sv,
    "Le dossier de bourse de l'aînée reste à compléter."sv,
    "Pas de visite à domicile sans l'avoir appelée la veille."sv,
    "Un interprète est nécessaire pour l'audition."sv,
    "Le médecin traitant a rempli le certificat pour la pension."sv,
    "Elle craint la remise des enfants du vendredi soir, un lieu neutre est demandé."sv,
    "Aucune dette locative connue du bailleur actuel."sv,
    "La cadette reprend le collège lundi."sv,
};

constexpr std::array kDangerReasons = {
    "Menaces de mort répétées au {S}, en présence des enfants."sv,
    "Il a appris la séparation le {D} et cherche son adresse auprès de sa belle-sœur, {N}."sv,
    "Vu deux fois cette semaine devant le magasin {P}."sv,
    "Violences plus fréquentes depuis le {D}, certificat du docteur {N}."sv,
    "Il a forcé la porte du {S} le {D} vers {H}."sv,
    "Chantage aux enfants par messages, captures remises à {N}."sv,
    "Situation stable depuis l'installation au foyer {P}."sv,
};

constexpr std::array kDangerNotes = {
    "Véhicule connu : fourgon de l'entreprise {P}. Il circule surtout entre {C} et son lieu de travail."sv,
    "La famille de l'auteur habite {S} à {C} ; éviter tout trajet scolaire par ce quartier."sv,
    "Selon {N}, il détient un fusil de chasse non déclaré."sv,
    "Sortie de détention annoncée pour le {F}. Prévenir {N} au commissariat la veille."sv,
    "Il connaît l'école {P} et le numéro de sa sœur, {N}."sv,
};

constexpr std::array kNeedsNotes = {
    "Permis de conduire mais pas de voiture : arrêt de bus à moins de dix minutes de l'atelier {P}."sv,
    "Garde du mobilier possible chez {N} jusqu'au {F}."sv,
    "La place en crèche {P} est réservée à partir du {F}."sv,
    "Elle refuse les grands ensembles depuis l'agression près du {S}."sv,
    "Suivi médical de l'aîné au centre {P}, une fois par semaine."sv,
};

}  // namespace

Words note_openings() {
  return kOpenings;
}
Words note_continuations() {
  return kContinuations;
}
Words danger_reasons() {
  return kDangerReasons;
}
Words danger_notes() {
  return kDangerNotes;
}
Words needs_notes() {
  return kNeedsNotes;
}

}  // namespace abri::test
