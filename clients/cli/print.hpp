// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <string>
#include <string_view>

#include <boost/json.hpp>

/// Answers of the agent as calm text for a terminal of 80 columns or fewer. Texts of people are taken as `printable` gives them
/// (terminal.hpp).
namespace abri::cli {

/// The first digits of an id: enough to name it.
std::string short_id(std::string_view hex);

/// What is to be said after something was saved: "notices" of the answer, a line each. Empty where there are none.
std::string print_notices(const boost::json::value& result, Language language);
/// Where the vault's second secret lies, after a vault was made.
std::string print_keystore(const boost::json::value& result, Language language);
std::string print_cases(const boost::json::array& cases, Language language);
/// Requests of all partners: date and state, then the case or the pseudonym and the other organisation.
std::string print_requests(const boost::json::array& requests, Language language);
std::string print_case(const boost::json::object& view, Language language);
std::string print_conflicts(const boost::json::array& conflicts, Language language);
/// Which of the values in conflict was kept.
std::string print_kept(const boost::json::object& answer, Language language);
std::string print_partners(const boost::json::array& partners, Language language);
std::string print_people(const boost::json::array& people, Language language);
std::string print_status(const boost::json::object& status, Language language);
/// What a person's roles are now, and which she lost.
std::string print_roles_set(const boost::json::object& person, Language language);
std::string print_sync(const boost::json::object& result, Language language);
/// One line while it goes on.
std::string print_progress(const boost::json::object& step, Language language);
/// Words of the catalogue with their line ends, empty lines too, on lines of the screen's width.
std::string print_text(std::string_view words);
std::string print_fields(const boost::json::value& fields, Language language);

}  // namespace abri::cli
