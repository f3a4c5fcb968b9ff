// SPDX-License-Identifier: MPL-2.0
#include "builders.hpp"
#include "merge/workflows.hpp"

#include <array>
#include <map>
#include <set>

using namespace abri;
using namespace abri::core::merge;
using namespace abri::core::merge::test;

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t n) {
  return static_cast<std::size_t>(random() % n);
}

proto::Value random_value(Random& random, const proto::Field& f) {
  if (f.kind == proto::Kind::enumeration) {
    return proto::Value::enumeration(
        f.enumeration->values[below(random, f.enumeration->values.size())].number);
  }
  if (f.kind == proto::Kind::boolean) return proto::Value::boolean(below(random, 2) == 0);
  if (f.kind == proto::Kind::integer)
    return proto::Value::integer(static_cast<std::int64_t>(below(random, 50)));
  return proto::Value::text("v" + std::to_string(below(random, 8)));
}

/// What a person might do next, seeing `state`.
Result<Operation> random_wish(Random& random, const RecordState& state, const proto::Field& f, Side side,
                              Roles roles) {
  switch (f.merge) {
    case ADD_WINS: {
      const auto items = current(state, f).as_list();
      if (below(random, 3) == 0 && !items->empty())
        return remove(state, f, (*items)[below(random, items->size())]);
      return add(f, random_value(random, f));
    }
    case NOTES: {
      const auto all = notes(state, f);
      if (all.empty() || below(random, 2) == 0) return note(f, random_value(random, f).as_text());
      const auto& target = all[below(random, all.size())].dot;
      return below(random, 4) == 0 ? redact(state, f, target)
                                   : amend(state, f, target, random_value(random, f).as_text());
    }
    case WORKFLOW: {
      const auto* machine = core::merge::workflow(f.workflow);
      const auto steps = allowed(*machine, evaluate(*machine, state.of(f.number)), side, roles);
      if (steps.empty()) return resolve(state, f, {});
      return transition(state, f, steps[below(random, steps.size())].to, side, roles);
    }
    default:
      if (auto out = set(state, f, random_value(random, f)); out) return out;
      return resolve(state, f, random_value(random, f));
  }
}

/// A few devices edit one record, each seeing only what reached it.
std::vector<Sent> history(Random& random, const std::vector<const proto::Field*>& fields, Side side,
                          Roles roles) {
  constexpr std::size_t kDevices = 4;
  std::array<RecordState, kDevices> replicas;
  std::array<HybridClock, kDevices> clocks;
  std::array<std::uint64_t, kDevices> counters{};
  std::vector<Sent> all;
  auto now = kNoon;
  for (int i = 0; i < 40; ++i) {
    now += std::chrono::seconds(below(random, 100));
    const auto d = below(random, kDevices);
    if (!all.empty() &&
        below(random, 2) == 0) {  // something older reaches this device, perhaps not for the first time
      const auto& seen = all[below(random, all.size())];
      apply(replicas[d], seen);
      clocks[d].observe(clamp(seen.operation.clock, *seen.context.leaf_time));
    }
    const auto& f = *fields[below(random, fields.size())];
    auto wish = random_wish(random, replicas[d], f, side, roles);
    if (!wish) continue;
    auto made = sent(f, wish, static_cast<std::uint32_t>(d + 1), ++counters[d], std::chrono::milliseconds(0));
    const bool runs_ahead = d == 3 && below(random, 3) == 0;
    made.operation.clock = clocks[d].tick(runs_ahead ? now + std::chrono::years(1) : now);
    made.context.leaf_time = now;
    made.context.side = side;
    made.context.roles = roles;
    apply(replicas[d], made);
    all.push_back(std::move(made));
  }
  return all;
}

std::vector<const proto::Field*> fields_of(std::string_view record, Side side) {
  std::vector<const proto::Field*> out;
  for (const auto& f : proto::schema().find(record)->fields) {
    if (f.compartment != DWELLING_ADDRESS &&
        (f.side == side || f.side == BOTH || f.side == SIDE_UNSPECIFIED)) {
      out.push_back(&f);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("merge: every record reaches one state under any order, loss of order and repetition",
          "[merge][property]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (const auto& type : proto::schema().records()) {
    INFO(type.name);
    const auto author = type.shared ? (below(random, 2) == 0 ? OWNER : PARTNER) : SIDE_UNSPECIFIED;
    for (int round = 0; round < 20; ++round) {
      const auto all = history(random, fields_of(type.name, author), author, ~Roles{0});
      const auto reference = merged(all);
      for (int k = 0; k < 4; ++k) {
        auto shuffled = all;
        for (int again = 0; again < 10; ++again) shuffled.push_back(all[below(random, all.size())]);
        std::ranges::shuffle(shuffled, random);
        const auto other = merged(shuffled);
        REQUIRE(digest(other) == digest(reference));
        REQUIRE(other.versions == reference.versions);
        const auto stored = decode_record(encode(other));
        REQUIRE(stored);
        REQUIRE(stored->versions == other.versions);
        REQUIRE(stored->superseded == other.superseded);
      }
    }
  }
}

TEST_CASE("merge: no value of a must-resolve field is lost but by who saw it", "[merge][property]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  const auto& f = field("location", "address");
  for (int round = 0; round < 200; ++round) {
    const auto all = history(random, {&f}, SIDE_UNSPECIFIED, 0);
    std::set<Dot> replaced;
    for (const auto& one : all)
      replaced.insert(one.operation.supersedes.begin(), one.operation.supersedes.end());
    std::set<Dot> expected;
    for (const auto& one : all) {
      if (!replaced.contains(one.operation.dot)) expected.insert(one.operation.dot);
    }
    std::set<Dot> standing;
    const auto state = merged(all);
    for (const auto& version : state.of(f.number)) standing.insert(version.dot);
    REQUIRE(standing == expected);
  }
}

TEST_CASE("merge: the safest of what was not lowered knowingly governs", "[merge][property]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  const auto& f = field("danger_assessment", "level");
  for (int round = 0; round < 200; ++round) {
    const auto all = history(random, {&f}, SIDE_UNSPECIFIED, 0);
    std::set<Dot> replaced;
    for (const auto& one : all)
      replaced.insert(one.operation.supersedes.begin(), one.operation.supersedes.end());
    std::uint32_t safest = 0;
    for (const auto& one : all) {
      if (!replaced.contains(one.operation.dot))
        safest = std::max(safest, *one.operation.value.as_enumeration());
    }
    REQUIRE(current(merged(all), f).as_enumeration().value_or(0) == safest);
  }
}

TEST_CASE("merge: a device with unsent edits and a clock that jumps agrees with the others in the end",
          "[merge][property]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  const auto fields = fields_of("person", SIDE_UNSPECIFIED);
  for (int round = 0; round < 200; ++round) {
    const auto all = history(random, fields, SIDE_UNSPECIFIED, 0);
    // Device 4 applied its own operations before they were in the log, and hears of its leaves afterwards.
    RecordState here;
    std::vector<const Sent*> waiting;
    for (const auto& one : all) {
      if (one.operation.dot.device != 4) {
        apply(here, one);
        continue;
      }
      auto local = one;
      local.context.leaf_time.reset();
      apply(here, local);
      waiting.push_back(&one);
      if (below(random, 3) != 0) continue;
      for (const auto* own : waiting) {
        const bool clamped = clamp(own->operation.clock, *own->context.leaf_time) != own->operation.clock;
        if (clamped) apply(here, *own);
      }
      waiting.clear();
    }
    for (const auto* own : waiting) {
      if (clamp(own->operation.clock, *own->context.leaf_time) != own->operation.clock) apply(here, *own);
    }
    REQUIRE(digest(here) == digest(merged(all)));
  }
}
