// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>
#include <abri/base/result.hpp>

namespace abri::cli {

/// Lets a person type a passphrase without showing it, straight into a pipe for the agent: this program keeps no copy.
/// @param is_new  asks again and compares, then looks at the length
/// @return        the reading end; the caller closes it
/// @errors        Errc::invalid_argument  no terminal, or the two entries differ too often
///                Errc::weak_parameters   a new one that is too short
Result<int> prompt_passphrase(const char* message_key, bool is_new, Language language);

/// Takes a new passphrase from a descriptor, a line, and hands it on where it is long enough: this program keeps no copy.
/// @return  the reading end; the caller closes it
/// @errors  Errc::invalid_argument  nothing there
///          Errc::weak_parameters   too short
///          Errc::too_large         longer than `limits::kMaxPassphraseBytes`
Result<int> check_new_passphrase(int descriptor);

}  // namespace abri::cli
