// SPDX-License-Identifier: MPL-2.0
#include "support/families/families.hpp"

#include "support/families/writer.hpp"

#include <algorithm>
#include <array>

namespace abri::test {
namespace {

/// The fields whose texts identify or locate somebody.
constexpr std::array<std::string_view, 9> kSensitiveFields = {"last_name", "used_name",    "first_name",
                                                              "phone",     "safe_phone",   "code_phrase",
                                                              "address",   "level_reason", "notes"};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

std::string_view FamilyRecord::get(std::string_view field) const {
  for (const auto& f : fields) {
    if (f.name == field && !f.values.empty()) return f.values.front();
  }
  return {};
}

std::vector<const FamilyRecord*> Family::of_type(std::string_view type) const {
  std::vector<const FamilyRecord*> found;
  for (const auto& record : records) {
    if (record.type == type) found.push_back(&record);
  }
  return found;
}

std::vector<Family> generate_families(std::uint64_t seed, std::size_t count) {
  ABRI_ASSERT(count <= kMaxFamilies);
  FamilyWriter writer(seed);
  std::vector<Family> families;
  families.reserve(count);
  for (std::size_t i = 0; i < count; ++i) families.push_back(writer.next());
  return families;
}

std::vector<std::string> sensitive_texts(const Family& family) {
  std::vector<std::string> texts;
  for (const auto& record : family.records) {
    for (const auto& field : record.fields) {
      if (std::find(kSensitiveFields.begin(), kSensitiveFields.end(), field.name) == kSensitiveFields.end())
        continue;
      for (const auto& value : field.values) {
        if (characters(value) >= 8) texts.push_back(value);
      }
    }
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

}  // namespace abri::test
