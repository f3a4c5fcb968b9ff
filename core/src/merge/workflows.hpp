// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "merge/record_state.hpp"

#include <abri/options.pb.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace abri::core::merge {

/// What must hold before a step is offered. Judged where the step is made, which alone can read what it depends on; the others
/// judge side and role.
enum class Guard : std::uint8_t {
  none,
  needs_complete_and_consent,  ///< the needs sheet is complete and the person consents to this landlord
  answer_overdue,              ///< the landlord's delay to answer has passed
  reason_given,                ///< a reason stands in its field
  active_proposal,             ///< at least one proposal is under way
  no_active_proposal,          ///< all proposals are closed
  lease_signed,                ///< the lease is signed
  not_excluded,                ///< the exclusion test is not negative, or the head overrides it with a reason
  visit_date_given,
  retention_over,  ///< two years without contact, or the person asks
};

/// One step of a workflow.
struct Transition {
  std::uint32_t from{0};
  std::uint32_t to{0};
  std::string_view action;    ///< "send": what the command line and the interface call it
  std::string_view label_fr;  ///< "Envoyer"
  std::string_view label_en;
  Side side{SIDE_UNSPECIFIED};  ///< whose step it is; SIDE_UNSPECIFIED in private records
  Roles roles{0};               ///< any of these
  Guard guard{Guard::none};
};

struct Workflow {
  std::string_view name;  ///< of the option `workflow`
  std::uint32_t initial{0};
  /// The state that is left by going back to the one before it; 0: none. That step has no target in the table.
  std::uint32_t suspended{0};
  std::span<const Transition> transitions;
};

/// @return null where there is none of that name
const Workflow* workflow(std::string_view name);
std::span<const Workflow> workflows();

/// What became of each step.
enum class Verdict : std::uint8_t {
  taken,
  repeated,     ///< the state was there already: two people did the same
  not_taken,    ///< it cannot start from the state reached: a conflict item, never dropped in silence
  wrong_actor,  ///< not by this side or role: void
};
struct Step {
  const Version* version{nullptr};
  Verdict verdict{Verdict::taken};
};
struct Evaluation {
  std::uint32_t state{0};
  std::uint32_t before_suspension{0};  ///< the state to go back to, while suspended
  std::vector<Step> steps;             ///< in their order
};

/// Does the table have the step, but for others than this actor? Whatever state is reached: such a step is never followed.
bool for_others_only(const Workflow& workflow, std::uint32_t from, std::uint32_t to, Side side, Roles roles);

/// Replays the steps of one field by clock, then dot. A step that was made from another state than the one reached is taken where its
/// author might have made it from there too. What a person dismissed is left out of the conflicts, not of the replay.
Evaluation evaluate(const Workflow& workflow, std::span<const Version> versions);

/// The steps that this side and these roles may take from the state reached, their targets filled in.
std::vector<Transition> allowed(const Workflow& workflow, const Evaluation& at, Side side, Roles roles);

}  // namespace abri::core::merge
