# SPDX-License-Identifier: MPL-2.0
"""The seeded work of the peers' harness (peers/common/workload.mjs), the same records for all, laid into the fields of our
schema. record(i) depends on the seed and its index only.
"""
import json
import os
import subprocess

SEED = 20260101
MASK = 0xFFFFFFFF
NOMS = ['Lefèvre', 'Garnier', 'Bérenger', 'Nguyễn', 'Château', 'Dupré', 'Le Goff', 'Müller', 'Haddad', 'Traoré', 'Fernández', 'D’Alembert', 'Étienne', 'Rousseau', 'Kowalczyk', 'Benaïssa']
PRENOMS = ['Aïcha', 'Jérôme', 'Zoé', 'Maëlle', 'Loïc', 'Françoise', 'Ousmane', 'Élodie', 'Théo', 'Noémie', 'Gaël', 'Inès', 'Hélène', 'Raphaël', 'Chloé', 'André']
RUES = ['rue de la République', 'avenue du Général-de-Gaulle', 'impasse des Tilleuls', 'boulevard Saint-Michel', 'chemin de l’Église', 'place de l’Hôtel-de-Ville', 'allée des Châtaigniers', 'quai du Maréchal-Joffre']
VILLES = [('01000', 'Bourg-en-Bresse'), ('13001', 'Marseille'), ('29200', 'Brest'), ('31000', 'Toulouse'), ('38000', 'Grenoble'), ('42000', 'Saint-Étienne'), ('59000', 'Lille'), ('69003', 'Lyon'), ('75011', 'Paris'), ('93200', 'Saint-Denis')]
STATUTS = ['ouvert', 'en attente de pièces', 'transmis à la préfecture', 'clos', 'à réexaminer']
MOTIFS = ['demande de logement social', 'aide à la complémentaire santé', 'renouvellement de titre de séjour', 'recours contre un refus d’allocation', 'scolarisation d’un enfant', 'orientation vers une association d’aide alimentaire']
PHRASES = ['La personne a été reçue en entretien et souhaite être rappelée en fin d’après-midi.', 'Les justificatifs de domicile et l’attestation d’hébergement restent à fournir avant la commission.', 'Un rendez-vous est fixé avec l’assistante sociale du secteur pour faire le point.', 'Situation urgente signalée par le collège : deux enfants à charge, sans chauffage depuis décembre.', 'Le dossier complet a été déposé au guichet ; l’accusé de réception est conservé au secrétariat.', 'L’interprète (dari, français) confirme sa présence ; prévoir une salle au rez-de-chaussée.']
REFUSALS = ['area', 'transport_school', 'typology', 'rent', 'condition', 'building_security', 'floor_access', 'personal_choice', 'other']
MARITAL = ['married', 'civil_union', 'cohabiting', 'separated', 'divorced', 'widowed', 'single']


def rng(index):
    """mulberry32, seeded by the index."""
    state = (SEED ^ ((index + 1) * 0x9E3779B1 & MASK)) & MASK

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & MASK
        t = ((state ^ state >> 15) * (state | 1)) & MASK
        t ^= (t + ((t ^ t >> 7) * (t | 61) & MASK)) & MASK
        return ((t ^ t >> 14) & MASK) / 4294967296
    return draw


def record(index):
    """The peers' record: twelve texts."""
    draw = rng(index)
    pick = lambda items: items[int(draw() * len(items))]
    number = lambda below, width: str(int(draw() * below)).zfill(width)
    nom, prenom, (cp, ville) = pick(NOMS), pick(PRENOMS), pick(VILLES)
    naissance = f"19{number(99, 2)}-{1 + int(draw() * 12):02}-{1 + int(draw() * 28):02}"
    adresse = f"{1 + int(draw() * 180)} {pick(RUES)}"
    telephone = f"06 {number(100, 2)} {number(100, 2)} {number(100, 2)} {number(100, 2)}"
    statut, motif = pick(STATUTS), pick(MOTIFS)
    note = f"{pick(PHRASES)} {pick(PHRASES)} {pick(PHRASES)[:70]} {number(1e6, 6)}"
    return {"reference": f"DOS-2026-{index:06}", "nom": nom, "prenom": prenom, "naissance": naissance, "adresse": adresse,
            "codePostal": cp, "commune": ville, "telephone": telephone, "courriel": f"personne.{index}@exemple.fr",
            "statut": statut, "motif": motif, "note": note}


def person(index):
    """The same text in the twelve fields of a `person`: what has no field of its own stands with the note. Telephone numbers in the
    form that is stored, so that they come back as they were."""
    r = record(index)
    return {"role": "victim", "last_name": r["nom"], "first_name": r["prenom"], "used_name": r["reference"],
            "birth_date": r["naissance"], "phone": "+3363998" + r["telephone"][-5:].replace(" ", ""),
            "safe_phone": f"+3363998{index % 10000:04}", "safe_hours": r["motif"],
            "language": r["statut"], "marital_status": MARITAL[index % len(MARITAL)], "interpreter": "true" if index % 2 else "false",
            "code_phrase": " | ".join((r["adresse"], r["courriel"], r["codePostal"], r["commune"], r["note"]))}


def cases(first, count):
    """Shape `cases`: each file is one compartment with one record of twelve fields."""
    return [[{"type": "person", "fields": person(i)}] for i in range(first, first + count)]


def record_of(kind, index):
    """A record of about the same length in another compartment."""
    r = record(index)
    if kind == "person":
        return person(index)
    if kind == "location":
        return {"kind": "shelter", "address": r["adresse"], "commune": "59350", "latitude": "50.633333", "longitude": "3.066667",
                "source": "association", "since": r["naissance"], "until": "2027-01-31", "known_to_aggressor": "false"}
    if kind == "danger_assessment":
        return {"grid": r["reference"], "assessed_on": r["naissance"], "score": str(index % 100), "red_answers": str(index % 20),
                "level": ("low", "watch", "high", "established")[index % 4], "level_reason": r["note"], "exclusion_radius": "2000",
                "weapon_reported": "true" if index % 2 else "false", "protection_until": "2027-03-01", "notes": r["motif"]}
    if kind == "proposal_refusal":
        return {"proposal": f"{r['reference']} {r['adresse']}, {r['codePostal']} {r['commune']}", "reason": REFUSALS[index % len(REFUSALS)],
                "refused_on": r["naissance"], "notes": " | ".join((r["note"], r["motif"], r["statut"], r["courriel"], r["telephone"]))}
    if kind == "needs_sheet":
        return {"adults": "1", "children": str(index % 5), "assessed_on": r["naissance"], "budget_max": str(400 + index % 300),
                "ground_floor": "true", "lift": "false", "accessible": "false", "pets": "true", "parking": "false",
                "near_school": "true", "wanted_communes": "59350", "notes": r["note"]}
    return {"pseudonym": r["reference"], "opened_on": r["naissance"], "last_contact_on": "2026-10-01", "scheme": "convention",
            "team": r["nom"], "notes": r["note"]}


# A file has one danger assessment, one needs sheet and one case file, and as many of the others as there are.
KINDS = ("person",) * 15 + ("location",) * 15 + ("danger_assessment",) + ("proposal_refusal",) * 7 + ("needs_sheet", "case_file")


def files(first, count):
    """Shape `files`: each file has forty records in five compartments."""
    return [[{"type": kind, "fields": record_of(kind, file * len(KINDS) + k)} for k, kind in enumerate(KINDS)]
            for file in range(first, first + count)]


def edited(who, number):
    """The text of an edit, as the peers' harness writes it."""
    return f"{who} · modification n° {number} — relu et corrigé"


if __name__ == "__main__":  # says whether both harnesses make the same records
    here = os.path.dirname(os.path.abspath(__file__))
    made = subprocess.run(["node", "-e", "import('./workload.mjs').then(w=>console.log(JSON.stringify([0,1,4999,19999].map(w.record))))"],
                          cwd=os.path.join(here, "peers", "common"), check=True, capture_output=True, text=True).stdout
    assert json.loads(made) == [record(i) for i in (0, 1, 4999, 19999)], "the two workloads differ"
    print("the same records")
