// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

/// What an answer of the agent holds. A part that is missing, or of another kind, is empty: no answer may end the program.
namespace abri::cli {

/// A text with its line ends.
std::string text_at(const boost::json::object& object, std::string_view key);
/// A text on one line, so that no value looks like more lines than it is.
std::string string_at(const boost::json::object& object, std::string_view key);
bool flag_at(const boost::json::object& object, std::string_view key);
/// A number as it is written; "0" where there is none.
std::string number_at(const boost::json::object& object, std::string_view key);
std::uint64_t count_at(const boost::json::object& object, std::string_view key);
const boost::json::array& array_at(const boost::json::object& object, std::string_view key);
/// The texts of an array with ", " between them.
std::string joined(const boost::json::array& strings);

}  // namespace abri::cli
