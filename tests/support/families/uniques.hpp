// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <string>
#include <unordered_set>
#include <utility>

namespace abri::test {

/// Draws until a text comes out that never did before.
class Uniques {
 public:
  template <class Draw>
  std::string draw(Draw&& one) {
    std::string text = one();
    while (!seen_.insert(text).second) text = one();
    return text;
  }

 private:
  std::unordered_set<std::string> seen_;
};

}  // namespace abri::test
