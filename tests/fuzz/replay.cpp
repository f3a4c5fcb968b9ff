// SPDX-License-Identifier: MPL-2.0
// A target without libFuzzer: gives it each file of the folders named, in order, and each cut short and with one bit flipped.
#include "fuzz.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

void run_with_neighbours(const std::string& input) {
  run(input);
  // a few hundred places of a long input are enough
  const std::size_t step = 1 + input.size() / 256;
  for (std::size_t i = 0; i < input.size(); i += step) {
    run(input.substr(0, i));
    auto flipped = input;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    run(flipped);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i)
    for (const auto& file : std::filesystem::directory_iterator(argv[i])) files.push_back(file.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    run_with_neighbours({std::istreambuf_iterator<char>(in), {}});
  }
  std::printf("%zu seeds\n", files.size());
  return files.empty() ? 1 : 0;
}
