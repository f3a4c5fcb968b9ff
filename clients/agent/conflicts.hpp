// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/core/views.hpp>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <boost/json.hpp>

namespace abri::agent {

struct Call;

/// Which values of each field in conflict a person saw last, since the vault was opened. The numbers of the values move when an edit
/// arrives: a number means what it stood beside on the screen, or nothing.
class ShownConflicts {
 public:
  void remember(const CaseId& id, const RecordId& record, const core::FieldView& field);
  /// Every field of a file that was shown.
  void remember(const core::CaseView& view);
  /// Are these the values, in this order, that were shown last? What was hidden was not shown.
  [[nodiscard]] bool shown(const core::ConflictView& conflict) const;

 private:
  std::map<std::tuple<CaseId, RecordId, std::string>, std::vector<std::string>> tags_;
};

/// "conflict.list"; with `reveal` also the values of sensitive fields: each file is then shown, which is written down.
Result<boost::json::value> list_conflicts(const Call& call);

/// "conflict.resolve": keeps one of the values, by its number or its tag ("choice"), or puts another one in their place ("value"). The
/// answer says which one.
/// @errors Errc::invalid_argument  at "choice": neither a number of one of them nor a tag
///         Errc::not_found         at "tag": none of the values has it; at "conflict": the field is in none
///         Errc::conflict          at "choice": other values stand there than were shown, or they were not shown
Result<boost::json::value> resolve_conflict(const Call& call);

}  // namespace abri::agent
