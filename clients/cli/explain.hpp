// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <string>

#include <boost/json.hpp>

namespace abri::cli {

/// What an error means to a person and what to do, with what the agent knows of the field that it refused ("reason" of its answer,
/// agent/reasons.hpp; may be empty).
std::string explain(const std::string& error, const std::string& where, const boost::json::object& reason,
                    Language language);

}  // namespace abri::cli
