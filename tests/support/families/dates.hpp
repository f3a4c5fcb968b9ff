// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "support/families/random.hpp"

#include <chrono>
#include <string>

namespace abri::test {

/// kFamiliesDay as a day.
std::chrono::sys_days families_day();
/// A day between `least` and `most` days before `day`; negative numbers lie after it.
std::chrono::sys_days day_before(Random& random, std::chrono::sys_days day, int least, int most);
/// "2026-01-05"
std::string iso_date(std::chrono::sys_days day);
/// "5 janvier 2026"
std::string french_date(std::chrono::sys_days day);

}  // namespace abri::test
