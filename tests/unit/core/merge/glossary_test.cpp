// SPDX-License-Identifier: MPL-2.0
#include "merge/workflows.hpp"
#include "support/paths.hpp"

#include <fstream>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace abri;

TEST_CASE("glossary: every step of a workflow stands there with its French label and its identifier",
          "[core][merge]") {
  std::ifstream file(test::source_dir() / "docs/glossary.md");
  REQUIRE(file);
  std::set<std::string> rows;
  for (std::string line; std::getline(file, line);) rows.insert(line);
  for (const auto& machine : core::merge::workflows()) {
    for (const auto& step : machine.transitions) {
      const auto row = "| " + std::string(step.label_fr) + " | `" + std::string(step.action) + "` | " +
                       std::string(step.label_en) + " |";
      INFO(machine.name << ": " << row);
      CHECK(rows.contains(row));
    }
  }
}
