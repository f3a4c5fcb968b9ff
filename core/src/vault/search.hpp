// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>
#include <abri/base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace abri::core::vault {

class Database;

/// A case in which every word of a query begins some word.
struct SearchHit {
  CaseId case_ref;
  std::string title;
  std::size_t whole{0};  ///< words of the query that stand there whole
};

inline constexpr std::size_t kMaxTokenBytes = 64;  ///< longer words are cut, at a character
inline constexpr std::size_t kMaxTokens = 64;      ///< of one text; further words are not indexed

/// The words of a text as they are indexed and searched: case folded, accents stripped, split at everything that is
/// neither letter nor digit, sorted, each once. "Élodie N'Guyen-Łoś" gives elodie, guyen, los, n.
std::vector<std::string> normalise(std::string_view text);

/// Puts a changed record of a case in `cases` into the index, within the caller's transaction. Only fields that the schema marks
/// searchable; never a sensitive one.
/// @param before  the searchable values as they were indexed, separated by spaces; empty: not yet
/// @param after   as they are now; empty: the record leaves the index
Result<void> index_record(Database& db, const CaseId& case_ref, const RecordId& record,
                          std::string_view before, std::string_view after);
/// Removes a case with all its records.
Result<void> unindex_case(Database& db, const CaseId& case_ref);

/// Cases in which each word of the query is the beginning of a word, be it in this record or that. The best first: where more of the
/// words stand whole; then by title and id.
Result<std::vector<SearchHit>> find_by_prefix(Database& db, std::string_view query);

}  // namespace abri::core::vault
