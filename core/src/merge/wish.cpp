// SPDX-License-Identifier: MPL-2.0
//
// From what a person wishes to the operation that says it.
#include "merge/view.hpp"
#include "merge/workflows.hpp"

#include <algorithm>

namespace abri::core::merge {
namespace {

Operation operation(OperationKind kind, const proto::Field& field, proto::Value value) {
  Operation out;
  out.kind = kind;
  out.field = field.number;
  out.value = std::move(value);
  return out;
}

std::vector<Dot> dots(std::span<const Version> versions) {
  std::vector<Dot> out;
  out.reserve(versions.size());
  for (const auto& version : versions) out.push_back(version.dot);
  return out;
}

Result<void> check_note(const RecordState& state, const proto::Field& field, const Dot& wanted) {
  for (const auto& note : notes(state, field)) {
    if (note.dot == wanted && !note.redacted) return {};
  }
  return Error{Errc::not_found, "note"};
}

}  // namespace

Result<Operation> set(const RecordState& state, const proto::Field& field, proto::Value value) {
  ABRI_CHECK(check_value(field, value));
  auto out = operation(OperationKind::set, field, std::move(value));
  if (field.merge == LWW) return out;
  if (field.merge != MUST_RESOLVE && field.merge != MAX_SAFETY) return Error{Errc::invalid_argument, "set"};
  if (field.merge == MUST_RESOLVE && !conflict_of(state, field).versions.empty()) {
    return Error{Errc::unresolved_conflict, "set"};
  }
  out.supersedes = dots(state.of(field.number));
  return out;
}

Result<Operation> resolve(const RecordState& state, const proto::Field& field, proto::Value chosen) {
  ABRI_CHECK(check_value(field, chosen));
  const auto conflict = conflict_of(state, field);
  if (conflict.versions.empty()) return Error{Errc::not_found, "conflict"};
  auto out = operation(OperationKind::resolve, field, std::move(chosen));
  out.supersedes = dots(conflict.versions);
  return out;
}

Result<Operation> add(const proto::Field& field, proto::Value item) {
  if (field.merge != ADD_WINS || item.empty()) return Error{Errc::invalid_argument, "add"};
  ABRI_CHECK(check_value(field, item));
  return operation(OperationKind::add, field, std::move(item));
}

Result<Operation> remove(const RecordState& state, const proto::Field& field, const proto::Value& item) {
  if (field.merge != ADD_WINS) return Error{Errc::invalid_argument, "remove"};
  if (field.side == BOTH) return Error{Errc::not_permitted, "remove"};
  auto out = operation(OperationKind::remove, field, item);
  for (const auto& version : state.of(field.number)) {
    if (version.value == item) out.supersedes.push_back(version.dot);
  }
  if (out.supersedes.empty()) return Error{Errc::not_found, "item"};
  return out;
}

Result<Operation> note(const proto::Field& field, std::string_view text) {
  if (field.merge != NOTES || text.empty()) return Error{Errc::invalid_argument, "note"};
  auto value = proto::Value::text(text);
  ABRI_CHECK(check_value(field, value));
  return operation(OperationKind::note, field, std::move(value));
}

Result<Operation> amend(const RecordState& state, const proto::Field& field, const Dot& target,
                        std::string_view text) {
  ABRI_TRY(auto out, note(field, text));
  ABRI_CHECK(check_note(state, field, target));
  out.kind = OperationKind::amend;
  out.supersedes = {target};
  return out;
}

Result<Operation> redact(const RecordState& state, const proto::Field& field, const Dot& target) {
  ABRI_CHECK(check_note(state, field, target));
  auto out = operation(OperationKind::redact, field, {});
  out.supersedes = {target};
  return out;
}

Result<Operation> transition(const RecordState& state, const proto::Field& field, std::uint32_t to, Side side,
                             Roles roles) {
  const auto* machine = workflow(field.workflow);
  if (machine == nullptr) return Error{Errc::invalid_argument, "workflow"};
  const auto at = evaluate(*machine, state.of(field.number));
  const auto is_wanted = [&](const Transition& t) { return t.to == to; };
  const bool exists = std::ranges::any_of(machine->transitions, [&](const Transition& t) {
    return t.from == at.state && (t.to == to || (t.to == 0 && to == at.before_suspension));
  });
  if (!exists) return Error{Errc::illegal_transition, "workflow"};
  if (std::ranges::none_of(allowed(*machine, at, side, roles), is_wanted)) {
    return Error{Errc::not_permitted, "workflow"};
  }
  auto out = operation(OperationKind::transition, field, proto::Value::enumeration(to));
  out.from = at.state;
  return out;
}

}  // namespace abri::core::merge
