// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "feed/entry.hpp"
#include "support/seeded.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/init.hpp>

#include <string>
#include <utility>
#include <vector>

namespace abri::core::feed::entry_test {

using abri::test::seeded_bytes;
using abri::test::seeded_id;
using abri::test::seeded_key;

inline const bool kInitialised = crypto::initialise().has_value();

inline constexpr std::uint32_t kEpoch = 7;

/// A core with something else in every field.
inline Core some_core() {
  Core core;
  core.device = 0x01020304;
  core.incarnation = seeded_id<Incarnation>(1);
  core.sequence = 0x0a0b0c0d0e0fULL;
  core.salt = to_array<16>(seeded_bytes(16, 2));
  core.previous = seeded_id<Hash>(3);
  core.chain = {0x11121314, to_array<16>(seeded_bytes(16, 4))};
  core.seen = {0x212223242526ULL, to_array<16>(seeded_bytes(16, 5))};
  return core;
}

/// An author who writes one feed, and the keys of its readers.
struct Author {
  LogId feed{seeded_id<LogId>(10)};
  crypto::FeedKey key{seeded_key<crypto::FeedKey>(11)};
  crypto::CompartmentKey compartment{seeded_key<crypto::CompartmentKey>(12)};
  crypto::SigningKey device{crypto::SigningKey::generate()};
  CaseId container{seeded_id<CaseId>(13)};

  Author() { REQUIRE(kInitialised); }

  [[nodiscard]] BodyHeader header(std::uint8_t number = 1) const {
    return {BodyKind::change, container, number, 3};
  }
  /// Three changes of one compartment, "first", "second" and "third", and a turn in clear.
  [[nodiscard]] EntryBuilder three_changes(const Core& core = some_core()) const {
    EntryBuilder builder(core);
    for (const auto* text : {"first", "second", "third"})
      builder.add_change(header(), compartment, as_bytes(text));
    builder.add_clear({BodyKind::turn, {}, 0, 0}, as_bytes("a turn"));
    return builder;
  }
  [[nodiscard]] OpenedEntry opened(const EntryBuilder& builder) const {
    auto entry = open(builder.seal(feed, kEpoch, key, device)->bytes);
    REQUIRE(entry);
    return std::move(*entry);  // its bodies are views into it
  }
  [[nodiscard]] Result<OpenedEntry> open(BytesView entry) const {
    return open_entry(entry, feed, kEpoch, key);
  }
  /// What readers make of these outer bytes, in an envelope that a holder of the key made.
  [[nodiscard]] Result<OpenedEntry> read(BytesView outer) const {
    return open(*seal_again(outer, feed, kEpoch, key));
  }
  [[nodiscard]] bool signed_by_author(const OpenedEntry& entry) const {
    return verify_author(entry, feed, device.public_key()).has_value();
  }
  [[nodiscard]] std::string text(const OpenedEntry& entry, std::size_t body) const {
    const auto change = open_change(entry, body, compartment);
    return change ? std::string(as_text(*change)) : "does not open";
  }
};

/// The parts of Outer, to be put together otherwise.
struct Parts {
  Bytes core;
  std::vector<Bytes> bodies;
  Bytes signature;

  explicit Parts(const OpenedEntry& entry) {
    Reader in(entry.outer);
    core = to_bytes(in.raw(Core::kSize));
    const auto count = in.u16();
    in.raw(count * Hash::kSize);
    signature = to_bytes(in.raw(64));
    for (int i = 0; i < count; ++i) bodies.push_back(to_bytes(in.short_bytes()));
    REQUIRE(in.finish("outer"));
  }
  /// With the hashes of the bodies as they now are.
  [[nodiscard]] Bytes outer() const {
    Writer out;
    out.raw(core).u16(static_cast<std::uint16_t>(bodies.size()));
    for (const auto& body : bodies) out.raw(crypto::hash(crypto::labels::kBody, body).bytes());
    out.raw(signature);
    for (const auto& body : bodies) out.short_bytes(body);
    return out.take();
  }
};

}  // namespace abri::core::feed::entry_test
