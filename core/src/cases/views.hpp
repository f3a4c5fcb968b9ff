// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/records.hpp"

#include <abri/core/views.hpp>

/// What people look at: one file, lists, the search of names, conflicts.
namespace abri::core::cases {

Result<CaseView> show_case(World& world, const CaseId& id, bool reveal);
Result<std::vector<CaseSummary>> list_cases(World& world, CaseKind kind);
Result<SearchResult> search_cases(World& world, std::string_view words, std::size_t limit);
Result<std::vector<ConflictView>> list_conflicts(World& world);
Result<CaseId> find_case(World& world, std::string_view prefix);
Result<RecordId> find_record(World& world, const CaseId& id, std::string_view prefix);

}  // namespace abri::core::cases
