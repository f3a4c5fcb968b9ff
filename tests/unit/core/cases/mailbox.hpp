// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/chains.hpp"
#include "cases/meeting_code.hpp"
#include "chain/link_builder.hpp"
#include "chain/seeds.hpp"
#include "people_world.hpp"

namespace abri::core::test {

/// The mailbox of a code, as whoever holds the code can read and write it with a program of her own.
class Mailbox {
 public:
  Mailbox(sync::test::ServerModel& server, const std::string& code)
      : server_(server),
        code_(*cases::MeetingCode::decode(code, cases::MeetingCode::Kind::device)),
        secrets_(chain::derive_chain_secrets(*code_.chain_secret())) {}

  [[nodiscard]] const LogId& id() const { return code_.log; }
  struct Invitation {
    ChainId chain;
    UserId user;
  };
  [[nodiscard]] Invitation invitation() {
    const auto& entry = log().entries.front();
    const auto opened = chain::open_link(secrets_.key, cases::chain_of(code_.log), as_bytes(entry));
    REQUIRE(opened);
    Reader in(*opened);
    in.u8();
    const ChainId chain(in.array<16>());
    in.raw(32 + 32);
    return {chain, UserId(in.array<16>())};
  }
  /// The answer of a new person with this key on her device.
  [[nodiscard]] static chain::AddDevice device_of(const Invitation& to, const crypto::SigningKey& key) {
    return chain::introduce_device(to.chain, to.user, key, crypto::BoxKey::generate().public_key());
  }
  void answer(const chain::AddDevice& device) {
    const auto keys = chain::seed_keys(crypto::UserSeed::generate());
    Writer out;
    out.u8(2).raw(device.sign_key.bytes()).raw(device.box_key.bytes()).raw(device.reverse_signature.bytes());
    out.u8(1).raw(keys.box_key.bytes()).raw(keys.commitment.bytes());
    post(out.view());
  }
  void post(BytesView message) {
    const auto entry = chain::seal_link(secrets_.key, cases::chain_of(code_.log), message);
    REQUIRE(entry);
    log().append(std::string(as_text(*entry)), server_.now_ms);
    server_.publish();
  }

 private:
  sync::test::ServerModel::Log& log() { return server_.logs.at(code_.log); }
  sync::test::ServerModel& server_;
  cases::MeetingCode code_;
  chain::ChainSecrets secrets_;
};

}  // namespace abri::core::test
