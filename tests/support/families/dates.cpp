// SPDX-License-Identifier: MPL-2.0
#include "support/families/dates.hpp"

#include <array>
#include <string_view>

namespace abri::test {

std::chrono::sys_days families_day() {
  using namespace std::chrono_literals;
  return 2026y / 1 / 5;
}

std::chrono::sys_days day_before(Random& random, std::chrono::sys_days day, int least, int most) {
  return day - std::chrono::days{random.between(least, most)};
}

std::string iso_date(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  const auto two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) +
         '-' + two(static_cast<unsigned>(date.day()));
}

std::string french_date(std::chrono::sys_days day) {
  constexpr std::array<std::string_view, 12> kMonths = {"janvier",   "février", "mars",     "avril",
                                                        "mai",       "juin",    "juillet",  "août",
                                                        "septembre", "octobre", "novembre", "décembre"};
  const std::chrono::year_month_day date{day};
  const auto number = static_cast<unsigned>(date.day());
  std::string text = number == 1 ? "1er" : std::to_string(number);
  text.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  return text += std::to_string(static_cast<int>(date.year()));
}

}  // namespace abri::test
