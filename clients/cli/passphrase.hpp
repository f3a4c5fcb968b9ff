// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>
#include <abri/base/result.hpp>

namespace abri::cli {

/// Lets a person type a passphrase without showing it, straight into a pipe for the agent: this program keeps no copy.
/// @param twice  asks again and compares
/// @return       the reading end; the caller closes it
/// @errors       Errc::invalid_argument  no terminal, or the two entries differ too often
Result<int> prompt_passphrase(const char* message_key, bool twice, Language language);

}  // namespace abri::cli
