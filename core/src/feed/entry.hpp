// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>
#include <abri/base/limits.hpp>
#include <abri/crypto/keys.hpp>
#include <abri/crypto/message.hpp>
#include <abri/crypto/sign.hpp>

#include <cstdint>
#include <vector>

/// The bytes of one feed entry: pure encoding, sealing and checking. Who may write what is decided in `cases`.
///
///   Entry  = envelope(F(feed, epoch), Outer, ad = feed id 16 ‖ epoch u32)                              (crypto/envelope.hpp)
///   Outer  = Core 110 ‖ body count u16 ‖ count × H(body) 32 ‖ signature 64 ‖ count × (length u16 ‖ body)
///   Core   = suite u16 ‖ author device u32 ‖ incarnation 8 ‖ author sequence u48 ‖ salt 16 ‖ previous header 32
///            ‖ chain sequence u32 ‖ chain hash 16 ‖ seen size u48 ‖ seen root 16
///   signed = feed id 16 ‖ Core ‖ body count ‖ body hashes                                              label "abri/1.header"
///   body   = kind u8 ‖ case 16 ‖ compartment u8 ‖ key epoch u32 ‖ payload
///
/// @source docs/protocol.md section "An entry"
namespace abri::core::feed {

/// Eight random bytes: one life of a device's vault. A restored or cloned vault gets another.
using Incarnation = Id<struct IncarnationTag, 8>;
/// The first 16 bytes of a hash, where 128 bits are enough.
using ShortHash = ByteArray<16>;

enum class BodyKind : std::uint8_t {
  unknown = 0,  ///< of a newer version: kept in the log and passed over
  change = 1,   ///< operations on one compartment, sealed under its key
  keys =
      2,  ///< a case link: makes a container or opens epochs of its compartments; carries their keys, sealed or wrapped
  turn = 3,       ///< names the chain link from which on a new epoch of the feed holds
  heartbeat = 4,  ///< sizes and roots of the logs that the author follows
};

/// Where the author stood on the chain that governs the feed.
struct ChainPin {
  std::uint32_t sequence{0};
  ShortHash hash{};
  friend bool operator==(const ChainPin&, const ChainPin&) = default;
};

/// What the author had read of the feed itself.
struct Seen {
  std::uint64_t size{0};
  ShortHash root{};
  friend bool operator==(const Seen&, const Seen&) = default;
};

struct Core {
  static constexpr std::size_t kSize = 110;
  std::uint16_t suite{crypto::kSuite};
  std::uint32_t device{0};
  Incarnation incarnation;
  std::uint64_t sequence{0};  ///< 1, 2, 3 … for each device, incarnation and feed
  ByteArray<16> salt{};
  Hash previous;  ///< header hash of the author's entry before this one here; zero for the first
  ChainPin chain;
  Seen seen;

  [[nodiscard]] Bytes encode() const;
};

struct BodyHeader {
  static constexpr std::size_t kSize = 22;
  BodyKind kind{BodyKind::change};
  CaseId case_ref;
  std::uint8_t compartment{0};
  std::uint32_t epoch{0};

  [[nodiscard]] ByteArray<kSize> encode() const;
};

/// One body of an opened entry. `payload` points into the opened bytes.
struct BodyView {
  BodyHeader header;
  BytesView payload;
};

/// An entry whose envelope was opened and whose layout holds. Views point into `outer`: it moves with them and is not copied.
struct OpenedEntry {
  OpenedEntry() = default;
  OpenedEntry(OpenedEntry&&) = default;
  OpenedEntry& operator=(OpenedEntry&&) = default;
  OpenedEntry(const OpenedEntry&) = delete;
  OpenedEntry& operator=(const OpenedEntry&) = delete;
  ~OpenedEntry() = default;

  Bytes outer;
  Core core;
  Hash core_hash;
  Hash header_hash;
  std::vector<BodyView> bodies;
  crypto::Signature signature;
  std::uint32_t epoch{0};
  std::size_t signed_size{0};  ///< of Core, count and hashes at the start of `outer`
};

/// A sealed entry, ready for the log.
struct SealedEntry {
  Bytes bytes;
  Hash header_hash;
};

/// Collects bodies and seals them as one entry.
class EntryBuilder {
 public:
  explicit EntryBuilder(Core core);

  /// Room left in an entry of at most 64 KiB for one more payload in clear.
  [[nodiscard]] bool fits(std::size_t payload_size) const;
  [[nodiscard]] bool empty() const { return bodies_.empty(); }
  [[nodiscard]] std::size_t count() const { return bodies_.size(); }

  /// Operations, sealed under the compartment's key.
  void add_change(const BodyHeader& header, const crypto::CompartmentKey& key, BytesView change);
  /// A body of another kind: only the feed's group can read it.
  void add_clear(const BodyHeader& header, BytesView payload);

  /// Signs and seals. Adds nothing afterwards.
  /// @errors Errc::too_large  more than an entry holds: `fits` was not asked
  Result<SealedEntry> seal(const LogId& feed, std::uint32_t epoch, const crypto::FeedKey& key,
                           const crypto::SigningKey& device) const;

 private:
  Core core_;
  Bytes encoded_core_;
  Hash core_hash_;
  std::vector<Bytes> bodies_;
  std::size_t size_{0};
};

/// Opens the envelope and parses strictly.
/// @errors Errc::auth_failed  another key, feed or epoch; Errc::malformed; Errc::version_unsupported  unknown suite
Result<OpenedEntry> open_entry(BytesView entry, const LogId& feed, std::uint32_t epoch,
                               const crypto::FeedKey& key);

/// The outer bytes sealed again under another epoch of the feed: same author, sequence, signature and bodies.
Result<Bytes> seal_again(BytesView outer, const LogId& feed, std::uint32_t epoch, const crypto::FeedKey& key);

/// @errors Errc::auth_failed  not signed by this device for this feed
Result<void> verify_author(const OpenedEntry& entry, const LogId& feed,
                           const crypto::SigningPublicKey& device);

/// Opens the change of a body.
/// @errors Errc::auth_failed
Result<Bytes> open_change(const OpenedEntry& entry, std::size_t body, const crypto::CompartmentKey& key);

ShortHash shorten(const Hash& hash);

}  // namespace abri::core::feed
