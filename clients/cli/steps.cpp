// SPDX-License-Identifier: MPL-2.0
#include "cli/steps.hpp"

#include "cli/messages.hpp"
#include "cli/terminal.hpp"

#include <array>

namespace abri::cli {

namespace {

using enum Step::By;

constexpr std::array kCase{
    Step{"suspend", "Suspendre", "Suspend", association},
    Step{"resume", "Reprendre", "Resume", association},
    Step{"close", "Clore", "Close", association},
    Step{"reopen", "Rouvrir", "Reopen", association},
};
constexpr std::array kDwelling{
    Step{"publish", "Publier", "Publish", landlord},
    Step{"reserve", "Mettre sous option", "Put under option", landlord},
    Step{"release", "Lever l'option", "Release", landlord},
    Step{"submit", "Présenter en CALEOL", "Submit to the committee", landlord},
    Step{"release", "Remettre en publication", "Publish again", landlord},
    Step{"allocate", "Attribuer", "Allocate", landlord},
    Step{"withdraw", "Retirer", "Withdraw", landlord},
    Step{"expire", "Laisser expirer", "Let expire", landlord},
};
constexpr std::array kRequest{
    Step{"acknowledge", "Accuser réception", "Acknowledge", landlord},
    Step{"search", "Prendre en recherche", "Start searching", landlord},
    Step{"decline", "Décliner", "Decline", landlord},
    Step{"propose", "Proposer", "Propose", both},
    Step{"search_again", "Reprendre la recherche", "Search again", both},
    Step{"remind", "Relancer", "Remind", association},
    Step{"suspend", "Suspendre", "Suspend", association},
    Step{"resume", "Reprendre", "Resume", association},
    Step{"withdraw", "Retirer", "Withdraw", association},
    Step{"transfer", "Transférer", "Transfer", association},
};
constexpr std::array kProposal{
    Step{"position", "Positionner", "Position", association},
    Step{"receive", "Recevoir", "Receive", landlord},
    Step{"plan_visit", "Planifier la visite", "Plan the visit", landlord},
    Step{"visit", "Noter la visite", "Record the visit", both},
    Step{"refuse", "Refuser", "Refuse", association},
    Step{"reject", "Écarter", "Reject", landlord},
    Step{"cancel", "Annuler", "Cancel", landlord},
    Step{"expire", "Laisser expirer", "Let expire", both},
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

std::string print_steps(std::span<const Step> steps, Language language) {
  std::string out(text("steps.heading", language));
  for (const auto& step : steps)
    out += "\n  " + fit(step.action, 14) +
           fit(language == Language::french ? step.french : step.english, 26) +
           std::string(name_of(step.by, language));
  return out;
}

}  // namespace abri::cli
