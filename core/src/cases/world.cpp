// SPDX-License-Identifier: MPL-2.0
#include "cases/world.hpp"

#include "cases/chains.hpp"

#include <abri/crypto/merkle.hpp>
#include <abri/crypto/random.hpp>

namespace abri::core::cases {

namespace {

Bytes encode_head(const std::optional<sync::SignedHead>& head) {
  if (!head) return {};
  Writer out;
  out.u64(head->size).raw(head->root.bytes()).u64(head->time_ms).raw(head->signature.bytes());
  return out.take();
}

Result<std::optional<sync::SignedHead>> decode_head(BytesView bytes) {
  if (bytes.empty()) return std::optional<sync::SignedHead>{};
  Reader in(bytes);
  sync::SignedHead head;
  head.size = in.u64();
  head.root = Hash(in.array<32>());
  head.time_ms = in.u64();
  head.signature = crypto::Signature(in.array<64>());
  ABRI_CHECK(in.finish("kept head"));
  return std::optional{head};
}

Result<void> load_logs(World& world) {
  ABRI_TRY(auto rows, world.db.statement(
                          "SELECT number, id, kind, chain, group_id, opened, stopped, size, frontier, head, "
                          "salt, epoch, turn FROM logs ORDER BY number"));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return {};
    Log log;
    log.number = rows.column_int64(0);
    ABRI_TRY(log.id, rows.column_id<LogId>(1));
    log.kind = static_cast<sync::LogKind>(rows.column_int64(2));
    ABRI_TRY(log.chain, rows.column_id<ChainId>(3));
    ABRI_TRY(log.group, rows.column_id<GroupId>(4));
    log.opened = rows.column_int64(5) != 0;
    log.stopped = rows.column_int64(6) != 0;
    log.size = static_cast<std::uint64_t>(rows.column_int64(7));
    log.frontier = to_bytes(rows.column_blob(8));
    ABRI_TRY(log.head, decode_head(rows.column_blob(9)));
    ABRI_TRY(log.salt, rows.column_id<crypto::LogSalt>(10));
    log.epoch = static_cast<std::uint32_t>(rows.column_int64(11));
    log.turn = static_cast<std::uint32_t>(rows.column_int64(12));
    world.logs.emplace(log.id, std::move(log));
  }
}

Result<std::uint64_t> meta_number(vault::Database& db, std::string_view key) {
  ABRI_TRY(const auto value, get_meta(db, key));
  if (!value) return std::uint64_t{0};
  Reader in(*value);
  const auto number = in.u64();
  ABRI_CHECK(in.finish("number in meta"));
  return number;
}

/// Counter and clock go on after everything that was ever given out: what is sealed is in `meta`, the rest still waits.
Result<void> load_counters(World& world) {
  ABRI_TRY(auto counter, meta_number(world.db, "counter"));
  ABRI_TRY(auto clock, meta_number(world.db, "clock"));
  ABRI_TRY(auto row, world.db.statement("SELECT max(counter + operations), max(clock) FROM pending"));
  ABRI_TRY(const bool found, row.query());
  if (found && !row.column_is_null(0)) {
    counter = std::max(counter, static_cast<std::uint64_t>(row.column_int64(0)));
    clock = std::max(clock, static_cast<std::uint64_t>(row.column_int64(1)));
  }
  world.next_counter = std::max<std::uint64_t>(counter, 1);
  world.hybrid_clock.observe(merge::Clock{clock});
  return {};
}

Result<void> load_identity(World& world) {
  world.organisation = {};
  world.user = {};
  ABRI_TRY(const auto incarnation, get_meta(world.db, "incarnation"));
  if (incarnation) {
    ABRI_TRY(world.incarnation, feed::Incarnation::from(*incarnation));
  }
  ABRI_TRY(const auto organisation, get_meta(world.db, "organisation"));
  if (organisation) {
    ABRI_TRY(world.organisation, ChainId::from(*organisation));
  }
  ABRI_TRY(const auto user, get_meta(world.db, "user"));
  if (user) {
    ABRI_TRY(world.user, UserId::from(*user));
  }
  return {};
}

}  // namespace

Chain* World::own_chain() {
  return chain(organisation);
}

Chain* World::chain(const ChainId& id) {
  const auto it = chains.find(id);
  return it == chains.end() ? nullptr : &it->second;
}

Log* World::log(const LogId& id) {
  const auto it = logs.find(id);
  return it == logs.end() ? nullptr : &it->second;
}

std::uint32_t World::device_number(const ChainId& id) const {
  const auto it = chains.find(id);
  if (it == chains.end() || !keyring.has_device()) return 0;
  const auto* device = it->second.state.device(keyring.device_id());
  return device == nullptr ? 0 : device->number;
}

OrganisationId World::own_organisation() const {
  const auto it = chains.find(organisation);
  if (it == chains.end() || it->second.state.organisations().empty()) return {};
  return it->second.state.organisations().front().id;
}

chain::Roles World::own_roles() const {
  const auto it = chains.find(organisation);
  if (it == chains.end()) return {};
  const auto* me = it->second.state.user(user);
  return me == nullptr ? chain::Roles{} : me->roles();
}

void World::count_sent(const CaseId& id) {
  const auto it = unsent.find(id);
  if (it != unsent.end() && --it->second == 0) unsent.erase(it);
}

const chain::Group* World::case_group() const {
  const auto it = chains.find(organisation);
  if (it == chains.end()) return nullptr;
  const auto& state = it->second.state;
  const auto* team = state.group_for(chain::GroupPurpose::team);
  return team != nullptr ? team : state.group_for(chain::GroupPurpose::referents);
}

Result<void> renew_incarnation(World& world) {
  world.incarnation = crypto::random_id<feed::Incarnation>();
  return set_meta(world.db, "incarnation", world.incarnation.bytes());
}

Result<void> load_unsent(World& world) {
  world.unsent.clear();
  ABRI_TRY(auto pending, world.db.statement("SELECT case_ref, count(*) FROM pending GROUP BY case_ref"));
  for (;;) {
    ABRI_TRY(const bool more, pending.step());
    if (!more) break;
    ABRI_TRY(const auto id, pending.column_id<CaseId>(0));
    world.unsent[id] = static_cast<std::uint64_t>(pending.column_int64(1));
  }
  ABRI_TRY(auto sealed, world.db.statement("SELECT cases FROM outbox"));
  for (;;) {
    ABRI_TRY(const bool more, sealed.step());
    if (!more) return {};
    for (Reader cases(sealed.column_blob(0)); cases.left() > 0 && cases.ok();)
      world.count_unsent(CaseId(cases.array<CaseId::kSize>()));
  }
}

Result<void> load_world(World& world) {
  world.logs.clear();
  ABRI_TRY(world.keyring, Keyring::load(world.db));
  ABRI_CHECK(load_identity(world));
  ABRI_CHECK(load_counters(world));
  ABRI_CHECK(load_unsent(world));
  ABRI_CHECK(load_logs(world));
  return load_chains(world);
}

Result<std::optional<Bytes>> get_meta(vault::Database& db, std::string_view key) {
  ABRI_TRY(auto row, db.statement("SELECT value FROM meta WHERE key = ?1"));
  ABRI_TRY(const bool found, row.query(key));
  if (!found) return std::optional<Bytes>{};
  return std::optional{to_bytes(row.column_blob(0))};
}

Result<void> set_meta(vault::Database& db, std::string_view key, BytesView value) {
  ABRI_TRY(auto insert, db.statement("INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)"));
  return insert.run(key, value);
}

Result<void> store_log(World& world, Log& log) {
  ABRI_TRY(
      auto insert,
      world.db.statement(
          "INSERT INTO logs(number, id, kind, chain, group_id, opened, stopped, size, frontier, head, salt, "
          "epoch, turn) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
          "ON CONFLICT(number) DO UPDATE SET opened = ?6, stopped = ?7, size = ?8, frontier = ?9, "
          "head = ?10, epoch = ?12, turn = ?13"));
  if (log.number == 0) {
    std::int64_t greatest = 0;
    for (const auto& [id, known] : world.logs) greatest = std::max(greatest, known.number);
    log.number = greatest + 1;
  }
  return insert.run(log.number, log.id, static_cast<std::int64_t>(log.kind), log.chain, log.group,
                    log.opened ? 1 : 0, log.stopped ? 1 : 0, log.size, BytesView(log.frontier),
                    BytesView(encode_head(log.head)), log.salt, log.epoch, log.turn);
}

Result<Log*> follow(World& world, Log log) {
  if (auto* known = world.log(log.id)) return known;
  if (log.frontier.empty()) log.frontier = crypto::Frontier().encode();
  ABRI_CHECK(store_log(world, log));
  const auto id = log.id;
  return &world.logs.emplace(id, std::move(log)).first->second;
}

Result<void> pass_over(World& world, const LogId& log, const Result<void>& done) {
  if (done) return {};
  switch (done.error().code) {
    case Errc::storage_busy:
    case Errc::storage_full:
    case Errc::storage_failed:
    case Errc::locked:
    case Errc::cancelled:
      return done;
    default:
      return notice(world, "passed_over", log, as_bytes(to_string(done.error().code)));
  }
}

Result<void> notice(World& world, std::string_view kind, const LogId& log, BytesView detail) {
  ABRI_TRY(auto insert,
           world.db.statement("INSERT INTO notices(time, kind, log, detail) VALUES(?1, ?2, ?3, ?4)"));
  return insert.run(world.now(), kind, log, detail);
}

}  // namespace abri::core::cases
