// SPDX-License-Identifier: MPL-2.0
#include "cli/terminal.hpp"

#include <cstdlib>
#include <string>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri::cli;
namespace json = boost::json;

TEST_CASE("terminal: width counts columns: accents none, East Asian characters two", "[clients]") {
  CHECK(width("") == 0);
  CHECK(width("Lefevre") == 7);
  CHECK(width("Lefèvre") == 7);
  CHECK(width("Lefe\u0300vre") == 7);  // the accent as a character of its own
  CHECK(width("Nguye\u0302\u0303n") == 6);
  CHECK(width("王小明") == 6);
  CHECK(width("한") == 2);
  CHECK(width("ＡＢ") == 4);
  CHECK(width("Σοφία") == 5);
  CHECK(width("🏠") == 2);
  CHECK(width("a\u200bb") == 2);  // a blank of no width
  CHECK(width("\xff\xfe") == 2);  // no UTF-8: a mark for each byte
}

TEST_CASE("terminal: a cell has exactly its columns, cut between characters and never within", "[clients]") {
  for (const std::string text : {"", "Lou", "Lefèvre-Château", "Nguye\u0302\u0303n Thi\u0323 Hoa",
                                 "王小明王小明", "a王b王c", "🏠🏠🏠", "\xff\xff\xff\xff"}) {
    for (std::size_t columns = 0; columns < 20; ++columns) {
      INFO(text << " in " << columns);
      CHECK(width(fit(text, columns)) == columns);
    }
  }
  CHECK(fit("Lefèvre", 9) == "Lefèvre  ");
  CHECK(fit("Lefèvre", 5) == "Lefè…");
  CHECK(fit("Lefe\u0300vre", 5) == "Lefe\u0300…");  // the accent stays with its letter
  CHECK(fit("王小明", 4) == "王… ");                // half a character is none
}

TEST_CASE("terminal: what a stranger's text holds never steers the terminal", "[clients]") {
  const std::string mark = "\ufffd";
  CHECK(printable("\x1b[2J\x1b[31mLou") == mark + "[2J" + mark + "[31mLou");
  CHECK(printable("\x1b]0;title\x07") == mark + "]0;title" + mark);
  CHECK(printable("a\rb") == "a" + mark + "b");
  CHECK(printable("a\bb\x7f") == "a" + mark + "b" + mark);
  CHECK(printable("\u009b31m") == mark + "31m");          // the escape sequence in one character
  CHECK(printable("\u202egnp.exe") == mark + "gnp.exe");  // reads backwards
  CHECK(printable("a\u2066b\u2069\u200f") == "a" + mark + "b" + mark + mark);
  CHECK(printable("a\u2028b") == "a" + mark + "b");
  CHECK(printable("a\xff\xc3") == "a" + mark + mark);      // no UTF-8
  CHECK(printable("\xed\xa0\x80") == mark + mark + mark);  // half of a surrogate pair
  CHECK(printable("\xc0\x9b") == mark + mark);             // a control in a longer form than its own
  CHECK(printable("Éloïse\tÑandú\n🏠 王") == "Éloïse Ñandú\n🏠 王");
  CHECK(printable(std::string_view("a\0b", 3)) == "a" + mark + "b");
}

TEST_CASE("terminal: the texts of an answer are made harmless however deep they lie", "[clients]") {
  const json::value answer{{"title", "\x1b[1m"}, {"records", {{{"values", {"a\x07", 7, true, nullptr}}}}}};
  const auto shown = json::serialize(printable_answer(answer));
  CHECK(shown == "{\"title\":\"\ufffd[1m\",\"records\":[{\"values\":[\"a\ufffd\",7,true,null]}]}");
}

TEST_CASE("terminal: JSON shows no control character and reads as the same text", "[clients]") {
  const json::value answer{{"title", "\x1b[31m \x7f \u009b \u202e é 王 \n"}};
  const auto shown = serialized(answer);
  for (const auto* bad : {"\x1b", "\x7f", "\u009b", "\u202e", "\n"})
    CHECK(shown.find(bad) == std::string::npos);
  CHECK(shown.find("é 王") != std::string::npos);
  CHECK(json::parse(shown) == answer);
}

TEST_CASE("terminal: the screen is as wide as said, within what can be read", "[clients]") {
  setenv("COLUMNS", "60", 1);
  CHECK(screen_columns() == 60);
  setenv("COLUMNS", "10", 1);
  CHECK(screen_columns() == 40);
  setenv("COLUMNS", "500", 1);
  CHECK(screen_columns() == 80);
  setenv("COLUMNS", "wide", 1);
  CHECK(screen_columns() == 80);
  unsetenv("COLUMNS");
}
