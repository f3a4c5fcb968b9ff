// SPDX-License-Identifier: MPL-2.0
#include "agent/readable.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <tuple>

namespace abri::agent {

namespace json = boost::json;

namespace {

/// Place of a record in its file.
std::tuple<std::uint32_t, int, std::string> rank(const core::RecordView& record) {
  const auto* type = proto::schema().find(record.type);
  const auto role = value_in(record, "role");
  const int person = role == "victim" ? 0 : role == "child" ? 2 : 1;
  return {type == nullptr ? std::numeric_limits<std::uint32_t>::max() : type->number, person,
          value_in(record, "birth_date")};
}

/// How safe a value is, as `merge/view.cpp` judges it.
std::int64_t safety_of(const proto::Field& field, const std::string& raw) {
  const auto value = proto::parse_value(field, raw);
  if (!value) return std::numeric_limits<std::int64_t>::min();
  if (field.kind == proto::Kind::boolean) return value->as_boolean().value_or(false) ? 1 : 0;
  if (field.kind != proto::Kind::enumeration) return value->as_integer().value_or(0);
  const auto* known = field.enumeration->find(value->as_enumeration().value_or(0));
  return known == nullptr ? std::numeric_limits<std::int64_t>::max() : known->safety;
}

std::string name_of_request(const std::vector<core::RequestView>& requests, std::string_view id) {
  for (const auto& one : requests)
    if (one.summary.id.hex() == id) return one.summary.title + "  [" + std::string(id.substr(0, 8)) + "]";
  return {};
}

std::string name_of_partner(const std::vector<core::PartnerView>& partners, std::string_view id) {
  for (const auto& one : partners)
    if (one.id.hex() == id) return one.name;
  return {};
}

}  // namespace

std::string value_in(const core::RecordView& record, std::string_view field) {
  for (const auto& one : record.fields)
    if (one.name == field && !one.values.empty()) return one.values.front().raw;
  return {};
}

bool goes_on(const core::RecordView& record) {
  // a test compares them with the workflow
  static constexpr std::array<std::string_view, 5> kOver{"refused_by_person", "refused_by_landlord",
                                                         "expired", "cancelled", "superseded"};
  return record.type != "housing_proposal" ||
         std::ranges::find(kOver, value_in(record, "status")) == kOver.end();
}

std::vector<const core::RecordView*> still_open(const core::CaseView& view, std::string_view type) {
  std::vector<const core::RecordView*> all;
  for (const auto& record : view.records)
    if (record.type == type) all.push_back(&record);
  std::vector<const core::RecordView*> open;
  for (const auto* record : all)
    if (goes_on(*record)) open.push_back(record);
  return open.empty() ? all : open;
}

void order_records(core::CaseView& view) {
  // not std::stable_sort: with this libstdc++ it calls what C++17 deprecates, and clang says so
  std::vector<std::size_t> order(view.records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(rank(view.records[i]), i); });
  std::vector<core::RecordView> sorted;
  sorted.reserve(order.size());
  for (const auto i : order) sorted.push_back(std::move(view.records[i]));
  view.records = std::move(sorted);
}

void name_references(core::App& app, json::object& shown) {
  const auto requests = app.requests();
  const auto partners = app.partners();
  for (auto& record : shown.at("records").as_array()) {
    if (record.at("type") != "sent_request") continue;
    for (auto& field : record.at("fields").as_array()) {
      const bool request = field.at("name") == "request";
      for (auto& value : field.at("values").as_array()) {
        const std::string raw(value.at("raw").as_string());
        value.as_object()["text"] = request && requests    ? name_of_request(*requests, raw)
                                    : !request && partners ? name_of_partner(*partners, raw)
                                                           : std::string{};
      }
    }
  }
}

std::uint32_t holds_meanwhile(const proto::Field& field, const core::FieldView& view) {
  if (!view.conflict || field.merge != MAX_SAFETY) return 0;
  const auto safest = std::ranges::max_element(view.values, {}, [&](const auto& value) {
    return std::pair(safety_of(field, value.raw), value.written);
  });
  return safest == view.values.end() ? 0 : safest->choice;
}

}  // namespace abri::agent
