// SPDX-License-Identifier: MPL-2.0
#include "cases/roles.hpp"

#include "support/paths.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core;
using namespace abri::core::cases;

namespace {

struct Held {
  chain::Role role;
  std::uint32_t bit;
  std::string name;
};
#define HELD(number, name)                   \
  Held {                                     \
    chain::Role::name, 1U << (number), #name \
  }

/// The roles that a chain holds, each with its bit on the wire and the name of its enumerator.
const std::vector<Held>& held() {
  static const std::vector<Held> kHeld{HELD(0, administrator),
                                       HELD(1, head),
                                       HELD(2, social_worker),
                                       HELD(3, housing_referent),
                                       HELD(4, shelter),
                                       HELD(5, landlord_referent),
                                       HELD(6, allocation_officer),
                                       HELD(7, mediator),
                                       HELD(8, rights_adviser),
                                       HELD(9, data_protection),
                                       HELD(10, regional_coordination)};
  return kHeld;
}
#undef HELD

/// "social_worker" of ROLE_SOCIAL_WORKER.
std::string schema_name(const google::protobuf::EnumValueDescriptor& value) {
  auto name = value.name().substr(std::string_view("ROLE_").size());
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::string read_file(const char* path) {
  std::ifstream file(test::source_dir() / path);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("roles: what a chain holds has the name and the meaning of the schema's role", "[core][cases]") {
  CHECK(held().size() == static_cast<std::size_t>(std::popcount(chain::kKnownRoleBits)));
  for (const auto& one : held()) {
    INFO(one.name);
    CHECK(static_cast<std::uint32_t>(one.role) == one.bit);
    CHECK(role_names(one.role) == std::vector{one.name});
    const auto parsed = parse_roles({one.name});
    REQUIRE(parsed);
    CHECK(*parsed == chain::Roles(one.role));
    v1::Role role{};
    std::string value = "ROLE_" + one.name;
    std::ranges::transform(value, value.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    REQUIRE(v1::Role_Parse(value, &role));
    CHECK(workflow_roles(one.role) == merge::role_bit(role));
  }
}

TEST_CASE("roles: one that no chain can hold yet is refused, and told as such where roles are listed",
          "[core][cases]") {
  const auto glossary = read_file("docs/glossary.md");
  const auto protocol = read_file("docs/protocol.md");
  const auto without = roles_without_a_bit();
  const auto* roles = v1::Role_descriptor();
  for (int i = 0; i < roles->value_count(); ++i) {
    const auto& value = *roles->value(i);
    if (value.number() == v1::ROLE_UNSPECIFIED) continue;
    const auto name = schema_name(value);
    INFO(name);
    const bool can_be_held = std::ranges::find(held(), name, &Held::name) != held().end();
    CHECK(can_be_held == (std::ranges::find(without, value.number()) == without.end()));
    CHECK(can_be_held == parse_roles({name}).has_value());
    CHECK(protocol.find("`" + name + "`") != std::string::npos);
    const auto row = glossary.find("| `" + name + "` | ", glossary.find("### `role`"));
    REQUIRE(row != std::string::npos);
    const auto line = glossary.substr(row, glossary.find('\n', row) - row);
    CHECK(can_be_held == (line.find("nobody can be given it yet") == std::string::npos));
  }
}

TEST_CASE("roles: the bits on the wire are written down in their order", "[core][cases]") {
  std::string list;
  for (const auto& one : held()) list += (list.empty() ? "`" : ", `") + one.name + "`";
  auto protocol = read_file("docs/protocol.md");
  std::ranges::replace(protocol, '\n', ' ');
  CHECK(protocol.find(list) != std::string::npos);
}
