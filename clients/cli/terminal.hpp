// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json.hpp>

/// What a terminal makes of text: how wide it is, and what must never reach it.
namespace abri::cli {

/// Columns to write in: $COLUMNS, else the terminal's, at least 40; 80 where there is none, and never more.
std::size_t screen_columns();

/// Width of UTF-8 text in columns: 0 for combining characters, 2 for the wide ones of East Asia and most emoji.
std::size_t width(std::string_view utf8);
/// Text of exactly `columns` columns: cut with an ellipsis, or filled with blanks.
std::string fit(std::string_view utf8, std::size_t columns);
/// Words on lines of the screen's width, each behind `indent` blanks. Line ends within stay.
std::string wrapped(std::string_view words, std::size_t indent);

/// Text of anybody as it may be shown: control characters (with them escape sequences), marks that turn the direction of writing and
/// bytes that are no UTF-8 become U+FFFD; line ends stay, tabs become blanks.
std::string printable(std::string_view utf8);
/// The same for every text within.
boost::json::value printable_answer(const boost::json::value& value);

/// JSON that may be shown on a terminal: what a JSON writer leaves as it is (U+007F to U+009F, turns of direction) is escaped, so that
/// programs read the same text.
std::string serialized(const boost::json::value& value);

}  // namespace abri::cli
