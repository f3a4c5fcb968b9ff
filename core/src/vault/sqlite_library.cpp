// SPDX-License-Identifier: MPL-2.0
#include "vault/sqlite_library.hpp"

#include <abri/crypto/secret.hpp>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <span>

#include <sqlite3.h>

namespace abri::core::vault {
namespace {

// In front of each block stands its size, so that freeing knows what to wipe.
constexpr std::size_t kPrefix = alignof(std::max_align_t);

void* allocate(int size) {
  auto* block = static_cast<std::byte*>(std::malloc(kPrefix + static_cast<std::size_t>(size)));
  if (block == nullptr) return nullptr;
  std::memcpy(block, &size, sizeof(size));
  return block + kPrefix;
}

int size_of(void* memory) {
  if (memory == nullptr) return 0;
  int size = 0;
  std::memcpy(&size, static_cast<std::byte*>(memory) - kPrefix, sizeof(size));
  return size;
}

void release(void* memory) {
  if (memory == nullptr) return;
  auto* bytes = static_cast<std::byte*>(memory);
  crypto::wipe(std::span(bytes, static_cast<std::size_t>(size_of(memory))));
  std::free(bytes - kPrefix);
}

// The old block must be wiped too, hence no realloc().
void* reallocate(void* memory, int size) {
  void* grown = allocate(size);
  if (grown == nullptr) return nullptr;
  const int kept = size_of(memory) < size ? size_of(memory) : size;
  if (kept > 0) std::memcpy(grown, memory, static_cast<std::size_t>(kept));
  release(memory);
  return grown;
}

int round_up(int size) {
  return (size + 7) & ~7;
}

Result<void> start() {
  static const sqlite3_mem_methods kWiping{.xMalloc = allocate,
                                           .xFree = release,
                                           .xRealloc = reallocate,
                                           .xSize = size_of,
                                           .xRoundup = round_up,
                                           .xInit = [](void*) { return SQLITE_OK; },
                                           .xShutdown = [](void*) {},
                                           .pAppData = nullptr};
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &kWiping) != SQLITE_OK) {
    return Error{Errc::unsafe_storage, "sqlite: started before the wiping allocator"};
  }
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_initialize() != SQLITE_OK) return Error{Errc::storage_failed, "sqlite3_initialize"};
  if (sqlite3_compileoption_used("TEMP_STORE=3") == 0) {
    return Error{Errc::unsafe_storage, "sqlite: temporary files are allowed"};
  }
  return {};
}

}  // namespace

Result<void> start_sqlite() {
  static const Result<void> kStarted = start();
  return kStarted;
}

}  // namespace abri::core::vault
