// SPDX-License-Identifier: MPL-2.0
#include "vault/search.hpp"

#include "vault/database.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace abri::core::vault {
namespace {

/// Letters that no decomposition reduces to a base letter.
const char* plain_letter(UChar32 letter) {
  switch (letter) {
    case 0x00E6:
      return "ae";
    case 0x0153:
      return "oe";
    case 0x00F8:
      return "o";
    case 0x0142:
      return "l";
    case 0x0111:
    case 0x00F0:
      return "d";
    case 0x00FE:
      return "th";
    case 0x0131:
      return "i";
    case 0x0127:
      return "h";
    default:
      return nullptr;
  }
}

class TokenCollector {
 public:
  void letter(UChar32 letter) {
    std::string bytes;
    if (const char* plain = plain_letter(letter); plain != nullptr) {
      bytes = plain;
    } else {
      icu::UnicodeString(letter).toUTF8String(bytes);
    }
    if (token_.size() + bytes.size() <= kMaxTokenBytes) token_ += bytes;
  }
  void end_token() {
    if (!token_.empty() && tokens_.size() < kMaxTokens) tokens_.push_back(token_);
    token_.clear();
  }
  std::vector<std::string> take() {
    end_token();
    std::ranges::sort(tokens_);
    const auto doubles = std::ranges::unique(tokens_);
    tokens_.erase(doubles.begin(), doubles.end());
    return std::move(tokens_);
  }

 private:
  std::string token_;
  std::vector<std::string> tokens_;
};

/// Every term that begins with `prefix` lies below this: no letter sorts after the last code point.
std::string end_of_range(const std::string& prefix) {
  return prefix + "\xF4\x8F\xBF\xBF";
}

/// A case by its number, with the words of the query that stand there whole.
struct Found {
  std::int64_t number{0};
  std::size_t whole{0};
};

/// Cases with a word that begins so, in the order of their numbers.
Result<std::vector<Found>> cases_with(Database& db, const std::string& prefix) {
  std::vector<Found> found;
  ABRI_TRY(auto rows, db.statement("SELECT case_number, max(term = ?1) FROM search WHERE term >= ?1 AND term "
                                   "< ?2 GROUP BY case_number ORDER BY case_number"));
  ABRI_CHECK(rows.bind_all(prefix, end_of_range(prefix)));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return found;
    found.push_back({rows.column_int64(0), static_cast<std::size_t>(rows.column_int64(1))});
  }
}

/// The cases that are in both.
std::vector<Found> both(const std::vector<Found>& a, const std::vector<Found>& b) {
  std::vector<Found> out;
  auto other = b.begin();
  for (const auto& one : a) {
    while (other != b.end() && other->number < one.number) ++other;
    if (other != b.end() && other->number == one.number)
      out.push_back({one.number, one.whole + other->whole});
  }
  return out;
}

}  // namespace

std::vector<std::string> normalise(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* decomposed = icu::Normalizer2::getNFKDInstance(status);
  ABRI_ASSERT(U_SUCCESS(status) != 0);  // the data is part of the library
  auto folded =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  folded.foldCase();
  const auto letters = decomposed->normalize(folded, status);
  if (U_FAILURE(status) != 0) return {};
  TokenCollector collector;
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    const UChar32 letter = letters.char32At(i);
    if ((U_GET_GC_MASK(letter) & U_GC_M_MASK) != 0) continue;  // accents
    if (u_isalnum(letter) != 0) {
      collector.letter(letter);
    } else {
      collector.end_token();
    }
  }
  return collector.take();
}

Result<void> index_record(Database& db, const CaseId& case_ref, const RecordId& record,
                          std::string_view before, std::string_view after) {
  const auto old_terms = normalise(before);
  const auto new_terms = normalise(after);
  ABRI_TRY(auto insert, db.statement("INSERT INTO search(term, case_number, record_id) VALUES(?1, "
                                     "(SELECT number FROM cases WHERE case_ref = ?2), ?3)"));
  for (const auto& term : new_terms)
    if (!std::ranges::binary_search(old_terms, term)) ABRI_CHECK(insert.run(term, case_ref, record));
  ABRI_TRY(auto remove,
           db.statement("DELETE FROM search WHERE term = ?1 AND record_id = ?3 AND case_number = "
                        "(SELECT number FROM cases WHERE case_ref = ?2)"));
  for (const auto& term : old_terms)
    if (!std::ranges::binary_search(new_terms, term)) ABRI_CHECK(remove.run(term, case_ref, record));
  return {};
}

Result<void> unindex_case(Database& db, const CaseId& case_ref) {
  ABRI_TRY(auto remove, db.statement("DELETE FROM search WHERE case_number = (SELECT number FROM cases WHERE "
                                     "case_ref = ?1)"));
  return remove.run(case_ref);
}

Result<std::vector<SearchHit>> find_by_prefix(Database& db, std::string_view query) {
  std::optional<std::vector<Found>> found;
  for (const auto& word : normalise(query)) {
    ABRI_TRY(auto with, cases_with(db, word));
    found = found ? both(*found, with) : std::move(with);
  }
  std::vector<SearchHit> hits;
  if (!found) return hits;
  ABRI_TRY(auto row, db.statement("SELECT case_ref, title FROM cases WHERE number = ?1"));
  for (const auto& one : *found) {
    row.reset();
    ABRI_TRY(const bool known, row.query(one.number));
    if (!known) continue;
    ABRI_TRY(const auto id, row.column_id<CaseId>(0));
    hits.push_back({id, std::string(row.column_text(1)), one.whole});
  }
  std::ranges::sort(hits, [](const auto& a, const auto& b) {
    return std::tie(b.whole, a.title, a.case_ref) < std::tie(a.whole, b.title, b.case_ref);
  });
  return hits;
}

}  // namespace abri::core::vault
