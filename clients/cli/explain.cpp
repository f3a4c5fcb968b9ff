// SPDX-License-Identifier: MPL-2.0
#include "cli/explain.hpp"

#include "cli/answer.hpp"
#include "cli/messages.hpp"
#include "cli/print.hpp"
#include "cli/steps.hpp"

#include <abri/base/limits.hpp>

#include <array>

namespace abri::cli {

namespace json = boost::json;

namespace {

/// "t1 = T1, t2 = T2"
std::string values_of(const json::object& reason) {
  std::string out;
  for (const auto& value : array_at(reason, "values"))
    if (value.is_object())
      out += (out.empty() ? "" : ", ") + string_at(value.as_object(), "name") + " = " +
             string_at(value.as_object(), "label");
  return out;
}

std::string open_request(const json::object& reason, Language language) {
  const auto id = short_id(string_at(reason, "case"));
  return text("reason.open_request", language, {string_at(reason, "title"), id, id});
}

/// What a refusal is about, by the id that the next command takes: "reason.proposed", "reason.two_sheets".
std::string about_file(const std::string& key, const json::object& reason, Language language) {
  const auto id = short_id(string_at(reason, "case"));
  return text(key, language, {id, id});
}

/// Records to choose from, a line each.
std::string which(const json::object& reason, Language language) {
  std::string out(text("reason.which", language));
  for (const auto& row : array_at(reason, "candidates")) {
    if (!row.is_object()) continue;
    const auto& one = row.as_object();
    out += "\n  " + short_id(string_at(one, "id"));
    for (const auto* part : {"reference", "status"})
      if (const auto said = string_at(one, part); !said.empty()) out += "  " + said;
  }
  return out;
}

/// The steps that are possible in place of one that is not.
std::string possible(const std::string& error, const std::string& where, const json::object& reason,
                     Language language) {
  const auto state = string_at(reason, "state_label");
  const auto side = string_at(reason, "side");
  if (side.empty()) return explain(error, where, language);
  const auto steps = possible_steps(string_at(reason, "type"), string_at(reason, "state"), side,
                                    flag_at(reason, "proposed"), language);
  return steps.empty() ? text("reason.no_step", language, {state})
                       : text("reason.step", language, {state, steps});
}

/// The commands by which the state of a record changes: "abri GROUP advance".
std::string group_of(const std::string& type) {
  if (type == "case_file") return "case";
  if (type == "housing_proposal") return "proposal";
  return type == "dwelling" ? type : "request";
}

/// What waits, and why not everything was exchanged.
std::string incomplete(const json::object& reason, Language language) {
  const auto waiting = count_at(reason, "unsent");
  auto out = waiting > 0 ? counted("sync.waiting", waiting, language)
                         : std::string(text("error.incomplete", language));
  for (const auto& obstacle : array_at(reason, "obstacles"))
    if (obstacle.is_object()) out += "\n" + explain_obstacle(obstacle.as_object(), language);
  if (const auto conflicts = count_at(reason, "conflicts"); conflicts > 0)
    out += "\n" + counted("sync.conflicts", conflicts, language);
  return out;
}

std::string explain_all(const std::string& error, const std::string& where, const json::object& reason,
                        Language language) {
  if (error == "incomplete") return incomplete(reason, language);
  if (where == "open_request" && reason.contains("title")) return open_request(reason, language);
  if (error == "conflict" && where == "dwelling" && reason.contains("case"))
    return about_file("reason.proposed", reason, language);
  if (error == "conflict" && where == "needs_sheet" && reason.contains("case"))
    return about_file("reason.two_sheets", reason, language);
  const auto label = typeset(string_at(reason, "label"), language);
  const auto field = string_at(reason, "field");
  if (error == "too_large" && !label.empty())
    return text("reason.too_long", language, {label, std::to_string(limits::kMaxTextBytes)});
  const auto why = string_at(reason, "reason");
  const auto key = "reason." + why;
  if (why.empty() || !has_text(key)) {
    const bool words_of_its_own = label.empty() || has_text("error." + error + "." + where);
    return words_of_its_own ? explain(error, where, language) : explain_named(error, label, language);
  }
  if (why == "which") return which(reason, language);
  if (why == "step") return possible(error, where, reason, language);
  if (why == "workflow") return text(key, language, {label, group_of(string_at(reason, "type"))});
  if (why == "choice") return text(key, language, {label, values_of(reason)});
  if (why == "range" || why == "degrees")
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

}  // namespace

std::string explain_obstacle(const json::object& obstacle, Language language) {
  const auto key = "obstacle." + string_at(obstacle, "why");
  return text(has_text(key) ? key : "obstacle.unexpected", language, {string_at(obstacle, "code")});
}

std::string explain_evidence(std::string_view evidence, Language language) {
  struct Known {
    std::string_view words;  // what is noticed: core/src/sync/log_tail.cpp, core/src/cases/feed_reader.cpp
    std::string_view key;
  };
  static constexpr std::array<Known, 8> kKnown{{{"evidence_omission", "evidence.omission"},
                                                {"evidence_fork", "evidence.device_fork"},
                                                {"rollback", "evidence.rollback"},
                                                {"fork", "evidence.fork"},
                                                {"receipt", "evidence.receipt"},
                                                {"without the server's signature", "evidence.signature"},
                                                {"time", "evidence.time"},
                                                {"older than its entries", "evidence.time"}}};
  for (const auto& known : kKnown)
    if (evidence.find(known.words) != std::string_view::npos) return std::string(text(known.key, language));
  return std::string(text("evidence.other", language));
}

std::string explain(const std::string& error, const std::string& where, const json::object& reason,
                    Language language) {
  auto out = explain_all(error, where, reason, language);
  if (flag_at(reason, "locked_now")) out += "\n" + std::string(text("reason.locked_now", language));
  // the fields of this very type, where it is known
  constexpr std::string_view kAnyType = "abri fields TYPE";
  if (const auto at = out.find(kAnyType); at != std::string::npos && reason.contains("type"))
    out.replace(at, kAnyType.size(), "abri fields " + string_at(reason, "type"));
  return out;
}

}  // namespace abri::cli
