// SPDX-License-Identifier: MPL-2.0
#include "cli/print.hpp"

#include "cli/messages.hpp"

namespace abri::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t kLabelColumns = 32;

std::string string_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}
bool flag_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}
std::string number_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? "0" : json::serialize(*value);
}
const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array kEmpty;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->as_array() : kEmpty;
}
std::string joined(const json::array& strings) {
  std::string out;
  for (const auto& one : strings)
    if (one.is_string()) out += (out.empty() ? "" : ", ") + std::string(one.as_string());
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

std::string print_field(const json::object& field, Language language) {
  const auto label = "  " + fit(string_at(field, "label"), kLabelColumns) + "  ";
  if (flag_at(field, "hidden")) return label + std::string(text("mark.hidden", language)) + "\n";
  std::string out;
  for (const auto& value : array_at(field, "values")) {
    const auto& one = value.as_object();
    auto line = string_at(one, "text");
    if (flag_at(field, "conflict")) {
      line = number_at(one, "choice") + ") " + line;
      if (const auto author = string_at(one, "author"); !author.empty()) line += "  — " + author;
    }
    out += (out.empty() ? label : std::string(kLabelColumns + 4, ' ')) + line + "\n";
  }
  if (flag_at(field, "conflict"))
    out += std::string(kLabelColumns + 4, ' ') + std::string(text("mark.conflict", language)) + "\n";
  return out;
}

}  // namespace

std::size_t width(std::string_view utf8) {
  std::size_t columns = 0;
  for (const char c : utf8)
    if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) ++columns;
  return columns;
}

std::string fit(std::string_view utf8, std::size_t columns) {
  const auto have = width(utf8);
  if (have <= columns) return std::string(utf8) + std::string(columns - have, ' ');
  std::string out;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(utf8[i]) & 0xc0U) != 0x80U;
    if (starts && ++kept > columns - 1) break;
    out.push_back(utf8[i]);
  }
  return out + "…";
}

std::string short_id(std::string_view hex) {
  return std::string(hex.substr(0, 8));
}

std::string print_cases(const json::array& cases, Language language) {
  if (cases.empty()) return none(language);
  std::string out;
  for (const auto& row : cases) {
    const auto& one = row.as_object();
    out += short_id(string_at(one, "id")) + "  " + fit(string_at(one, "title"), 34) + "  " +
           fit(string_at(one, "state_label"), 18) + marks(one, language) + "\n";
  }
  return out;
}

std::string print_case(const json::object& view, Language language) {
  auto out = string_at(view, "title") + "  [" + short_id(string_at(view, "id")) + "]  " +
             string_at(view, "state_label") + marks(view, language) + "\n";
  for (const auto& record : array_at(view, "records")) {
    const auto& one = record.as_object();
    out += "\n" + string_at(one, "label") + "  [" + short_id(string_at(one, "id")) + "]\n";
    for (const auto& field : array_at(one, "fields")) {
      out += print_field(field.as_object(), language);
      if (flag_at(field.as_object(), "conflict"))
        out += std::string(kLabelColumns + 4, ' ') +
               text("mark.choose", language,
                    {short_id(string_at(view, "id")), short_id(string_at(one, "id")),
                     string_at(field.as_object(), "name")}) +
               "\n";
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
    out +=
        string_at(one, "title") + " · " + string_at(one, "type_label") + "\n" + print_field(field, language);
    out += "  " +
           text("mark.choose", language,
                {short_id(string_at(one, "case")), short_id(string_at(one, "record")),
                 string_at(field, "name")}) +
           "\n\n";
  }
  return out;
}

std::string print_partners(const json::array& partners, Language language) {
  if (partners.empty()) return none(language);
  std::string out;
  for (const auto& row : partners) {
    const auto& one = row.as_object();
    out += fit(string_at(one, "name"), 40) + "  " + short_id(string_at(one, "id")) + "\n  ";
    if (!flag_at(one, "joined")) {
      out += text("partner.waiting", language);
    } else if (flag_at(one, "confirmed")) {
      out += std::string(text("partner.confirmed", language)) + "  " + string_at(one, "fingerprint");
    } else {
      out += text("partner.compare", language, {string_at(one, "name"), string_at(one, "fingerprint")});
    }
    out += "\n";
  }
  return out;
}

std::string print_people(const json::array& people, Language language) {
  if (people.empty()) return none(language);
  std::string out;
  for (const auto& row : people) {
    const auto& one = row.as_object();
    out += short_id(string_at(one, "id")) + "  " + fit(string_at(one, "name"), 28) + "  " +
           joined(array_at(one, "roles")) + "\n";
  }
  return out;
}

std::string print_status(const json::object& status, Language language) {
  const auto line = [&](std::string_view key, const std::string& value) {
    return fit(text(key, language), 18) + "  " + value + "\n";
  };
  const auto organisation = string_at(status, "organisation");
  std::string out;
  out += line("status.organisation",
              organisation.empty() ? std::string(text("status.none", language)) : organisation);
  out += line("status.person", string_at(status, "person"));
  out += line("status.roles", joined(array_at(status, "roles")));
  out += line("status.connection", std::string(text("state." + string_at(status, "connection"), language)));
  out += line("status.cases", number_at(status, "cases"));
  out += line("status.unsent", number_at(status, "unsent"));
  out += line("status.conflicts", number_at(status, "conflicts"));
  out += line("status.digest", string_at(status, "digest").substr(0, 16));
  if (flag_at(status, "stale")) out += std::string(text("status.stale", language)) + "\n";
  if (flag_at(status, "update_needed")) out += std::string(text("status.update", language)) + "\n";
  for (const auto& evidence : array_at(status, "evidence"))
    out += text("status.evidence", language, {std::string(evidence.as_string())}) + "\n";
  return out;
}

std::string print_fields(const json::value& fields, Language language) {
  std::string out;
  if (fields.is_array()) {
    for (const auto& row : fields.as_array())
      out += fit(string_at(row.as_object(), "type"), 22) + "  " + string_at(row.as_object(), "label") + "\n";
    return out.empty() ? none(language) : out;
  }
  for (const auto& row : array_at(fields.as_object(), "fields")) {
    const auto& one = row.as_object();
    out += fit(string_at(one, "name"), 24) + "  " + string_at(one, "label");
    if (const auto unit = string_at(one, "unit"); !unit.empty()) out += " (" + unit + ")";
    out += "\n";
    std::string values;
    for (const auto& value : array_at(one, "values")) {
      const auto& named = value.as_object();
      values += (values.empty() ? "" : ", ") + string_at(named, "name") + " = " + string_at(named, "label");
    }
    if (!values.empty()) out += std::string(26, ' ') + values + "\n";
    if (const auto help = string_at(one, "help"); !help.empty()) out += std::string(26, ' ') + help + "\n";
  }
  return out;
}

}  // namespace abri::cli
