// SPDX-License-Identifier: MPL-2.0
#include "support/paths.hpp"

namespace abri::test {

std::filesystem::path source_dir() {
  return ABRI_SOURCE_DIR;
}

std::filesystem::path bin_dir() {
  return ABRI_BIN_DIR;
}

}  // namespace abri::test
