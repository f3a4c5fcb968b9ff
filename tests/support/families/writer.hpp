// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/communes.hpp"
#include "support/families/families.hpp"
#include "support/families/random.hpp"
#include "support/families/uniques.hpp"
#include "support/families/words.hpp"

#include <abri/base/result.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace abri::test {

/// Writes one family after the other; remembers what was given out, so that nothing comes twice.
class FamilyWriter {
 public:
  explicit FamilyWriter(std::uint64_t seed);
  Family next();

 private:
  /// What the records of one family have in common.
  struct Household {
    const Origin* origin{};
    std::string name;            // hers
    std::string aggressor_name;  // of the father of her children, mostly theirs
    int age{};
    std::vector<int> child_ages;
    std::size_t present_children{};  // who live with her
    const core::Commune* home{};
    const core::Commune* anchor{};  // where she wants to go
    std::vector<std::string> excluded;
    std::chrono::sys_days opened;
  };

  Household draw_household();
  FamilyRecord case_file(const Household& household);
  FamilyRecord woman(const Household& household);
  FamilyRecord child(Household& household, std::size_t index);
  void add_places(const Household& household, std::vector<FamilyRecord>& records);
  FamilyRecord danger(const Household& household);
  FamilyRecord needs(const Household& household);
  void add_wishes(const Household& household, FamilyRecord& record);

  const core::Commune& draw_commune();
  /// A commune of the same EPCI.
  const core::Commune& draw_neighbour(const core::Commune& commune);
  std::string draw_phone();
  std::string draw_number_and_street();
  std::string draw_address(const core::Commune& commune, std::string_view before = {});
  std::string draw_person(const Origin& origin);
  std::string draw_text(Words openings, int continuations, const Household& household);
  std::string fill(std::string_view sentence, const Household& household);

  Random random_;
  Uniques uniques_;
  std::vector<core::Commune> communes_;   // of the region, the most populous first
  std::vector<std::size_t> populations_;  // running sum
};

}  // namespace abri::test
