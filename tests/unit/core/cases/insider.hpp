// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/chains.hpp"
#include "cases/pending_links.hpp"
#include "feed/entry.hpp"
#include "merge/change.hpp"
#include "vault_copy.hpp"

#include <abri/crypto/envelope.hpp>
#include <abri/proto/schema.hpp>
#include <abri/v1/entry.pb.h>

namespace abri::core::test {

/// A member who writes her team's feed with a program of her own: she holds the keys of a device that belongs there, and the server
/// takes what she sends.
class Insider {
 public:
  Insider(sync::test::ServerModel& server, const PersonDevice& device) : server_(server), copy_(device) {
    const auto* group = world().case_group();
    REQUIRE(group != nullptr);
    feed_ = group->feed->log;
    crypto::random_bytes(life_);
  }

  [[nodiscard]] cases::World& world() { return copy_.world(); }
  [[nodiscard]] const LogId& feed() const { return feed_; }
  [[nodiscard]] const crypto::SigningKey& device() { return world().keyring.device(); }
  [[nodiscard]] std::uint32_t epoch() { return world().log(feed_)->epoch; }
  [[nodiscard]] const crypto::FeedKey& feed_key(std::uint32_t epoch) {
    const auto& log = *world().log(feed_);
    const auto* key = world().keyring.feed_key(log.chain, log.group, epoch, feed_);
    REQUIRE(key != nullptr);
    return *key;
  }

  /// The next entry as an honest program would begin it, in a life of its own.
  [[nodiscard]] feed::Core next() {
    feed::Core core;
    const auto& head = world().own_chain()->confirmed.head();
    core.device = world().device_number(world().organisation);
    core.incarnation = feed::Incarnation(life_);
    core.sequence = last_.sequence + 1;
    crypto::random_bytes(core.salt);
    core.previous = last_.header;
    core.chain = {head.sequence, feed::shorten(head.hash)};
    return core;
  }

  /// A change of a text field of a record.
  [[nodiscard]] Bytes change(const char* type, const RecordId& record, const char* field,
                             std::string_view text) {
    const auto* record_type = proto::schema().find(type);
    merge::Operation operation;
    operation.record_type = record_type->number;
    operation.record = record;
    operation.field = record_type->find(field)->number;
    operation.value = proto::Value::text(text);
    Reader life(life_);
    operation.dot = {world().device_number(world().organisation), life.u64(), ++counter_};
    operation.clock = merge::Clock::at(world().now(), static_cast<std::uint16_t>(counter_));
    merge::Change change;
    change.schema_version = proto::Schema::kVersion;
    change.operations.push_back(operation);
    auto encoded = merge::encode_change(change);
    REQUIRE(encoded);
    return *encoded;
  }

  [[nodiscard]] crypto::CompartmentKey key(const CaseId& id, Compartment compartment) {
    auto row = world().db.statement(
        "SELECT k.key FROM compartment_keys k JOIN cases c ON c.number = k.case_number WHERE c.case_ref = ?1 "
        "AND k.compartment = ?2");
    REQUIRE(row);
    REQUIRE(*row->query(id, static_cast<std::int64_t>(compartment)));
    return *crypto::CompartmentKey::from(row->column_blob(0));
  }

  /// An entry with one change.
  [[nodiscard]] feed::SealedEntry sealed(const feed::Core& core, const feed::BodyHeader& header,
                                         const crypto::CompartmentKey& key, BytesView change) {
    feed::EntryBuilder builder(core);
    builder.add_change(header, key, change);
    return seal(builder);
  }
  [[nodiscard]] feed::SealedEntry seal(const feed::EntryBuilder& builder) {
    auto entry = builder.seal(feed_, epoch(), feed_key(epoch()), device());
    REQUIRE(entry);
    return std::move(*entry);
  }

  /// The server takes the bytes as an entry of the feed.
  void append(BytesView entry) { append_to(feed_, entry); }
  void append_to(const LogId& log, BytesView entry) {
    server_.logs.at(log).append(std::string(as_text(entry)), server_.now_ms);
    server_.publish();
  }
  /// A link of this device on its organisation's chain, sealed for the chain's log.
  [[nodiscard]] Bytes link(const chain::Body& body) {
    REQUIRE(cases::submit(world(), world().organisation, body));
    auto row = world().db.statement(
        "SELECT s.bytes FROM outbox o JOIN sealed_entries s ON s.id = o.sealed ORDER BY o.id DESC LIMIT 1");
    REQUIRE(*row->query());
    return to_bytes(row->column_blob(0));
  }
  void append_link(const chain::Body& body) { append_to(cases::log_of(world().organisation), link(body)); }
  /// An entry of the feed, from which the next one goes on.
  void publish(const feed::Core& core, const feed::SealedEntry& entry) {
    append(entry.bytes);
    last_ = {core.sequence, entry.header_hash};
  }

 private:
  struct Last {
    std::uint64_t sequence{0};
    Hash header;
  };
  sync::test::ServerModel& server_;
  VaultCopy copy_;
  LogId feed_;
  ByteArray<8> life_{};
  std::uint64_t counter_{0};
  Last last_;
};

}  // namespace abri::core::test
