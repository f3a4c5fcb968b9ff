// SPDX-License-Identifier: MPL-2.0
#include "phone.hpp"
#include "text.hpp"

#include <abri/base/limits.hpp>
#include <abri/proto/schema.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>

namespace abri::proto {
namespace {

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!is_digits(text.substr(0, 4)) || !is_digits(text.substr(5, 2)) || !is_digits(text.substr(8, 2)))
    return false;
  const std::chrono::year_month_day date{
      std::chrono::year(read_number<int>(text.substr(0, 4)).value_or(0)),
      std::chrono::month(read_number<unsigned>(text.substr(5, 2)).value_or(0)),
      std::chrono::day(read_number<unsigned>(text.substr(8, 2)).value_or(0))};
  return date.ok();
}

/// Nine digits whose Luhn sum is a multiple of ten.
bool is_siren(std::string_view text) {
  if (text.size() != 9 || !is_digits(text)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = (text[i] - '0') * (i % 2 == 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

/// The form of an INSEE code (Corsica has 2A and 2B). Whether there is such a commune, core/data knows.
bool is_commune(std::string_view text) {
  if (text.size() != 5 || !is_digits(text.substr(2))) return false;
  return is_digits(text.substr(0, 2)) || text.substr(0, 2) == "2A" || text.substr(0, 2) == "2B";
}

/// Code of a priority district ("QN05901M"), or whether it is one where nobody knows the code.
bool is_priority_district(std::string_view text) {
  if (text == "oui" || text == "non") return true;
  return text.size() == 8 && text.starts_with("QN") && is_digits(text.substr(2, 5)) && text[7] >= 'A' &&
         text[7] <= 'Z';
}

struct Form {
  const char* unit;
  bool (*holds)(std::string_view text);
};
constexpr Form kForms[] = {{"date", is_date},
                           {"siren", is_siren},
                           {"commune", is_commune},
                           {"epci", is_siren},
                           {"phone", [](std::string_view text) { return normalised_phone(text) == text; }},
                           {"priority_district", is_priority_district}};

const Form* form_of(const Field& field) {
  const auto* found = std::ranges::find(kForms, field.unit, &Form::unit);
  return found == std::end(kForms) ? nullptr : found;
}

Result<Value> parse_text(const Field& field, std::string_view text) {
  if (text.size() > limits::kMaxTextBytes) return Error{Errc::too_large, "value"};
  if (!is_text(text)) return Error{Errc::invalid_argument, "text"};
  if (field.unit == "phone") {
    const auto number = normalised_phone(text);
    if (!number) return Error{Errc::invalid_argument, "phone"};
    return Value::text(*number);
  }
  if (!has_form(field, text)) return Error{Errc::invalid_argument, form_of(field)->unit};
  return Value::text(text);
}

constexpr double kMicrodegrees = 1e6;

Result<Value> parse_integer(const Field& field, std::string_view text) {
  std::optional<std::int64_t> number;
  if (field.unit == "microdegree") {
    const auto degrees = read_number<double>(text);
    if (!degrees || !(std::abs(*degrees) <= 180)) return Error{Errc::invalid_argument, "degrees"};
    number = std::llround(*degrees * kMicrodegrees);
  } else {
    number = read_number<std::int64_t>(text);
  }
  if (!number) return Error{Errc::invalid_argument, "number"};
  if (field.minimum < field.maximum && (*number < field.minimum || *number > field.maximum)) {
    return Error{Errc::invalid_argument, "range"};
  }
  return Value::integer(*number);
}

Result<Value> parse_boolean(std::string_view text) {
  const auto word = fold(text);
  for (const auto* yes : {"oui", "yes", "true", "1", "o", "y"}) {
    if (word == yes) return Value::boolean(true);
  }
  for (const auto* no : {"non", "no", "false", "0", "n"}) {
    if (word == no) return Value::boolean(false);
  }
  return Error{Errc::invalid_argument, "boolean"};
}

Result<Value> parse_enumeration(const Field& field, std::string_view text) {
  const auto word = fold(text);
  for (const auto& value : field.enumeration->values) {
    if (word == value.name || word == fold(value.label.fr) || word == fold(value.label.en)) {
      return Value::enumeration(value.number);
    }
  }
  return Error{Errc::invalid_argument, "choice"};
}

Result<Value> parse_item(const Field& field, std::string_view text) {
  switch (field.kind) {
    case Kind::text:
    case Kind::date:
      return parse_text(field, text);
    case Kind::integer:
      return parse_integer(field, text);
    case Kind::boolean:
      return parse_boolean(text);
    case Kind::enumeration:
      return parse_enumeration(field, text);
  }
  return Error{Errc::internal, "kind"};
}

Result<Value> parse_list(const Field& field, std::string_view text) {
  std::vector<Value> items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto part = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    if (part.empty()) continue;
    if (items.size() == limits::kMaxListItems) return Error{Errc::too_large, "list"};
    ABRI_TRY(auto item, parse_item(field, part));
    items.push_back(std::move(item));
  }
  return Value::list(std::move(items));
}

bool is_list(const Field& field) {
  return field.repeated && field.merge == LWW;
}

/// Micro-degrees as degrees with six decimals, exactly.
std::string degrees(std::int64_t micro) {
  const auto whole = std::to_string(std::abs(micro) / 1'000'000);
  const auto part = std::to_string(std::abs(micro) % 1'000'000);
  return (micro < 0 ? "-" : "") + whole + "." + std::string(6 - part.size(), '0') + part;
}

std::string render_item(const Field& field, const Value& value, Language language) {
  switch (field.kind) {
    case Kind::text:
      return field.unit == "phone" ? readable_phone(value.bytes) : value.bytes;
    case Kind::date:
      return value.bytes;
    case Kind::integer: {
      const auto number = value.as_integer();
      if (!number) return "?";
      return field.unit == "microdegree" ? degrees(*number) : std::to_string(*number);
    }
    case Kind::boolean: {
      const auto yes = value.as_boolean();
      if (!yes) return "?";
      if (language == Language::fr) return *yes ? "oui" : "non";
      return *yes ? "yes" : "no";
    }
    case Kind::enumeration: {
      const auto number = value.as_enumeration();
      if (!number) return "?";
      const auto* known = field.enumeration->find(*number);
      return known == nullptr ? std::to_string(*number) : std::string(known->label.in(language));
    }
  }
  return "?";
}

Result<void> check_item(const Field& field, const Value& value) {
  if (value.bytes.size() > limits::kMaxTextBytes) return Error{Errc::too_large, "value"};
  bool fits = false;
  switch (field.kind) {
    case Kind::text:
    case Kind::date:
      fits = is_text(value.bytes);
      break;
    case Kind::integer:
      fits = value.as_integer().has_value();
      break;
    case Kind::boolean:
      fits = value.as_boolean().has_value();
      break;
    case Kind::enumeration:
      fits = value.as_enumeration().has_value();
      break;
  }
  if (!fits) return Error{Errc::malformed, "value"};
  return {};
}

}  // namespace

bool has_form(const Field& field, std::string_view text) {
  const auto* form = form_of(field);
  return form == nullptr || form->holds(text);
}

Result<Value> parse_value(const Field& field, std::string_view text) {
  const auto word = trimmed(text);
  if (word.empty()) return Value{};
  return is_list(field) ? parse_list(field, word) : parse_item(field, word);
}

std::string render(const Field& field, const Value& value, Language language) {
  if (value.empty()) return {};
  if (!field.repeated) return render_item(field, value, language);
  const auto items = value.as_list();
  if (!items) return "?";
  std::string out;
  for (const auto& item : *items) {
    if (!out.empty()) out += ", ";
    out += render_item(field, item, language);
  }
  return out;
}

Result<void> check_value(const Field& field, const Value& value) {
  if (value.empty()) return {};
  if (!is_list(field)) return check_item(field, value);
  const auto items = value.as_list();
  if (!items) return Error{Errc::malformed, "list"};
  if (items->size() > limits::kMaxListItems) return Error{Errc::too_large, "list"};
  for (const auto& item : *items) ABRI_CHECK(check_item(field, item));
  return {};
}

}  // namespace abri::proto
