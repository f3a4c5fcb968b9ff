// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/feed_writer.hpp"
#include "feed/entry.hpp"
#include "make.hpp"
#include "merge/change.hpp"

#include <abri/options.pb.h>

/// Entries of a feed as `feed::EntryBuilder` makes them, with their real Core and bodies.
namespace abri::vectors {

inline Bytes change_of(std::size_t text_size, std::uint8_t start, const core::feed::Core& core) {
  core::merge::Operation operation;
  operation.record_type = 3;
  operation.record = *RecordId::from(pattern(16, start));
  operation.field = 2;
  operation.value = proto::Value::text(std::string(text_size, static_cast<char>('a' + start % 26)));
  Reader life(core.incarnation.bytes());
  operation.dot = {core.device, life.u64(), 40U + start};
  operation.clock = core::merge::Clock::at(from_millis(1'793'000'000'000), 7);
  core::merge::Change change;
  change.schema_version = 1;
  change.operations = {operation, operation};
  ++change.operations[1].dot.counter;
  change.operations[1].field = 3;
  return *core::merge::encode_change(change);
}

/// One entry for each list of sizes: a change a size; the first body of the second entry is a turn.
inline json::value make_entry() {
  namespace feed = core::feed;
  const auto id = *LogId::from(pattern(16, 12));
  const auto author = crypto::SigningKey::from_seed(BytesView(pattern(32, 14)).first<32>());
  const std::uint32_t epoch = 0x01020304;
  const auto root = crypto::feed_root_key(key_of<crypto::GroupSeed>(11));
  const auto key = crypto::feed_key(root, id, epoch);
  json::array cases;
  Hash previous;
  std::uint8_t start = 20;
  for (const auto& sizes : std::vector<std::vector<std::size_t>>{{1}, {60, 700}, {5000}, {}}) {
    feed::Core core;
    core.device = 0xfffffffe;
    core.incarnation = *feed::Incarnation::from(pattern(8, 15));
    core.sequence = 0xa1a2a3a4a500U + start;
    core.salt = to_array<16>(pattern(16, start));
    core.previous = previous;
    core.chain = {0x01020300U + start, to_array<16>(pattern(16, 16))};
    core.seen = {0xb1b2b3b4b500U + start, to_array<16>(pattern(16, 17))};
    feed::EntryBuilder builder(core);
    json::array bodies;
    if (sizes.size() == 2) {
      const core::cases::Turn turn{epoch, core.chain.sequence, *Hash::from(pattern(32, 18))};
      builder.add_clear({feed::BodyKind::turn, {}, 0, 0}, turn.encode());
      bodies.push_back(json::object{{"kind", 3},
                                    {"container", CaseId{}.hex()},
                                    {"compartment", 0},
                                    {"epoch", 0},
                                    {"generation", turn.generation},
                                    {"sequence", turn.sequence},
                                    {"link", turn.link.hex()}});
    }
    for (const auto size : sizes) {
      const auto body_start = static_cast<std::uint8_t>(start + bodies.size());
      const feed::BodyHeader header{feed::BodyKind::change, *CaseId::from(pattern(16, body_start)), IDENTITY,
                                    9};
      const auto change = change_of(size, body_start, core);
      const crypto::MessagePosition position{crypto::hash(crypto::labels::kCore, core.encode()),
                                             static_cast<std::uint32_t>(bodies.size())};
      const auto compartment_key = key_of<crypto::CompartmentKey>(13);
      builder.add_change(header, compartment_key, change);
      json::object body;
      body["kind"] = 1;
      body["container"] = header.case_ref.hex();
      body["compartment"] = header.compartment;
      body["epoch"] = header.epoch;
      body["compartment_key"] = to_hex(pattern(32, 13));
      body["message_key"] =
          crypto::message_key(compartment_key, position).expose([](BytesView k) { return to_hex(k); });
      body["change"] = to_hex(change);
      bodies.push_back(body);
    }
    const FixedRandom random(start);
    const auto sealed = *builder.seal(id, epoch, key, author);
    json::object one;
    one["group_seed"] = to_hex(pattern(32, 11));
    one["feed"] = id.hex();
    one["feed_epoch"] = epoch;
    one["feed_key"] = key.expose([](BytesView k) { return to_hex(k); });
    one["read_capability"] = crypto::read_capability(key).public_key().hex();
    one["write_capability"] = crypto::write_capability(key).public_key().hex();
    one["author_seed"] = to_hex(pattern(32, 14));
    one["core"] = json::object{{"suite", core.suite},
                               {"device", core.device},
                               {"incarnation", core.incarnation.hex()},
                               {"sequence", core.sequence},
                               {"salt", to_hex(core.salt)},
                               {"previous", core.previous.hex()},
                               {"chain_sequence", core.chain.sequence},
                               {"chain_hash", to_hex(core.chain.hash)},
                               {"seen_size", core.seen.size},
                               {"seen_root", to_hex(core.seen.root)}};
    one["bodies"] = bodies;
    one["header_hash"] = sealed.header_hash.hex();
    one["nonce_start"] = start;  // the nonce is byte i = start + 5·i
    one["entry"] = to_hex(sealed.bytes);
    cases.push_back(one);
    previous = sealed.header_hash;
    start = static_cast<std::uint8_t>(start + 4);
  }
  return json::object{{"entries", cases}};
}

}  // namespace abri::vectors
