// SPDX-License-Identifier: MPL-2.0
//
// What device and server sign on a connection, byte for byte as in docs/protocol.md, section "Sync".
#include "support/seeded.hpp"

#include <abri/base/wire.hpp>

#include <string>

namespace abri::test {
namespace {

std::string hex(char digit, std::size_t bytes) {
  return std::string(bytes * 2, digit);
}
template <std::size_t N>
ByteArray<N> all(unsigned value) {
  ByteArray<N> out{};
  out.fill(static_cast<std::byte>(value));
  return out;
}
wire::Handshake handshake() {
  return {all<32>(0x11), all<32>(0x22), all<32>(0x33)};
}
const std::string& handshake_hex() {
  static const std::string kHex = hex('1', 32) + hex('2', 32) + hex('3', 32);
  return kHex;
}

}  // namespace

TEST_CASE("wire: what a server signs in its welcome is the version and this very connection", "[base]") {
  CHECK(to_hex(wire::welcome_body(handshake())) == "0001" + handshake_hex());
}

TEST_CASE("wire: what proves a capability names the connection, the log and the capability", "[base]") {
  const LogId log(all<16>(0x44));
  CHECK(to_hex(wire::prove_body(handshake(), log, 2)) == handshake_hex() + hex('4', 16) + "02");
}

TEST_CASE("wire: what opens a log names the account, the salt and the three keys in this order", "[base]") {
  const AccountId account(all<16>(0x44));
  const auto body =
      wire::open_body(handshake(), account, all<16>(0x55), all<32>(0x66), all<32>(0x77), all<32>(0x88));
  CHECK(to_hex(body) ==
        handshake_hex() + hex('4', 16) + hex('5', 16) + hex('6', 32) + hex('7', 32) + hex('8', 32));
}

TEST_CASE("wire: what a server signs as a head names the log, its size, its root and the time", "[base]") {
  const auto body = wire::head_body(LogId(all<16>(0x44)), 0x0102030405060708ULL, Hash(all<32>(0x55)),
                                    0x1112131415161718ULL);
  CHECK(to_hex(body) == hex('4', 16) + "0102030405060708" + hex('5', 32) + "1112131415161718");
}

}  // namespace abri::test
