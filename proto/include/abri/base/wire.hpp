// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What device and server must agree on besides `proto/abri/v1/wire.proto`: numbers, and the fixed layouts that are signed
/// (docs/protocol.md, section "Sync").
namespace abri::wire {

inline constexpr std::uint16_t kProtocolVersion = 1;
inline constexpr std::string_view kPath = "/abri";  ///< the only target of the HTTP upgrade
inline constexpr std::string_view kExporterLabel = "EXPORTER-abri-1";
inline constexpr std::size_t kExporterBytes = 32;
inline constexpr std::size_t kNonceBytes = 32;
/// Bytes of entries that a server may send on a new connection before the first `Credit`.
inline constexpr std::uint64_t kInitialCreditBytes = std::uint64_t{1024} * 1024;
/// Sum of the `counted_bytes` of the entries of one `Append`: what is appended must fit one `Entries` frame with times,
/// head and proof.
inline constexpr std::size_t kMaxAppendBytes = std::size_t{224} * 1024;

using Nonce = ByteArray<kNonceBytes>;
using Exporter = ByteArray<kExporterBytes>;
using PublicKeyBytes = ByteArray<32>;
using Salt = ByteArray<16>;

/// What both sides know of one connection, and what every signature on it covers.
struct Handshake {
  Nonce client_nonce{};
  Nonce server_nonce{};
  Exporter exporter{};  ///< keying material of this very TLS connection: a relayed signature fails
};

/// u16 version ‖ client nonce ‖ server nonce ‖ exporter; signed by the server under "abri/1.welcome".
inline Bytes welcome_body(const Handshake& h) {
  return Writer(98).u16(kProtocolVersion).raw(h.client_nonce).raw(h.server_nonce).raw(h.exporter).take();
}
/// client nonce ‖ server nonce ‖ exporter ‖ log 16 ‖ u8 capability; signed by the capability under "abri/1.prove".
inline Bytes prove_body(const Handshake& h, const LogId& log, std::uint8_t capability) {
  return Writer(113)
      .raw(h.client_nonce)
      .raw(h.server_nonce)
      .raw(h.exporter)
      .raw(log.bytes())
      .u8(capability)
      .take();
}
/// client nonce ‖ server nonce ‖ exporter ‖ account 16 ‖ salt 16 ‖ owner ‖ read ‖ write; signed by the account's key under
/// "abri/1.open".
inline Bytes open_body(const Handshake& h, const AccountId& account, const Salt& salt,
                       const PublicKeyBytes& owner, const PublicKeyBytes& read, const PublicKeyBytes& write) {
  return Writer(224)
      .raw(h.client_nonce)
      .raw(h.server_nonce)
      .raw(h.exporter)
      .raw(account.bytes())
      .raw(salt)
      .raw(owner)
      .raw(read)
      .raw(write)
      .take();
}
/// log 16 ‖ u64 size ‖ root 32 ‖ u64 time in ms; signed by the server under "abri/1.head".
inline Bytes head_body(const LogId& log, std::uint64_t size, const Hash& root, std::uint64_t time_ms) {
  return Writer(64).raw(log.bytes()).u64(size).raw(root.bytes()).u64(time_ms).take();
}

}  // namespace abri::wire
