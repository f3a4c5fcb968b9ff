// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace abri::crypto {

/// What a hash, a derived key or a signature is for: up to 16 ASCII characters, padded with zeros. It is the `personal`
/// parameter of BLAKE2b, and stands in every signed message. Only made from a literal at compile time.
class Label {
 public:
  static constexpr std::size_t kSize = 16;

  template <std::size_t N>
    requires(N >= 2 && N <= kSize + 1)
  consteval explicit Label(const char (&literal)[N]) {  // NOLINT(*-avoid-c-arrays)
    for (std::size_t i = 0; i + 1 < N; ++i) text_[i] = literal[i];
  }
  /// All 16 bytes, padding included.
  [[nodiscard]] std::span<const std::byte, kSize> bytes() const { return std::as_bytes(std::span(text_)); }
  /// Without the padding.
  [[nodiscard]] constexpr std::string_view text() const {
    const std::string_view all(text_.data(), text_.size());
    return all.substr(0, all.find('\0'));
  }
  constexpr bool operator==(const Label&) const = default;

 private:
  std::array<char, kSize> text_{};
};

/// Every label of the protocol, one for each purpose and none used for two. A test walks `kAll`. Those marked "reserved" are used
/// by nothing yet.
/// @source docs/protocol.md, section "Labels"
namespace labels {

// Merkle trees and logs
inline constexpr Label kEmpty{"abri/1.empty"};  ///< root of a tree without leaves
inline constexpr Label kLeaf{"abri/1.leaf"};    ///< leaf of a tree
inline constexpr Label kNode{"abri/1.node"};    ///< inner node of a tree
inline constexpr Label kEntry{"abri/1.entry"};  ///< hash of one log entry as stored
inline constexpr Label kLogId{"abri/1.logid"};  ///< id of a log: owner key ‖ salt

// Between device and server (signatures)
inline constexpr Label kHead{"abri/1.head"};        ///< head of a log, by the server
inline constexpr Label kWelcome{"abri/1.welcome"};  ///< handshake, by the server
inline constexpr Label kProve{"abri/1.prove"};      ///< possession of a capability
inline constexpr Label kOpen{"abri/1.open"};        ///< new log under a quota account
inline constexpr Label kAccount{"abri/1.account"};  ///< account's signing key, from its secret: reserved

// Chains
inline constexpr Label kLink{"abri/1.link"};           ///< signature of a chain link
inline constexpr Label kLinkHash{"abri/1.linkhash"};   ///< hash of a link, named by the next
inline constexpr Label kReverse{"abri/1.reverse"};     ///< a new key signs the link that introduces it
inline constexpr Label kChainId{"abri/1.chainid"};     ///< id of a chain: reserved
inline constexpr Label kChainState{"abri/1.chainst"};  ///< digest of a validated chain state: reserved
inline constexpr Label kDeviceId{"abri/1.deviceid"};   ///< id of a device: its signing key
inline constexpr Label kInvite{"abri/1.invite"};       ///< secret of a printed code → secret of its log
inline constexpr Label kFingerprint{"abri/1.finger"};  ///< what people compare
inline constexpr Label kCode{"abri/1.code"};           ///< checksum of a printed code

// Feeds
inline constexpr Label kCore{"abri/1.core"};           ///< hash of the Core of a header
inline constexpr Label kHeader{"abri/1.header"};       ///< signature of a header
inline constexpr Label kHeaderHash{"abri/1.headerh"};  ///< hash of a header, named by the author's next
inline constexpr Label kBody{"abri/1.body"};           ///< hash of a body, named in the header
inline constexpr Label kContainer{"abri/1.case"};      ///< second half of a container's id
inline constexpr Label kRecordId{"abri/1.recordid"};   ///< id of a record that a case has one of
inline constexpr Label kCaseLink{"abri/1.caselink"};   ///< hash of a case link, named by the next: reserved
inline constexpr Label kState{"abri/1.state"};         ///< digest of merged state
inline constexpr Label kFeed{"abri/1.feed"};           ///< id of a feed: reserved
inline constexpr Label kPseudonym{"abri/1.pseudo"};  ///< pseudonym and derived ids of shared things: reserved

// Keys
inline constexpr Label kCommit{"abri/1.commit"};          ///< commitment to a 32-byte secret
inline constexpr Label kContext{"abri/1.context"};        ///< hash of the context of a wrap or sealed key
inline constexpr Label kWrap{"abri/1.wrap"};              ///< key and commitment of a wrap
inline constexpr Label kSealKey{"abri/1.sealkey"};        ///< key that seals another key once
inline constexpr Label kSlot{"abri/1.slot"};              ///< key and commitment of a passphrase slot
inline constexpr Label kMessage{"abri/1.msg"};            ///< key of one body
inline constexpr Label kUserSign{"abri/1.usersign"};      ///< user seed → signing key: reserved
inline constexpr Label kUserBox{"abri/1.userbox"};        ///< user seed → box key
inline constexpr Label kUserSymmetric{"abri/1.usersym"};  ///< user seed → symmetric key: reserved
inline constexpr Label kGroupBox{"abri/1.groupbox"};      ///< group seed → box key
inline constexpr Label kGroupNext{"abri/1.groupprv"};     ///< group seed → key that seals the previous seed
inline constexpr Label kCaseWrap{"abri/1.casewrap"};      ///< group seed → case-wrap key
inline constexpr Label kFeedRoot{"abri/1.feedroot"};      ///< group seed → feed root key
inline constexpr Label kFeedKey{"abri/1.feedkey"};        ///< feed root key → key of a feed's epoch
inline constexpr Label kChainKey{"abri/1.chainkey"};      ///< secret of a chain → key of its envelopes
inline constexpr Label kCapRead{"abri/1.capread"};        ///< feed or chain key → read capability
inline constexpr Label kCapWrite{"abri/1.capwrite"};      ///< feed or chain key → write capability
inline constexpr Label kCapOwner{"abri/1.capowner"};      ///< administrators' group seed → owner capability
inline constexpr Label kMailbox{"abri/1.mailbox"};        ///< capabilities of a mailbox: reserved
inline constexpr Label kNames{"abri/1.names"};  ///< key that seals names of people in a chain: reserved
inline constexpr Label kVaultAnchor{"abri/1.anchor"};  ///< digest of the vault kept outside the file

inline constexpr std::array kAll{
    kEmpty,    kLeaf,        kNode,    kEntry,    kLogId,     kHead,          kWelcome,    kProve,
    kOpen,     kAccount,     kLink,    kLinkHash, kReverse,   kChainId,       kChainState, kDeviceId,
    kInvite,   kFingerprint, kCode,    kCore,     kHeader,    kHeaderHash,    kBody,       kContainer,
    kRecordId, kCaseLink,    kState,   kFeed,     kPseudonym, kCommit,        kContext,    kWrap,
    kSealKey,  kSlot,        kMessage, kUserSign, kUserBox,   kUserSymmetric, kGroupBox,   kGroupNext,
    kCaseWrap, kFeedRoot,    kFeedKey, kChainKey, kCapRead,   kCapWrite,      kCapOwner,   kMailbox,
    kNames,    kVaultAnchor,
};

}  // namespace labels
}  // namespace abri::crypto
