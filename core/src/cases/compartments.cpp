// SPDX-License-Identifier: MPL-2.0
#include "cases/compartments.hpp"

#include "cases/feed_writer.hpp"
#include "cases/keys_body.hpp"
#include "cases/records.hpp"
#include "chain/seeds.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/labels.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/wrap.hpp>

#include <algorithm>
#include <limits>
#include <set>

namespace abri::core::cases {

namespace {

constexpr std::int64_t kPendingPosition = std::numeric_limits<std::int64_t>::max();

Bytes seal_context(const Log& feed, const CaseId& id, const KeyOffer& offer, std::uint32_t generation) {
  Writer out;
  out.raw(feed.id.bytes()).raw(id.bytes()).u8(static_cast<std::uint8_t>(offer.compartment));
  out.u32(offer.epoch).u32(generation);
  return out.take();
}

crypto::WrapContext wrap_context(const Log& feed, const CaseId& id, const KeyOffer& offer,
                                 const DeviceId& device, std::uint32_t generation, std::uint32_t sender) {
  crypto::WrapContext context;
  context.purpose = crypto::WrapPurpose::compartment_key;
  context.log = feed.id;
  context.subject = id.array();
  context.compartment = static_cast<std::uint16_t>(offer.compartment);
  context.generation = offer.epoch;
  context.recipient = device.array();
  context.recipient_generation = generation;
  context.sender_device = sender;
  return context;
}

Bytes encode_named(const std::vector<UserId>& users) {
  Writer named;
  for (const auto& user : users) named.raw(user.bytes());
  return named.take();
}

/// @param author  the user whose device offers the key
Result<void> keep_key(World& world, const CaseId& id, const KeyOffer& offer, std::int64_t position,
                      const UserId& author, const crypto::CompartmentKey& key) {
  ABRI_TRY(
      auto insert,
      world.db.statement(
          "INSERT INTO compartment_keys(case_number, compartment, epoch, position, commitment, key, "
          "author, named) VALUES((SELECT number FROM cases WHERE case_ref = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
          "ON CONFLICT DO UPDATE SET position = min(position, ?4)"));
  return key.expose([&](std::span<const std::byte, 32> bytes) {
    return insert.run(id, static_cast<std::int64_t>(offer.compartment), offer.epoch, position,
                      offer.commitment, BytesView(bytes), author, BytesView(encode_named(offer.named)));
  });
}

/// Who may open an address: the author and the heads (docs/adr/0004).
std::vector<UserId> default_named(World& world, const chain::ChainState& state) {
  std::set<UserId> named{world.user};
  for (const auto& [id, user] : state.users())
    if (user.active && user.roles().has(chain::Role::head)) named.insert(id);
  return {named.begin(), named.end()};
}

Result<void> mark_granted(World& world, const CaseId& id, const KeyOffer& offer, const DeviceId& device) {
  ABRI_TRY(auto insert,
           world.db.statement(
               "INSERT INTO grants(case_number, compartment, commitment, device) "
               "VALUES((SELECT number FROM cases WHERE case_ref = ?1), ?2, ?3, ?4) ON CONFLICT DO NOTHING"));
  return insert.run(id, static_cast<std::int64_t>(offer.compartment), offer.commitment, device);
}

Result<bool> is_granted(World& world, const CaseId& id, const KeyOffer& offer, const DeviceId& device) {
  ABRI_TRY(auto row,
           world.db.statement(
               "SELECT 1 FROM grants WHERE case_number = (SELECT number FROM cases WHERE case_ref = ?1) "
               "AND compartment = ?2 AND commitment = ?3 AND device = ?4"));
  return row.query(id, static_cast<std::int64_t>(offer.compartment), offer.commitment, device);
}

Result<void> wrap_to_devices(World& world, const Log& feed, const CaseId& id, KeyOffer& offer,
                             const crypto::CompartmentKey& key,
                             const std::vector<const chain::Device*>& devices) {
  const auto sender = world.device_number(feed.chain);
  for (const auto* device : devices) {
    const auto context = wrap_context(feed, id, offer, device->id, device->box_generation, sender);
    if (const auto wrap = crypto::wrap(device->box_key, context, key)) {
      offer.wraps.push_back({device->id, device->box_generation, *wrap});
    } else {
      ABRI_CHECK(notice(world, "unusable_key", feed.id, device->id.bytes()));  // of small order: hers to mend
    }
    ABRI_CHECK(mark_granted(world, id, offer, device->id));
  }
  return {};
}

Result<KeyOffer> make_offer(World& world, const Log& feed, const CaseId& id, Compartment compartment,
                            std::uint32_t generation, const crypto::CompartmentKey& key) {
  KeyOffer offer;
  offer.compartment = compartment;
  offer.commitment = crypto::commitment(key);
  if (!wrapped_to_devices(compartment)) {
    const auto* wrap_key = world.keyring.wrap_key(feed.chain, feed.group, generation);
    if (wrap_key == nullptr) return Error{Errc::not_permitted, "key of the group"};
    offer.sealed = crypto::seal_key(*wrap_key, seal_context(feed, id, offer, generation), key);
    return offer;
  }
  offer.mode = KeyMode::wrapped;
  const auto* chain = world.chain(feed.chain);
  if (chain == nullptr) return Error{Errc::not_found, "chain"};
  offer.named = default_named(world, chain->state);
  std::vector<const chain::Device*> devices;
  for (const auto& user : offer.named)
    for (const auto* device : chain->state.active_devices(user)) devices.push_back(device);
  ABRI_CHECK(wrap_to_devices(world, feed, id, offer, key, devices));
  return offer;
}

/// The generation that the chain's log holds: a renewal of ours that waits may come second, and its key be nobody's.
std::uint32_t present_generation(World& world, const Log& feed) {
  const auto* chain = world.chain(feed.chain);
  const auto* group = chain == nullptr ? nullptr : chain->confirmed.group(feed.group);
  return group == nullptr ? 0 : group->generation();
}

Result<void> queue_keys(World& world, const Log& feed, const CaseId& id, const KeysBody& body) {
  return queue_body(world, feed, {feed::BodyKind::keys, id, 0, 0}, encode_keys(body));
}

Result<std::optional<crypto::CompartmentKey>> open_offer(World& world, const Log& feed, const CaseId& id,
                                                         std::uint32_t generation, std::uint32_t author,
                                                         const KeyOffer& offer) {
  using Opened = std::optional<crypto::CompartmentKey>;
  if (offer.mode == KeyMode::sealed) {
    const auto* wrap_key = world.keyring.wrap_key(feed.chain, feed.group, generation);
    if (wrap_key == nullptr || wrapped_to_devices(offer.compartment)) return Opened{};
    auto key = crypto::open_key<crypto::CompartmentKey>(*wrap_key, seal_context(feed, id, offer, generation),
                                                        offer.commitment, offer.sealed);
    if (!key) return Opened{};
    return Opened(std::move(*key));
  }
  const auto own = world.keyring.device_id();
  for (const auto& wrap : offer.wraps) {
    if (wrap.device != own) continue;
    const auto* box = world.keyring.box(wrap.generation);
    if (box == nullptr) continue;
    auto key = crypto::unwrap<crypto::CompartmentKey>(
        *box, wrap_context(feed, id, offer, own, wrap.generation, author), wrap.wrap);
    if (key && crypto::commitment(*key) == offer.commitment) return Opened(std::move(*key));
    ABRI_CHECK(notice(world, "bad_wrap", feed.id, id.bytes()));
  }
  return Opened{};
}

/// A key that may stand in a feed at all: of the first epoch, since none is redacted yet; an address's only in wraps; in a
/// shared feed that of a request.
bool acceptable(const KeyOffer& offer, chain::ChainKind chain) {
  if (offer.epoch != 0 || wrapped_to_devices(offer.compartment) != (offer.mode == KeyMode::wrapped))
    return false;
  return chain == chain::ChainKind::bilateral ? offer.compartment == REQUEST : offer.compartment != REQUEST;
}

/// A partner makes requests and nothing else; a team's own feed holds everything but those.
bool may_stand_in(chain::ChainKind chain, std::uint8_t kind) {
  const bool shared = kind == static_cast<std::uint8_t>(CaseKind::request);
  const bool own = kind == static_cast<std::uint8_t>(CaseKind::case_file) ||
                   kind == static_cast<std::uint8_t>(CaseKind::dwelling) ||
                   kind == static_cast<std::uint8_t>(CaseKind::organisation);
  return chain == chain::ChainKind::bilateral ? shared : own;
}

/// The id of a container: 8 random bytes, and as many that bind them to the feed. Nobody gives a container's id to one in another feed.
CaseId container_id(const Log& feed, BytesView random) {
  Writer out;
  out.raw(feed.id.bytes()).raw(random);
  const auto bound = crypto::hash(crypto::labels::kContainer, out.view());
  Writer id;
  id.raw(random).raw(bound.bytes().first(CaseId::kSize / 2));
  return CaseId(to_array<CaseId::kSize>(id.view()));
}

Result<void> take_container(World& world, const Log& feed, std::uint32_t author, const CaseId& id,
                            std::uint8_t kind) {
  const auto* chain = world.chain(feed.chain);
  if (chain == nullptr || !may_stand_in(chain->state.kind(), kind)) return {};
  if (container_id(feed, id.bytes().first(CaseId::kSize / 2)) != id) return {};
  const auto* device = chain->state.device(author);
  const auto owner = device == nullptr ? OrganisationId{} : device->organisation;
  ABRI_TRY(auto insert, world.db.statement("INSERT INTO cases(case_ref, log, kind, owner, title, state) "
                                           "VALUES(?1, ?2, ?3, ?4, '', '') ON CONFLICT DO NOTHING"));
  return insert.run(id, feed.number, kind, owner);
}

}  // namespace

Result<CaseRow> find_case_row(World& world, const CaseId& id) {
  ABRI_TRY(auto row,
           world.db.statement("SELECT log, kind, owner, title, state FROM cases WHERE case_ref = ?1"));
  ABRI_TRY(const bool found, row.query(id));
  if (!found) return Error{Errc::not_found, "case"};
  CaseRow out;
  out.id = id;
  out.log = row.column_int64(0);
  out.kind = static_cast<CaseKind>(row.column_int64(1));
  ABRI_TRY(out.owner, row.column_id<OrganisationId>(2));
  out.title = row.column_text(3);
  out.state = row.column_text(4);
  return out;
}

Result<Log*> log_of_case(World& world, const CaseRow& row) {
  for (auto& [id, log] : world.logs)
    if (log.number == row.log) return &log;
  return Error{Errc::not_found, "feed of the case"};
}

Result<CaseId> create_container(World& world, const Log& feed, CaseKind kind) {
  ByteArray<CaseId::kSize / 2> random{};
  crypto::random_bytes(random);
  const auto id = container_id(feed, random);
  const auto number = static_cast<std::uint8_t>(kind);
  ABRI_CHECK(take_container(world, feed, world.device_number(feed.chain), id, number));
  ABRI_CHECK(queue_keys(world, feed, id, {number, present_generation(world, feed), {}}));
  return id;
}

Result<void> ensure_compartment(World& world, const Log& feed, const CaseId& id, Compartment compartment) {
  ABRI_TRY(const auto held, writing_key(world, id, compartment));
  if (held) return {};
  const auto key = crypto::CompartmentKey::generate();
  const auto generation = present_generation(world, feed);
  ABRI_TRY(auto offer, make_offer(world, feed, id, compartment, generation, key));
  ABRI_CHECK(keep_key(world, id, offer, kPendingPosition, world.user, key));
  KeysBody body{0, generation, {}};
  body.offers.push_back(std::move(offer));
  return queue_keys(world, feed, id, body);
}

Result<std::optional<HeldKey>> writing_key(World& world, const CaseId& id, Compartment compartment) {
  // An address is written only under a key that this person made for the people who are to read it: whoever offers another
  // one could hold it herself.
  const auto* own = world.own_chain();
  const bool personal = wrapped_to_devices(compartment) && own != nullptr;
  const auto named = personal ? encode_named(default_named(world, own->state)) : Bytes{};
  ABRI_TRY(auto row, world.db.statement("SELECT epoch, key FROM compartment_keys WHERE case_number = "
                                        "(SELECT number FROM cases WHERE case_ref = ?1) AND compartment = ?2 "
                                        "AND (?3 = 0 OR (author = ?4 AND named = ?5)) "
                                        "ORDER BY epoch DESC, position, commitment LIMIT 1"));
  ABRI_TRY(const bool found, row.query(id, static_cast<std::int64_t>(compartment), personal ? 1 : 0,
                                       world.user, BytesView(named)));
  if (!found) return std::optional<HeldKey>{};
  ABRI_TRY(auto key, crypto::CompartmentKey::from(row.column_blob(1)));
  return std::optional(HeldKey{static_cast<std::uint32_t>(row.column_int64(0)), std::move(key)});
}

Result<std::vector<crypto::CompartmentKey>> reading_keys(World& world, const CaseId& id,
                                                         Compartment compartment, std::uint32_t epoch) {
  std::vector<crypto::CompartmentKey> keys;
  ABRI_TRY(auto rows,
           world.db.statement(
               "SELECT key FROM compartment_keys WHERE case_number = (SELECT number FROM cases "
               "WHERE case_ref = ?1) AND compartment = ?2 AND epoch = ?3 ORDER BY position, commitment"));
  ABRI_CHECK(rows.bind_all(id, static_cast<std::int64_t>(compartment), epoch));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return keys;
    ABRI_TRY(auto key, crypto::CompartmentKey::from(rows.column_blob(0)));
    keys.push_back(std::move(key));
  }
}

Result<bool> place_own_keys(World& world, std::uint64_t position, const feed::BodyView& body) {
  const auto keys = decode_keys(body.payload);
  if (!keys) return false;
  ABRI_TRY(auto row, world.db.statement(
                         "UPDATE compartment_keys SET position = min(position, ?5) WHERE case_number = "
                         "(SELECT number FROM cases WHERE case_ref = ?1) AND compartment = ?2 AND epoch = ?3 "
                         "AND commitment = ?4 RETURNING 1"));
  for (const auto& offer : keys->offers) {
    ABRI_TRY(const bool kept, row.query(body.header.case_ref, static_cast<std::int64_t>(offer.compartment),
                                        offer.epoch, offer.commitment, static_cast<std::int64_t>(position)));
    if (!kept) return false;
    row.reset();
  }
  return true;
}

Result<std::vector<Compartment>> take_keys(World& world, const Log& feed, std::uint64_t position,
                                           std::uint32_t author_device, const feed::BodyView& body) {
  std::vector<Compartment> readable;
  const auto keys = decode_keys(body.payload);
  if (!keys) {
    ABRI_CHECK(notice(world, "malformed_keys", feed.id, body.header.case_ref.bytes()));
    return readable;
  }
  const auto& id = body.header.case_ref;
  ABRI_CHECK(take_container(world, feed, author_device, id, keys->container));
  const auto row = find_case_row(world, id);
  if (!row || row->log != feed.number) return readable;
  const auto& chain = world.chain(feed.chain)->state;
  const auto* author = chain.device(author_device);
  for (const auto& offer : keys->offers) {
    if (author == nullptr || !acceptable(offer, chain.kind())) {
      ABRI_CHECK(notice(world, "void_key", feed.id, id.bytes()));
      continue;
    }
    for (const auto& wrap : offer.wraps) ABRI_CHECK(mark_granted(world, id, offer, wrap.device));
    ABRI_TRY(const auto key, open_offer(world, feed, id, keys->generation, author_device, offer));
    if (!key) continue;
    ABRI_CHECK(keep_key(world, id, offer, static_cast<std::int64_t>(position), author->user, *key));
    readable.push_back(offer.compartment);
  }
  return readable;
}

Result<bool> held_by_one_person(World& world, const CaseId& id, const RecordId& record) {
  const auto* own = world.own_chain();
  if (own == nullptr) return false;
  const auto named = default_named(world, own->state);
  const auto readers = std::count_if(named.begin(), named.end(), [&](const UserId& user) {
    return !own->state.active_devices(user).empty();
  });
  if (readers > 1) return false;
  ABRI_TRY(const auto records, records_of(world, id));
  return std::any_of(records.begin(), records.end(), [&](const StoredRecord& stored) {
    return stored.key.record == record && wrapped_to_devices(stored.key.compartment);
  });
}

Result<void> grant_to_new_devices(World& world) {
  struct Held {
    CaseId id;
    KeyOffer offer;
    std::int64_t log{0};
  };
  std::vector<Held> held;
  {
    ABRI_TRY(auto rows, world.db.statement(
                            "SELECT c.case_ref, k.compartment, k.epoch, k.commitment, k.named, c.log FROM "
                            "compartment_keys k JOIN cases c ON c.number = k.case_number "
                            "WHERE length(k.named) > 0"));
    for (;;) {
      ABRI_TRY(const bool more, rows.step());
      if (!more) break;
      Held one;
      ABRI_TRY(one.id, rows.column_id<CaseId>(0));
      one.offer.compartment = static_cast<Compartment>(rows.column_int64(1));
      one.offer.epoch = static_cast<std::uint32_t>(rows.column_int64(2));
      ABRI_TRY(one.offer.commitment, rows.column_id<Hash>(3));
      one.offer.mode = KeyMode::wrapped;
      Reader named(rows.column_blob(4));
      while (named.left() >= UserId::kSize) one.offer.named.emplace_back(named.array<16>());
      one.log = rows.column_int64(5);
      held.push_back(std::move(one));
    }
  }
  for (auto& one : held) {
    CaseRow row;
    row.log = one.log;
    ABRI_TRY(const auto* feed, log_of_case(world, row));
    const auto* chain = world.chain(feed->chain);
    std::vector<const chain::Device*> without;
    for (const auto& user : one.offer.named) {
      for (const auto* device : chain->state.active_devices(user)) {
        ABRI_TRY(const bool granted, is_granted(world, one.id, one.offer, device->id));
        if (!granted) without.push_back(device);
      }
    }
    if (without.empty()) continue;
    ABRI_TRY(const auto keys, reading_keys(world, one.id, one.offer.compartment, one.offer.epoch));
    for (const auto& key : keys) {
      if (crypto::commitment(key) != one.offer.commitment) continue;
      ABRI_CHECK(wrap_to_devices(world, *feed, one.id, one.offer, key, without));
    }
    KeysBody body{0, present_generation(world, *feed), {}};
    body.offers.push_back(std::move(one.offer));
    ABRI_CHECK(queue_keys(world, *feed, one.id, body));
  }
  return {};
}

}  // namespace abri::core::cases
