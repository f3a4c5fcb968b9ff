// SPDX-License-Identifier: MPL-2.0
//
// leak_search NEEDLES PLACE=FILE|FOLDER|pid:N …
//
// NEEDLES: a file of texts, one a line. Prints a line of JSON for each place: what was searched and what was found. A process's
// memory is read from /proc, together with the files it holds open without a name.
#include "support/leak/search.hpp"

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

namespace {

using abri::test::Hit;
using abri::test::LeakSearch;

struct Found {
  std::uint64_t bytes{0};
  std::uint64_t files{0};
  std::vector<Hit> hits;
};

void scan_file(const LeakSearch& search, const std::filesystem::path& path, Found& found) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  found.bytes += content.size();
  ++found.files;
  search.scan(content, found.hits);
}

void scan_memory(const LeakSearch& search, const std::string& pid, Found& found) {
  std::ifstream maps("/proc/" + pid + "/maps");
  const int memory = open(("/proc/" + pid + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  for (std::string line; std::getline(maps, line);) {
    std::istringstream in(line);
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    char dash = 0;
    std::string rights;
    in >> std::hex >> from >> dash >> to >> rights;
    if (rights.empty() || rights[0] != 'r' || line.find("[vvar]") != std::string::npos) continue;
    std::string content(to - from, '\0');
    const auto got = pread(memory, content.data(), content.size(), static_cast<off_t>(from));
    if (got <= 0) continue;
    content.resize(static_cast<std::size_t>(got));
    found.bytes += content.size();
    ++found.files;
    search.scan(content, found.hits);
  }
  close(memory);
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + pid + "/fd")) {
    std::error_code failed;
    const auto target = std::filesystem::read_symlink(entry.path(), failed);
    if (!failed && target.string().ends_with(" (deleted)")) scan_file(search, entry.path(), found);
  }
}

Found scan_place(const LeakSearch& search, const std::string& place) {
  Found found;
  if (place.starts_with("pid:")) {
    scan_memory(search, place.substr(4), found);
  } else if (std::filesystem::is_directory(place)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place))
      if (entry.is_regular_file()) scan_file(search, entry.path(), found);
  } else {
    scan_file(search, place, found);
  }
  return found;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: leak_search NEEDLES NAME=PLACE ...\n");
    return 2;
  }
  LeakSearch search;
  std::ifstream needles(argv[1]);
  for (std::string line; std::getline(needles, line);)
    if (line.size() >= 8) search.add(line);
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto equals = argument.find('=');
    const auto found = scan_place(search, argument.substr(equals + 1));
    std::cout << "{\"place\":" << quoted(argument.substr(0, equals)) << ",\"needles\":" << search.needles()
              << ",\"bytes\":" << found.bytes << ",\"parts\":" << found.files
              << ",\"hits\":" << found.hits.size() << ",\"found\":[";
    for (std::size_t k = 0; k < found.hits.size() && k < 20; ++k)
      std::cout << (k == 0 ? "" : ",") << "{\"text\":" << quoted(found.hits[k].needle)
                << ",\"encoding\":" << quoted(found.hits[k].encoding) << "}";
    std::cout << "]}\n";
  }
  return 0;
}
