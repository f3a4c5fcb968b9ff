// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "agent/arguments.hpp"
#include "agent/conflicts.hpp"

#include <abri/core/app.hpp>
#include <abri/proto/schema.hpp>

#include <boost/json.hpp>

namespace abri::agent {

/// A request that is being carried out.
struct Call {
  core::App& app;
  Arguments arguments;
  proto::Language language{};
  ShownConflicts& shown;

  /// The file that an argument names.
  [[nodiscard]] Result<CaseId> case_id(const char* name) const;
  /// The record of that file that "record" names.
  [[nodiscard]] Result<RecordId> record_id(const CaseId& id) const;
};

using Answer = Result<boost::json::value>;

/// The answer to something saved, with what is to be said about it. Never an error: it is saved.
Answer saved(const Call& call, const CaseId& id, const RecordId& record, boost::json::object out = {});

}  // namespace abri::agent
