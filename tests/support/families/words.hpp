// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "support/families/random.hpp"

#include <span>
#include <string>
#include <string_view>

/// The raw material of the generated families: first names, and syllables from which family names and places are put
/// together; a likeness to a real one is chance. All lists are our own.
namespace abri::test {

using Words = std::span<const std::string_view>;

/// Where a person's names come from; the shares are those of a region of old and new immigration.
struct Origin {
  int share;  ///< weight of the draw
  Words heads;
  Words middles;
  Words tails;
  Words women;  ///< first names of at most 7 bytes: shorter than what a leak search looks for
  Words men;
  Words languages;       ///< spoken beside French
  int foreign_language;  ///< per cent who speak one of these rather than French
  int residence_permit;  ///< per cent who need one
};

const Origin& draw_origin(Random& random);
/// An invented family name of at least 8 letters.
std::string draw_family_name(Random& random, const Origin& origin);
/// An invented place or company name, "Verdinecourt".
std::string draw_place(Random& random);
/// "rue du Moulin Verdinecourt"
std::string draw_street(Random& random);
/// First sentence of a note and one that may follow. Each has placeholders: {N} a person, {P} a place, {S} number and
/// street, {C} a commune, {D} a past date, {F} a coming one, {H} an hour; the first has {N}, {P} or {S}.
Words note_openings();
Words note_continuations();
Words danger_reasons();
Words danger_notes();
Words needs_notes();

}  // namespace abri::test
