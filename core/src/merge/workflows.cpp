// SPDX-License-Identifier: MPL-2.0
#include "merge/workflows.hpp"

#include <abri/v1/workflow.pb.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace abri::core::merge {
namespace {

using namespace abri::v1;  // NOLINT(google-build-using-namespace): the names of states

constexpr Roles kHead = role_bit(ROLE_HEAD);
constexpr Roles kReferent = role_bit(ROLE_HOUSING_REFERENT) | kHead;
constexpr Roles kTeam = role_bit(ROLE_SOCIAL_WORKER) | kReferent;
constexpr Roles kLandlordReferent = role_bit(ROLE_LANDLORD_REFERENT);
constexpr Roles kLandlord = kLandlordReferent | role_bit(ROLE_ALLOCATION_OFFICER);

constexpr std::array kCaseFile{
    Transition{
        CASE_STATUS_ACTIVE, CASE_STATUS_SUSPENDED, "suspend", "Suspendre", "Suspend", {}, kTeam, Guard::none},
    Transition{
        CASE_STATUS_SUSPENDED, CASE_STATUS_ACTIVE, "resume", "Reprendre", "Resume", {}, kTeam, Guard::none},
    Transition{CASE_STATUS_ACTIVE,
               CASE_STATUS_CLOSED,
               "close",
               "Clore",
               "Close",
               {},
               kReferent,
               Guard::reason_given},
    Transition{CASE_STATUS_SUSPENDED,
               CASE_STATUS_CLOSED,
               "close",
               "Clore",
               "Close",
               {},
               kReferent,
               Guard::reason_given},
    Transition{CASE_STATUS_CLOSED, CASE_STATUS_ACTIVE, "reopen", "Rouvrir", "Reopen", {}, kHead, Guard::none},
    Transition{CASE_STATUS_CLOSED,
               CASE_STATUS_ERASED,
               "erase",
               "Effacer",
               "Erase",
               {},
               kHead,
               Guard::retention_over},
};

constexpr std::array kDwelling{
    Transition{DWELLING_STATUS_DRAFT,
               DWELLING_STATUS_PUBLISHED,
               "publish",
               "Publier",
               "Publish",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_PUBLISHED,
               DWELLING_STATUS_OPTION,
               "reserve",
               "Mettre sous option",
               "Put under option",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_OPTION,
               DWELLING_STATUS_PUBLISHED,
               "release",
               "Lever l'option",
               "Release",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_OPTION,
               DWELLING_STATUS_IN_COMMITTEE,
               "submit",
               "Présenter en CALEOL",
               "Submit to the committee",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_IN_COMMITTEE,
               DWELLING_STATUS_PUBLISHED,
               "release",
               "Remettre en publication",
               "Publish again",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_IN_COMMITTEE,
               DWELLING_STATUS_ALLOCATED,
               "allocate",
               "Attribuer",
               "Allocate",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_ALLOCATED,
               DWELLING_STATUS_LET,
               "let",
               "Louer",
               "Let",
               {},
               kLandlord,
               Guard::lease_signed},
    Transition{DWELLING_STATUS_PUBLISHED,
               DWELLING_STATUS_WITHDRAWN,
               "withdraw",
               "Retirer",
               "Withdraw",
               {},
               kLandlord,
               Guard::none},
    Transition{DWELLING_STATUS_PUBLISHED,
               DWELLING_STATUS_EXPIRED,
               "expire",
               "Laisser expirer",
               "Let expire",
               {},
               kLandlord,
               Guard::none},
};

constexpr Transition owner(RequestStatus from, RequestStatus to, std::string_view action, std::string_view fr,
                           std::string_view en, Roles roles, Guard guard = Guard::none) {
  return {
      static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to), action, fr, en, OWNER, roles, guard};
}
constexpr Transition partner(RequestStatus from, RequestStatus to, std::string_view action,
                             std::string_view fr, std::string_view en, Roles roles,
                             Guard guard = Guard::none) {
  return {static_cast<std::uint32_t>(from),
          static_cast<std::uint32_t>(to),
          action,
          fr,
          en,
          PARTNER,
          roles,
          guard};
}
constexpr Transition suspend(RequestStatus from) {
  return owner(from, REQUEST_STATUS_SUSPENDED, "suspend", "Suspendre", "Suspend", kReferent);
}
constexpr Transition withdraw(RequestStatus from) {
  return owner(from, REQUEST_STATUS_WITHDRAWN, "withdraw", "Retirer", "Withdraw", kReferent);
}
constexpr Transition transfer(RequestStatus from) {
  return owner(from, REQUEST_STATUS_TRANSFERRED, "transfer", "Transférer", "Transfer", kHead);
}

constexpr std::array kRequest{
    owner(REQUEST_STATUS_DRAFT, REQUEST_STATUS_SENT, "send", "Envoyer", "Send", kReferent,
          Guard::needs_complete_and_consent),
    owner(REQUEST_STATUS_SENT, REQUEST_STATUS_REMINDED, "remind", "Relancer", "Remind", kReferent,
          Guard::answer_overdue),
    partner(REQUEST_STATUS_SENT, REQUEST_STATUS_ACKNOWLEDGED, "acknowledge", "Accuser réception",
            "Acknowledge", kLandlord),
    partner(REQUEST_STATUS_REMINDED, REQUEST_STATUS_ACKNOWLEDGED, "acknowledge", "Accuser réception",
            "Acknowledge", kLandlord),
    partner(REQUEST_STATUS_ACKNOWLEDGED, REQUEST_STATUS_SEARCHING, "search", "Prendre en recherche",
            "Start searching", kLandlordReferent),
    partner(REQUEST_STATUS_ACKNOWLEDGED, REQUEST_STATUS_DECLINED, "decline", "Décliner", "Decline",
            kLandlordReferent, Guard::reason_given),
    partner(REQUEST_STATUS_SEARCHING, REQUEST_STATUS_PROPOSED, "propose", "Proposer", "Propose", kLandlord,
            Guard::active_proposal),
    owner(REQUEST_STATUS_SEARCHING, REQUEST_STATUS_PROPOSED, "propose", "Proposer", "Propose", kReferent,
          Guard::active_proposal),
    partner(REQUEST_STATUS_PROPOSED, REQUEST_STATUS_SEARCHING, "search_again", "Reprendre la recherche",
            "Search again", kLandlord, Guard::no_active_proposal),
    owner(REQUEST_STATUS_PROPOSED, REQUEST_STATUS_SEARCHING, "search_again", "Reprendre la recherche",
          "Search again", kReferent, Guard::no_active_proposal),
    owner(REQUEST_STATUS_PROPOSED, REQUEST_STATUS_REHOUSED, "rehouse", "Reloger", "Rehouse", kReferent,
          Guard::lease_signed),
    owner(REQUEST_STATUS_REHOUSED, REQUEST_STATUS_FOLLOW_UP, "follow_up", "Suivre", "Follow up", kReferent),
    owner(REQUEST_STATUS_FOLLOW_UP, REQUEST_STATUS_CLOSED, "close", "Clore", "Close", kHead,
          Guard::reason_given),
    owner(REQUEST_STATUS_SUSPENDED, REQUEST_STATUS_UNSPECIFIED, "resume", "Reprendre", "Resume", kReferent),
    suspend(REQUEST_STATUS_SENT),
    suspend(REQUEST_STATUS_REMINDED),
    suspend(REQUEST_STATUS_ACKNOWLEDGED),
    suspend(REQUEST_STATUS_SEARCHING),
    suspend(REQUEST_STATUS_PROPOSED),
    withdraw(REQUEST_STATUS_DRAFT),
    withdraw(REQUEST_STATUS_SENT),
    withdraw(REQUEST_STATUS_REMINDED),
    withdraw(REQUEST_STATUS_ACKNOWLEDGED),
    withdraw(REQUEST_STATUS_SEARCHING),
    withdraw(REQUEST_STATUS_PROPOSED),
    withdraw(REQUEST_STATUS_SUSPENDED),
    transfer(REQUEST_STATUS_SENT),
    transfer(REQUEST_STATUS_REMINDED),
    transfer(REQUEST_STATUS_ACKNOWLEDGED),
    transfer(REQUEST_STATUS_SEARCHING),
    transfer(REQUEST_STATUS_PROPOSED),
    transfer(REQUEST_STATUS_SUSPENDED),
};

constexpr Transition step(ProposalStatus from, ProposalStatus to, std::string_view action,
                          std::string_view fr, std::string_view en, Side side, Roles roles,
                          Guard guard = Guard::none) {
  return {
      static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to), action, fr, en, side, roles, guard};
}
constexpr Transition refuse(ProposalStatus from) {
  return step(from, PROPOSAL_STATUS_REFUSED_BY_PERSON, "refuse", "Refuser", "Refuse", OWNER, kTeam,
              Guard::reason_given);
}
constexpr Transition reject(ProposalStatus from) {
  return step(from, PROPOSAL_STATUS_REFUSED_BY_LANDLORD, "reject", "Écarter", "Reject", PARTNER, kLandlord,
              Guard::reason_given);
}
constexpr Transition cancel(ProposalStatus from) {
  return step(from, PROPOSAL_STATUS_CANCELLED, "cancel", "Annuler", "Cancel", PARTNER, kLandlord);
}
constexpr Transition supersede(ProposalStatus from) {
  return step(from, PROPOSAL_STATUS_SUPERSEDED, "supersede", "Supplanter", "Supersede", OWNER, kReferent,
              Guard::lease_signed);
}

constexpr std::array kProposal{
    step(PROPOSAL_STATUS_PROPOSED, PROPOSAL_STATUS_POSITIONED, "position", "Positionner", "Position", OWNER,
         kReferent, Guard::not_excluded),
    step(PROPOSAL_STATUS_POSITIONED, PROPOSAL_STATUS_RECEIVED, "receive", "Recevoir", "Receive", PARTNER,
         kLandlord),
    step(PROPOSAL_STATUS_RECEIVED, PROPOSAL_STATUS_VISIT_PLANNED, "plan_visit", "Planifier la visite",
         "Plan the visit", PARTNER, kLandlord, Guard::visit_date_given),
    step(PROPOSAL_STATUS_VISIT_PLANNED, PROPOSAL_STATUS_VISITED, "visit", "Noter la visite",
         "Record the visit", PARTNER, kLandlord),
    step(PROPOSAL_STATUS_VISIT_PLANNED, PROPOSAL_STATUS_VISITED, "visit", "Noter la visite",
         "Record the visit", OWNER, kTeam),
    step(PROPOSAL_STATUS_PROPOSED, PROPOSAL_STATUS_EXPIRED, "expire", "Laisser expirer", "Let expire",
         PARTNER, kLandlord, Guard::answer_overdue),
    step(PROPOSAL_STATUS_POSITIONED, PROPOSAL_STATUS_EXPIRED, "expire", "Laisser expirer", "Let expire",
         OWNER, kReferent, Guard::answer_overdue),
    refuse(PROPOSAL_STATUS_PROPOSED),
    refuse(PROPOSAL_STATUS_POSITIONED),
    refuse(PROPOSAL_STATUS_RECEIVED),
    refuse(PROPOSAL_STATUS_VISIT_PLANNED),
    refuse(PROPOSAL_STATUS_VISITED),
    reject(PROPOSAL_STATUS_POSITIONED),
    reject(PROPOSAL_STATUS_RECEIVED),
    reject(PROPOSAL_STATUS_VISIT_PLANNED),
    reject(PROPOSAL_STATUS_VISITED),
    cancel(PROPOSAL_STATUS_PROPOSED),
    cancel(PROPOSAL_STATUS_POSITIONED),
    cancel(PROPOSAL_STATUS_RECEIVED),
    cancel(PROPOSAL_STATUS_VISIT_PLANNED),
    cancel(PROPOSAL_STATUS_VISITED),
    supersede(PROPOSAL_STATUS_PROPOSED),
    supersede(PROPOSAL_STATUS_POSITIONED),
    supersede(PROPOSAL_STATUS_RECEIVED),
    supersede(PROPOSAL_STATUS_VISIT_PLANNED),
    supersede(PROPOSAL_STATUS_VISITED),
};

constexpr std::array kWorkflows{
    Workflow{"case_file", CASE_STATUS_ACTIVE, 0, kCaseFile},
    Workflow{"dwelling", DWELLING_STATUS_DRAFT, 0, kDwelling},
    Workflow{"relocation_request", REQUEST_STATUS_DRAFT, REQUEST_STATUS_SUSPENDED, kRequest},
    Workflow{"housing_proposal", PROPOSAL_STATUS_PROPOSED, 0, kProposal},
};

bool may(const Transition& transition, Side side, Roles roles) {
  return (transition.side == SIDE_UNSPECIFIED || transition.side == side) && (transition.roles & roles) != 0;
}

/// Whether the table has the step at all, and for this actor.
struct Known {
  bool step{false};
  bool actor{false};
};
Known known(const Workflow& workflow, std::uint32_t from, std::uint32_t to, Side side, Roles roles) {
  Known out;
  for (const auto& transition : workflow.transitions) {
    if (transition.from != from || (transition.to != to && transition.to != 0)) continue;
    out.step = true;
    out.actor = out.actor || may(transition, side, roles);
  }
  return out;
}

/// Whether the table has that very step for the author of `version`.
bool is_in_table(const Workflow& workflow, std::uint32_t from, std::uint32_t to, const Version& version) {
  return std::ranges::any_of(workflow.transitions, [&](const Transition& t) {
    return t.from == from && t.to == to && may(t, version.side, version.roles);
  });
}

Verdict take(const Workflow& workflow, Evaluation& at, const Version& version) {
  const auto to = version.value.as_enumeration().value_or(0);
  const auto step = known(workflow, version.from, to, version.side, version.roles);
  if (step.step && !step.actor) return Verdict::wrong_actor;
  if (at.state == to) return Verdict::repeated;
  if (!step.step) return Verdict::not_taken;
  if (version.from != at.state) {
    // made without knowing of another step: it holds where it might have been made from there too, as a withdrawal from everywhere
    const bool resuming = workflow.suspended != 0 && version.from == workflow.suspended;
    if (resuming || !is_in_table(workflow, at.state, to, version)) return Verdict::not_taken;
  }
  const bool resumes = workflow.suspended != 0 && at.state == workflow.suspended;
  if (resumes && !is_in_table(workflow, at.state, to, version) && to != at.before_suspension)
    return Verdict::not_taken;
  if (workflow.suspended != 0 && to == workflow.suspended) at.before_suspension = at.state;
  at.state = to;
  return Verdict::taken;
}

}  // namespace

std::span<const Workflow> workflows() {
  return kWorkflows;
}

const Workflow* workflow(std::string_view name) {
  const auto* found = std::ranges::find(kWorkflows, name, &Workflow::name);
  return found == kWorkflows.end() ? nullptr : found;
}

bool for_others_only(const Workflow& workflow, std::uint32_t from, std::uint32_t to, Side side, Roles roles) {
  const auto step = known(workflow, from, to, side, roles);
  return step.step && !step.actor;
}

Evaluation evaluate(const Workflow& workflow, std::span<const Version> versions) {
  Evaluation out;
  out.state = workflow.initial;
  for (const auto& version : versions) {
    if (version.slot == Slot::transition) out.steps.push_back({&version, Verdict::taken});
  }
  std::ranges::sort(out.steps, {}, [](const Step& s) { return std::tie(s.version->clock, s.version->dot); });
  for (auto& step : out.steps) step.verdict = take(workflow, out, *step.version);
  return out;
}

std::vector<Transition> allowed(const Workflow& workflow, const Evaluation& at, Side side, Roles roles) {
  std::vector<Transition> out;
  for (const auto& transition : workflow.transitions) {
    if (transition.from != at.state || !may(transition, side, roles)) continue;
    out.push_back(transition);
    if (transition.to == 0) out.back().to = at.before_suspension;
  }
  return out;
}

}  // namespace abri::core::merge
