// SPDX-License-Identifier: MPL-2.0
#include <abri/crypto/message.hpp>

#include <algorithm>

namespace abri::crypto {
namespace {

constexpr std::size_t kPositionSize = Hash::kSize + 4;

// H(Core) 32 ‖ body index u32
void write_position(std::span<std::byte> out, const MessagePosition& position) {
  auto next = std::ranges::copy(position.core.bytes(), out.begin()).out;
  for (int shift = 24; shift >= 0; shift -= 8) *next++ = static_cast<std::byte>(position.index >> shift);
}

// Calls `use` with H(Core) ‖ index ‖ body header: on the stack where it is short, as every header of ours is.
template <class F>
decltype(auto) with_ad(const MessagePosition& position, BytesView body_header, F&& use) {
  ByteArray<256> short_ad;  // NOLINT(cppcoreguidelines-pro-type-member-init) written below
  Bytes long_ad;
  const std::size_t size = kPositionSize + body_header.size();
  if (size > short_ad.size()) long_ad.resize(size);
  const auto ad = size > short_ad.size() ? std::span(long_ad) : std::span(short_ad).first(size);
  write_position(ad, position);
  std::ranges::copy(body_header, ad.begin() + kPositionSize);
  return std::forward<F>(use)(BytesView(ad));
}

}  // namespace

MessageKey message_key(const CompartmentKey& key, const MessagePosition& position) {
  ByteArray<kPositionSize> context{};
  write_position(context, position);
  return derive<MessageKey>(key, labels::kMessage, context);
}

void seal_message_append(Bytes& out, const CompartmentKey& key, const MessagePosition& position,
                         BytesView body_header, BytesView change) {
  seal_message_append(out, message_key(key, position), position, body_header, change);
}

void seal_message_append(Bytes& out, MessageKey key, const MessagePosition& position, BytesView body_header,
                         BytesView change) {
  with_ad(position, body_header, [&](BytesView ad) { seal_once_append(out, std::move(key), change, ad); });
}

Result<void> open_message_append(Bytes& out, const CompartmentKey& key, const MessagePosition& position,
                                 BytesView body_header, BytesView sealed) {
  return open_message_append(out, message_key(key, position), position, body_header, sealed);
}

Result<void> open_message_append(Bytes& out, const MessageKey& key, const MessagePosition& position,
                                 BytesView body_header, BytesView sealed) {
  return with_ad(position, body_header, [&](BytesView ad) { return open_once_append(out, key, sealed, ad); });
}

}  // namespace abri::crypto
