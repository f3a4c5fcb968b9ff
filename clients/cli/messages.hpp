// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <string>
#include <string_view>

/// Everything that the command line says, in both languages, in one place.
namespace abri::cli {

/// The language of $LC_ALL, $LC_MESSAGES or $LANG: French unless it says otherwise.
Language language_of_environment();

/// The text of a key, "sync.done". An unknown key is a bug and stops the program.
std::string_view text(std::string_view key, Language language);
/// `text` with each "{}" replaced in turn.
std::string text(std::string_view key, Language language, std::initializer_list<std::string> values);

/// What an error means to a person and what to do, by the identifier of `Errc` and the place it names.
std::string explain(std::string_view error, std::string_view where, Language language);
/// The exit code of an error (docs/guide/fr/commandes.md): 0 done, 2 usage, then one a kind of error.
int exit_code(std::string_view error);

/// Does the catalogue hold that key in both languages? For its test.
bool has_text(std::string_view key);

}  // namespace abri::cli
