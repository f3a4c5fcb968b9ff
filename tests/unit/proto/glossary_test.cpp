// SPDX-License-Identifier: MPL-2.0
#include "support/paths.hpp"

#include <abri/proto/schema.hpp>
#include <abri/v1/workflow.pb.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace {

/// The first cells of all rows: "| French | `identifier` | what it is |".
std::set<std::string> terms() {
  std::ifstream file(abri::test::source_dir() / "docs/glossary.md");
  REQUIRE(file);
  std::set<std::string> out;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| ")) continue;
    const auto end = line.find(" | ");
    if (end != std::string::npos) out.insert(line.substr(2, end - 2));
  }
  return out;
}

}  // namespace

TEST_CASE("glossary: every French label of the schema is explained", "[proto]") {
  const auto known = terms();
  CHECK(known.size() > 100);
  for (const auto& record : abri::proto::schema().records()) {
    INFO(record.name);
    CHECK(known.contains(record.label.fr));
    for (const auto& field : record.fields) {
      INFO(record.name << "." << field.name);
      CHECK(known.contains(field.label.fr));
      if (field.enumeration == nullptr) continue;
      for (const auto& value : field.enumeration->values) {
        INFO(field.enumeration->name << " " << value.name);
        CHECK(known.contains(value.label.fr));
      }
    }
  }
}

TEST_CASE("glossary: every role of the schema is explained", "[proto]") {
  const auto known = terms();
  const auto* roles = abri::v1::Role_descriptor();
  CHECK(roles->value_count() > 10);
  for (int i = 0; i < roles->value_count(); ++i) {
    const auto& value = *roles->value(i);
    if (value.number() == abri::v1::ROLE_UNSPECIFIED) continue;
    INFO(value.name());
    CHECK(known.contains(value.options().GetExtension(abri::value_fr)));
  }
}
