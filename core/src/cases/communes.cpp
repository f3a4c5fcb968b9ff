// SPDX-License-Identifier: MPL-2.0
#include "cases/communes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

extern "C" {
// core/data/embedded.S
extern const char abri_data_communes_begin[];
extern const char abri_data_communes_end[];
extern const char abri_data_epci_begin[];
extern const char abri_data_epci_end[];
}

namespace abri::core {
namespace {

/// Cuts `text` at the first `separator`: gives what stands before and leaves what stands after.
std::string_view take_until(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

/// The lines of an embedded table without its heading; sorted by their first column.
std::vector<std::string_view> table_lines(const char* begin, const char* end) {
  std::string_view text(begin, static_cast<std::size_t>(end - begin));
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto line = take_until(text, '\n');
    if (!line.starts_with('#')) lines.push_back(line);
  }
  return lines;
}

std::string_view first_column(std::string_view line) {
  return line.substr(0, line.find('\t'));
}

std::string_view name_column(std::string_view line) {
  take_until(line, '\t');
  return first_column(line);
}

/// The line whose first column is `key`, or an empty text.
std::string_view find_line(const std::vector<std::string_view>& lines, std::string_view key) {
  const auto at =
      std::lower_bound(lines.begin(), lines.end(), key,
                       [](std::string_view line, std::string_view k) { return first_column(line) < k; });
  return at != lines.end() && first_column(*at) == key ? *at : std::string_view{};
}

template <class Number>
Number to_number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Precision to_precision(std::string_view text) {
  if (text == "point") return Precision::point;
  return text == "cp_mean" ? Precision::cp_mean : Precision::epci_mean;
}

/// Overseas codes begin with the three digits of their department.
std::string_view department_of(std::string_view code) {
  return code.substr(0, code.starts_with("97") || code.starts_with("98") ? 3 : 2);
}

Commune to_commune(std::string_view line) {
  Commune commune;
  commune.code = take_until(line, '\t');
  commune.department = department_of(commune.code);
  commune.name = take_until(line, '\t');
  commune.epci = take_until(line, '\t');
  for (auto codes = take_until(line, '\t'); !codes.empty();)
    commune.postal_codes.push_back(take_until(codes, ' '));
  commune.population = to_number<std::uint32_t>(take_until(line, '\t'));
  if (!line.empty()) {
    Position position;
    position.latitude = to_number<double>(take_until(line, '\t'));
    position.longitude = to_number<double>(take_until(line, '\t'));
    position.precision = to_precision(line);
    commune.position = position;
  }
  return commune;
}

std::uint32_t population_of(std::string_view line) {
  for (int column = 0; column < 4; ++column) take_until(line, '\t');
  return to_number<std::uint32_t>(take_until(line, '\t'));
}

/// The plain letters of U+00C0 to U+00FF; a space for the two signs among them.
constexpr std::array<std::string_view, 64> kPlainLatin = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "y"};

/// The plain form of the two-byte UTF-8 character `lead` `trail`, if it is a letter or mark that French text holds.
std::optional<std::string_view> plain_letter(unsigned char lead, unsigned char trail) {
  if (lead == 0xc3 && trail >= 0x80 && trail <= 0xbf) return kPlainLatin[trail - 0x80U];
  if (lead == 0xc5 && (trail == 0x92 || trail == 0x93)) return "oe";
  if (lead == 0xc5 && trail == 0xb8) return "y";
  if (lead == 0xcc || (lead == 0xcd && trail < 0xb0)) return "";  // a combining accent
  return std::nullopt;
}

/// Appends lower-case letters and digits without accents; whatever else is one space between words.
void append_folded(std::string& out, std::string_view text) {
  const auto start = out.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if (const auto plain = plain_letter(c, next)) {
      out += *plain;
      ++i;
    } else if (c >= 'A' && c <= 'Z') {
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out.push_back(static_cast<char>(c));
    } else if (out.size() > start && out.back() != ' ') {
      out.push_back(' ');
    }
  }
}

/// A query in the form of the names: folded, "st" and "ste" before another word written out.
std::string fold_query(std::string_view text) {
  std::string folded;
  append_folded(folded, text);
  std::string out;
  for (std::string_view left = folded; !left.empty();) {
    const bool whole = left.find(' ') != std::string_view::npos;
    const auto word = take_until(left, ' ');
    out += whole && word == "st" ? "saint" : whole && word == "ste" ? "sainte" : word;
    if (whole && !left.empty()) out.push_back(' ');
  }
  return out;
}

/// Where the name begins behind its leading article; 0 if there is none.
std::size_t article_size(std::string_view folded) {
  for (const std::string_view article : {"le ", "la ", "les ", "l "}) {
    if (folded.starts_with(article)) return article.size();
  }
  return 0;
}

struct Name {
  std::uint32_t begin;  // in the folded names
  std::uint32_t size;
  std::uint32_t line;  // in the communes
};

struct PostalCode {
  std::uint32_t code;
  std::uint32_t line;
};

/// Built once, then only read.
class Index {
 public:
  static const Index& get() {
    static const Index kIndex;
    return kIndex;
  }

  [[nodiscard]] std::string_view commune(std::string_view code) const { return find_line(communes_, code); }
  [[nodiscard]] std::string_view epci(std::string_view siren) const { return find_line(epci_, siren); }

  [[nodiscard]] std::vector<std::string_view> by_postal_code(std::uint32_t code) const {
    std::vector<std::string_view> lines;
    auto at = std::lower_bound(postal_codes_.begin(), postal_codes_.end(), code,
                               [](const PostalCode& p, std::uint32_t c) { return p.code < c; });
    for (; at != postal_codes_.end() && at->code == code; ++at) lines.push_back(communes_[at->line]);
    return lines;
  }

  [[nodiscard]] std::vector<std::string_view> by_name(std::string_view folded_prefix) const {
    std::vector<std::uint32_t> found;
    auto at = std::lower_bound(names_.begin(), names_.end(), folded_prefix,
                               [this](const Name& n, std::string_view prefix) { return text(n) < prefix; });
    for (; at != names_.end() && text(*at).starts_with(folded_prefix); ++at) found.push_back(at->line);
    std::sort(found.begin(), found.end());  // a name and its form without article are one
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<std::string_view> lines;
    lines.reserve(found.size());
    for (const auto line : found) lines.push_back(communes_[line]);
    return lines;
  }

 private:
  Index()
      : communes_(table_lines(abri_data_communes_begin, abri_data_communes_end)),
        epci_(table_lines(abri_data_epci_begin, abri_data_epci_end)) {
    for (std::uint32_t line = 0; line < communes_.size(); ++line) add(line);
    std::sort(names_.begin(), names_.end(), [this](const Name& a, const Name& b) {
      return std::pair(text(a), a.line) < std::pair(text(b), b.line);
    });
    std::sort(postal_codes_.begin(), postal_codes_.end(), [](const PostalCode& a, const PostalCode& b) {
      return std::pair(a.code, a.line) < std::pair(b.code, b.line);
    });
    folded_.shrink_to_fit();
    names_.shrink_to_fit();
    postal_codes_.shrink_to_fit();
  }

  void add(std::uint32_t line) {
    const auto begin = static_cast<std::uint32_t>(folded_.size());
    append_folded(folded_, name_column(communes_[line]));
    const auto size = static_cast<std::uint32_t>(folded_.size()) - begin;
    names_.push_back({begin, size, line});
    const auto article = static_cast<std::uint32_t>(article_size(text(names_.back())));
    if (article > 0) names_.push_back({begin + article, size - article, line});
    for (const auto code : to_commune(communes_[line]).postal_codes) {
      postal_codes_.push_back({to_number<std::uint32_t>(code), line});
    }
  }

  [[nodiscard]] std::string_view text(const Name& name) const {
    return std::string_view(folded_).substr(name.begin, name.size);
  }

  std::vector<std::string_view> communes_;
  std::vector<std::string_view> epci_;
  std::string folded_;
  std::vector<Name> names_;
  std::vector<PostalCode> postal_codes_;
};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_insee_code(std::string_view code) {
  return code.size() == 5 && is_digit(code[0]) && (is_digit(code[1]) || code[1] == 'A' || code[1] == 'B') &&
         std::all_of(code.begin() + 2, code.end(), is_digit);
}

std::vector<Commune> to_communes(const std::vector<std::string_view>& lines) {
  std::vector<Commune> communes;
  communes.reserve(lines.size());
  for (const auto line : lines) communes.push_back(to_commune(line));
  return communes;
}

}  // namespace

double uncertainty_km(Precision precision) {
  switch (precision) {
    case Precision::point:
      return 2.5;
    case Precision::cp_mean:
      return 9.3;
    case Precision::epci_mean:
      return 15.0;
  }
  return 15.0;
}

Result<Commune> find_commune(std::string_view code) {
  if (!is_insee_code(code)) return Error{Errc::invalid_argument, "commune code"};
  const auto line = Index::get().commune(code);
  if (line.empty()) return Error{Errc::not_found, "commune code"};
  return to_commune(line);
}

std::vector<Commune> communes_by_postal_code(std::string_view postal_code) {
  if (postal_code.size() != 5 || !std::all_of(postal_code.begin(), postal_code.end(), is_digit)) return {};
  return to_communes(Index::get().by_postal_code(to_number<std::uint32_t>(postal_code)));
}

std::vector<Commune> communes_by_name(std::string_view prefix, std::size_t limit) {
  struct Found {
    std::uint32_t population;
    std::string_view line;
  };
  std::vector<Found> found;
  for (const auto line : Index::get().by_name(fold_query(prefix)))
    found.push_back({population_of(line), line});
  const auto size = std::min(limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(size), found.end(),
                    [](const Found& a, const Found& b) {
                      return std::pair(b.population, first_column(a.line)) <
                             std::pair(a.population, first_column(b.line));
                    });
  std::vector<Commune> communes;
  communes.reserve(size);
  for (std::size_t i = 0; i < size; ++i) communes.push_back(to_commune(found[i].line));
  return communes;
}

Result<std::string_view> epci_name(std::string_view siren) {
  const auto line = Index::get().epci(siren);
  if (line.empty()) return Error{Errc::not_found, "epci"};
  return name_column(line);
}

}  // namespace abri::core
