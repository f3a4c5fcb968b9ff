// SPDX-License-Identifier: MPL-2.0
#include "cli/print.hpp"

#include "cli/answer.hpp"
#include "cli/explain.hpp"
#include "cli/messages.hpp"
#include "cli/terminal.hpp"

#include <abri/base/limits.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <vector>

namespace abri::cli {

namespace json = boost::json;

namespace {

// Columns of the parts, of 80: on a narrower terminal each has its share.
constexpr std::size_t kLabelColumns = 32;
constexpr std::size_t kTitleColumns = 34;
constexpr std::size_t kStateColumns = 16;
constexpr std::size_t kNameColumns = 40;
constexpr std::size_t kHelpIndent = 26;

std::size_t share(std::size_t columns) {
  return columns * screen_columns() / 80;
}

/// A text of the catalogue where there is one for `prefix` and `name`, else the name itself.
std::string named(std::string_view prefix, const std::string& name, Language language) {
  const auto key = std::string(prefix) + name;
  return has_text(key) ? std::string(text(key, language)) : name;
}
std::string role_names(const json::array& roles, Language language) {
  json::array names;
  for (const auto& role : roles) names.emplace_back(named("role.", std::string(role.as_string()), language));
  return joined(names);
}
/// The label of a field or record, or the help on it, of the schema.
std::string label_at(const json::object& object, Language language, std::string_view key = "label") {
  return typeset(string_at(object, key), language);
}
/// What waits, as a person counts it: in files.
std::string unsent(const json::object& status, Language language) {
  if (const auto files = count_at(status, "unsent_cases"); files > 0)
    return counted("status.unsent_cases", files, language);
  return std::string(
      text(count_at(status, "unsent") > 0 ? "status.unsent_other" : "status.unsent_none", language));
}
/// Minutes between the clocks of server and device, where one of the two must be wrong; else 0.
std::int64_t clocks_apart(const json::object& status) {
  const auto* ahead = status.if_contains("server_clock_ahead_ms");
  if (ahead == nullptr || !ahead->is_int64()) return 0;
  const auto apart = std::chrono::abs(std::chrono::milliseconds(ahead->as_int64()));
  return apart > limits::kLeafTimeTolerance ? std::chrono::floor<std::chrono::minutes>(apart).count() : 0;
}
/// What went wrong when the server was last asked; empty where nothing did.
std::string last_exchange(const json::object& status, Language language) {
  std::string out;
  for (const auto& obstacle : array_at(status, "obstacles"))
    if (obstacle.is_object())
      out += (out.empty() ? "" : "\n") + explain_obstacle(obstacle.as_object(), language);
  if (const auto error = string_at(status, "last_error"); out.empty() && !error.empty())
    out = explain(error, "server", language);
  return out;
}
std::string none(Language language) {
  return std::string(text("none", language)) + "\n";
}

std::string marks(const json::object& row, Language language) {
  std::string out;
  if (flag_at(row, "conflict")) out += "  " + std::string(text("mark.conflict", language));
  if (flag_at(row, "unsent")) out += "  " + std::string(text("mark.unsent", language));
  return out;
}

/// The day, in the time zone of whoever reads; empty where it is not known.
std::string day_of(const json::object& value) {
  const auto milliseconds = count_at(value, "written_ms");
  const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm day{};
  std::array<char, 16> out{};
  if (milliseconds == 0 || localtime_r(&seconds, &day) == nullptr) return {};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d", &day)};
}

std::string print_value(const json::object& value, const json::object& field, Language language) {
  auto line = text_at(value, "text");
  if (flag_at(field, "notes")) {
    std::string written;
    for (const auto& part : {string_at(value, "author"), day_of(value)})
      if (!part.empty()) written += (written.empty() ? "  — " : ", ") + part;
    return line + written;
  }
  if (!flag_at(field, "conflict")) return line;
  const auto choice = number_at(value, "choice");
  line = choice + ") " + line;
  if (const auto author = string_at(value, "author"); !author.empty()) line += "  — " + author;
  if (const auto tag = string_at(value, "tag"); !tag.empty()) line += "  [" + tag + "]";
  if (number_at(field, "holds") == choice) line += "  " + std::string(text("mark.holds", language));
  return line;
}

/// @param hidden  what to say where the value is not to be seen
std::string print_field(const json::object& field, const std::string& hidden, Language language) {
  const auto label = share(kLabelColumns);
  const auto indent = label + 4;
  std::string out;
  if (flag_at(field, "hidden")) {
    out = wrapped(hidden, indent);
  } else {
    for (const auto& value : array_at(field, "values"))
      out += wrapped(print_value(value.as_object(), field, language), indent);
  }
  if (flag_at(field, "conflict")) {
    const bool none = field.contains("holds") && number_at(field, "holds") == "0";
    out += wrapped(text(none ? "mark.none_holds" : "mark.conflict", language), indent);
  }
  return out.empty() ? out : "  " + fit(label_at(field, language), label) + "  " + out.substr(indent);
}

/// How to settle a conflict.
std::string print_choice(const std::string& case_id, const std::string& record, const json::object& field,
                         Language language) {
  return "  " +
         text("mark.choose", language, {short_id(case_id), short_id(record), string_at(field, "name")}) +
         "\n";
}

/// What a field takes, in one line.
std::string print_kind(const json::object& field, Language language) {
  std::vector<std::string> parts;
  const auto unit = string_at(field, "unit");
  if (has_text("unit." + unit)) parts.emplace_back(text("unit." + unit, language));
  const auto kind = "kind." + string_at(field, "kind");
  if (has_text(kind) && parts.empty()) parts.emplace_back(text(kind, language));
  if (field.contains("minimum"))
    parts.push_back(text("kind.range", language, {number_at(field, "minimum"), number_at(field, "maximum")}));
  for (const auto* mark : {"several", "required", "sensitive"})
    if (flag_at(field, mark)) parts.emplace_back(text("kind." + std::string(mark), language));
  std::string out;
  const auto between = language == Language::french ? typeset(" ; ", language) : "; ";
  for (const auto& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

}  // namespace

std::string short_id(std::string_view hex) {
  return std::string(hex.substr(0, 8));
}

std::string print_notices(const json::value& result, Language language) {
  std::string out;
  if (!result.is_object()) return out;
  for (const auto& notice : array_at(result.as_object(), "notices"))
    if (notice.is_string()) out += wrapped(named("notice.", std::string(notice.as_string()), language), 0);
  return out;
}

std::string print_keystore(const json::value& result, Language language) {
  const auto* keystore = result.is_object() ? result.as_object().if_contains("keystore") : nullptr;
  if (keystore == nullptr || !keystore->is_object()) return {};
  return wrapped(text("init.keystore", language, {string_at(keystore->as_object(), "directory")}), 0);
}

std::string print_cases(const json::array& cases, Language language) {
  if (cases.empty()) return none(language);
  constexpr std::size_t kIndent = 10;
  std::size_t widest = 0;
  for (const auto& row : cases) widest = std::max(widest, width(marks(row.as_object(), language)));
  const auto state = share(kStateColumns);
  const auto left = screen_columns() - kIndent - 2 - state;
  const bool beside = left >= widest + kTitleColumns / 2;  // else the marks go below
  const auto title = std::min(kTitleColumns, beside ? left - widest : left);
  std::string out;
  for (const auto& row : cases) {
    const auto& one = row.as_object();
    const auto said = marks(one, language);
    out += fit(short_id(string_at(one, "id")), kIndent) + fit(string_at(one, "title"), title) + "  " +
           fit(string_at(one, "state_label"), state) + (beside ? said : "") + "\n";
    if (!beside && !said.empty()) out += wrapped(said, kIndent);
  }
  return out;
}

std::string print_case(const json::object& view, Language language) {
  const auto state = string_at(view, "state_label");
  auto out = string_at(view, "title") + "  [" + short_id(string_at(view, "id")) + "]" +
             (state.empty() ? "" : "  ") + state + marks(view, language) + "\n";
  for (const auto& author : array_at(view, "unreadable")) {
    const auto name = author.is_string() ? std::string(author.as_string()) : std::string{};
    out += wrapped(name.empty() ? std::string(text("case.unreadable_unnamed", language))
                                : text("case.unreadable", language, {name}),
                   0);
  }
  for (const auto& record : array_at(view, "records")) {
    const auto& one = record.as_object();
    out += "\n" + label_at(one, language) + "  [" + short_id(string_at(one, "id")) + "]";
    if (!array_at(view, "unreadable").empty() && string_at(one, "type") == "location")
      out += "  " + std::string(text("case.may_be_old", language));
    out += "\n";
    for (const auto& row : array_at(one, "fields")) {
      const auto& field = row.as_object();
      out += print_field(field, std::string(text("mark.hidden", language)), language);
      if (flag_at(field, "conflict"))
        out += print_choice(string_at(view, "id"), string_at(one, "id"), field, language);
    }
  }
  return out;
}

std::string print_conflicts(const json::array& conflicts, Language language) {
  if (conflicts.empty()) return none(language);
  std::string out;
  for (const auto& row : conflicts) {
    const auto& one = row.as_object();
    const auto& field = one.at("field").as_object();
    const std::string hidden(text("mark.hidden_conflict", language));
    out += string_at(one, "title") + " · " + string_at(one, "type_label") + "\n" +
           print_field(field, hidden, language) +
           print_choice(string_at(one, "case"), string_at(one, "record"), field, language) + "\n";
  }
  return out;
}

std::string print_kept(const json::object& answer, Language language) {
  const auto* kept = answer.if_contains("kept");
  if (kept == nullptr || !kept->is_object())
    return std::string(text("done", language)) + "\n" + print_notices(answer, language);
  const auto& value = kept->as_object();
  const auto author = string_at(value, "author");
  const auto what =
      flag_at(value, "hidden") ? std::string(text("kept.hidden", language)) : string_at(value, "text");
  return wrapped(text("kept", language, {string_at(value, "label"), what}) +
                     (author.empty() ? "" : "  — " + author) + "  [" + string_at(value, "tag") + "]",
                 0) +
         print_notices(answer, language);
}

std::string print_partners(const json::array& partners, Language language) {
  if (partners.empty()) return none(language);
  std::string out;
  for (const auto& row : partners) {
    const auto& one = row.as_object();
    if (!flag_at(one, "joined")) {
      out += wrapped(text("partner.waiting", language), 0);
      continue;
    }
    const auto name = string_at(one, "name");
    out += fit(name, share(kNameColumns)) + "  " + short_id(string_at(one, "id")) + "\n";
    if (flag_at(one, "confirmed")) {
      out +=
          wrapped(std::string(text("partner.confirmed", language)) + " " + string_at(one, "fingerprint"), 2);
    } else {
      out += wrapped(text("partner.compare", language, {name}), 2) + "  abri partner confirm \"" +
             string_at(one, "fingerprint") + "\"\n";
    }
  }
  return out;
}

std::string print_people(const json::array& people, Language language) {
  if (people.empty()) return none(language);
  const auto indent = share(kNameColumns);
  std::string out;
  for (const auto& row : people) {
    const auto& one = row.as_object();
    const auto devices = counted("people.devices", count_at(one, "devices"), language);
    const auto roles = wrapped(devices + " · " + role_names(array_at(one, "roles"), language), indent);
    out += short_id(string_at(one, "id")) + "  " + fit(string_at(one, "name"), indent - 12) + "  " +
           (roles.empty() ? "\n" : roles.substr(indent));
  }
  return out;
}

std::string print_status(const json::object& status, Language language) {
  const auto line = [&](std::string_view key, const std::string& value) {
    const auto shown = wrapped(value, 20);
    return fit(text(key, language), 18) + "  " + (shown.empty() ? "\n" : shown.substr(20));
  };
  const auto organisation = string_at(status, "organisation");
  std::string out;
  const auto none = flag_at(status, "joining") ? "status.joining" : "status.none";
  out += line("status.organisation", organisation.empty() ? std::string(text(none, language)) : organisation);
  out += line("status.person", string_at(status, "person"));
  out += line("status.roles", role_names(array_at(status, "roles"), language));
  out += line("status.connection", named("state.", string_at(status, "connection"), language));
  if (const auto said = last_exchange(status, language); !said.empty()) out += line("status.exchange", said);
  out += line("status.cases", number_at(status, "cases"));
  out += line("status.unsent", unsent(status, language));
  out += line("status.conflicts", number_at(status, "conflicts"));
  if (status.contains("digest")) out += line("status.digest", string_at(status, "digest").substr(0, 16));
  if (const auto* keystore = status.if_contains("keystore"); keystore != nullptr && keystore->is_object())
    out += line("status.keystore",
                text("status.keystore_file", language, {string_at(keystore->as_object(), "directory")}));
  if (flag_at(status, "stale")) out += wrapped(text("status.stale", language), 0);
  if (flag_at(status, "update_needed")) out += wrapped(text("status.update", language), 0);
  if (const auto minutes = clocks_apart(status); minutes > 0)
    out += wrapped(text("status.clock", language, {std::to_string(minutes)}), 0);
  std::vector<std::string> said;
  for (const auto& one : array_at(status, "evidence")) {
    auto sentence =
        explain_evidence(one.is_string() ? std::string(one.as_string()) : std::string{}, language);
    if (std::ranges::find(said, sentence) != said.end()) continue;
    out += wrapped(text("status.evidence", language, {sentence}), 0);
    said.push_back(std::move(sentence));
  }
  return out;
}

std::string print_requests(const json::array& requests, Language language) {
  if (requests.empty()) return none(language);
  constexpr std::size_t kIndent = 10;
  std::string out;
  for (const auto& row : requests) {
    const auto& one = row.as_object();
    const auto sent = one.contains("case");
    const auto title = string_at(one, "case_title");
    std::string who = string_at(one, "title");
    for (const auto& part : {title, string_at(one, sent ? "landlord" : "association")})
      if (!part.empty()) who += " · " + part;
    out += fit(short_id(string_at(one, "id")), kIndent) + fit(string_at(one, "sent_on"), 12) +
           string_at(one, "state_label") + marks(one, language) + "\n" + wrapped(who, kIndent);
  }
  return out;
}

std::string print_roles_set(const json::object& person, Language language) {
  auto out = wrapped(text("roles.done", language,
                          {string_at(person, "name"), role_names(array_at(person, "roles"), language)}),
                     0);
  if (const auto& removed = array_at(person, "removed"); !removed.empty())
    out += wrapped(text("roles.removed", language, {role_names(removed, language)}), 0);
  return out;
}

std::string print_sync(const json::object& result, Language language) {
  if (!result.contains("unsent")) return std::string(text("sync.stopped", language)) + "\n";
  const auto waiting = count_at(result, "unsent");
  std::string out(waiting == 0 ? text("sync.done", language) : counted("sync.waiting", waiting, language));
  if (const auto conflicts = count_at(result, "conflicts"); conflicts > 0)
    out += "\n" + counted("sync.conflicts", conflicts, language);
  if (flag_at(result, "connected")) out += "\n" + std::string(text("sync.stays", language));
  return out + "\n";
}

std::string print_progress(const json::object& step, Language language) {
  const auto state = "state." + string_at(step, "state");
  return (has_text(state) ? std::string(text(state, language)) + " · " : std::string{}) +
         counted("sync.progress", count_at(step, "entries"), language);
}

std::string print_text(std::string_view words) {
  std::string out;
  while (!words.empty()) {
    const auto end = std::min(words.find('\n'), words.size());
    const auto line = wrapped(words.substr(0, end), 0);
    out += line.empty() ? "\n" : line;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

std::string print_fields(const json::value& fields, Language language) {
  std::string out;
  if (fields.is_array()) {
    for (const auto& row : fields.as_array())
      out += fit(string_at(row.as_object(), "type"), 22) + "  " + label_at(row.as_object(), language) + "\n";
    return out.empty() ? none(language) : out;
  }
  const auto indent = share(kHelpIndent);
  for (const auto& row : array_at(fields.as_object(), "fields")) {
    const auto& one = row.as_object();
    out += fit(string_at(one, "name"), kHelpIndent - 2) + "  " + label_at(one, language) + "\n";
    out += wrapped(print_kind(one, language), indent);
    std::string values;
    for (const auto& value : array_at(one, "values")) {
      const auto& named = value.as_object();
      values += (values.empty() ? "" : ", ") + string_at(named, "name") + " = " + string_at(named, "label");
    }
    out += wrapped(values, indent) + wrapped(label_at(one, language, "help"), indent);
  }
  return out;
}

}  // namespace abri::cli
