// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/envelope.hpp"

#include <abri/base/id.hpp>
#include <abri/crypto/sign.hpp>

#include <string>

/// The codes that people type when they bring devices, people and organisations together.
namespace abri::core::cases {

/// What a printed code says: where to meet, at which server, under which secret.
///   version u8 = 1 ‖ kind u8 ‖ secret 16 ‖ log 16 ‖ server key 32 ‖ rendezvous 16 (own_device only) ‖ server address (rest)
struct MeetingCode {
  enum class Kind : std::uint8_t {
    device = 1,      ///< a mailbox that an administrator opened
    partner = 2,     ///< a bilateral chain
    own_device = 3,  ///< the mailbox by which this person once came in, under a new secret
  };
  Kind kind{Kind::device};
  ByteArray<16> secret{};
  ByteArray<16> rendezvous{};  ///< of own_device: the secret of the code that opened the mailbox
  LogId log;
  crypto::SigningPublicKey server_key;
  std::string server_address;

  [[nodiscard]] std::string encode() const;
  /// @errors Errc::malformed  not a code, mistyped, or of the other kind ("code: kind")
  static Result<MeetingCode> decode(const std::string& text, Kind expected);
  /// The secret from which the key of the messages derives.
  [[nodiscard]] Result<chain::ChainSecret> chain_secret() const;
  /// The secret from which the capabilities of the log derive: the same, but for own_device.
  [[nodiscard]] Result<chain::ChainSecret> rendezvous_secret() const;
};

}  // namespace abri::core::cases
