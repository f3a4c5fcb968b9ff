// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace abri::crypto {

/// Fills `out` from the operating system's generator. Stops the program where that fails: there is no weaker source.
/// @threads  safe on any thread; different in parent and child after `fork`
void random_bytes(std::span<std::byte> out);

/// 64 random bits: seeds of schedules, incarnations. As `random_bytes`.
std::uint64_t random_u64();

/// A random identifier, `random_id<CaseId>()`; never all zeros in practice. As `random_bytes`.
template <class I>
I random_id() {
  ByteArray<I::kSize> raw{};
  random_bytes(raw);
  return I(raw);
}

}  // namespace abri::crypto
