// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "agent/commands.hpp"

namespace abri::agent {

/// What the refused field would take, for a person to read: an object with
///   reason   choice, range, number, boolean, date, code, list, note, workflow, absent, missing, first (a step or request needs it before);
///            left out where the error says it all
///   field    its name, with `label` in the language of the request
///   values, minimum, maximum   of choice and range
///   case, record               of first: where to write it
/// and for an error `conflict` at open_request the request that is open: case, title.
/// Empty where the error names no field of the schema.
boost::json::object reason(core::App& app, const Request& request, const Error& error);

}  // namespace abri::agent
