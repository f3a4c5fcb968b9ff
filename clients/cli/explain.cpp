// SPDX-License-Identifier: MPL-2.0
#include "cli/explain.hpp"

#include "cli/messages.hpp"
#include "cli/print.hpp"

namespace abri::cli {

namespace json = boost::json;

namespace {

std::string string_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}
std::string number_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? std::string{} : json::serialize(*value);
}
/// "t1 = T1, t2 = T2"
std::string values_of(const json::object& reason) {
  const auto* values = reason.if_contains("values");
  std::string out;
  if (values == nullptr || !values->is_array()) return out;
  for (const auto& value : values->as_array())
    if (value.is_object())
      out += (out.empty() ? "" : ", ") + string_at(value.as_object(), "name") + " = " +
             string_at(value.as_object(), "label");
  return out;
}

std::string open_request(const json::object& reason, Language language) {
  const auto id = short_id(string_at(reason, "case"));
  return text("reason.open_request", language, {string_at(reason, "title"), id, id});
}

}  // namespace

std::string explain(const std::string& error, const std::string& where, const json::object& reason,
                    Language language) {
  if (where == "open_request" && reason.contains("title")) return open_request(reason, language);
  const auto label = string_at(reason, "label");
  const auto field = string_at(reason, "field");
  const auto why = string_at(reason, "reason");
  const auto key = "reason." + why;
  if (why.empty() || !has_text(key)) {
    const bool words_of_its_own = label.empty() || has_text("error." + error + "." + where);
    return words_of_its_own ? explain(error, where, language) : explain_named(error, label, language);
  }
  if (why == "choice") return text(key, language, {label, values_of(reason)});
  if (why == "range")
    return text(key, language, {label, number_at(reason, "minimum"), number_at(reason, "maximum")});
  if (why == "exists")
    return text(key, language,
                {label, short_id(string_at(reason, "case")), short_id(string_at(reason, "record"))});
  if (why != "first") return text(key, language, {label, field});
  const auto record = string_at(reason, "record");
  if (record.empty()) return text("reason.missing", language, {label, field});
  auto out = text(key, language, {label, short_id(string_at(reason, "case")), short_id(record), field});
  if (const auto values = values_of(reason); !values.empty())
    out += "\n" + text("reason.values", language, {values});
  return out;
}

}  // namespace abri::cli
