// SPDX-License-Identifier: MPL-2.0
#include "support/families/words.hpp"

#include <array>

namespace abri::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array kFrenchHeads = {"Bau"sv, "Ber"sv, "Bou"sv, "Bra"sv, "Cail"sv, "Cam"sv, "Car"sv, "Cha"sv,
                                     "Col"sv, "Cou"sv, "Cra"sv, "Dan"sv, "Deb"sv,  "Del"sv, "Des"sv, "Dou"sv,
                                     "Fau"sv, "Flo"sv, "Gam"sv, "Gos"sv, "Gra"sv,  "Hau"sv, "Her"sv, "Lam"sv,
                                     "Lau"sv, "Lef"sv, "Leg"sv, "Mar"sv, "Mer"sv,  "Mon"sv, "Nor"sv, "Par"sv,
                                     "Pel"sv, "Pou"sv, "Ram"sv, "Ros"sv, "Sau"sv,  "Ser"sv, "Tau"sv, "Thi"sv,
                                     "Tri"sv, "Val"sv, "Ver"sv, "Vil"sv, "Wat"sv,  "Wam"sv};
constexpr std::array kFrenchMiddles = {"be"sv, "bi"sv,  "cha"sv, "che"sv, "da"sv, "de"sv,  "di"sv, "dri"sv,
                                       "fe"sv, "gui"sv, "la"sv,  "le"sv,  "li"sv, "mai"sv, "ma"sv, "me"sv,
                                       "mi"sv, "na"sv,  "ni"sv,  "que"sv, "ra"sv, "re"sv,  "ri"sv, "ta"sv,
                                       "te"sv, "ti"sv,  "va"sv,  "ve"sv,  "vi"sv, "ze"sv};
constexpr std::array kFrenchTails = {"ceau"sv, "chon"sv, "deau"sv, "dier"sv, "lard"sv, "leux"sv,
                                     "lin"sv,  "lot"sv,  "mez"sv,  "nard"sv, "nier"sv, "quet"sv,
                                     "quin"sv, "rel"sv,  "ret"sv,  "riez"sv, "rieu"sv, "ron"sv,
                                     "seau"sv, "sel"sv,  "teau"sv, "ton"sv,  "tran"sv, "vaux"sv};
constexpr std::array kFrenchWomen = {
    "Julie"sv,   "Laura"sv,   "Manon"sv,  "Marion"sv,  "Amélie"sv, "Élodie"sv,  "Céline"sv, "Sophie"sv,
    "Karine"sv,  "Sonia"sv,   "Audrey"sv, "Nadège"sv,  "Lucie"sv,  "Anaïs"sv,   "Emma"sv,   "Chloé"sv,
    "Léa"sv,     "Camille"sv, "Océane"sv, "Pauline"sv, "Aurore"sv, "Coralie"sv, "Maëva"sv,  "Cindy"sv,
    "Sylvie"sv,  "Carole"sv,  "Myriam"sv, "Justine"sv, "Clara"sv,  "Louise"sv,  "Jeanne"sv, "Jessica"sv,
    "Sabrina"sv, "Rose"sv,    "Zoé"sv,    "Lou"sv};
constexpr std::array kFrenchMen = {"Lucas"sv,  "Hugo"sv,  "Nathan"sv, "Enzo"sv,   "Mathis"sv, "Théo"sv,
                                   "Noah"sv,   "Louis"sv, "Jules"sv,  "Arthur"sv, "Tom"sv,    "Léo"sv,
                                   "Timéo"sv,  "Ethan"sv, "Gabin"sv,  "Maxime"sv, "Axel"sv,   "Antoine"sv,
                                   "Kylian"sv, "Evan"sv,  "Sacha"sv,  "Noé"sv,    "Paul"sv,   "Victor"sv,
                                   "Rayan"sv,  "Loïc"sv,  "Kévin"sv,  "Bruno"sv};

constexpr std::array kFlemishHeads = {"Vander"sv, "Vanden"sv, "Ver"sv,   "Wil"sv,   "Cor"sv,
                                      "Bek"sv,    "Debae"sv,  "Haeze"sv, "Lauwe"sv, "Oost"sv,
                                      "Stee"sv,   "Schoo"sv,  "Wyn"sv,   "Hou"sv};
constexpr std::array kFlemishMiddles = {"be"sv,  "bro"sv, "ca"sv,  "dae"sv, "ha"sv,
                                        "hee"sv, "lae"sv, "mae"sv, "moe"sv, "noo"sv,
                                        "roo"sv, "ste"sv, "wae"sv, "wee"sv, "zee"sv};
constexpr std::array kFlemishTails = {"cke"sv,   "ghe"sv,  "kere"sv,    "lynck"sv, "man"sv,   "meersch"sv,
                                      "naert"sv, "rens"sv, "straete"sv, "veld"sv,  "ckens"sv, "brouck"sv};

constexpr std::array kPolishHeads = {"Adam"sv, "Bart"sv, "Borow"sv, "Chmiel"sv, "Dom"sv, "Graj"sv,
                                     "Jaw"sv,  "Kacz"sv, "Kowal"sv, "Kraw"sv,   "Lew"sv, "Maj"sv,
                                     "Mich"sv, "Now"sv,  "Pawl"sv,  "Rak"sv,    "Sob"sv, "Szym"sv,
                                     "Walk"sv, "Wojt"sv, "Zal"sv,   "Ziel"sv};
constexpr std::array kPolishMiddles = {"a"sv,  "e"sv,   "i"sv,   "o"sv,   "u"sv,
                                       "ia"sv, "awi"sv, "oni"sv, "eli"sv, "oro"sv};
constexpr std::array kPolishTails = {"cki"sv, "czak"sv, "czyk"sv, "dek"sv,  "lski"sv, "mski"sv, "nek"sv,
                                     "rek"sv, "rski"sv, "siak"sv, "wski"sv, "wiak"sv, "zak"sv,  "nowicz"sv};
constexpr std::array kPolishWomen = {"Ewa"sv,   "Monika"sv, "Agata"sv, "Iwona"sv,  "Dorota"sv,
                                     "Magda"sv, "Sylvie"sv, "Julie"sv, "Karine"sv, "Sandra"sv};

constexpr std::array kMaghrebiHeads = {"Aït "sv, "Bel"sv, "Ben"sv, "Ben "sv, "Bou"sv, "Cha"sv,
                                       "El "sv,  "Fer"sv, "Ha"sv,  "Kha"sv,  "Ma"sv,  "Me"sv,
                                       "Ou"sv,   "Sa"sv,  "Ta"sv,  "Ya"sv,   "Zer"sv, "Zou"sv};
constexpr std::array kMaghrebiMiddles = {"ba"sv,  "bra"sv, "da"sv, "dja"sv, "fi"sv, "gha"sv, "ha"sv, "ka"sv,
                                         "kha"sv, "la"sv,  "li"sv, "ma"sv,  "me"sv, "mou"sv, "na"sv, "ra"sv,
                                         "rou"sv, "sa"sv,  "si"sv, "ta"sv,  "ya"sv, "za"sv};
constexpr std::array kMaghrebiTails = {
    "bi"sv,  "chi"sv, "di"sv,   "douche"sv, "fi"sv,   "hine"sv, "ka"sv, "kir"sv,  "laoui"sv, "li"sv, "ma"sv,
    "med"sv, "mi"sv,  "nane"sv, "ni"sv,     "zoui"sv, "ra"sv,   "ri"sv, "rouk"sv, "ssi"sv,   "ti"sv, "zi"sv};
constexpr std::array kMaghrebiWomen = {
    "Amina"sv, "Nadia"sv,   "Samira"sv, "Fatima"sv, "Leïla"sv,  "Karima"sv, "Yasmine"sv, "Inès"sv, "Sarah"sv,
    "Salma"sv, "Khadija"sv, "Naïma"sv,  "Hanane"sv, "Soraya"sv, "Latifa"sv, "Malika"sv,  "Nora"sv, "Imane"sv};
constexpr std::array kMaghrebiMen = {"Adam"sv,    "Yanis"sv,  "Ilyès"sv,  "Amine"sv,  "Bilal"sv,
                                     "Sofiane"sv, "Rayan"sv,  "Ismaël"sv, "Younès"sv, "Mehdi"sv,
                                     "Ayoub"sv,   "Nassim"sv, "Karim"sv,  "Samir"sv};

constexpr std::array kWestAfricanHeads = {"Ba"sv,  "Bam"sv, "Cis"sv, "Cou"sv, "Da"sv,  "Dia"sv,
                                          "Dou"sv, "Fa"sv,  "Gue"sv, "Ka"sv,  "Kei"sv, "Kon"sv,
                                          "Ma"sv,  "Nda"sv, "Sa"sv,  "Sis"sv, "Tra"sv, "Tou"sv};
constexpr std::array kWestAfricanMiddles = {"ba"sv, "da"sv,  "ga"sv, "ka"sv, "ko"sv,  "li"sv, "lo"sv,
                                            "ma"sv, "mba"sv, "na"sv, "ra"sv, "sso"sv, "ya"sv, "wa"sv};
constexpr std::array kWestAfricanTails = {"baly"sv, "dio"sv,  "gué"sv, "koro"sv, "lé"sv,   "mako"sv, "nté"sv,
                                          "ré"sv,   "saly"sv, "té"sv,  "uré"sv,  "wara"sv, "yoko"sv, "ndé"sv};
constexpr std::array kWestAfricanWomen = {"Fatou"sv, "Awa"sv,    "Aminata"sv, "Mariam"sv, "Oumou"sv,
                                          "Aïcha"sv, "Bintou"sv, "Djeneba"sv, "Rokia"sv,  "Nana"sv};
constexpr std::array kWestAfricanMen = {"Moussa"sv, "Mamadou"sv, "Ibrahim"sv, "Ousmane"sv,
                                        "Amadou"sv, "Sékou"sv,   "Lamine"sv,  "Issa"sv};

constexpr std::array kIberianHeads = {"Al"sv,  "Bar"sv, "Car"sv, "Cor"sv, "Fer"sv, "Gon"sv, "Lo"sv,  "Mar"sv,
                                      "Mon"sv, "Nu"sv,  "Oli"sv, "Pe"sv,  "Ri"sv,  "Sal"sv, "Tei"sv, "Vas"sv};
constexpr std::array kIberianMiddles = {"ba"sv, "ca"sv, "da"sv, "del"sv, "le"sv, "lo"sv, "ma"sv,
                                        "na"sv, "re"sv, "ri"sv, "sa"sv,  "ta"sv, "va"sv, "ve"sv};
constexpr std::array kIberianTails = {"beiro"sv, "cedo"sv,  "deira"sv, "gado"sv,  "lhares"sv,
                                      "nhas"sv,  "nhedo"sv, "reira"sv, "tinho"sv, "vedo"sv,
                                      "xeira"sv, "quera"sv, "doso"sv};
constexpr std::array kIberianWomen = {"Ana"sv,    "Maria"sv,  "Carla"sv, "Sandra"sv, "Paula"sv,
                                      "Isabel"sv, "Teresa"sv, "Sofia"sv, "Marta"sv,  "Sonia"sv};
constexpr std::array kIberianMen = {"Tiago"sv, "Rafael"sv, "Diogo"sv, "Hugo"sv, "Lucas"sv, "Nuno"sv, "Rui"sv};

constexpr std::array kEasternHeads = {"Bo"sv, "Dra"sv, "Hry"sv, "Ko"sv, "Ly"sv, "My"sv,  "Pe"sv,
                                      "Po"sv, "Ro"sv,  "She"sv, "Ta"sv, "Va"sv, "Zha"sv, "Zu"sv};
constexpr std::array kEasternMiddles = {"bo"sv, "che"sv, "do"sv, "li"sv, "lo"sv,
                                        "ma"sv, "ro"sv,  "sa"sv, "va"sv, "vy"sv};
constexpr std::array kEasternTails = {"chenko"sv, "duk"sv,  "menko"sv, "hun"sv,  "lychko"sv,
                                      "ryk"sv,    "shaj"sv, "tsky"sv,  "vych"sv, "qeli"sv};
constexpr std::array kEasternWomen = {"Olena"sv,  "Oksana"sv,  "Iryna"sv,  "Elira"sv,
                                      "Mirela"sv, "Natalia"sv, "Valmira"sv};
constexpr std::array kEasternMen = {"Danylo"sv, "Artem"sv, "Arber"sv, "Luan"sv, "Maksym"sv, "Ilir"sv};

constexpr std::array kArabic = {"arabe"sv, "tamazight"sv};
constexpr std::array kWestAfricanLanguages = {"soninké"sv, "peul"sv, "bambara"sv, "lingala"sv};
constexpr std::array kPolish = {"polonais"sv};
constexpr std::array kDutch = {"néerlandais"sv};
constexpr std::array kPortuguese = {"portugais"sv, "espagnol"sv};
constexpr std::array kEasternLanguages = {"ukrainien"sv, "albanais"sv, "russe"sv};

constexpr std::array kOrigins = {
    Origin{46, kFrenchHeads, kFrenchMiddles, kFrenchTails, kFrenchWomen, kFrenchMen, kDutch, 0, 0},
    Origin{13, kFlemishHeads, kFlemishMiddles, kFlemishTails, kFrenchWomen, kFrenchMen, kDutch, 1, 0},
    Origin{10, kPolishHeads, kPolishMiddles, kPolishTails, kPolishWomen, kFrenchMen, kPolish, 8, 0},
    Origin{17, kMaghrebiHeads, kMaghrebiMiddles, kMaghrebiTails, kMaghrebiWomen, kMaghrebiMen, kArabic, 25,
           25},
    Origin{6, kWestAfricanHeads, kWestAfricanMiddles, kWestAfricanTails, kWestAfricanWomen, kWestAfricanMen,
           kWestAfricanLanguages, 35, 45},
    Origin{5, kIberianHeads, kIberianMiddles, kIberianTails, kIberianWomen, kIberianMen, kPortuguese, 20, 0},
    Origin{3, kEasternHeads, kEasternMiddles, kEasternTails, kEasternWomen, kEasternMen, kEasternLanguages,
           80, 70},
};

constexpr std::array kPlaceTails = {"beke"sv, "bourg"sv,  "bus"sv, "court"sv, "fosse"sv, "ghem"sv, "gny"sv,
                                    "hem"sv,  "lieu"sv,   "loo"sv, "mont"sv,  "nes"sv,   "pré"sv,  "quies"sv,
                                    "sart"sv, "selles"sv, "val"sv, "vaux"sv,  "ville"sv, "zeele"sv};
constexpr std::array kStreetKinds = {
    "rue du Moulin"sv,  "rue du Clos"sv,  "rue"sv,         "avenue"sv,          "rue de la Ferme"sv,
    "allée du Parc"sv,  "impasse"sv,      "rue du Bois"sv, "boulevard"sv,       "résidence"sv,
    "chemin du Pont"sv, "rue du Canal"sv, "place"sv,       "rue de la Fosse"sv, "cité"sv,
    "rue des Jardins"sv};

std::size_t letters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
  return count;
}

}  // namespace

const Origin& draw_origin(Random& random) {
  std::array<int, kOrigins.size()> shares{};
  for (std::size_t i = 0; i < kOrigins.size(); ++i) shares[i] = kOrigins[i].share;
  return kOrigins[random.weighted(shares)];
}

std::string draw_family_name(Random& random, const Origin& origin) {
  std::string name;
  while (letters(name) < 8) {
    name = random.pick(origin.heads);
    const auto middle = random.pick(origin.middles);
    const bool word_begins = name.back() == ' ';
    name += middle;
    if (word_begins) {
      auto& first = name[name.size() - middle.size()];
      first = static_cast<char>(first - 'a' + 'A');
    }
    name += random.pick(origin.tails);
  }
  return name;
}

std::string draw_place(Random& random) {
  std::string place(random.pick(kFrenchHeads));
  place += random.pick(kFrenchMiddles);
  place += random.pick(kPlaceTails);
  return place;
}

std::string draw_street(Random& random) {
  return std::string(random.pick(kStreetKinds)) + ' ' + draw_place(random);
}

}  // namespace abri::test
