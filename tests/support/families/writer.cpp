// SPDX-License-Identifier: MPL-2.0
#include "support/families/writer.hpp"

#include "support/families/dates.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace abri::test {
namespace {

/// The ranges that ARCEP keeps for works of fiction, mobiles first, then the region's own landlines.
constexpr std::array<std::string_view, 6> kFictionRanges = {"06 39 98", "03 53 01", "01 99 00",
                                                            "02 61 91", "04 65 71", "05 36 49"};
constexpr std::array<int, 6> kFictionWeights = {70, 18, 3, 3, 3, 3};

}  // namespace

FamilyWriter::FamilyWriter(std::uint64_t seed) : random_(seed) {
  for (auto& commune : core::communes_by_name("", SIZE_MAX)) {
    if (commune.position) communes_.push_back(std::move(commune));
  }
  std::size_t sum = 0;
  for (const auto& commune : communes_) populations_.push_back(sum += commune.population);
}

Family FamilyWriter::next() {
  Household household = draw_household();
  Family family;
  auto& records = family.records;
  records.push_back(case_file(household));
  records.push_back(woman(household));
  for (std::size_t i = 0; i < household.child_ages.size(); ++i) records.push_back(child(household, i));
  add_places(household, records);
  records.push_back(danger(household));
  records.push_back(needs(household));
  return family;
}

FamilyWriter::Household FamilyWriter::draw_household() {
  Household household;
  household.origin = &draw_origin(random_);
  household.name = uniques_.draw([&] { return draw_family_name(random_, *household.origin); });
  const Origin& other = random_.chance(70) ? *household.origin : draw_origin(random_);
  household.aggressor_name = uniques_.draw([&] { return draw_family_name(random_, other); });
  constexpr std::array<int, 4> kAgeWeights = {20, 45, 25, 10};
  constexpr std::array<std::pair<int, int>, 4> kAges = {{{19, 25}, {26, 36}, {37, 46}, {47, 62}}};
  const auto [youngest, oldest] = kAges[random_.weighted(kAgeWeights)];
  household.age = random_.between(youngest, oldest);
  constexpr std::array<int, 6> kChildrenWeights = {21, 27, 28, 15, 6, 3};
  const auto children = random_.weighted(kChildrenWeights);
  for (std::size_t i = 0; i < children; ++i) {
    household.child_ages.push_back(
        random_.between(household.age > 45 ? household.age - 45 : 0, std::min(household.age - 18, 19)));
  }
  std::sort(household.child_ages.rbegin(), household.child_ages.rend());
  household.home = &draw_commune();
  do household.anchor = &draw_commune();
  while (household.anchor == household.home);
  household.excluded.emplace_back(household.home->code);
  for (int i = random_.between(0, 2); i > 0; --i)
    household.excluded.emplace_back(draw_neighbour(*household.home).code);
  std::sort(household.excluded.begin(), household.excluded.end());
  household.excluded.erase(std::unique(household.excluded.begin(), household.excluded.end()),
                           household.excluded.end());
  household.opened = day_before(random_, families_day(), 10, 900);
  return household;
}

const core::Commune& FamilyWriter::draw_commune() {
  const auto drawn = random_.below(populations_.back());
  const auto at = std::upper_bound(populations_.begin(), populations_.end(), drawn);
  return communes_[static_cast<std::size_t>(at - populations_.begin())];
}

const core::Commune& FamilyWriter::draw_neighbour(const core::Commune& commune) {
  std::vector<const core::Commune*> neighbours;
  for (const auto& other : communes_) {
    if (other.epci == commune.epci && neighbours.size() < 12) neighbours.push_back(&other);
  }
  return *random_.pick(neighbours);
}

std::string FamilyWriter::draw_phone() {
  return uniques_.draw([&] {
    std::string phone(kFictionRanges[random_.weighted(kFictionWeights)]);
    for (int pair = 0; pair < 2; ++pair) {
      phone += {' ', static_cast<char>('0' + random_.between(0, 9)),
                static_cast<char>('0' + random_.between(0, 9))};
    }
    return phone;
  });
}

std::string FamilyWriter::draw_number_and_street() {
  constexpr std::array<std::string_view, 12> kSuffixes = {" bis", " ter", "", "", "", "",
                                                          "",     "",     "", "", "", ""};
  std::string text = std::to_string(random_.between(1, 240));
  text += random_.pick(kSuffixes);
  return text + ' ' + draw_street(random_);
}

std::string FamilyWriter::draw_address(const core::Commune& commune, std::string_view before) {
  return uniques_.draw([&] {
    std::string text(before);
    text += draw_number_and_street();
    if (random_.chance(25)) text += ", appartement " + std::to_string(random_.between(1, 180));
    text.append(", ").append(random_.pick(commune.postal_codes)).append(" ").append(commune.name);
    return text;
  });
}

std::string FamilyWriter::draw_person(const Origin& origin) {
  return std::string(random_.pick(origin.women)) + ' ' + draw_family_name(random_, origin);
}

std::string FamilyWriter::draw_text(Words openings, int continuations, const Household& household) {
  return uniques_.draw([&] {
    std::string text = fill(random_.pick(openings), household);
    for (int i = 0; i < continuations; ++i) text += ' ' + fill(random_.pick(note_continuations()), household);
    return text;
  });
}

std::string FamilyWriter::fill(std::string_view sentence, const Household& household) {
  std::string out;
  for (auto open = sentence.find('{'); open != std::string_view::npos; open = sentence.find('{')) {
    out += sentence.substr(0, open);
    switch (sentence[open + 1]) {
      case 'N':
        out += draw_person(*household.origin);
        break;
      case 'P':
        out += draw_place(random_);
        break;
      case 'S':
        out += draw_number_and_street();
        break;
      case 'C':
        out += draw_neighbour(*household.home).name;
        break;
      case 'D':
        out += french_date(day_before(random_, families_day(), 2, 200));
        break;
      case 'F':
        out += french_date(day_before(random_, families_day(), -120, -3));
        break;
      case 'H':
        out += std::to_string(random_.between(8, 18)) + (random_.chance(50) ? " h" : " h 30");
        break;
      default:
        ABRI_ASSERT(false);
    }
    sentence.remove_prefix(open + 3);
  }
  return out.append(sentence);
}

}  // namespace abri::test
