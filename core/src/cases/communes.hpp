// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The communes of France, embedded into the program: nothing is read from disk and nobody is asked over a network.
///
/// Every function is safe on any thread. The first call builds an index of about 1.5 MB; the texts given out point into
/// the program itself and stay valid for ever.
///
/// @source core/data/communes.tsv, core/data/epci.tsv (scripts/communes)
namespace abri::core {

/// How well the position of a commune is known.
enum class Precision : std::uint8_t {
  point,      ///< the commune's own point
  cp_mean,    ///< the mean of the known communes of its postal codes
  epci_mean,  ///< the mean of the known communes of its EPCI
};

/// Degrees north and east, WGS 84.
struct Position {
  double latitude{};
  double longitude{};
  Precision precision{Precision::point};
};

/// The distance in km within which a place of the commune lies from its position: the extent of a commune for a point,
/// the 95th percentile of the leave-one-out error for means of a postal code, a careful bound for those of an EPCI.
double uncertainty_km(Precision precision);

struct Commune {
  std::string_view code;        ///< INSEE code, 5 characters; Corsican ones have a letter ("2A004")
  std::string_view name;        ///< official name with capitals and accents, UTF-8
  std::string_view department;  ///< "59", "2A", "974"
  std::string_view epci;        ///< SIREN of its EPCI, 9 digits; empty for the 98 communes of none
  std::vector<std::string_view> postal_codes;  ///< ascending; none for the 5 districts of the southern lands
  std::uint32_t population{};
  std::optional<Position> position;  ///< for the communes of Hauts-de-France only
};

/// The commune of an INSEE code.
/// @errors Errc::invalid_argument  not of the form of an INSEE code
///         Errc::not_found         no commune of today bears it
Result<Commune> find_commune(std::string_view code);

/// The communes that a postal code serves, by code; empty if there is none.
std::vector<Commune> communes_by_postal_code(std::string_view postal_code);

/// The communes whose name begins so, the most populous first, at most `limit`. Case, accents, hyphens and apostrophes
/// do not count, "St" and "Ste" stand for "Saint" and "Sainte", and a leading article may be left out.
std::vector<Commune> communes_by_name(std::string_view prefix, std::size_t limit);

/// The name of an EPCI, e.g. "Métropole Européenne de Lille".
/// @errors Errc::not_found  no EPCI has this SIREN
Result<std::string_view> epci_name(std::string_view siren);

}  // namespace abri::core
