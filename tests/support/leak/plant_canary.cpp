// SPDX-License-Identifier: MPL-2.0
//
// plant_canary PORT SERVER_KEY ACCOUNT_CODE TEXT
//
// What a careless client would do: opens a log and appends an entry with TEXT in clear. The leak search must then find it in the
// server's store, in its memory and in the traffic inside TLS.
#include "support/wire_frames.hpp"
#include "support/ws_client.hpp"

#include <abri/base/account_code.hpp>
#include <abri/crypto/init.hpp>

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  using namespace abri;  // NOLINT(google-build-using-namespace)
  if (argc != 5 || !crypto::initialise()) return 2;
  const auto key = crypto::SigningPublicKey::from_hex(argv[2]);
  const auto account = parse_account_code(argv[3]);
  if (!key || !account) return 2;
  const auto account_key = crypto::SigningKey::from_seed(account->seed);
  auto client = test::WsClient::connect(static_cast<std::uint16_t>(std::stoul(argv[1])));
  if (!client || !client->greet(key->array())) return 1;
  const test::LogKeys keys;
  if (!client->ask(test::open_frame(2, client->handshake, account->id, account_key, keys)).has_done())
    return 1;
  const auto prove = test::prove_frame(3, client->handshake, keys.id, v1::CAPABILITY_WRITE, keys.write);
  if (!client->ask(prove).has_done()) return 1;
  v1::Frame append;
  append.set_request(4);
  append.mutable_append()->set_log(test::field(keys.id.bytes()));
  append.mutable_append()->add_entries(std::string(argv[4]) + std::string(384, '.'));
  return client->ask(append).has_receipt() ? 0 : 1;
}
