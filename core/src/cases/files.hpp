// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/records.hpp"

#include <abri/core/app.hpp>

/// What people do with files: making, writing, settling conflicts. Looking at them: views.hpp.
namespace abri::core::cases {

Result<CaseId> create_case(World& world, std::span<const FieldEdit> person);
Result<CaseId> create_dwelling(World& world, std::span<const FieldEdit> dwelling);
Result<CaseId> create_directory_entry(World& world, std::span<const FieldEdit> organisation);
/// A case has one `case_file`, `danger_assessment` and `needs_sheet`, whose ids follow from the case's (docs/protocol.md section 7).
/// @errors Errc::already_exists  at the type: the case has one
Result<RecordId> add_record(World& world, const CaseId& id, std::string_view type,
                            std::span<const FieldEdit> fields);
/// @errors Errc::invalid_argument  at the field: a required one would be emptied, or one is given two values
Result<void> edit_record(World& world, const CaseId& id, const RecordId& record,
                         std::span<const FieldEdit> fields);
/// `choice` from 1 among the values that stand, or 0 and a new value.
Result<void> resolve_field(World& world, const CaseId& id, const RecordId& record, std::string_view field,
                           std::uint32_t choice, std::string_view value);

}  // namespace abri::core::cases
