// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace abri::agent {

/// The folder of the agents' sockets: $XDG_RUNTIME_DIR/abri, or one of this user's own below /tmp. Mode 0700 is the agent's to see to.
inline std::filesystem::path socket_directory() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, before any thread
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime != '\0') return std::filesystem::path(runtime) / "abri";
  return std::filesystem::path("/tmp") / ("abri-" + std::to_string(getuid()));
}

/// Where the agent of a vault listens. Socket paths are short, vault paths may be long: the name is a hash (FNV-1a) of the path.
inline std::filesystem::path socket_path(const std::filesystem::path& vault) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : std::filesystem::weakly_canonical(vault).string()) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  char name[32];  // NOLINT(*-avoid-c-arrays)
  std::snprintf(name, sizeof name, "%016llx.sock", static_cast<unsigned long long>(hash));
  return socket_directory() / name;
}

inline constexpr int kProtocolVersion = 1;
inline constexpr std::size_t kMaxRequestBytes = 1024UL * 1024;

}  // namespace abri::agent
