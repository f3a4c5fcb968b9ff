// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace abri::test {

/// Where a needle was found.
struct Hit {
  std::string needle;
  std::string encoding;
  bool inflated{false};
};

/// Searches bytes for many texts in all encodings at once, inflating zlib and gzip streams on the way: a table over the first eight
/// bytes of every encoded text.
class LeakSearch {
 public:
  /// @param needle  a text of at least eight characters
  void add(const std::string& needle);
  [[nodiscard]] std::size_t needles() const { return needles_.size(); }
  /// Adds the hits in `bytes`, each needle and encoding once.
  void scan(std::string_view bytes, std::vector<Hit>& hits) const;

 private:
  struct Pattern {
    std::size_t needle;
    std::string_view encoding;
    std::string bytes;
  };
  void scan_plain(std::string_view bytes, bool inflated, std::vector<Hit>& hits) const;
  std::vector<std::string> needles_;
  std::vector<Pattern> patterns_;
  std::unordered_multimap<std::uint64_t, std::size_t> by_start_;
  std::vector<bool> filter_ = std::vector<bool>(1U << 24U);
};

}  // namespace abri::test
