// SPDX-License-Identifier: MPL-2.0
#include "builders.hpp"
#include "merge/workflows.hpp"

using namespace abri;
using namespace abri::core::merge;
using namespace abri::core::merge::test;
using namespace std::chrono_literals;

namespace {

const proto::Field& status() {
  return field("relocation_request", "status");
}

struct Actor {
  Side side{OWNER};
  v1::Role role{v1::ROLE_HEAD};
  std::uint32_t device{kAlice};
};
constexpr Actor kReferent{OWNER, v1::ROLE_HOUSING_REFERENT, kAlice};
constexpr Actor kLandlord{PARTNER, v1::ROLE_LANDLORD_REFERENT, kBob};

/// One step as the workflow's table allows it in `seen`.
Sent step(const RecordState& seen, Actor actor, std::uint32_t to, std::uint64_t counter,
          std::chrono::milliseconds at) {
  return by(sent(status(), transition(seen, status(), to, actor.side, role_bit(actor.role)), actor.device,
                 counter, at),
            actor.side, actor.role);
}

std::vector<Sent> acknowledged() {
  std::vector<Sent> all;
  all.push_back(step(merged(all), kReferent, v1::REQUEST_STATUS_SENT, 1, 1s));
  all.push_back(step(merged(all), kLandlord, v1::REQUEST_STATUS_ACKNOWLEDGED, 1, 2s));
  return all;
}

}  // namespace

TEST_CASE("workflow: a request goes from draft to search by the steps of its actors", "[merge]") {
  CHECK(text({}, status()) == "Draft");
  auto all = acknowledged();
  CHECK(text(merged(all), status()) == "Acknowledged");
  all.push_back(step(merged(all), kLandlord, v1::REQUEST_STATUS_SEARCHING, 2, 3s));
  std::ranges::reverse(all);
  CHECK(text(merged(all), status()) == "Searching");
}

TEST_CASE("workflow: a step that the table does not have, or not for this actor, is refused where it is made",
          "[merge]") {
  const RecordState draft;
  const auto roles = role_bit(v1::ROLE_LANDLORD_REFERENT);
  CHECK(transition(draft, status(), v1::REQUEST_STATUS_REHOUSED, OWNER, ~Roles{0}).error().code ==
        Errc::illegal_transition);
  CHECK(transition(draft, status(), v1::REQUEST_STATUS_SENT, PARTNER, roles).error().code ==
        Errc::not_permitted);
  CHECK(
      transition(draft, status(), v1::REQUEST_STATUS_SENT, OWNER, role_bit(v1::ROLE_TRAINER)).error().code ==
      Errc::not_permitted);
}

TEST_CASE("workflow: a forged step by the wrong side is void for all, and makes no conflict", "[merge]") {
  auto all = acknowledged();
  auto forged = step(merged({all[0]}), kLandlord, v1::REQUEST_STATUS_ACKNOWLEDGED, 9, 3s);
  forged.operation.from = v1::REQUEST_STATUS_SENT;
  forged.operation.value = proto::Value::enumeration(v1::REQUEST_STATUS_WITHDRAWN);
  auto state = merged(all);
  const auto effect = apply(state, forged);
  CHECK(effect.void_reason == Void::wrong_actor);
  CHECK(conflict_of(state, status()).versions.empty());
  CHECK(text(state, status()) == "Acknowledged");
}

TEST_CASE("workflow: of two concurrent steps the later one becomes a conflict item and is never dropped",
          "[merge]") {
  auto all = acknowledged();
  const auto seen = merged(all);
  all.push_back(step(seen, kReferent, v1::REQUEST_STATUS_WITHDRAWN, 2, 10s));
  all.push_back(step(seen, kLandlord, v1::REQUEST_STATUS_SEARCHING, 2, 11s));
  for (int i = 0; i < 2; ++i) {
    auto state = merged(all);
    CHECK(text(state, status()) == "Withdrawn");
    const auto conflict = conflict_of(state, status());
    CHECK(conflict.kind == ConflictKind::transition);
    REQUIRE(conflict.versions.size() == 1);
    CHECK(conflict.versions[0].value.as_enumeration() == std::uint32_t{v1::REQUEST_STATUS_SEARCHING});

    const auto dismissed =
        by(sent(status(), resolve(state, status(), {}), kAlice, 3, 20s), OWNER, v1::ROLE_HEAD);
    apply(state, dismissed);
    CHECK(conflict_of(state, status()).versions.empty());
    CHECK(text(state, status()) == "Withdrawn");
    std::ranges::reverse(all);
  }
}

TEST_CASE("workflow: a step that was taken cannot be taken away by dismissing it", "[merge]") {
  auto all = acknowledged();
  auto erase = by(sent(status(), Result<Operation>(all[1].operation), kBob, 5, 20s), PARTNER,
                  v1::ROLE_LANDLORD_REFERENT);
  erase.operation.kind = OperationKind::resolve;
  erase.operation.supersedes = {all[0].operation.dot};
  auto state = merged(all);
  apply(state, erase);
  CHECK(text(state, status()) == "Acknowledged");
}

TEST_CASE("workflow: two people who take the same step are in no conflict", "[merge]") {
  const auto a = step({}, kReferent, v1::REQUEST_STATUS_SENT, 1, 1s);
  const auto b = step({}, {OWNER, v1::ROLE_HEAD, kCarol}, v1::REQUEST_STATUS_SENT, 1, 2s);
  const auto state = merged({b, a});
  CHECK(text(state, status()) == "Sent");
  CHECK(conflict_of(state, status()).versions.empty());
}

TEST_CASE("workflow: a suspended request resumes where it was, and nowhere else", "[merge]") {
  auto all = acknowledged();
  all.push_back(step(merged(all), kReferent, v1::REQUEST_STATUS_SUSPENDED, 2, 10s));
  const auto suspended = merged(all);
  const auto& machine = *core::merge::workflow("relocation_request");
  const auto steps = allowed(machine, evaluate(machine, suspended.of(status().number)), OWNER,
                             role_bit(v1::ROLE_HOUSING_REFERENT));
  const auto resume = std::ranges::find(steps, std::string_view("resume"), &Transition::action);
  REQUIRE(resume != steps.end());
  CHECK(resume->to == v1::REQUEST_STATUS_ACKNOWLEDGED);
  CHECK_FALSE(transition(suspended, status(), v1::REQUEST_STATUS_PROPOSED, OWNER, ~Roles{0}));

  auto elsewhere = step(suspended, kReferent, v1::REQUEST_STATUS_ACKNOWLEDGED, 3, 11s);
  elsewhere.operation.value = proto::Value::enumeration(v1::REQUEST_STATUS_PROPOSED);
  CHECK(text(merged({all[0], all[1], all[2], elsewhere}), status()) == "Suspended");
  all.push_back(step(suspended, kReferent, v1::REQUEST_STATUS_ACKNOWLEDGED, 3, 11s));
  CHECK(text(merged(all), status()) == "Acknowledged");
}

TEST_CASE("workflow: every state of the schema is reached by the tables, and every step starts from one",
          "[merge]") {
  for (const auto& type : proto::schema().records()) {
    for (const auto& f : type.fields) {
      if (f.merge != WORKFLOW) continue;
      INFO(type.name << "." << f.name);
      const auto* machine = core::merge::workflow(f.workflow);
      REQUIRE(machine != nullptr);
      CHECK(machine->initial == f.enumeration->initial);
      for (const auto& state : f.enumeration->values) {
        INFO(state.name);
        const bool reached =
            state.number == machine->initial ||
            std::ranges::any_of(machine->transitions, [&](const auto& t) { return t.to == state.number; });
        CHECK(reached);
      }
      for (const auto& t : machine->transitions) {
        INFO(t.action);
        CHECK(f.enumeration->find(t.from) != nullptr);
        CHECK((t.to == 0 ? t.from == machine->suspended : f.enumeration->find(t.to) != nullptr));
        CHECK(t.roles != 0);
        CHECK((t.side != SIDE_UNSPECIFIED) == type.shared);
      }
    }
  }
  CHECK(core::merge::workflow("nothing") == nullptr);
}
