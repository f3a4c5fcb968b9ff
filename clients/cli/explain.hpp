// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace abri::cli {

/// What an error means to a person and what to do, with what the agent knows of the field that it refused ("reason" of its answer,
/// agent/reasons.hpp; may be empty). With `locked_now` the command closed an open vault before it was refused.
std::string explain(const std::string& error, const std::string& where, const boost::json::object& reason,
                    Language language);
/// What keeps a device from exchanging everything with its server: one of "obstacles" in the agent's answer (agent/obstacles.hpp).
std::string explain_obstacle(const boost::json::object& obstacle, Language language);
/// What was noticed against the server or a device, as a sentence. The details are for whoever reads the JSON.
/// @param evidence  one of "evidence" in the agent's answer: its kind, then what it is ("evidence_server rollback: …")
std::string explain_evidence(std::string_view evidence, Language language);

}  // namespace abri::cli
