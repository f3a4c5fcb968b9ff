// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstdint>

namespace abri {

/// The languages of labels and messages.
enum class Language : std::uint8_t { french, english };

}  // namespace abri
