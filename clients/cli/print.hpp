// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <string>

#include <boost/json.hpp>

/// Answers of the agent as calm text for a terminal of 80 columns.
namespace abri::cli {

/// Width of UTF-8 text in columns: characters, not bytes.
std::size_t width(std::string_view text);
/// Text cut to `columns` with an ellipsis, or filled with blanks.
std::string fit(std::string_view text, std::size_t columns);
/// The first digits of an id: enough to name it.
std::string short_id(std::string_view hex);

std::string print_cases(const boost::json::array& cases, Language language);
std::string print_case(const boost::json::object& view, Language language);
std::string print_conflicts(const boost::json::array& conflicts, Language language);
std::string print_partners(const boost::json::array& partners, Language language);
std::string print_people(const boost::json::array& people, Language language);
std::string print_status(const boost::json::object& status, Language language);
std::string print_fields(const boost::json::value& fields, Language language);

}  // namespace abri::cli
