// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace abri::proto {

/// The number that a person typed, in the one form that is stored: E.164, "+33639980012". Two people who write the same number in
/// different ways write the same value.
///
/// Understood: a French number of ten digits ("06 39 98 00 12"), the same behind +33 or 0033 ("+33 (0)6 39 98 00 12"), any other
/// country's behind + or 00 ("+32 470 12 34 56"); with blanks, dots and hyphens. French numbers of overseas departments get the
/// country code that they have abroad: 0692 12 34 56 is +262692123456.
/// @return  nullopt where it is none: letters, too few or too many digits, short numbers (17, 112, 3919)
/// @source  ITU-T E.164; Arcep, plan national de numérotation
std::optional<std::string> normalised_phone(std::string_view text);

/// A stored number as it is read and dialled in France: "06 39 98 00 12", "0692 12 34 56"; of other countries as it is stored.
/// Text that is no number in the stored form, which older versions took, comes back as it is.
std::string readable_phone(std::string_view stored);

}  // namespace abri::proto
