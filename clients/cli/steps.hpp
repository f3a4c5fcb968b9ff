// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <span>
#include <string>
#include <string_view>

namespace abri::cli {

/// A step of a workflow as the help names it (core/src/merge/workflows.cpp; a test compares the two).
struct Step {
  enum class By : std::uint8_t { association, landlord, both };
  std::string_view action;
  std::string_view french;
  std::string_view english;
  By by{By::both};
  /// The states from which each side takes it, with blanks between; empty where they are not told.
  std::string_view association_from{};
  std::string_view landlord_from{};
};

std::span<const Step> case_steps();
std::span<const Step> dwelling_steps();
std::span<const Step> request_steps();
std::span<const Step> proposal_steps();

/// Which steps are possible on a side of a request: "acknowledge = Accuser réception, …"; empty where there is none.
/// @param type      of the record: "relocation_request", "housing_proposal"
/// @param proposed  a proposal is open
std::string possible_steps(std::string_view type, std::string_view state, std::string_view side,
                           bool proposed, Language language);

/// A line for each step: what to type, what it means, whose it is.
std::string print_steps(std::span<const Step> steps, Language language);

}  // namespace abri::cli
