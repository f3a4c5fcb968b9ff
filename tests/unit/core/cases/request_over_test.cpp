// SPDX-License-Identifier: MPL-2.0
#include "unit/core/cases/partners.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace abri::core::test {
namespace {

using Edits = std::vector<FieldEdit>;

/// A request that the landlord searches for, and a dwelling of his.
struct Searched : SentRequest {
  CaseId dwelling;

  Searched() {
    REQUIRE(landlord->app->advance(request, main, "acknowledge"));
    dwelling = *landlord->app->create_dwelling(
        Edits{{"reference", "ORM-0412"}, {"commune", "59350"}, {"typology", "T3"}});
    world.settle();
  }
  void search() {
    REQUIRE(landlord->app->advance(request, main, "search"));
    world.settle();
  }
  /// Over by a step of one side or the other.
  void end(bool declined) {
    if (declined) {
      REQUIRE(landlord->app->edit(request, main, Edits{{"decline_reason", "other"}}));
      REQUIRE(landlord->app->advance(request, main, "decline"));
      world.settle();
    } else {
      withdraw();
    }
  }
  void set_budget(const std::string& budget) {
    const auto sheet = record_of(*association->app, id, "needs_sheet").id;
    REQUIRE(association->app->edit(id, sheet, Edits{{"budget_max", budget}}));
    world.settle();
  }
};

}  // namespace

TEST_CASE("requests: what changes in a case after its request is over the landlord does not learn",
          "[core][cases]") {
  const bool declined = GENERATE(false, true);
  CAPTURE(declined);
  Searched it;
  it.set_budget("450");
  CHECK(it.budget_seen(it.request) == "from_400");
  it.end(declined);
  it.set_budget("950");
  it.world.now += std::chrono::minutes(11);  // a colleague's device looks after it too
  it.world.settle();
  CHECK(it.budget_seen(it.request) == "from_400");
  // a new one begins with what holds now
  const auto again = it.send(it.id);
  CHECK(it.budget_seen(again) == "from_900");
}

TEST_CASE("proposals: none is made for a request that is over", "[core][cases]") {
  const bool declined = GENERATE(false, true);
  CAPTURE(declined);
  Searched it;
  it.end(declined);
  const auto proposed = it.landlord->app->propose(it.request, it.dwelling);
  CHECK(proposed.error().code == Errc::illegal_transition);
  CHECK(it.landlord->app->show(it.request, false)->records.size() == 1);
}

TEST_CASE("proposals: of a request that is over they can be closed and taken no further", "[core][cases]") {
  Searched it;
  it.search();
  const auto first = it.landlord->app->propose(it.request, it.dwelling);
  const auto other = it.landlord->app->create_dwelling(
      Edits{{"reference", "ORM-0413"}, {"commune", "59350"}, {"typology", "T3"}});
  const auto second = it.landlord->app->propose(it.request, *other);
  REQUIRE(first);
  REQUIRE(second);
  it.world.settle();
  REQUIRE(it.association->app->advance(it.request, *first, "position"));
  it.end(false);
  CHECK(it.landlord->app->advance(it.request, *first, "receive").error().code == Errc::illegal_transition);
  CHECK(it.association->app->advance(it.request, *second, "position").error().code ==
        Errc::illegal_transition);
  CHECK(it.landlord->app->advance(it.request, *first, "cancel"));
  REQUIRE(it.association->app->edit(it.request, *second, Edits{{"person_refusal", "other"}}));
  CHECK(it.association->app->advance(it.request, *second, "refuse"));
}

TEST_CASE("proposals: a dwelling is proposed once at a time for one request", "[core][cases]") {
  Searched it;
  it.search();
  const auto first = it.landlord->app->propose(it.request, it.dwelling);
  REQUIRE(first);
  const auto again = it.landlord->app->propose(it.request, it.dwelling);
  CHECK(again.error().code == Errc::conflict);
  CHECK(again.error().where == std::string_view("dwelling"));
  REQUIRE(it.landlord->app->advance(it.request, *first, "cancel"));
  CHECK(it.landlord->app->propose(it.request, it.dwelling));
}

}  // namespace abri::core::test
