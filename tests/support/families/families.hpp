// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Case files in realistic French for tests, benchmarks and the demonstration. Nobody in them exists: family names, streets,
/// schools and firms are put together from syllables; phone numbers lie in the ranges that ARCEP keeps for works of fiction.
/// Communes, postal codes and EPCI are real ones of Hauts-de-France.
namespace abri::test {

/// A field of the schema (proto/abri/v1/records.proto) with its values as text: enumerators without their prefix in lower
/// case ("from_300"), "true" or "false", ISO dates.
struct FamilyField {
  std::string name;
  std::vector<std::string> values;  ///< one, or all items of a repeated field
  bool repeated{false};
};

/// A record of the schema: "case_file", "person", "location", "danger_assessment", "needs_sheet".
struct FamilyRecord {
  std::string type;
  std::vector<FamilyField> fields;

  /// The only or first value of a field; empty if it is not set.
  [[nodiscard]] std::string_view get(std::string_view field) const;
};

/// One case: its case file, the woman, her children, her places, the danger, the needs.
struct Family {
  std::vector<FamilyRecord> records;

  /// The records of one type, in order; the first person is the woman.
  [[nodiscard]] std::vector<const FamilyRecord*> of_type(std::string_view type) const;
};

/// The day on which the generated files stand: ages and dates count from it.
inline constexpr std::string_view kFamiliesDay = "2026-01-05";

/// More would use up the phone numbers of fiction.
inline constexpr std::size_t kMaxFamilies = 25'000;

/// The families of a seed, the same on every machine; the first ones do not depend on `count`.
///
/// No name, address, phone number, agreed phrase or note of one family occurs in another.
/// @param count  at most kMaxFamilies
std::vector<Family> generate_families(std::uint64_t seed, std::size_t count);

/// What nobody but the association may ever read of this family: its names, phone numbers, addresses, agreed phrases and
/// notes of 8 characters or more. Each holds a random part, so that finding one anywhere means that it leaked.
std::vector<std::string> sensitive_texts(const Family& family);

}  // namespace abri::test
