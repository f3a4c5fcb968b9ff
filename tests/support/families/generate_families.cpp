// SPDX-License-Identifier: MPL-2.0
#include "support/families/families.hpp"

#include <cstdint>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace {

boost::json::object to_json(const abri::test::Family& family) {
  boost::json::array records;
  for (const auto& record : family.records) {
    boost::json::object fields;
    for (const auto& field : record.fields) {
      if (field.repeated) {
        fields[field.name] = boost::json::value_from(field.values);
      } else {
        fields[field.name] = field.values.front();
      }
    }
    records.push_back({{"type", record.type}, {"fields", std::move(fields)}});
  }
  return {{"records", std::move(records)},
          {"sensitive", boost::json::value_from(abri::test::sensitive_texts(family))}};
}

void print(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

void print_text(const abri::test::Family& family) {
  for (const auto& record : family.records) {
    print(record.type);
    for (const auto& field : record.fields) {
      for (const auto& value : field.values) print("  " + field.name + ": " + value);
    }
  }
  print("");
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  std::size_t count = 300;
  bool json = false;
  CLI::App program{"Writes invented families in realistic French, the same for one seed."};
  program.add_option("--seed", seed, "What the families are drawn from")->capture_default_str();
  program.add_option("--count", count, "How many")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, abri::test::kMaxFamilies));
  program.add_flag("--json", json, "One JSON object: seed, day, families with records and sensitive texts");
  CLI11_PARSE(program, argc, argv);

  const auto families = abri::test::generate_families(seed, count);
  if (!json) {
    for (const auto& family : families) print_text(family);
    return 0;
  }
  boost::json::array array;
  for (const auto& family : families) array.push_back(to_json(family));
  print(boost::json::serialize(boost::json::object{
      {"seed", seed}, {"day", abri::test::kFamiliesDay}, {"families", std::move(array)}}));
  return 0;
}
