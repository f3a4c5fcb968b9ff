// SPDX-License-Identifier: MPL-2.0
#include "merge/projection.hpp"

#include "merge/view.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <tuple>

namespace abri::core::merge {
namespace {

/// One private field of one record, where it was ever written.
struct Written {
  const proto::Field* field{nullptr};
  const RecordState* state{nullptr};
  Clock clock;
  Dot dot;  ///< decides between equal clocks, for all alike
};

/// Every record of that type in which the field was written, the latest first.
std::vector<Written> find(std::span<const Source> sources, std::string_view record, std::string_view name) {
  std::vector<Written> out;
  for (const auto& source : sources) {
    if (source.type->name != record) continue;
    const auto* field = source.type->find(name);
    if (field == nullptr) continue;
    Written written{field, source.state, {}, {}};
    const auto meet = [&](Clock clock, const Dot& dot) {
      if (std::tie(written.clock, written.dot) >= std::tie(clock, dot)) return;
      written.clock = clock;
      written.dot = dot;
    };
    for (const auto& version : source.state->of(field->number)) meet(version.clock, version.dot);
    for (const auto& gone : source.state->superseded_of(field->number)) meet(gone.latest(), gone.dot);
    if (written.clock != Clock{}) out.push_back(written);
  }
  std::ranges::sort(out, std::ranges::greater{}, [](const Written& w) { return std::tie(w.clock, w.dot); });
  return out;
}

/// Number of the band that a number lies in: 1 below the first bound.
proto::Value band(std::span<const std::int64_t> bounds, std::int64_t number) {
  const auto above = std::ranges::upper_bound(bounds, number) - bounds.begin();
  return proto::Value::enumeration(static_cast<std::uint32_t>(above) + 1);
}

std::optional<std::chrono::year_month_day> date(const proto::Value& value) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const auto text = value.as_text();
  if (text.size() != 10) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(text[i] - '0');
    if (i < 4) year = year * 10 + static_cast<int>(digit);
    if (i == 5 || i == 6) month = month * 10 + digit;
    if (i > 7) day = day * 10 + digit;
  }
  return std::chrono::year_month_day{std::chrono::year(year), std::chrono::month(month),
                                     std::chrono::day(day)};
}

/// Full years from one day to another.
std::int64_t age(std::chrono::year_month_day born, std::chrono::year_month_day on) {
  const bool before_birthday = std::tuple(on.month(), on.day()) < std::tuple(born.month(), born.day());
  return static_cast<int>(on.year()) - static_cast<int>(born.year()) - (before_birthday ? 1 : 0);
}

bool is_child(const Written& born, std::span<const Source> sources, Clock& latest) {
  for (const auto& source : sources) {
    if (source.state != born.state) continue;
    const auto* role = source.type->find(std::string_view("role"));
    if (role == nullptr || role->enumeration == nullptr) return false;
    latest = std::max(latest, source.state->latest(role->number));
    const auto* value = role->enumeration->find(current(*source.state, *role).as_enumeration().value_or(0));
    return value != nullptr && value->name == "child";
  }
  return false;
}

std::optional<Projected> age_bands(const proto::Field& field, std::span<const Source> sources) {
  const auto& rule = field.projection;
  const auto days = find(sources, rule.on_record, rule.on_field);
  const auto births = find(sources, rule.source_record, rule.source_field);
  if (days.empty() || births.empty()) return std::nullopt;
  Projected out{.field = &field, .value = {}, .source_clock = days.front().clock};
  const auto on = date(current(*days.front().state, *days.front().field));
  std::vector<proto::Value> bands;
  for (const auto& birth : births) {
    out.source_clock = std::max(out.source_clock, birth.clock);
    const auto born = date(current(*birth.state, *birth.field));
    if (!is_child(birth, sources, out.source_clock) || !born || !on || *born > *on) continue;
    bands.push_back(band(rule.bounds, age(*born, *on)));
  }
  out.value = proto::Value::list(std::move(bands));
  return out;
}

/// A value as it is, but for texts that are not of the field's form: what an older version or a hostile colleague wrote stays private.
proto::Value as_is(const proto::Field& field, const proto::Value& value) {
  if (field.kind != proto::Kind::text && field.kind != proto::Kind::date) return value;
  if (!field.repeated) return proto::has_form(field, value.bytes) ? value : proto::Value{};
  auto items = value.as_list();
  if (!items) return {};
  std::erase_if(*items, [&](const auto& item) { return !proto::has_form(field, item.bytes); });
  return proto::Value::list(*std::move(items));
}

proto::Value convert(const proto::Field& field, const proto::Value& value) {
  const auto& rule = field.projection;
  if (value.empty()) return {};
  switch (rule.kind) {
    case AS_IS:
      return as_is(field, value);
    case BAND: {
      const auto number = value.as_integer();
      return number ? band(rule.bounds, *number) : proto::Value{};
    }
    case COARSENED: {
      const auto number = static_cast<std::int32_t>(value.as_enumeration().value_or(0));
      return proto::Value::boolean(std::ranges::find(rule.yes, number) != rule.yes.end());
    }
    case COUNT: {
      const auto items = value.as_list();
      return items ? proto::Value::integer(static_cast<std::int64_t>(items->size())) : proto::Value{};
    }
    default:
      return {};
  }
}

std::optional<Projected> project_field(const proto::Field& field, std::span<const Source> sources) {
  if (field.projection.kind == AGE_BANDS) return age_bands(field, sources);
  const auto found = find(sources, field.projection.source_record, field.projection.source_field);
  if (found.empty()) return std::nullopt;
  const auto& source = found.front();
  const auto conflict = conflict_of(*source.state, *source.field);
  if (conflict.kind == ConflictKind::values && !conflict.versions.empty()) return std::nullopt;
  return Projected{&field, convert(field, current(*source.state, *source.field)), source.clock};
}

}  // namespace

std::vector<Projected> project(const proto::RecordType& target, std::span<const Source> sources) {
  std::vector<Projected> out;
  for (const auto& field : target.fields) {
    if (!field.projected()) continue;
    if (auto projected = project_field(field, sources)) out.push_back(std::move(*projected));
  }
  return out;
}

std::vector<Operation> project_onto(const RecordState& target, std::span<const Projected> projected) {
  std::vector<Operation> out;
  for (const auto& wanted : projected) {
    const auto& field = *wanted.field;
    if (current(target, field) == wanted.value) continue;
    std::tuple<std::uint32_t, Clock> standing;
    for (const auto& version : target.of(field.number)) {
      standing = std::max(standing, std::tuple(version.projection, version.clock));
    }
    auto clock = wanted.source_clock;
    if (standing == std::tuple(field.projection.version, clock)) ++clock.packed;
    if (std::tuple(field.projection.version, clock) <= standing) continue;
    Operation operation;
    operation.field = field.number;
    operation.value = wanted.value;
    operation.projection = field.projection.version;
    operation.source_clock = clock;
    out.push_back(std::move(operation));
  }
  return out;
}

}  // namespace abri::core::merge
