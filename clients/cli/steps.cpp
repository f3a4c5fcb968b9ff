// SPDX-License-Identifier: MPL-2.0
#include "cli/steps.hpp"

#include "cli/messages.hpp"
#include "cli/terminal.hpp"

#include <array>

namespace abri::cli {

namespace {

using enum Step::By;

constexpr std::string_view kGoingOn = "sent reminded acknowledged searching proposed";
constexpr std::string_view kProposed = "proposed positioned received visit_planned visited";

constexpr std::array kCase{
    Step{"suspend", "Suspendre", "Suspend", association, "active"},
    Step{"resume", "Reprendre", "Resume", association, "suspended"},
    Step{"close", "Clore", "Close", association, "active suspended"},
    Step{"reopen", "Rouvrir", "Reopen", association, "closed"},
};
constexpr std::array kDwelling{
    Step{"publish", "Publier", "Publish", landlord, "", "draft"},
    Step{"reserve", "Mettre sous option", "Put under option", landlord, "", "published"},
    Step{"release", "Lever l'option", "Release", landlord, "", "option"},
    Step{"submit", "Présenter en CALEOL", "Submit to the committee", landlord, "", "option"},
    Step{"release", "Remettre en publication", "Publish again", landlord, "", "in_committee"},
    Step{"allocate", "Attribuer", "Allocate", landlord, "", "in_committee"},
    Step{"withdraw", "Retirer", "Withdraw", landlord, "", "published"},
    Step{"expire", "Laisser expirer", "Let expire", landlord, "", "published"},
};
constexpr std::array kRequest{
    Step{"acknowledge", "Accuser réception", "Acknowledge", landlord, "", "sent reminded"},
    Step{"search", "Prendre en recherche", "Start searching", landlord, "", "acknowledged"},
    Step{"decline", "Décliner", "Decline", landlord, "", "acknowledged"},
    Step{"propose", "Proposer", "Propose", both, "searching", "searching"},
    Step{"search_again", "Reprendre la recherche", "Search again", both, "proposed", "proposed"},
    Step{"remind", "Relancer", "Remind", association, "sent"},
    Step{"suspend", "Suspendre", "Suspend", association, kGoingOn},
    Step{"resume", "Reprendre", "Resume", association, "suspended"},
    Step{"withdraw", "Retirer", "Withdraw", association,
         "draft sent reminded acknowledged searching proposed suspended"},
    Step{"transfer", "Transférer", "Transfer", association,
         "sent reminded acknowledged searching proposed suspended"},
};
constexpr std::array kProposal{
    Step{"position", "Positionner", "Position", association, "proposed"},
    Step{"receive", "Recevoir", "Receive", landlord, "", "positioned"},
    Step{"plan_visit", "Planifier la visite", "Plan the visit", landlord, "", "received"},
    Step{"visit", "Noter la visite", "Record the visit", both, "visit_planned", "visit_planned"},
    Step{"refuse", "Refuser", "Refuse", association, kProposed},
    Step{"reject", "Écarter", "Reject", landlord, "", "positioned received visit_planned visited"},
    Step{"cancel", "Annuler", "Cancel", landlord, "", kProposed},
    Step{"expire", "Laisser expirer", "Let expire", both, "positioned", "proposed"},
};

std::string_view name_of(Step::By by, Language language) {
  switch (by) {
    case association:
      return text("steps.association", language);
    case landlord:
      return text("steps.landlord", language);
    case both:
      return text("steps.both", language);
  }
  return "";
}

}  // namespace

std::span<const Step> case_steps() {
  return kCase;
}
std::span<const Step> dwelling_steps() {
  return kDwelling;
}
std::span<const Step> request_steps() {
  return kRequest;
}
std::span<const Step> proposal_steps() {
  return kProposal;
}

std::string possible_steps(std::string_view type, std::string_view state, std::string_view side,
                           bool proposed, Language language) {
  const auto steps = type == "case_file"            ? case_steps()
                     : type == "dwelling"           ? dwelling_steps()
                     : type == "relocation_request" ? request_steps()
                     : type == "housing_proposal"   ? proposal_steps()
                                                    : std::span<const Step>{};
  std::string out;
  for (const auto& step : steps) {
    const auto from = side == "association" ? step.association_from
                      : side == "landlord"  ? step.landlord_from
                                            : std::string_view{};
    // each name stands between blanks
    const auto named = [](std::string_view name) { return " " + std::string(name) + " "; };
    const bool barred = step.action == (proposed ? "search_again" : "propose");
    if (barred || named(from).find(named(state)) == std::string::npos) continue;
    out += (out.empty() ? "" : ", ") + std::string(step.action) + " = " +
           std::string(language == Language::french ? step.french : step.english);
  }
  return out;
}

std::string print_steps(std::span<const Step> steps, Language language) {
  std::string out(text("steps.heading", language));
  for (const auto& step : steps)
    out += "\n  " + fit(step.action, 14) +
           fit(language == Language::french ? step.french : step.english, 26) +
           std::string(name_of(step.by, language));
  return out;
}

}  // namespace abri::cli
