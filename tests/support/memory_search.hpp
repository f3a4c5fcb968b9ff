// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/secret.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/// Whether something stands in this process's memory. Show first that the search finds it.
namespace abri::test {

/// A needle that is in memory only while it is used: the scan must not find the searcher's own copy.
class HiddenNeedle {
 public:
  explicit HiddenNeedle(BytesView plain) {
    REQUIRE(plain.size() >= 16);
    for (const auto b : plain) masked_.push_back(b ^ kMask);
  }
  [[nodiscard]] int count_in(const std::byte* data, std::size_t size) const {
    int found = 0;
    const auto* const end = data + size - masked_.size() + 1;
    const int first = std::to_integer<int>(masked_[0] ^ kMask);
    for (const auto* at = data; at < end; ++at) {
      at = static_cast<const std::byte*>(std::memchr(at, first, static_cast<std::size_t>(end - at)));
      if (at == nullptr) break;
      std::size_t same = 1;
      while (same < masked_.size() && at[same] == (masked_[same] ^ kMask)) ++same;
      if (same == masked_.size()) ++found;
    }
    return found;
  }
  template <class F>
  void use(F&& with) const {
    crypto::WipedArray<64> plain;
    for (std::size_t i = 0; i < masked_.size(); ++i) plain.span()[i] = masked_[i] ^ kMask;
    with(BytesView(plain.span()).first(masked_.size()));
  }

 private:
  static constexpr std::byte kMask{0x5a};
  Bytes masked_;
};

/// How often a needle stands in this process's memory, but for the window through which the scan looks.
inline int count_in_memory(const HiddenNeedle& needle) {
  constexpr std::size_t kWindow = 1U << 20U;
  constexpr std::size_t kOverlap = 64;
  constexpr std::size_t kLargestMapping = 1U << 30U;
  auto* window = static_cast<std::byte*>(
      ::mmap(nullptr, kWindow, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  REQUIRE(window != MAP_FAILED);
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  REQUIRE(memory >= 0);
  std::ifstream maps("/proc/self/maps");
  int found = 0;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0;
    unsigned long end = 0;
    std::string mode;
    std::istringstream fields(line);
    char dash = 0;
    fields >> std::hex >> begin >> dash >> end >> mode;
    if (!mode.starts_with('r')) continue;
    if (end - begin > kLargestMapping) continue;  // a sanitizer's shadow
    const auto own = reinterpret_cast<unsigned long>(window);
    for (auto at = begin; at < end; at += kWindow - kOverlap) {
      const auto size = std::min<std::size_t>(kWindow, end - at);
      if (at < own + kWindow && own < at + size) continue;
      const auto got = ::pread(memory, window, size, static_cast<off_t>(at));
      if (got >= static_cast<ssize_t>(kOverlap))
        found += needle.count_in(window, static_cast<std::size_t>(got));
    }
  }
  ::close(memory);
  ::munmap(window, kWindow);
  return found;
}

}  // namespace abri::test
