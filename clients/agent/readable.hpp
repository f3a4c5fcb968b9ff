// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/app.hpp>
#include <abri/proto/schema.hpp>

#include <string_view>
#include <vector>

#include <boost/json.hpp>

/// What makes an answer readable that the schema alone does not know.
namespace abri::agent {

/// The text of a field that has one value here; empty where it has none, or is hidden.
std::string value_in(const core::RecordView& record, std::string_view field);

/// Can a step still be taken? Of a proposal not where it was refused, has expired or was cancelled; of all others yes.
bool goes_on(const core::RecordView& record);
/// The records of a type that a step may mean: those whose workflow goes on; where it is over for all, every one of them.
std::vector<const core::RecordView*> still_open(const core::CaseView& view, std::string_view type);

/// Puts the records of a file into the order in which a person looks for them: as the schema has them, the woman before the others.
void order_records(core::CaseView& view);

/// In a shown file: names in place of the ids of requests and partners. What is not known here has no text.
void name_references(core::App& app, boost::json::object& shown);

/// The number of the value that holds until somebody chooses: in a field of the danger the safest one. 0 where none does.
std::uint32_t holds_meanwhile(const proto::Field& field, const core::FieldView& view);

}  // namespace abri::agent
