// SPDX-License-Identifier: MPL-2.0
#include "merge/view.hpp"

#include "merge/workflows.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace abri::core::merge {
namespace {

auto order(const Version& v) {
  return std::tuple(v.projection, v.clock, v.dot);
}

/// How safe a value is; no value is the least safe, a level of a newer version the safest.
std::int64_t safety_of(const proto::Field& field, const proto::Value& value) {
  if (value.empty()) return std::numeric_limits<std::int64_t>::min();
  switch (field.kind) {
    case proto::Kind::boolean:
      return value.as_boolean().value_or(false) ? 1 : 0;
    case proto::Kind::enumeration: {
      const auto* known = field.enumeration->find(value.as_enumeration().value_or(0));
      return known == nullptr ? std::numeric_limits<std::int64_t>::max() : known->safety;
    }
    default:
      return value.as_integer().value_or(0);
  }
}

const Version* governing(const proto::Field& field, std::span<const Version> versions) {
  const auto rank = [&](const Version& v) {
    return std::tuple(field.merge == MAX_SAFETY ? safety_of(field, v.value) : 0, order(v));
  };
  const Version* best = nullptr;
  for (const auto& version : versions) {
    if (best == nullptr || rank(*best) < rank(version)) best = &version;
  }
  return best;
}

proto::Value items_of(std::span<const Version> versions) {
  std::vector<proto::Value> items;
  items.reserve(versions.size());
  for (const auto& version : versions) items.push_back(version.value);
  return proto::Value::list(std::move(items));
}

proto::Value state_of(const RecordState& state, const proto::Field& field) {
  const auto* machine = workflow(field.workflow);
  if (machine == nullptr) return {};
  return proto::Value::enumeration(evaluate(*machine, state.of(field.number)).state);
}

/// The latest text that the note's own side gave it.
const Version* latest_amend(std::span<const Version> versions, const Version& note) {
  const Version* latest = nullptr;
  for (const auto& version : versions) {
    if (version.slot != Slot::amend || version.target != note.dot || version.side != note.side) continue;
    if (latest == nullptr || order(*latest) < order(version)) latest = &version;
  }
  return latest;
}

bool is_redacted(std::span<const Version> versions, const Version& note) {
  return std::ranges::any_of(versions, [&](const Version& v) {
    return v.slot == Slot::redact && v.target == note.dot && v.side == note.side;
  });
}

std::vector<Version> steps_not_taken(const RecordState& state, const proto::Field& field) {
  std::vector<Version> out;
  const auto* machine = workflow(field.workflow);
  if (machine == nullptr) return out;
  for (const auto& step : evaluate(*machine, state.of(field.number)).steps) {
    if (step.verdict == Verdict::not_taken && !state.is_superseded(field.number, step.version->dot)) {
      out.push_back(*step.version);
    }
  }
  return out;
}

}  // namespace

proto::Value current(const RecordState& state, const proto::Field& field) {
  if (field.merge == WORKFLOW) return state_of(state, field);
  if (field.merge == NOTES) return {};
  const auto versions = state.of(field.number);
  if (field.merge == ADD_WINS) return items_of(versions);
  const auto* version = governing(field, versions);
  return version == nullptr ? proto::Value{} : version->value;
}

std::vector<Note> notes(const RecordState& state, const proto::Field& field) {
  std::vector<Note> out;
  const auto versions = state.of(field.number);
  for (const auto& version : versions) {
    if (version.slot != Slot::note) continue;
    Note note{.dot = version.dot, .clock = version.clock, .text = version.value.bytes};
    note.redacted = is_redacted(versions, version);
    if (const auto* amend = latest_amend(versions, version); amend != nullptr) {
      note.amended = true;
      note.text = amend->value.bytes;
    }
    out.push_back(std::move(note));
  }
  std::ranges::sort(out, {}, [](const Note& n) { return std::tie(n.clock, n.dot); });
  return out;
}

Conflict conflict_of(const RecordState& state, const proto::Field& field) {
  Conflict out;
  out.field = &field;
  const auto versions = state.of(field.number);
  if (field.merge == WORKFLOW) {
    out.kind = ConflictKind::transition;
    out.versions = steps_not_taken(state, field);
    return out;
  }
  if (field.merge != MUST_RESOLVE && field.merge != MAX_SAFETY) return out;
  out.kind = field.merge == MUST_RESOLVE ? ConflictKind::values : ConflictKind::safer;
  const bool differ =
      std::ranges::any_of(versions, [&](const Version& v) { return v.value != versions.front().value; });
  if (!differ) return out;
  out.versions.assign(versions.begin(), versions.end());
  std::ranges::sort(out.versions, {}, order);
  return out;
}

std::vector<Conflict> conflicts(const RecordState& state, const proto::RecordType& type) {
  std::vector<Conflict> out;
  for (const auto& field : type.fields) {
    auto conflict = conflict_of(state, field);
    if (!conflict.versions.empty()) out.push_back(std::move(conflict));
  }
  return out;
}

}  // namespace abri::core::merge
