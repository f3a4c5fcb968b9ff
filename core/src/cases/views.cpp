// SPDX-License-Identifier: MPL-2.0
#include "cases/views.hpp"

#include "cases/chains.hpp"
#include "cases/requests.hpp"
#include "merge/view.hpp"
#include "merge/workflows.hpp"
#include "vault/search.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace abri::core::cases {

namespace {

std::string author_of(World& world, const Log& feed, std::uint32_t device) {
  const auto* chain = world.chain(feed.chain);
  const auto* known = chain == nullptr ? nullptr : chain->state.device(device);
  if (known == nullptr) return {};
  const auto* own = world.own_chain();
  auto name = name_of(world, own->state, known->user);
  if (!name.empty()) return name;
  const auto* organisation = chain->state.organisation(known->organisation);
  return organisation == nullptr ? std::string{} : organisation->name;
}

/// A value as `FieldEdit` takes it.
std::string raw_text(const proto::Field& field, const proto::Value& value) {
  const auto one = [&](const proto::Value& v) -> std::string {
    switch (field.kind) {
      case proto::Kind::text:
      case proto::Kind::date:
        return std::string(v.as_text());
      case proto::Kind::integer:
        return field.unit == "microdegree" ? proto::render(field, v, proto::Language::en)
                                           : std::to_string(v.as_integer().value_or(0));
      case proto::Kind::boolean:
        return v.as_boolean().value_or(false) ? "true" : "false";
      case proto::Kind::enumeration: {
        const auto number = v.as_enumeration().value_or(0);
        const auto* known = field.enumeration->find(number);
        return known == nullptr ? std::to_string(number) : known->name;
      }
    }
    return {};
  };
  if (!field.repeated || field.merge != LWW) return one(value);
  std::string out;
  for (const auto& item : value.as_list().value_or(std::vector<proto::Value>{}))
    out += (out.empty() ? "" : ",") + one(item);
  return out;
}

/// Four letters for a value, drawn from the name of the operation that wrote it: they stay when other values come and go. Two values of
/// one field share theirs once in a hundred thousand conflicts; whoever takes them for a choice refuses them then.
std::string tag_of(const merge::Dot& dot) {
  constexpr std::string_view kLetters = "bcdfghjkmnpqrstvwxz";
  if (dot == merge::Dot{}) return {};
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const auto number : {std::uint64_t{dot.device}, dot.incarnation, dot.counter})
    for (int shift = 0; shift < 64; shift += 8) {
      hash ^= (number >> shift) & 0xffU;
      hash *= 1099511628211ULL;
    }
  hash ^= hash >> 32;
  std::string out;
  for (int i = 0; i < 4; ++i, hash /= kLetters.size()) out += kLetters[hash % kLetters.size()];
  return out;
}

std::vector<ValueView> values_of(World& world, const Log& feed, const merge::RecordState& state,
                                 const proto::Field& field, const merge::Conflict& conflict) {
  std::vector<ValueView> out;
  const auto add = [&](std::string raw, const merge::Dot& dot, merge::Clock clock) {
    out.push_back({std::move(raw), static_cast<std::uint32_t>(out.size() + 1),
                   author_of(world, feed, dot.device), clock.time(), tag_of(dot)});
  };
  if (field.merge == NOTES) {
    for (const auto& note : merge::notes(state, field))
      if (!note.redacted) add(note.text, note.dot, note.clock);
    return out;
  }
  if (!conflict.versions.empty()) {
    for (const auto& version : conflict.versions)
      add(raw_text(field, version.value), version.dot, version.clock);
    return out;
  }
  const auto value = merge::current(state, field);
  if (value.empty()) return out;
  if (field.merge == ADD_WINS) {
    for (const auto& item : value.as_list().value_or(std::vector<proto::Value>{}))
      add(raw_text(field, item), {}, {});
    return out;
  }
  const merge::Version* latest = nullptr;
  for (const auto& version : state.of(field.number))
    if (latest == nullptr || version.clock > latest->clock) latest = &version;
  add(raw_text(field, value), latest == nullptr ? merge::Dot{} : latest->dot,
      latest == nullptr ? merge::Clock{} : latest->clock);
  return out;
}

FieldView view_field(World& world, const Log& feed, const merge::RecordState& state,
                     const proto::Field& field, bool reveal) {
  FieldView view;
  view.name = field.name;
  const auto conflict = merge::conflict_of(state, field);
  view.conflict = !conflict.versions.empty();
  view.values = values_of(world, feed, state, field, conflict);
  if (field.sensitive && !reveal && !view.values.empty()) {
    view.hidden = true;
    if (!view.conflict) view.values.clear();
    for (auto& value : view.values) value.raw.clear();
  }
  return view;
}

/// Who wrote an address that this device cannot read.
Result<std::vector<std::string>> authors_of_unreadable(World& world, const Log& feed, const CaseId& id) {
  std::set<std::string> names;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT compartment, device FROM unread WHERE case_ref = ?1 AND log = ?2"));
  ABRI_CHECK(rows.bind_all(id, feed.number));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return std::vector<std::string>(names.begin(), names.end());
    if (wrapped_to_devices(static_cast<Compartment>(rows.column_int64(0))))
      names.insert(author_of(world, feed, static_cast<std::uint32_t>(rows.column_int64(1))));
  }
}

std::string summary_of(const RecordView& record) {
  std::string out;
  for (const auto& field : record.fields) {
    if (field.hidden || field.values.empty() || field.values.front().raw.size() > 40) continue;
    out += (out.empty() ? "" : " · ") + field.values.front().raw;
    if (out.size() > 60) break;
  }
  return out;
}

/// Before its first step a case or a dwelling is in the initial state of its workflow; a request begins with a step.
std::string shown_state(CaseKind kind, std::string_view stored) {
  if (!stored.empty() || (kind != CaseKind::case_file && kind != CaseKind::dwelling))
    return std::string(stored);
  const auto* type = proto::schema().find(kind == CaseKind::case_file ? "case_file" : "dwelling");
  const auto* status = type->find("status");
  const auto* initial = status->enumeration->find(merge::workflow(status->workflow)->initial);
  return initial == nullptr ? std::string{} : initial->name;
}

Result<CaseSummary> summarise(World& world, const CaseRow& row) {
  CaseSummary summary{row.id, row.kind, row.title, shown_state(row.kind, row.state), false, false};
  ABRI_TRY(auto conflicts, world.db.statement("SELECT 1 FROM records WHERE conflicts > 0 AND case_number = "
                                              "(SELECT number FROM cases WHERE case_ref = ?1) LIMIT 1"));
  ABRI_TRY(summary.conflict, conflicts.query(row.id));
  summary.unsent = world.unsent.contains(row.id);
  return summary;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

template <class IdType>
Result<IdType> only_match(const std::set<IdType>& candidates, std::string_view prefix, const char* what) {
  if (prefix.size() < 4 || !is_hex(prefix)) return Error{Errc::invalid_argument, what};
  std::string lower(prefix);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::optional<IdType> match;
  for (const auto& id : candidates) {
    if (!id.hex().starts_with(lower)) continue;
    if (match) return Error{Errc::invalid_argument, what};
    match = id;
  }
  if (!match) return Error{Errc::not_found, what};
  return *match;
}

}  // namespace

Result<CaseView> show_case(World& world, const CaseId& id, bool reveal) {
  if (reveal && world.stale) return Error{Errc::stale_vault, "reveal"};
  ABRI_TRY(const auto row, find_case_row(world, id));
  ABRI_TRY(const auto* feed, log_of_case(world, row));
  CaseView view;
  ABRI_TRY(view.summary, summarise(world, row));
  ABRI_TRY(view.unreadable, authors_of_unreadable(world, *feed, id));
  ABRI_TRY(const auto records, records_of(world, id));
  for (const auto& stored : records) {
    const auto* type = proto::schema().find(stored.key.type);
    if (type == nullptr) continue;
    if (view.records.empty() || view.records.back().id != stored.key.record)
      view.records.push_back({stored.key.record, type->name, "", {}});
    auto& record = view.records.back();
    for (const auto& field : type->fields) {
      if (field.compartment != stored.key.compartment) continue;
      auto shown = view_field(world, *feed, stored.state, field, reveal);
      if (!shown.values.empty() || shown.hidden) record.fields.push_back(std::move(shown));
    }
  }
  for (auto& record : view.records) record.summary = summary_of(record);
  if (reveal) ABRI_CHECK(notice(world, "reveal", feed->id, id.bytes()));
  return view;
}

Result<std::vector<CaseSummary>> list_cases(World& world, CaseKind kind) {
  std::vector<CaseSummary> out;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT c.case_ref, c.title, c.state, EXISTS(SELECT 1 FROM records r WHERE "
                              "r.case_number = c.number AND r.conflicts > 0) FROM cases c WHERE c.kind = ?1 "
                              "ORDER BY c.title, c.case_ref"));
  ABRI_CHECK(rows.bind_all(static_cast<std::int64_t>(kind)));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    CaseSummary summary;
    ABRI_TRY(summary.id, rows.column_id<CaseId>(0));
    summary.kind = kind;
    summary.title = rows.column_text(1);
    summary.state = shown_state(kind, rows.column_text(2));
    summary.conflict = rows.column_int64(3) != 0;
    summary.unsent = world.unsent.contains(summary.id);
    out.push_back(std::move(summary));
  }
}

Result<SearchResult> search_cases(World& world, std::string_view words, std::size_t limit) {
  ABRI_TRY(const auto hits, vault::find_by_prefix(world.db, words));
  SearchResult out;
  out.total = hits.size();
  for (const auto& hit : std::span(hits).first(std::min(limit, hits.size()))) {
    ABRI_TRY(const auto row, find_case_row(world, hit.case_ref));
    ABRI_TRY(auto summary, summarise(world, row));
    out.cases.push_back(std::move(summary));
  }
  return out;
}

Result<std::vector<ConflictView>> list_conflicts(World& world) {
  std::set<CaseId> cases;
  {
    ABRI_TRY(auto rows, world.db.statement("SELECT case_ref FROM cases WHERE number IN (SELECT case_number "
                                           "FROM records WHERE conflicts > 0)"));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      ABRI_TRY(const auto id, rows.column_id<CaseId>(0));
      cases.insert(id);
    }
  }
  std::vector<ConflictView> out;
  for (const auto& id : cases) {
    ABRI_TRY(const auto row, find_case_row(world, id));
    ABRI_TRY(const auto* feed, log_of_case(world, row));
    ABRI_TRY(const auto records, records_of(world, id));
    for (const auto& stored : records) {
      const auto* type = proto::schema().find(stored.key.type);
      if (type == nullptr) continue;
      for (const auto& conflict : merge::conflicts(stored.state, *type))
        out.push_back({id, stored.key.record, type->name,
                       view_field(world, *feed, stored.state, *conflict.field, false), row.title});
    }
  }
  return out;
}

Result<CaseId> find_case(World& world, std::string_view prefix) {
  std::set<CaseId> all;
  ABRI_TRY(auto rows, world.db.statement("SELECT case_ref FROM cases"));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) break;
    ABRI_TRY(const auto id, rows.column_id<CaseId>(0));
    all.insert(id);
  }
  return only_match(all, prefix, "case");
}

Result<RecordId> find_record(World& world, const CaseId& id, std::string_view prefix) {
  ABRI_TRY(const auto records, records_of(world, id));
  std::set<RecordId> all;
  for (const auto& record : records) all.insert(record.key.record);
  return only_match(all, prefix, "record");
}

}  // namespace abri::core::cases
