// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/views.hpp>
#include <abri/proto/schema.hpp>

#include <boost/json.hpp>

/// Views as JSON. Raw values stand beside labels in the asked language, so that programs and people read the same answer.
namespace abri::agent {

boost::json::object to_json(const core::StatusView& view);
boost::json::object to_json(const core::CaseSummary& view, proto::Language language);
boost::json::object to_json(const core::CaseView& view, proto::Language language);
boost::json::object to_json(const core::RequestView& view, proto::Language language);
boost::json::object to_json(const core::ConflictView& view, proto::Language language);
boost::json::object to_json(const core::PartnerView& view);
boost::json::object to_json(const core::PersonView& view);
/// How many of what is stored make one of what a person writes.
std::int64_t scale_of(const proto::Field& field);
/// Name, label, help, unit and allowed values of each field of a record type.
boost::json::object describe(const proto::RecordType& type, proto::Language language);

}  // namespace abri::agent
