// SPDX-License-Identifier: MPL-2.0
// Deterministic workload shared by every peer: a "case" of 12 text fields, about 600 bytes of JSON.
// No clock, no Math.random: record(i) and edit(k) depend on SEED and their index only.
import { createHash } from 'node:crypto';

export const SEED = Number(process.env.SEED ?? 20260101);
export const FIELDS = ['reference', 'nom', 'prenom', 'naissance', 'adresse', 'codePostal', 'commune',
  'telephone', 'courriel', 'statut', 'motif', 'note'];

const NOMS = ['Lefèvre', 'Garnier', 'Bérenger', 'Nguyễn', 'Château', 'Dupré', 'Le Goff', 'Müller', 'Haddad', 'Traoré', 'Fernández', 'D’Alembert', 'Étienne', 'Rousseau', 'Kowalczyk', 'Benaïssa'];
const PRENOMS = ['Aïcha', 'Jérôme', 'Zoé', 'Maëlle', 'Loïc', 'Françoise', 'Ousmane', 'Élodie', 'Théo', 'Noémie', 'Gaël', 'Inès', 'Hélène', 'Raphaël', 'Chloé', 'André'];
const RUES = ['rue de la République', 'avenue du Général-de-Gaulle', 'impasse des Tilleuls', 'boulevard Saint-Michel', 'chemin de l’Église', 'place de l’Hôtel-de-Ville', 'allée des Châtaigniers', 'quai du Maréchal-Joffre'];
const VILLES = [['01000', 'Bourg-en-Bresse'], ['13001', 'Marseille'], ['29200', 'Brest'], ['31000', 'Toulouse'], ['38000', 'Grenoble'], ['42000', 'Saint-Étienne'], ['59000', 'Lille'], ['69003', 'Lyon'], ['75011', 'Paris'], ['93200', 'Saint-Denis']];
const STATUTS = ['ouvert', 'en attente de pièces', 'transmis à la préfecture', 'clos', 'à réexaminer'];
const MOTIFS = ['demande de logement social', 'aide à la complémentaire santé', 'renouvellement de titre de séjour', 'recours contre un refus d’allocation', 'scolarisation d’un enfant', 'orientation vers une association d’aide alimentaire'];
const PHRASES = ['La personne a été reçue en entretien et souhaite être rappelée en fin d’après-midi.', 'Les justificatifs de domicile et l’attestation d’hébergement restent à fournir avant la commission.', 'Un rendez-vous est fixé avec l’assistante sociale du secteur pour faire le point.', 'Situation urgente signalée par le collège : deux enfants à charge, sans chauffage depuis décembre.', 'Le dossier complet a été déposé au guichet ; l’accusé de réception est conservé au secrétariat.', 'L’interprète (dari, français) confirme sa présence ; prévoir une salle au rez-de-chaussée.'];

// mulberry32 seeded per index, so that a record can be made alone
export function rng(i) {
  let a = (SEED ^ Math.imul(i + 1, 0x9e3779b1)) >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const pick = (r, xs) => xs[Math.floor(r() * xs.length)];
const num = (r, n, w) => String(Math.floor(r() * n)).padStart(w, '0');

export function record(i) {
  const r = rng(i);
  const nom = pick(r, NOMS), prenom = pick(r, PRENOMS), [cp, ville] = pick(r, VILLES);
  return {
    reference: `DOS-2026-${String(i).padStart(6, '0')}`,
    nom, prenom,
    naissance: `19${num(r, 99, 2)}-${String(1 + Math.floor(r() * 12)).padStart(2, '0')}-${String(1 + Math.floor(r() * 28)).padStart(2, '0')}`,
    adresse: `${1 + Math.floor(r() * 180)} ${pick(r, RUES)}`,
    codePostal: cp, commune: ville,
    telephone: `06 ${num(r, 100, 2)} ${num(r, 100, 2)} ${num(r, 100, 2)} ${num(r, 100, 2)}`,
    courriel: `personne.${i}@exemple.fr`,
    statut: pick(r, STATUTS), motif: pick(r, MOTIFS),
    note: `${pick(r, PHRASES)} ${pick(r, PHRASES)} ${pick(r, PHRASES).slice(0, 70)} ${num(r, 1e6, 6)}`,
  };
}
// the k-th edit of a writer: which record, which field, which value
export const edit = (who, k, i, field) => ({ i, field, value: `${who} · modification n° ${k} — relu et corrigé` });

export function checksum(get, n) {
  const h = createHash('sha256');
  for (let i = 0; i < n; i++) { const r = get(i); for (const f of FIELDS) h.update(String(r?.[f]) + '\0'); }
  return h.digest('hex').slice(0, 16);
}
export const avgJsonBytes = (n = 5000) => { let s = 0; for (let i = 0; i < n; i++) s += Buffer.byteLength(JSON.stringify(record(i))); return s / n; };
if (process.argv[1] === new URL(import.meta.url).pathname) console.log(record(0), 'mean JSON bytes', avgJsonBytes());
