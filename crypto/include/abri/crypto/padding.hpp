// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/limits.hpp>
#include <abri/crypto/aead.hpp>

#include <cstddef>

/// Lengths on the wire, which tell buckets and not contents. Safe on any thread.
namespace abri::crypto {

/// The length on the wire of a sealed entry that needs at least `size` bytes: 384, 512, 768, 1024, 1536, 2048, then PADMÉ
/// (at most 12 % more), at most 64 KiB.
///
/// @errors  Errc::too_large  above `limits::kMaxEntryBytes`
/// @source  docs/protocol.md section "An entry"; Nikitin et al., "Reducing Metadata Leakage from Encrypted Files"
Result<std::size_t> bucket(std::size_t size);

/// The most that fits into one entry: 64 KiB less nonce, tag and one byte of padding.
inline constexpr std::size_t kMaxEnvelopeBytes = limits::kMaxEntryBytes - kSealOverhead - 1;

/// The view without its padding: 0x80 and zeros (ISO/IEC 7816-4), so many that it fills its bucket with nonce and tag.
/// @errors  Errc::malformed  no 0x80 before the zeros, or more or fewer zeros than the bucket asks for
Result<BytesView> unpad(BytesView padded);

}  // namespace abri::crypto
