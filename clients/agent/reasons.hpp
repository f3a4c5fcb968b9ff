// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "agent/commands.hpp"

namespace abri::agent {

/// What the refused field would take, for a person to read: an object with
///   reason   choice, range, number, degrees, boolean, date, code, list, note, workflow, absent, missing, twice, first (a step or request
///            needs it before); left out where the error says it all
///   type     of the record, alone where it has no such field
///   field    its name, with `label` in the language of the request
///   values, minimum, maximum   of choice, range and degrees
///   case, record               of first: where to write it
/// For an error `conflict` at open_request the request that is open: case, title. For any other `conflict` of request.send or
/// proposal.new the file that it is about, a case or a request: case. For a record that a case has already `exists`, with label, case,
/// record. For a step that may mean several records `which`, with candidates: id, reference, status. For a step that is not possible
/// `step`, with where the record stands: type, state, state_label, side (association or landlord), and whether a proposal is open
/// (proposed). Else empty where the error names no field of the schema.
boost::json::object reason(core::App& app, const Request& request, const Error& error);

}  // namespace abri::agent
