// SPDX-License-Identifier: MPL-2.0
#include "cases/enrolment.hpp"

namespace abri::core::cases {

namespace {

bool is_member(World& world) {
  return world.device_number(world.organisation) != 0;
}

/// The code that this device took last, kept in `meta`.
struct Taken {
  Time at;
  ByteArray<16> secret{};  ///< of the code
};

Result<void> keep_taken(World& world, const MeetingCode& code) {
  Writer out;
  out.u64(to_millis(world.now())).raw(code.secret);
  return set_meta(world.db, "join", out.view());
}

Result<Taken> last_taken(World& world) {
  ABRI_TRY(const auto stored, get_meta(world.db, "join"));
  if (!stored) return Taken{};
  Reader in(*stored);
  Taken taken;
  taken.at = from_millis(in.u64());
  taken.secret = in.array<16>();
  ABRI_CHECK(in.finish("join"));
  return taken;
}

/// Takes away all that a join brought. The vault of a device that is in no organisation holds nothing else.
Result<void> forget_join(World& world) {
  ABRI_TRY(auto files, world.db.statement("SELECT 1 FROM cases LIMIT 1"));
  ABRI_TRY(const bool entered, files.query());
  if (entered) return Error{Errc::already_exists, "organisation"};
  for (const auto* statement :
       {"DELETE FROM secrets", "DELETE FROM logs", "DELETE FROM entries", "DELETE FROM outbox",
        "DELETE FROM sealed_entries", "DELETE FROM pending_links",
        "DELETE FROM meta WHERE key IN ('organisation', 'user', 'server', 'join')",
        "DELETE FROM meta WHERE key LIKE 'chain %' OR key LIKE 'head %'"})
    ABRI_CHECK(world.db.execute(statement));
  world.organisation = {};
  world.user = {};
  return load_world(world);
}

Result<MeetingCode> decode_device_code(const std::string& text) {
  auto code = MeetingCode::decode(text, MeetingCode::Kind::device);
  if (code) return code;
  auto own = MeetingCode::decode(text, MeetingCode::Kind::own_device);
  return own ? own : code;
}

}  // namespace

bool join_waits(World& world) {
  return world.keyring.rendezvous().has_value() && !is_member(world);
}

Result<void> begin_outside(World& world, Beginning beginning) {
  if (is_member(world)) return Error{Errc::already_exists, "organisation"};
  if (!join_waits(world)) {
    if (!world.organisation.is_zero()) return Error{Errc::already_exists, "organisation"};
    return {};
  }
  if (beginning == Beginning::organisation) {
    // the code was made before it was taken: later than this it brings nobody in
    ABRI_TRY(const auto taken, last_taken(world));
    if (world.now() <= taken.at + kInvitationLife) return Error{Errc::already_exists, "join"};
  }
  return forget_join(world);
}

Result<void> join(World& world, const std::string& text) {
  ABRI_TRY(const auto code, decode_device_code(text));
  if (join_waits(world)) {
    ABRI_TRY(const auto taken, last_taken(world));
    if (taken.secret == code.secret) return Error{Errc::already_exists, "join"};
  }
  ABRI_CHECK(begin_outside(world, Beginning::join));
  ABRI_TRY(const auto rendezvous, code.rendezvous_secret());
  ABRI_CHECK(world.keyring.add_mailbox(world.db, code.log, rendezvous));
  const bool own = code.kind == MeetingCode::Kind::own_device;
  if (own) {
    ABRI_TRY(const auto secret, code.chain_secret());
    ABRI_CHECK(world.keyring.add_mailbox_key(world.db, code.log, secret));
  }
  ABRI_CHECK(world.keyring.set_rendezvous(world.db, {code.log, own ? code.rendezvous : code.secret}));
  ABRI_CHECK(keep_taken(world, code));
  Writer server;
  server.raw(code.server_key.bytes()).raw(code.server_address);
  ABRI_CHECK(set_meta(world.db, "server", server.view()));
  Log log;
  log.id = code.log;
  log.kind = sync::LogKind::mailbox;
  ABRI_TRY([[maybe_unused]] const auto* mailbox, follow(world, std::move(log)));
  return {};
}

}  // namespace abri::core::cases
