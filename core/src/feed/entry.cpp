// SPDX-License-Identifier: MPL-2.0
#include "feed/entry.hpp"

#include <abri/crypto/envelope.hpp>
#include <abri/crypto/hash.hpp>
#include <abri/crypto/padding.hpp>

namespace abri::core::feed {

namespace {

constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kBodyOverhead =
    Hash::kSize + 2 + BodyHeader::kSize;  // hash in the header, length, body header

Bytes envelope_ad(const LogId& feed, std::uint32_t epoch) {
  Writer ad(LogId::kSize + 4);
  ad.raw(feed.bytes()).u32(epoch);
  return ad.take();
}

Bytes signed_bytes(const LogId& feed, BytesView core_count_hashes) {
  Writer out(LogId::kSize + core_count_hashes.size());
  out.raw(feed.bytes()).raw(core_count_hashes);
  return out.take();
}

Core read_core(Reader& in) {
  Core core;
  core.suite = in.u16();
  core.device = in.u32();
  core.incarnation = Incarnation(in.array<8>());
  core.sequence = in.u48();
  core.salt = in.array<16>();
  core.previous = Hash(in.array<32>());
  core.chain.sequence = in.u32();
  core.chain.hash = in.array<16>();
  core.seen.size = in.u48();
  core.seen.root = in.array<16>();
  return core;
}

bool known(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(BodyKind::change) &&
         kind <= static_cast<std::uint8_t>(BodyKind::heartbeat);
}

Result<BodyView> read_body(BytesView bytes) {
  Reader in(bytes);
  const auto kind = in.u8();
  BodyView body;
  body.header.case_ref = CaseId(in.array<16>());
  body.header.compartment = in.u8();
  body.header.epoch = in.u32();
  body.payload = in.rest();
  ABRI_CHECK(in.finish("feed body"));
  body.header.kind = known(kind) ? static_cast<BodyKind>(kind) : BodyKind::unknown;
  return body;
}

}  // namespace

ShortHash shorten(const Hash& hash) {
  return to_array<16>(BytesView(hash.bytes()).first(16));
}

Bytes Core::encode() const {
  Writer out(kSize);
  out.u16(suite).u32(device).raw(incarnation.bytes()).u48(sequence).raw(salt).raw(previous.bytes());
  out.u32(chain.sequence).raw(chain.hash).u48(seen.size).raw(seen.root);
  return out.take();
}

ByteArray<BodyHeader::kSize> BodyHeader::encode() const {
  Writer out(kSize);
  out.u8(static_cast<std::uint8_t>(kind)).raw(case_ref.bytes()).u8(compartment).u32(epoch);
  return to_array<kSize>(out.view());
}

EntryBuilder::EntryBuilder(Core core)
    : core_(core),
      encoded_core_(core_.encode()),
      core_hash_(crypto::hash(crypto::labels::kCore, encoded_core_)),
      size_(Core::kSize + 2 + kSignatureSize) {}

bool EntryBuilder::fits(std::size_t payload_size) const {
  if (bodies_.size() >= limits::kMaxBodiesPerEntry) return false;
  return size_ + kBodyOverhead + payload_size + crypto::kTagSize <= crypto::kMaxEnvelopeBytes;
}

void EntryBuilder::add_change(const BodyHeader& header, const crypto::CompartmentKey& key, BytesView change) {
  const auto encoded = header.encode();
  Bytes body(encoded.begin(), encoded.end());
  body.reserve(encoded.size() + change.size() + crypto::kTagSize);
  crypto::seal_message_append(body, key, {core_hash_, static_cast<std::uint32_t>(bodies_.size())}, encoded,
                              change);
  size_ += Hash::kSize + 2 + body.size();
  bodies_.push_back(std::move(body));
}

void EntryBuilder::add_clear(const BodyHeader& header, BytesView payload) {
  const auto encoded = header.encode();
  Bytes body(encoded.begin(), encoded.end());
  body.insert(body.end(), payload.begin(), payload.end());
  size_ += Hash::kSize + 2 + body.size();
  bodies_.push_back(std::move(body));
}

Result<SealedEntry> EntryBuilder::seal(const LogId& feed, std::uint32_t epoch, const crypto::FeedKey& key,
                                       const crypto::SigningKey& device) const {
  if (bodies_.size() > limits::kMaxBodiesPerEntry) return Error{Errc::too_large, "bodies of a feed entry"};
  Writer outer(size_);
  outer.raw(encoded_core_).u16(static_cast<std::uint16_t>(bodies_.size()));
  for (const auto& body : bodies_) {
    if (body.size() > 0xffff) return Error{Errc::too_large, "feed body"};
    outer.raw(crypto::hash(crypto::labels::kBody, body).bytes());
  }
  const auto covered = signed_bytes(feed, outer.view());
  outer.raw(device.sign(crypto::labels::kHeader, covered).bytes());
  for (const auto& body : bodies_) outer.short_bytes(body);
  ABRI_TRY(auto bytes, crypto::seal_envelope(key, outer.view(), envelope_ad(feed, epoch)));
  return SealedEntry{std::move(bytes), crypto::hash(crypto::labels::kHeaderHash, covered)};
}

Result<OpenedEntry> open_entry(BytesView entry, const LogId& feed, std::uint32_t epoch,
                               const crypto::FeedKey& key) {
  OpenedEntry opened;
  ABRI_TRY(opened.outer, crypto::open_envelope(key, entry, envelope_ad(feed, epoch)));
  opened.epoch = epoch;
  Reader in(opened.outer);
  opened.core = read_core(in);
  const std::size_t count = in.u16();
  if (!in.ok() || count > limits::kMaxBodiesPerEntry) return Error{Errc::malformed, "feed entry"};
  if (opened.core.suite != crypto::kSuite) return Error{Errc::version_unsupported, "suite of a feed entry"};
  const auto hashes = in.raw(count * Hash::kSize);
  opened.signed_size = Core::kSize + 2 + hashes.size();
  opened.signature = crypto::Signature(in.array<kSignatureSize>());
  opened.bodies.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = in.short_bytes();
    if (!in.ok()) return Error{Errc::malformed, "feed entry"};
    if (!crypto::equal(crypto::hash(crypto::labels::kBody, bytes).bytes(),
                       hashes.subspan(i * Hash::kSize, Hash::kSize)))
      return Error{Errc::auth_failed, "hash of a body"};
    ABRI_TRY(const auto body, read_body(bytes));
    opened.bodies.push_back(body);
  }
  ABRI_CHECK(in.finish("feed entry"));
  const BytesView outer(opened.outer);
  opened.core_hash = crypto::hash(crypto::labels::kCore, outer.first(Core::kSize));
  opened.header_hash =
      crypto::hash(crypto::labels::kHeaderHash, signed_bytes(feed, outer.first(opened.signed_size)));
  return opened;
}

Result<Bytes> seal_again(BytesView outer, const LogId& feed, std::uint32_t epoch,
                         const crypto::FeedKey& key) {
  return crypto::seal_envelope(key, outer, envelope_ad(feed, epoch));
}

Result<void> verify_author(const OpenedEntry& entry, const LogId& feed,
                           const crypto::SigningPublicKey& device) {
  const auto covered = signed_bytes(feed, BytesView(entry.outer).first(entry.signed_size));
  return crypto::verify(device, crypto::labels::kHeader, covered, entry.signature);
}

Result<Bytes> open_change(const OpenedEntry& entry, std::size_t body, const crypto::CompartmentKey& key) {
  const auto& view = entry.bodies[body];
  Bytes change;
  ABRI_CHECK(crypto::open_message_append(change, key, {entry.core_hash, static_cast<std::uint32_t>(body)},
                                         view.header.encode(), view.payload));
  return change;
}

}  // namespace abri::core::feed
