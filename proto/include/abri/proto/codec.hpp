// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/limits.hpp>

#include <concepts>

#include <google/protobuf/message_lite.h>

namespace abri::proto {

/// Silences the log of Protocol Buffers, which prints input. Called by `parse`; harmless to repeat.
/// @threads  safe on any thread
void silence_protobuf();

/// Parses bytes of a peer or a file: at most `max` of them, at most `limits::kMaxParseDepth` deep, text in UTF-8. Unknown
/// fields are kept.
/// @errors  Errc::too_large  more than `max` bytes, nothing was parsed
///          Errc::malformed  cut short, too deep, no UTF-8
/// @threads safe on any thread
Result<void> parse_into(google::protobuf::MessageLite& message, BytesView bytes, std::size_t max);

/// As `parse_into`, into a new message.
/// @errors  as `parse_into`
template <std::derived_from<google::protobuf::MessageLite> T>
Result<T> parse(BytesView bytes, std::size_t max) {
  T message;
  ABRI_CHECK(parse_into(message, bytes, max));
  return message;
}

/// The bytes of a message, fields in order of their numbers. Not canonical where unknown fields or maps are in it: what is
/// signed is the exact bytes once made.
Bytes serialise(const google::protobuf::MessageLite& message);

}  // namespace abri::proto
