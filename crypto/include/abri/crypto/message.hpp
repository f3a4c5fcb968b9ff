// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>
#include <abri/crypto/aead.hpp>
#include <abri/crypto/keys.hpp>

#include <cstdint>

/// The inner layer: the Change of one Body, sealed under a key used once.
///
///   K_m    = BLAKE2b(key = CK, personal = "abri/1.msg", H("abri/1.core", Core) 32 ‖ body index u32)
///   sealed = XChaCha20-Poly1305(K_m, nonce = 0, Change, ad = H(Core) 32 ‖ body index u32 ‖ body header)
///
/// The random salt in Core makes K_m single-use even where two clones of a device write the same sequence.
namespace abri::crypto {

/// K_m. For a write-only compartment it is random instead, `MessageKey::generate()`, and wrapped to the readers' group.
using MessageKey = SingleUseKey;

/// Which body of which entry.
struct MessagePosition {
  Hash core;               ///< H("abri/1.core", Core)
  std::uint32_t index{0};  ///< of the body in its entry
};

/// K_m of one body; another one for every entry and body.
/// @threads  safe on any thread
MessageKey message_key(const CompartmentKey& key, const MessagePosition& position);

/// Appends the sealed Change (16 bytes longer) to `out`.
/// @param body_header  the canonical bytes of the body before the sealed part: kind, case reference, compartment, epoch
/// @threads            safe on any thread
void seal_message_append(Bytes& out, const CompartmentKey& key, const MessagePosition& position,
                         BytesView body_header, BytesView change);
/// The same under a key that was made for this body.
void seal_message_append(Bytes& out, MessageKey key, const MessagePosition& position, BytesView body_header,
                         BytesView change);

/// Appends the Change to `out`.
/// @errors  Errc::auth_failed  another key, position or header, any bit changed, or too short; `out` is as before
/// @threads safe on any thread
Result<void> open_message_append(Bytes& out, const CompartmentKey& key, const MessagePosition& position,
                                 BytesView body_header, BytesView sealed);
/// The same under a key that was made for this body.
/// @errors  as above
Result<void> open_message_append(Bytes& out, const MessageKey& key, const MessagePosition& position,
                                 BytesView body_header, BytesView sealed);

}  // namespace abri::crypto
