// SPDX-License-Identifier: MPL-2.0
#include "agent/conflicts.hpp"

#include "agent/render.hpp"
#include "desk.hpp"

#include <string>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::agent;

namespace {

/// A field in conflict between values with these tags.
core::FieldView field_with(const std::vector<std::string>& tags, bool hidden = false) {
  core::FieldView field;
  field.name = "safe_phone";
  field.conflict = true;
  field.hidden = hidden;
  for (const auto& tag : tags) {
    core::ValueView value;
    value.tag = tag;
    field.values.push_back(value);
  }
  return field;
}

core::ConflictView conflict_of(const CaseId& id, const RecordId& record, core::FieldView field) {
  return {id, record, "person", std::move(field), "Marchwyn Lou"};
}

}  // namespace

TEST_CASE("conflicts: a number holds for the values that were shown, in their order, and for no others",
          "[clients]") {
  const auto id = crypto::random_id<CaseId>();
  const auto record = crypto::random_id<RecordId>();
  ShownConflicts shown;
  const auto asked = [&](const std::vector<std::string>& tags) {
    return shown.shown(conflict_of(id, record, field_with(tags)));
  };
  CHECK_FALSE(asked({"bcdf", "ghjk"}));
  shown.remember(id, record, field_with({"bcdf", "ghjk"}));
  CHECK(asked({"bcdf", "ghjk"}));
  CHECK_FALSE(asked({"ghjk", "bcdf"}));
  CHECK_FALSE(asked({"bcdf", "mnpq"}));
  CHECK_FALSE(asked({"bcdf", "ghjk", "mnpq"}));
  CHECK_FALSE(shown.shown(conflict_of(id, crypto::random_id<RecordId>(), field_with({"bcdf", "ghjk"}))));
  shown.remember(id, record, field_with({"bcdf", "mnpq"}));
  CHECK(asked({"bcdf", "mnpq"}));
  CHECK_FALSE(asked({"bcdf", "ghjk"}));
}

TEST_CASE("conflicts: values that were hidden were not shown", "[clients]") {
  const auto id = crypto::random_id<CaseId>();
  const auto record = crypto::random_id<RecordId>();
  ShownConflicts shown;
  shown.remember(id, record, field_with({"bcdf", "ghjk"}, /*hidden=*/true));
  CHECK_FALSE(shown.shown(conflict_of(id, record, field_with({"bcdf", "ghjk"}))));
  core::CaseView view;
  view.summary.id = id;
  view.records.push_back({record, "person", "", {field_with({"bcdf", "ghjk"})}});
  shown.remember(view);
  CHECK(shown.shown(conflict_of(id, record, field_with({"bcdf", "ghjk"}, /*hidden=*/true))));
}

TEST_CASE("conflicts: a value is written with its tag, of a hidden one nothing that it says", "[clients]") {
  const auto id = crypto::random_id<CaseId>();
  const auto record = crypto::random_id<RecordId>();
  const auto hidden =
      to_json(conflict_of(id, record, field_with({"bcdf", "ghjk"}, true)), proto::Language::fr);
  const auto& field = hidden.at("field").as_object();
  CHECK(field.at("values").as_array()[1].at("tag") == "ghjk");
  CHECK(field.at("values").as_array()[1].at("text") == "");
  CHECK(field.at("holds") == 0);
  auto levels = conflict_of(id, record, field_with({"bcdf"}, true));
  levels.record_type = "danger_assessment";
  levels.field.name = "exclusion_radius";
  CHECK_FALSE(to_json(levels, proto::Language::fr).at("field").as_object().contains("holds"));
}

TEST_CASE("conflicts: what is chosen is refused where there is no choice to make", "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto sheet = desk.made("case.add", {{"id", id}, {"type", "needs_sheet"}, {"fields", {"adults=1"}}});
  const auto refused = [&](const std::string& field, boost::json::value choice) {
    const auto answer = desk.ask(
        "conflict.resolve", {{"id", id}, {"record", sheet}, {"field", field}, {"choice", std::move(choice)}});
    REQUIRE_FALSE(answer);
    return std::string(to_string(answer.error().code)) + " " + answer.error().where;
  };
  CHECK(refused("adults", 1) == "not_found conflict");
  CHECK(refused("adults", "bcdf") == "not_found conflict");
  CHECK(refused("adlts", 1) == "not_found field");
  CHECK(refused("adults", nullptr) == "invalid_argument choice");
  CHECK(refused("adults", "") == "invalid_argument choice");
}
