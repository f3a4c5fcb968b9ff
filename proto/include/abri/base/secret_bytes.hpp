// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>

#include <cstddef>
#include <cstring>  // explicit_bzero, of glibc
#include <new>
#include <span>
#include <vector>

/// Buffers of any length for bytes that are secret, or hold a secret among others: what is about to be sealed or was just
/// opened. Keys that stay have the types of `abri/crypto/secret.hpp`.
namespace abri {

/// Overwrites what it lets go of. For bytes only.
template <class T>
struct WipingAllocator {
  static_assert(sizeof(T) == 1);
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor): so rebound

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count)); }
  void deallocate(T* memory, std::size_t count) noexcept {
    explicit_bzero(memory, count);
    ::operator delete(memory);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// `Bytes` whose memory is wiped wherever it is given back: at the end, when it grows, when another takes its place.
using SecretBytes = std::vector<std::byte, WipingAllocator<std::byte>>;
/// A `Writer` that leaves no copy of what it wrote behind.
using SecretWriter = BasicWriter<SecretBytes>;

/// Wipes a buffer that somebody else made, such as `Bytes` that were just opened, at the end of a scope. The buffer outlives
/// it and keeps its memory.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::span<std::byte> bytes) : bytes_(bytes) {}
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;
  ~WipeAtEnd() {
    if (!bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.size());
  }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace abri
