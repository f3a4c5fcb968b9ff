// SPDX-License-Identifier: MPL-2.0
#include "support/families/dates.hpp"
#include "support/families/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace abri::test {
namespace {

using namespace std::string_view_literals;

void set(FamilyRecord& record, std::string_view field, std::string value) {
  record.fields.push_back({std::string(field), {std::move(value)}, false});
}

void set(FamilyRecord& record, std::string_view field, std::string_view value) {
  set(record, field, std::string(value));
}

void set_yes(FamilyRecord& record, std::string_view field, bool yes) {
  set(record, field, yes ? "true"sv : "false"sv);
}

void set_list(FamilyRecord& record, std::string_view field, std::vector<std::string> values) {
  if (!values.empty()) record.fields.push_back({std::string(field), std::move(values), true});
}

std::vector<std::string> distinct(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Smallest and largest typology for a number of persons.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypologies = {
    {{"t1", "t2"}, {"t1", "t2"}, {"t2", "t3"}, {"t3", "t4"}, {"t3", "t4"}, {"t4", "t5"}, {"t5", "t6p"}}};

/// Of the 23 questions of police and gendarmerie: 12 "yes", or 2 red ones, establish the danger.
std::string_view danger_level(int score, int red) {
  if (score >= 12 || red >= 2) return "established";
  if (score >= 8) return "high";
  return score >= 4 ? "watch" : "low";
}

}  // namespace

FamilyRecord FamilyWriter::case_file(const Household& household) {
  constexpr std::array kBirds = {"Hirondelle"sv,    "Mésange"sv,  "Alouette"sv, "Fauvette"sv,
                                 "Bergeronnette"sv, "Sittelle"sv, "Grive"sv,    "Huppe"sv,
                                 "Tourterelle"sv,   "Roitelet"sv};
  constexpr std::array kSchemes = {"convention"sv, "astree"sv, "foh_cidff"sv, "other"sv};
  constexpr std::array<int, 4> kSchemeWeights = {82, 4, 6, 8};
  FamilyRecord record{"case_file", {}};
  set(record, "pseudonym", uniques_.draw([&] {
    return std::string(random_.pick(kBirds)) + ' ' + std::to_string(random_.between(1000, 9999));
  }));
  set(record, "opened_on", iso_date(household.opened));
  const auto age = static_cast<int>((families_day() - household.opened).count());
  set(record, "last_contact_on", iso_date(day_before(random_, families_day(), 0, std::min(age, 60))));
  set(record, "scheme", kSchemes[random_.weighted(kSchemeWeights)]);
  std::vector<std::string> notes;
  for (int i = random_.between(1, 3); i > 0; --i) {
    notes.push_back(draw_text(note_openings(), random_.between(0, 2), household));
  }
  set_list(record, "notes", std::move(notes));
  return record;
}

FamilyRecord FamilyWriter::woman(const Household& household) {
  constexpr std::array kStatuses = {"married"sv,   "civil_union"sv, "cohabiting"sv,
                                    "separated"sv, "divorced"sv,    "single"sv};
  constexpr std::array<int, 6> kStatusWeights = {30, 6, 30, 18, 8, 8};
  constexpr std::array kChannels = {"call"sv, "text_message"sv, "through_association"sv,
                                    "through_third_person"sv};
  constexpr std::array<int, 4> kChannelWeights = {45, 30, 15, 10};
  constexpr std::array kHours = {"lundi au vendredi, 9 h à 11 h"sv, "mardi et jeudi, 14 h à 16 h"sv,
                                 "après 20 h 30"sv, "le mercredi matin"sv, "pendant la pause, 12 h à 13 h"sv};
  const Origin& origin = *household.origin;
  FamilyRecord record{"person", {}};
  set(record, "role", "victim"sv);
  set(record, "last_name", household.name);
  set(record, "first_name", random_.pick(origin.women));
  const auto status = random_.weighted(kStatusWeights);
  if (status != 2 && status != 5 && random_.chance(60)) set(record, "used_name", household.aggressor_name);
  set(record, "birth_date",
      iso_date(day_before(random_, families_day(), household.age * 366, household.age * 366 + 300)));
  set(record, "phone", draw_phone());
  if (random_.chance(40)) set(record, "safe_phone", draw_phone());
  set(record, "safe_channel", kChannels[random_.weighted(kChannelWeights)]);
  if (random_.chance(70)) set(record, "safe_hours", random_.pick(kHours));
  set_yes(record, "no_voicemail", random_.chance(60));
  set_yes(record, "do_not_call", random_.chance(15));
  if (random_.chance(50)) {
    set(record, "code_phrase", uniques_.draw([&] {
      return "Bonjour, ici la boutique " + draw_place(random_) + ", votre commande " +
             std::to_string(random_.between(1000, 9999)) + " est prête.";
    }));
  }
  const bool foreign = random_.chance(origin.foreign_language);
  set(record, "language", foreign ? random_.pick(origin.languages) : "français"sv);
  set_yes(record, "interpreter", foreign && random_.chance(60));
  set(record, "marital_status", kStatuses[status]);
  if (random_.chance(origin.residence_permit)) {
    set(record, "residence_permit_until", iso_date(day_before(random_, families_day(), -1200, -20)));
  }
  if (random_.chance(6)) set_yes(record, "disability", true);
  if (household.age < 42 && random_.chance(7)) {
    set(record, "pregnancy_term", iso_date(day_before(random_, families_day(), -230, -10)));
  }
  set_yes(record, "counts_for_typology", true);
  return record;
}

FamilyRecord FamilyWriter::child(Household& household, std::size_t index) {
  constexpr std::array kCustody = {"exclusive"sv, "alternate"sv, "visiting_right"sv};
  constexpr std::array<int, 3> kCustodyWeights = {80, 14, 6};
  const int age = household.child_ages[index];
  const Origin& origin = *household.origin;
  FamilyRecord record{"person", {}};
  set(record, "role", "child"sv);
  set(record, "last_name", random_.chance(70) ? household.aggressor_name : household.name);
  set(record, "first_name", random_.pick(random_.chance(50) ? origin.women : origin.men));
  set(record, "birth_date", iso_date(day_before(random_, families_day(), age * 366, age * 366 + 300)));
  const auto custody = age < 18 ? random_.weighted(kCustodyWeights) : 0;
  if (age < 18) set(record, "custody", kCustody[custody]);
  set_yes(record, "counts_for_typology", custody < 2);
  if (custody < 2) ++household.present_children;
  return record;
}

void FamilyWriter::add_places(const Household& household, std::vector<FamilyRecord>& records) {
  const auto add = [&](std::string_view kind, const core::Commune& commune, std::string_view before,
                       bool known) {
    FamilyRecord record{"location", {}};
    set(record, "kind", kind);
    set(record, "address", draw_address(commune, before));
    set(record, "commune", commune.code);
    set(record, "source", random_.chance(80) ? "person"sv : "association"sv);
    set(record, "since", iso_date(day_before(random_, household.opened, 0, kind == "home" ? 2500 : 20)));
    set_yes(record, "known_to_aggressor", known);
    records.push_back(std::move(record));
  };
  add("home", *household.home, "", true);
  if (random_.chance(70)) add("shelter", draw_commune(), "", false);
  const bool at_school = std::any_of(household.child_ages.begin(), household.child_ages.end(),
                                     [](int age) { return age >= 3 && age <= 15; });
  if (at_school && random_.chance(60))
    add("school", *household.home, "École " + draw_place(random_) + ", ", true);
  if (random_.chance(30)) {
    add("work", draw_neighbour(*household.home), draw_place(random_) + " Services, ", random_.chance(50));
  }
}

FamilyRecord FamilyWriter::danger(const Household& household) {
  constexpr std::array kRelations = {"partner"sv, "former_partner"sv, "parent"sv, "sibling"sv};
  constexpr std::array<int, 4> kRelationWeights = {45, 46, 6, 3};
  constexpr std::array kMeasures = {"protection_order"sv, "complaint"sv, "police_report"sv,
                                    "emergency_phone"sv, "judicial_control"sv};
  constexpr std::array kRadii = {"2000"sv, "5000"sv, "10000"sv, "15000"sv, "20000"sv, "30000"sv, "50000"sv};
  FamilyRecord record{"danger_assessment", {}};
  const int score = random_.between(1, 15);
  const int red = random_.chance(35) ? random_.between(1, std::min(score, 4)) : 0;
  set(record, "assessed_on", iso_date(day_before(random_, household.opened, -9, 0)));
  set(record, "score", std::to_string(score));
  set(record, "red_answers", std::to_string(red));
  set(record, "level", danger_level(score, red));
  set(record, "level_reason", draw_text(danger_reasons(), 0, household));
  set(record, "exclusion_radius", random_.pick(kRadii));
  set_list(record, "excluded_communes", household.excluded);
  set(record, "aggressor_relation", kRelations[random_.weighted(kRelationWeights)]);
  set_yes(record, "weapon_reported", random_.chance(12));
  std::vector<std::string> measures;
  for (int i = random_.between(0, 2); i > 0; --i) measures.emplace_back(random_.pick(kMeasures));
  measures = distinct(std::move(measures));
  const bool ordered = std::find(measures.begin(), measures.end(), "protection_order") != measures.end();
  set_list(record, "protection_measures", std::move(measures));
  if (ordered) set(record, "protection_until", iso_date(day_before(random_, families_day(), -365, -5)));
  if (random_.chance(50)) set_list(record, "notes", {draw_text(danger_notes(), 0, household)});
  return record;
}

FamilyRecord FamilyWriter::needs(const Household& household) {
  constexpr std::array kUrgencies = {"immediate"sv, "one_month"sv, "three_months"sv, "later"sv};
  constexpr std::array<int, 4> kUrgencyWeights = {30, 35, 25, 10};
  constexpr std::array kResources = {"under_plai"sv, "under_plus"sv, "under_pls"sv};
  constexpr std::array<int, 3> kResourcesWeights = {72, 25, 3};
  FamilyRecord record{"needs_sheet", {}};
  const auto persons = 1 + household.present_children;
  set(record, "adults", "1"sv);
  set(record, "children", std::to_string(household.present_children));
  set(record, "assessed_on", iso_date(day_before(random_, household.opened, -9, 0)));
  set(record, "typology_min", kTypologies[persons].first);
  set(record, "typology_max", kTypologies[persons].second);
  add_wishes(household, record);
  set(record, "urgency", kUrgencies[random_.weighted(kUrgencyWeights)]);
  set(record, "budget_max",
      std::to_string(240 + 60 * static_cast<int>(persons) + 10 * random_.between(0, 30)));
  set(record, "resources_band", kResources[random_.weighted(kResourcesWeights)]);
  return record;
}

void FamilyWriter::add_wishes(const Household& household, FamilyRecord& record) {
  constexpr std::array kSecurity = {"caretaker"sv, "door_code"sv, "intercom"sv, "video"sv,
                                    "reinforced_door"sv};
  constexpr std::array kAccompaniment = {"yes"sv, "no"sv, "sliding_lease"sv};
  constexpr std::array kProofs = {"protection_order"sv, "complaint"sv, "court_decision"sv,
                                  "association_statement"sv, "none"sv};
  const auto excluded = [&](const core::Commune& commune) {
    return std::find(household.excluded.begin(), household.excluded.end(), commune.code) !=
           household.excluded.end();
  };
  std::vector<std::string> wanted;
  if (!excluded(*household.anchor)) wanted.emplace_back(household.anchor->code);
  for (int i = random_.between(1, 4); i > 0; --i) {
    const auto& commune = draw_neighbour(*household.anchor);
    if (!excluded(commune)) wanted.emplace_back(commune.code);
  }
  set_list(record, "wanted_communes", distinct(std::move(wanted)));
  if (household.anchor->epci != household.home->epci && random_.chance(50)) {
    set_list(record, "wanted_epcis", {std::string(household.anchor->epci)});
  }
  set_yes(record, "ground_floor", random_.chance(6));
  set_yes(record, "lift", random_.chance(12));
  set_yes(record, "accessible", random_.chance(5));
  set_yes(record, "pets", random_.chance(15));
  set_yes(record, "parking", random_.chance(30));
  set_yes(record, "near_school", household.present_children > 0 && random_.chance(80));
  std::vector<std::string> security;
  for (int i = random_.between(0, 2); i > 0; --i) security.emplace_back(random_.pick(kSecurity));
  set_list(record, "security", distinct(std::move(security)));
  set(record, "accompaniment", random_.pick(kAccompaniment));
  set(record, "priority_proof", random_.pick(kProofs));
  if (random_.chance(45)) set_list(record, "notes", {draw_text(needs_notes(), 0, household)});
}

}  // namespace abri::test
