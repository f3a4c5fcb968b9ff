// SPDX-License-Identifier: MPL-2.0
#include "cases/feed_writer.hpp"

#include "cases/compartments.hpp"
#include "cases/entry_store.hpp"
#include "merge/change.hpp"

#include <abri/crypto/merkle.hpp>
#include <abri/crypto/random.hpp>
#include <abri/proto/schema.hpp>

#include <map>

namespace abri::core::cases {

namespace {

/// How much is sealed in one transaction.
constexpr std::size_t kSealBytes = 768UL * 1024;

/// No change is longer, so that each fits an entry with all that surrounds it.
constexpr std::size_t kMaxChangeBytes = limits::kMaxEntryBytes / 2;

struct PendingRow {
  std::int64_t id{0};
  feed::BodyHeader header;
  std::uint64_t counter{0};
  std::uint64_t operations{0};
  std::uint64_t clock{0};
  Bytes payload;
};

Result<std::vector<PendingRow>> oldest_pending(World& world, const Log& feed) {
  std::vector<PendingRow> out;
  std::size_t bytes = 0;
  ABRI_TRY(auto rows, world.db.statement(
                          "SELECT id, kind, case_ref, compartment, counter, operations, clock, payload FROM "
                          "pending WHERE log = ?1 ORDER BY id"));
  ABRI_CHECK(rows.bind_all(feed.number));
  while (bytes < kSealBytes) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) break;
    PendingRow row;
    row.id = rows.column_int64(0);
    row.header.kind = static_cast<feed::BodyKind>(rows.column_int64(1));
    ABRI_TRY(row.header.case_ref, rows.column_id<CaseId>(2));
    row.header.compartment = static_cast<std::uint8_t>(rows.column_int64(3));
    row.counter = static_cast<std::uint64_t>(rows.column_int64(4));
    row.operations = static_cast<std::uint64_t>(rows.column_int64(5));
    row.clock = static_cast<std::uint64_t>(rows.column_int64(6));
    row.payload = to_bytes(rows.column_blob(7));
    bytes += row.payload.size() + feed::BodyHeader::kSize + Hash::kSize;
    out.push_back(std::move(row));
  }
  return out;
}

/// Joins neighbouring changes of one compartment whose operations are consecutive, so that they share a body.
Result<std::vector<PendingRow>> coalesce(World& world, const Log& feed, std::vector<PendingRow> rows) {
  std::vector<PendingRow> out;
  std::map<std::pair<CaseId, std::uint8_t>, std::size_t> open;
  Reader incarnation(world.incarnation.bytes());
  const auto life = incarnation.u64();
  const auto device = world.device_number(feed.chain);
  for (auto& row : rows) {
    const std::pair name{row.header.case_ref, row.header.compartment};
    const auto it = row.header.kind == feed::BodyKind::change ? open.find(name) : open.end();
    if (it == open.end() || out[it->second].counter + out[it->second].operations != row.counter ||
        out[it->second].payload.size() + row.payload.size() > limits::kMaxEntryBytes / 4) {
      if (row.header.kind == feed::BodyKind::change) open[name] = out.size();
      out.push_back(std::move(row));
      continue;
    }
    auto& into = out[it->second];
    ABRI_TRY(auto first, merge::decode_change(into.payload, device, life));
    ABRI_TRY(auto second, merge::decode_change(row.payload, device, life));
    for (auto& operation : second.operations) first.operations.push_back(std::move(operation));
    ABRI_TRY(into.payload, merge::encode_change(first));
    into.operations += row.operations;
    into.clock = std::max(into.clock, row.clock);
  }
  return out;
}

/// Where this device stands as an author of a feed.
struct AuthorState {
  std::uint64_t sequence{0};
  Hash header;
};

Result<AuthorState> own_author(World& world, const Log& feed, std::uint32_t device) {
  ABRI_TRY(auto row,
           world.db.statement("SELECT sequence, header_hash FROM authors WHERE log = ?1 AND device = ?2 AND "
                              "incarnation = ?3"));
  ABRI_TRY(const bool found, row.query(feed.number, device, world.incarnation));
  AuthorState author;
  if (!found) return author;
  author.sequence = static_cast<std::uint64_t>(row.column_int64(0));
  ABRI_TRY(author.header, row.column_id<Hash>(1));
  return author;
}

/// Makes one entry after another for a feed.
class Sealer {
 public:
  Sealer(World& world, const Log& feed, const chain::ChainState& chain, std::uint32_t epoch,
         AuthorState author)
      : world_(world),
        feed_(feed),
        chain_(chain),
        epoch_(epoch),
        author_(author),
        waiting_{.epoch = epoch, .clock = 0, .changes = {}} {}

  Result<void> add_clear(const PendingRow& row) {
    ABRI_CHECK(make_room(row.payload.size()));
    builder_->add_clear(row.header, row.payload);
    if (!row.header.case_ref.is_zero()) waiting_.changes.insert(row.header.case_ref);
    return {};
  }

  Result<void> add_change(const PendingRow& row) {
    ABRI_TRY(const auto key,
             writing_key(world_, row.header.case_ref, static_cast<Compartment>(row.header.compartment)));
    if (!key) return Error{Errc::internal, "change without a compartment key"};
    ABRI_CHECK(make_room(row.payload.size()));
    auto header = row.header;
    header.epoch = key->epoch;
    builder_->add_change(header, key->key, row.payload);
    waiting_.changes.insert(header.case_ref);
    waiting_.clock = std::max(waiting_.clock, row.clock);
    return {};
  }

  /// Seals what was added into the outbox.
  Result<void> finish() {
    if (!builder_ || builder_->empty()) return {};
    const auto* key = world_.keyring.feed_key(feed_.chain, feed_.group, epoch_, feed_.id);
    if (key == nullptr) return Error{Errc::not_permitted, "key of the feed"};
    ABRI_TRY(const auto sealed, builder_->seal(feed_.id, epoch_, *key, world_.keyring.device()));
    builder_.reset();
    ABRI_CHECK(enqueue_entry(world_, feed_, sealed.bytes, waiting_));
    author_ = {author_.sequence + 1, sealed.header_hash};
    waiting_ = {.epoch = epoch_, .clock = 0, .changes = {}};
    ABRI_TRY(auto author,
             world_.db.statement("INSERT OR REPLACE INTO authors(log, device, incarnation, sequence, "
                                 "header_hash, pinned) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    return author.run(feed_.number, world_.device_number(feed_.chain), world_.incarnation, author_.sequence,
                      author_.header, chain_.head().sequence);
  }

 private:
  Result<void> make_room(std::size_t payload) {
    if (builder_ && builder_->fits(payload)) return {};
    ABRI_CHECK(finish());
    feed::Core core;
    core.device = world_.device_number(feed_.chain);
    core.incarnation = world_.incarnation;
    core.sequence = author_.sequence + 1;
    crypto::random_bytes(core.salt);
    core.previous = author_.header;
    core.chain = {chain_.head().sequence, feed::shorten(chain_.head().hash)};
    ABRI_TRY(const auto frontier, crypto::Frontier::decode(feed_.frontier));
    core.seen = {feed_.size, feed::shorten(frontier.root())};
    builder_.emplace(core);
    if (!builder_->fits(payload)) return Error{Errc::too_large, "change"};
    return {};
  }

  World& world_;
  const Log& feed_;
  const chain::ChainState& chain_;
  std::uint32_t epoch_;
  AuthorState author_;
  Waiting waiting_;  ///< of the entry that is being made
  std::optional<feed::EntryBuilder> builder_;
};

Result<void> save_counters(World& world) {
  Writer counter;
  counter.u64(world.next_counter);
  ABRI_CHECK(set_meta(world.db, "counter", counter.view()));
  Writer clock;
  clock.u64(world.hybrid_clock.last().packed);
  return set_meta(world.db, "clock", clock.view());
}

}  // namespace

Bytes Turn::encode() const {
  Writer out;
  out.u32(generation).u32(sequence).raw(link.bytes());
  return out.take();
}

Result<Turn> Turn::decode(BytesView payload) {
  Reader in(payload);
  Turn turn;
  turn.generation = in.u32();
  turn.sequence = in.u32();
  turn.link = Hash(in.array<32>());
  ABRI_CHECK(in.finish("turn"));
  return turn;
}

Result<void> queue_body(World& world, const Log& feed, const feed::BodyHeader& header, BytesView payload) {
  ABRI_TRY(
      auto insert,
      world.db.statement("INSERT INTO pending(log, kind, case_ref, compartment, counter, operations, clock, "
                         "payload) VALUES(?1, ?2, ?3, ?4, 0, 0, 0, ?5)"));
  world.count_unsent(header.case_ref);
  return insert.run(feed.number, static_cast<std::int64_t>(header.kind), header.case_ref, header.compartment,
                    payload);
}

Result<void> queue_change(World& world, const Log& feed, const CaseId& id, Compartment compartment,
                          std::span<const merge::Operation> operations) {
  merge::Change change;
  change.schema_version = proto::Schema::kVersion;
  change.operations.assign(operations.begin(), operations.end());
  const auto payload = merge::encode_change(change);
  if (!payload && payload.error().code != Errc::too_large) return payload.error();
  if (!payload || payload->size() > kMaxChangeBytes) {
    if (operations.size() == 1) return Error{Errc::too_large, "value"};
    const auto half = operations.size() / 2;
    ABRI_CHECK(queue_change(world, feed, id, compartment, operations.first(half)));
    return queue_change(world, feed, id, compartment, operations.subspan(half));
  }
  ABRI_TRY(
      auto insert,
      world.db.statement("INSERT INTO pending(log, kind, case_ref, compartment, counter, operations, clock, "
                         "payload) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  world.count_unsent(id);
  return insert.run(feed.number, static_cast<std::int64_t>(feed::BodyKind::change), id,
                    static_cast<std::int64_t>(compartment), operations.front().dot.counter, operations.size(),
                    operations.back().clock.packed, BytesView(*payload));
}

bool may_write_now(World& world, const Log& feed) {
  const auto* chain = world.chain(feed.chain);
  if (chain == nullptr) return false;
  const auto& confirmed = chain->confirmed;
  const auto* device = confirmed.device(world.keyring.device_id());
  const auto judged_by = std::max(confirmed.head().sequence, feed.turn);
  return confirmed.status() == chain::ChainStatus::active && device != nullptr &&
         confirmed.may_write(device->number, feed.group, judged_by);
}

Result<SealingTime> sealing_time(World& world, const Log& feed, Time now) {
  SealingTime out;
  const auto* chain = world.chain(feed.chain);
  if (chain == nullptr || chain->waiting || world.stale || !may_write_now(world, feed)) return out;
  ABRI_TRY(auto row, world.db.statement("SELECT 1 FROM pending WHERE log = ?1 LIMIT 1"));
  ABRI_TRY(const bool waits, row.query(feed.number));
  if (!waits) return out;
  const auto last = world.sealed_at.find(feed.id);
  // a clock that was set back must not hold edits for ever
  if (world.flush || last == world.sealed_at.end() || now >= last->second + kCoalescing ||
      now < last->second) {
    out.now = true;
  } else {
    out.later = last->second + kCoalescing;
  }
  return out;
}

Result<void> seal_pending(World& world, const Log& feed) {
  const auto* chain = world.chain(feed.chain);
  const auto* group = chain == nullptr ? nullptr : chain->confirmed.group(feed.group);
  if (group == nullptr) return Error{Errc::out_of_sync, "group of the feed"};
  const auto device = world.device_number(feed.chain);
  const auto epoch = group->generation();
  ABRI_TRY(auto rows, oldest_pending(world, feed));
  if (rows.empty()) return {};
  for (const auto& row : rows) world.count_sent(row.header.case_ref);
  // first, so that the entries take the pages that this frees
  ABRI_TRY(auto remove, world.db.statement("DELETE FROM pending WHERE log = ?1 AND id <= ?2"));
  ABRI_CHECK(remove.run(feed.number, rows.back().id));
  // the people named for an address may have changed since it was written: then it is sealed under a new key
  for (const auto& row : rows) {
    const auto compartment = static_cast<Compartment>(row.header.compartment);
    if (row.header.kind == feed::BodyKind::change && wrapped_to_devices(compartment))
      ABRI_CHECK(ensure_compartment(world, feed, row.header.case_ref, compartment));
  }
  ABRI_TRY(rows, coalesce(world, feed, std::move(rows)));
  ABRI_TRY(const auto author, own_author(world, feed, device));
  Sealer sealer(world, feed, chain->confirmed, epoch, author);
  if (epoch > feed.epoch) {
    const auto since = group->generations.back().since;
    PendingRow turn;
    turn.header.kind = feed::BodyKind::turn;
    turn.payload = Turn{epoch, since, chain->confirmed.hash_at(since)}.encode();
    ABRI_CHECK(sealer.add_clear(turn));
    ABRI_CHECK(sealer.finish());
  }
  for (const auto& row : rows)
    if (row.header.kind == feed::BodyKind::keys) ABRI_CHECK(sealer.add_clear(row));
  ABRI_CHECK(sealer.finish());
  for (const auto& row : rows)
    if (row.header.kind == feed::BodyKind::change) ABRI_CHECK(sealer.add_change(row));
  ABRI_CHECK(sealer.finish());
  world.sealed_at[feed.id] = world.now();
  ABRI_TRY(auto more, world.db.statement("SELECT 1 FROM pending LIMIT 1"));
  ABRI_TRY(const bool waits, more.query());
  world.flush = world.flush && waits;
  return save_counters(world);
}

Result<void> seal_all(World& world) {
  for (const auto& [id, log] : world.logs) {
    if (log.kind != sync::LogKind::feed || log.stopped) continue;
    ABRI_TRY(const auto time, sealing_time(world, log, world.now()));
    if (!time.now) continue;
    ABRI_TRY(auto on_its_way, world.db.statement("SELECT 1 FROM outbox WHERE log = ?1 LIMIT 1"));
    ABRI_TRY(const bool sending, on_its_way.query(log.number));
    if (!sending) ABRI_CHECK(seal_pending(world, log));
  }
  return {};
}

Result<void> reseal_outbox(World& world, const Log& feed, std::uint32_t epoch) {
  struct Row {
    std::int64_t id;
    std::int64_t sealed;
    std::uint32_t epoch;
    Bytes bytes;
  };
  std::vector<Row> stale;
  {
    ABRI_TRY(auto rows,
             world.db.statement("SELECT o.id, o.sealed, o.epoch, s.bytes FROM outbox o JOIN sealed_entries s "
                                "ON s.id = o.sealed WHERE o.log = ?1 AND o.epoch < ?2 ORDER BY o.id"));
    ABRI_CHECK(rows.bind_all(feed.number, epoch));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      stale.push_back({rows.column_int64(0), rows.column_int64(1),
                       static_cast<std::uint32_t>(rows.column_int64(2)), to_bytes(rows.column_blob(3))});
    }
  }
  const auto* next = world.keyring.feed_key(feed.chain, feed.group, epoch, feed.id);
  if (next == nullptr) return stale.empty() ? Result<void>{} : Error{Errc::not_permitted, "key of the feed"};
  for (const auto& row : stale) {
    const auto* key = world.keyring.feed_key(feed.chain, feed.group, row.epoch, feed.id);
    if (key == nullptr) return Error{Errc::internal, "epoch of the outbox"};
    ABRI_TRY(const auto opened, feed::open_entry(row.bytes, feed.id, row.epoch, *key));
    ABRI_TRY(const auto bytes, feed::seal_again(opened.outer, feed.id, epoch, *next));
    // the bytes of before stay: the log may hold them just now, as an entry of the old epoch
    ABRI_TRY(auto insert, world.db.statement("INSERT INTO sealed_entries(bytes) VALUES(?1)"));
    ABRI_CHECK(insert.run(BytesView(bytes)));
    ABRI_TRY(auto update,
             world.db.statement("UPDATE outbox SET entry_id = ?2, epoch = ?3, sealed = ?4 WHERE id = ?1"));
    ABRI_CHECK(update.run(row.id, crypto::entry_hash(bytes), epoch, world.db.last_insert_id()));
    ABRI_TRY(auto forget, world.db.statement("DELETE FROM sealed_entries WHERE id = ?1 AND NOT EXISTS "
                                             "(SELECT 1 FROM entries WHERE sealed = ?1)"));
    ABRI_CHECK(forget.run(row.sealed));
  }
  return {};
}

}  // namespace abri::core::cases
