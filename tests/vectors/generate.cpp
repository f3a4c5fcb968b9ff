// SPDX-License-Identifier: MPL-2.0
// Writes the golden vectors: vectors_generate FOLDER. A changed file is a changed protocol (docs/protocol.md, VERSIONS.md).
#include "make_chain.hpp"
#include "make_feed.hpp"

#include <abri/crypto/init.hpp>

#include <cstdio>
#include <fstream>

int main(int argc, char** argv) {
  if (argc != 2 || !abri::crypto::initialise()) {
    std::fputs("usage: vectors_generate FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (const auto& [name, make] : abri::vectors::all()) {
    std::ofstream out(folder / (name + ".json"));
    out << abri::vectors::pretty(make()) << '\n';
    if (!out.flush()) {
      std::fprintf(stderr, "cannot write %s.json\n", name.c_str());
      return 1;
    }
  }
  return 0;
}
