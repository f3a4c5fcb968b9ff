// SPDX-License-Identifier: MPL-2.0
#include <abri/proto/codec.hpp>

#include <mutex>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

namespace abri::proto {

void silence_protobuf() {
  static std::once_flag once;
  std::call_once(once, [] { google::protobuf::SetLogHandler(nullptr); });
}

Result<void> parse_into(google::protobuf::MessageLite& message, BytesView bytes, std::size_t max) {
  if (bytes.size() > max) return Error{Errc::too_large, "parse"};
  silence_protobuf();
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kMaxParseDepth);
  if (!message.MergeFromCodedStream(&in) || !in.ConsumedEntireMessage())
    return Error{Errc::malformed, "parse"};
  return {};
}

Bytes serialise(const google::protobuf::MessageLite& message) {
  Bytes out(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

}  // namespace abri::proto
