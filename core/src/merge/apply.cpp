// SPDX-License-Identifier: MPL-2.0
#include "merge/apply.hpp"

#include "merge/change.hpp"
#include "merge/view.hpp"
#include "merge/workflows.hpp"

#include <algorithm>
#include <tuple>

namespace abri::core::merge {
namespace {

auto order(const Version& v) {
  return std::tuple(v.projection, v.clock, v.dot);
}

using Iterator = std::vector<Version>::iterator;

Iterator place_of(RecordState& state, std::uint32_t field, const Dot& dot) {
  return std::ranges::lower_bound(state.versions, std::tie(field, dot), {},
                                  [](const Version& v) { return std::tie(v.field, v.dot); });
}

bool is_at(const RecordState& state, Iterator at, std::uint32_t field, const Dot& dot) {
  return at != state.versions.end() && at->field == field && at->dot == dot;
}

Version version_of(const Operation& operation, const OperationContext& context, Slot slot) {
  Version out;
  out.field = operation.field;
  out.slot = slot;
  out.pending = !context.leaf_time;
  out.clock = context.leaf_time ? clamp(operation.clock, *context.leaf_time) : operation.clock;
  out.dot = operation.dot;
  out.value = operation.value;
  return out;
}

/// Keeps a version. Seen before: nothing, unless its clock was not known for certain until now.
bool keep(RecordState& state, Version version) {
  const auto at = place_of(state, version.field, version.dot);
  if (!is_at(state, at, version.field, version.dot)) {
    state.versions.insert(at, std::move(version));
    return true;
  }
  if (!at->pending || version.pending) return false;
  // what all go by: the leaf's clamp, and the author's roles at the link that the entry pins
  const bool moved = at->clock != version.clock || at->roles != version.roles;
  *at = std::move(version);
  return moved;
}

bool supersede(RecordState& state, const Operation& operation, const OperationContext& context) {
  bool changed = false;
  for (const auto& dot : operation.supersedes) {
    if (dot == operation.dot) continue;
    auto at = std::ranges::lower_bound(state.superseded, std::tie(operation.field, dot), {},
                                       [](const Superseded& s) { return std::tie(s.field, s.dot); });
    if (at == state.superseded.end() || at->field != operation.field || at->dot != dot) {
      at = state.superseded.insert(at, {operation.field, dot});
      changed = true;
    }
    if (!context.leaf_time) {
      at->pending = std::max(at->pending, operation.clock);
      continue;
    }
    at->clock = std::max(at->clock, clamp(operation.clock, *context.leaf_time));
    if (at->pending == operation.clock) at->pending = {};
  }
  return changed;
}

/// Drops the versions of a field whose dots were superseded.
void drop_superseded(RecordState& state, std::uint32_t field) {
  std::erase_if(state.versions,
                [&](const Version& v) { return v.field == field && state.is_superseded(field, v.dot); });
}

/// LWW. At most two versions of the field are held: the best that is in the log, and this device's own that is not, if it is
/// greater. What is dropped can never win: a clamp only lowers a clock, and keeps the order of one author's.
bool apply_single(RecordState& state, const proto::Field& field, const Operation& operation,
                  const OperationContext& context) {
  auto candidate = version_of(operation, context, Slot::single);
  if (field.projected() && operation.projection != 0) {
    candidate.projection = operation.projection;
    candidate.clock =
        context.leaf_time ? clamp(operation.source_clock, *context.leaf_time) : operation.source_clock;
  }
  const auto begin = std::ranges::lower_bound(state.versions, field.number, {}, &Version::field);
  auto end = begin;
  std::optional<Version> best;
  std::optional<Version> pending;
  for (; end != state.versions.end() && end->field == field.number; ++end) {
    if (end->dot == candidate.dot && (!end->pending || candidate.pending)) return false;  // a repeat
  }
  for (auto at = begin; at != end; ++at) {
    if (at->dot != candidate.dot) (at->pending ? pending : best) = std::move(*at);
  }
  auto& slot = candidate.pending ? pending : best;
  if (!slot || order(*slot) < order(candidate)) slot = std::move(candidate);
  if (pending && best && order(*pending) < order(*best)) pending.reset();
  auto at = state.versions.erase(begin, end);
  if (pending) at = state.versions.insert(at, std::move(*pending));
  if (best) {
    const bool after = pending.has_value() && at->dot < best->dot;
    state.versions.insert(after ? at + 1 : at, std::move(*best));
  }
  return true;
}

bool apply_sibling(RecordState& state, const Operation& operation, const OperationContext& context) {
  bool changed = supersede(state, operation, context);
  if (!state.is_superseded(operation.field, operation.dot)) {
    changed = keep(state, version_of(operation, context, Slot::sibling)) || changed;
  }
  drop_superseded(state, operation.field);
  return changed;
}

bool apply_item(RecordState& state, const Operation& operation, const OperationContext& context) {
  if (operation.kind == OperationKind::remove) {
    const bool changed = supersede(state, operation, context);
    drop_superseded(state, operation.field);
    return changed;
  }
  if (state.is_superseded(operation.field, operation.dot)) return false;
  return keep(state, version_of(operation, context, Slot::item));
}

bool apply_step(RecordState& state, const Operation& operation, const OperationContext& context) {
  if (operation.kind == OperationKind::resolve) return supersede(state, operation, context);
  auto version = version_of(operation, context, Slot::transition);
  version.from = operation.from;
  version.side = context.side;
  version.roles = context.roles;
  return keep(state, std::move(version));
}

/// Takes the texts away that were redacted by the side that wrote them.
void wipe_redacted(RecordState& state, std::uint32_t field) {
  std::vector<Dot> wiped;
  for (const auto& redaction : state.of(field)) {
    if (redaction.slot != Slot::redact) continue;
    const auto at = place_of(state, field, redaction.target);
    if (!is_at(state, at, field, redaction.target) || at->slot != Slot::note || at->side != redaction.side)
      continue;
    at->value = {};
    wiped.push_back(at->dot);
  }
  if (wiped.empty()) return;
  std::erase_if(state.versions, [&](const Version& v) {
    return v.field == field && v.slot == Slot::amend && std::ranges::find(wiped, v.target) != wiped.end();
  });
}

bool apply_note(RecordState& state, const Operation& operation, const OperationContext& context) {
  const auto slot = operation.kind == OperationKind::note    ? Slot::note
                    : operation.kind == OperationKind::amend ? Slot::amend
                                                             : Slot::redact;
  auto version = version_of(operation, context, slot);
  version.side = context.side;
  if (slot != Slot::note) version.target = operation.supersedes.front();
  if (slot == Slot::redact) version.value = {};
  const bool changed = keep(state, std::move(version));
  wipe_redacted(state, operation.field);
  return changed;
}

bool fits(const proto::Field& field, const Operation& operation) {
  const auto kind = operation.kind;
  switch (field.merge) {
    case LWW:
    case MUST_RESOLVE:
    case MAX_SAFETY:
      return kind == OperationKind::set || kind == OperationKind::resolve;
    case WORKFLOW:
      return kind == OperationKind::transition || kind == OperationKind::resolve;
    case ADD_WINS:
      return kind == OperationKind::add || (kind == OperationKind::remove && field.side != BOTH);
    case NOTES:
      return kind == OperationKind::note || kind == OperationKind::amend || kind == OperationKind::redact;
    default:
      return false;
  }
}

bool well_formed(const proto::Field& field, const Operation& operation) {
  const bool needs_value = operation.kind == OperationKind::add || operation.kind == OperationKind::note ||
                           operation.kind == OperationKind::transition ||
                           operation.kind == OperationKind::amend;
  if (needs_value && operation.value.empty()) return false;
  const bool of_note = operation.kind == OperationKind::amend || operation.kind == OperationKind::redact;
  if (of_note && (operation.supersedes.size() != 1 || operation.supersedes.front() == Dot{})) return false;
  return check_value(field, operation.value).has_value();
}

Void judge(const proto::Field& field, const Operation& operation, const OperationContext& context) {
  if (field.compartment != context.compartment) return Void::wrong_compartment;
  const bool one_side = field.side == OWNER || field.side == PARTNER;
  if (context.side != SIDE_UNSPECIFIED && one_side && context.side != field.side) return Void::wrong_side;
  if (!fits(field, operation)) return Void::wrong_kind;
  if (!well_formed(field, operation)) return Void::malformed;
  return Void::no;
}

bool defer(RecordState& state, const Operation& operation, const OperationContext& context) {
  const auto at = std::ranges::lower_bound(state.deferred, operation.dot, {}, &Deferred::dot);
  if (at != state.deferred.end() && at->dot == operation.dot) {
    if (!at->context.leaf_time) at->context.leaf_time = context.leaf_time;
    return false;
  }
  const auto change = encode_change({proto::Schema::kVersion, {operation}, {}});
  ABRI_ASSERT(change.has_value());  // one operation is always consecutive
  state.deferred.insert(at, {operation.dot, context, std::string(as_text(*change))});
  return true;
}

bool merge(RecordState& state, const proto::Field& field, const Operation& operation,
           const OperationContext& context) {
  switch (field.merge) {
    case MUST_RESOLVE:
    case MAX_SAFETY:
      return apply_sibling(state, operation, context);
    case WORKFLOW:
      return apply_step(state, operation, context);
    case ADD_WINS:
      return apply_item(state, operation, context);
    case NOTES:
      return apply_note(state, operation, context);
    default:
      return apply_single(state, field, operation, context);
  }
}

bool by_wrong_actor(const proto::Field& field, const Operation& operation, const OperationContext& context) {
  const auto* machine = workflow(field.workflow);
  if (machine == nullptr || operation.kind != OperationKind::transition) return false;
  const auto to = operation.value.as_enumeration().value_or(0);
  return for_others_only(*machine, operation.from, to, context.side, context.roles);
}

}  // namespace

Effect apply(RecordState& state, const proto::Field* field, const Operation& operation,
             const OperationContext& context) {
  Effect effect;
  if (field == nullptr || !is_known(operation.kind) || field->merge == MERGE_UNSPECIFIED) {
    effect.changed = defer(state, operation, context);
    effect.deferred = true;
    return effect;
  }
  effect.void_reason = judge(*field, operation, context);
  if (effect.void_reason != Void::no) return effect;
  effect.changed = merge(state, *field, operation, context);
  if (!operation.extra.empty()) effect.deferred = defer(state, operation, context);
  if (field->merge == WORKFLOW && by_wrong_actor(*field, operation, context)) {
    effect.void_reason = Void::wrong_actor;
  }
  return effect;
}

std::size_t reconsider(RecordState& state, const proto::RecordType& type) {
  std::size_t applied = 0;
  auto waiting = std::exchange(state.deferred, {});
  for (auto& later : waiting) {
    const auto change = decode_change(as_bytes(later.change), later.dot.device, later.dot.incarnation);
    const auto* operation = change && !change->operations.empty() ? &change->operations.front() : nullptr;
    const auto* field = operation == nullptr ? nullptr : type.find(operation->field);
    if (field == nullptr || !is_known(operation->kind) || !operation->extra.empty()) {
      state.deferred.push_back(std::move(later));
      continue;
    }
    apply(state, field, *operation, later.context);
    ++applied;
  }
  return applied;
}

}  // namespace abri::core::merge
