// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "agent/conflicts.hpp"

#include <abri/core/app.hpp>
#include <abri/proto/schema.hpp>

#include <string_view>

#include <boost/json.hpp>

namespace abri::agent {

/// One request of the command line, already parsed.
struct Request {
  std::string command;  ///< "case.show"
  boost::json::object arguments;
  proto::Language language{proto::Language::fr};
};

/// Reads one line of the protocol.
/// @errors Errc::malformed            no JSON object with `command`, nested too deep
///         Errc::version_unsupported  another protocol version
Result<Request> parse_request(std::string_view line);

/// Where the second secret of this user's vaults lies: said when a vault is made, and by `status`.
/// @errors Errc::not_found  as `core::App::default_keystore_directory`
Result<boost::json::object> keystore();

/// Carries out a request that needs nothing but the vault.
/// @param shown  what this person saw since the vault was opened
/// @errors those of `core::App`; Errc::not_found at "command"; Errc::invalid_argument at the name of a missing argument
Result<boost::json::value> carry_out(core::App& app, const Request& request, ShownConflicts& shown);

/// The answer's line, without its end.
std::string answer(const Result<boost::json::value>& result);
/// The same for a request that was carried out: with what a person should know besides (`warnings`), and where it was refused with
/// what would be taken (`reason`).
std::string answer(core::App& app, const Request& request, const Result<boost::json::value>& result);

}  // namespace abri::agent
