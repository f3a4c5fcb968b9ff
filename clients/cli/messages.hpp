// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/language.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// Everything that the command line says, in both languages, in one place.
namespace abri::cli {

/// The language of $LC_ALL, $LC_MESSAGES or $LANG: French unless it says otherwise.
Language language_of_environment();

/// Words as they are printed: in French no line ends before : ; ? ! nor within « ». Every text of the catalogue is given so; what a person
/// wrote is never changed.
std::string typeset(std::string_view words, Language language);

/// The text of a key, "sync.done". An unknown key is a bug and stops the program.
std::string_view text(std::string_view key, Language language);
/// `text` with each "{}" replaced in turn.
std::string text(std::string_view key, Language language, std::initializer_list<std::string> values);

/// The text of a key in the form that a number asks for, "KEY.one" or "KEY.other", with the number put in. Nought is singular in
/// French and plural in English.
std::string counted(std::string_view key, std::uint64_t count, Language language);

/// What an error means to a person and what to do, by the identifier of `Errc` and the place it names.
/// A place that has no name for people is left out, but for a bug, which is reported with it.
std::string explain(std::string_view error, std::string_view where, Language language);
/// The same with the name of the place as people know it; empty where there is none.
std::string explain_named(std::string_view error, const std::string& name, Language language);
/// The exit code of an error (docs/guide/fr/commandes.md): 0 done, 2 usage, then one a kind of error. Besides those of `Errc`:
///   incomplete     a synchronisation left something out (agent/obstacles.hpp)
///   output_failed  the answer could not be written; what was asked for may be done
int exit_code(std::string_view error);

/// Does the catalogue hold that key in both languages? For its test.
bool has_text(std::string_view key);

}  // namespace abri::cli
