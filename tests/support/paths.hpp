// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <filesystem>

namespace abri::test {

/// The tree's root, for files that a test reads: `source_dir() / "tests/vectors/wrap.json"`.
std::filesystem::path source_dir();

/// Where this build put the programs `abri`, `abri-agent`, `abri-server`.
std::filesystem::path bin_dir();

}  // namespace abri::test
