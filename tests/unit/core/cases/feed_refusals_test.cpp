// SPDX-License-Identifier: MPL-2.0
//
// Entries that a member of the team makes with a program of her own, or that the server puts into her mouth.
#include "cases/feed_writer.hpp"
#include "chain/link_builder.hpp"
#include "insider.hpp"

#include <abri/crypto/padding.hpp>

namespace abri::core::test {

namespace {

/// Two devices with a file, and the keys of the second in other hands.
struct Feed {
  PeopleWorld world;
  PersonDevice* first{nullptr};
  PersonDevice* second{nullptr};
  CaseId id;
  CaseId other;
  RecordId person;
  RecordId other_person;
  std::unique_ptr<Insider> insider;

  Feed() {
    std::tie(first, second) = world.association();
    id = file("Marchwyn");
    other = file("Quintrec");
    world.settle();
    person = record_of(*first->app, id, "person").id;
    other_person = record_of(*first->app, other, "person").id;
    insider = std::make_unique<Insider>(world.server, *second);
  }

  CaseId file(const char* name) {
    const auto made =
        first->app->create_case(std::vector<FieldEdit>{{"last_name", name}, {"language", "fr"}});
    REQUIRE(made);
    REQUIRE(first->app->add_record(*made, "danger_assessment", std::vector<FieldEdit>{{"grid", "eva"}}));
    return *made;
  }
  [[nodiscard]] feed::BodyHeader identity(const CaseId& container) const {
    return {feed::BodyKind::change, container, IDENTITY, 0};
  }
  /// An entry of the insider's that calls the person so.
  [[nodiscard]] feed::SealedEntry naming(const feed::Core& core, const char* name) {
    return insider->sealed(core, identity(id), insider->key(id, IDENTITY),
                           insider->change("person", person, "last_name", name));
  }
  [[nodiscard]] std::string name(const PersonDevice& device, const CaseId& container) const {
    return field_of(record_of(*device.app, container, "person"), "last_name").values.at(0).raw;
  }
  [[nodiscard]] std::string name() const { return name(*first, id); }

  /// Both devices still write and read, and agree; each says `kind` that many times.
  void goes_on(const char* kind, std::int64_t notices) {
    world.settle();
    REQUIRE(first->app->edit(id, person, std::vector<FieldEdit>{{"language", "ar"}}));
    REQUIRE(second->app->edit(other, other_person, std::vector<FieldEdit>{{"language", "pt"}}));
    world.settle();
    for (const auto* device : {first, second}) {
      CHECK(field_of(record_of(*device->app, id, "person"), "language").values.at(0).raw == "ar");
      CHECK(field_of(record_of(*device->app, other, "person"), "language").values.at(0).raw == "pt");
      const auto evidence = device->app->status()->evidence;
      const auto shown = std::ranges::count_if(evidence, [&](const auto& e) { return e.starts_with(kind); });
      CHECK(shown == (std::string_view(kind).starts_with("evidence_") ? notices : 0));
      VaultCopy copy(*device);
      INFO(kind);
      CHECK(copy.notices(kind) == notices);
    }
    CHECK(first->digest() == second->digest());
  }
};

}  // namespace

TEST_CASE("MS-11 feeds: an entry counts only if the key of its author signed it", "[core][cases]") {
  Feed feed;
  auto core = feed.insider->next();
  feed::EntryBuilder builder(core);
  builder.add_change(feed.identity(feed.id), feed.insider->key(feed.id, IDENTITY),
                     feed.insider->change("person", feed.person, "last_name", "Falsified"));
  const auto epoch = feed.insider->epoch();
  const auto& key = feed.insider->feed_key(epoch);
  feed.insider->append(builder.seal(feed.insider->feed(), epoch, key, crypto::SigningKey::generate())->bytes);
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  feed.goes_on("forged_entry", 1);

  // the same entry with her own signature counts
  feed.insider->publish(core, feed.insider->seal(builder));
  feed.world.settle();
  CHECK(feed.name() == "Falsified");
  feed.goes_on("forged_entry", 1);
}

TEST_CASE("MS-11 feeds: an entry of a device that no link of the chain names is refused", "[core][cases]") {
  Feed feed;
  auto core = feed.insider->next();
  core.device = 99;
  feed.insider->append(feed.naming(core, "Falsified").bytes);
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  feed.goes_on("author_without_right", 1);
}

TEST_CASE("MS-06 feeds: of two entries with one number the second is evidence and is not read",
          "[core][cases]") {
  Feed feed;
  const auto core = feed.insider->next();
  auto twin = core;
  crypto::random_bytes(twin.salt);
  const auto kept = feed.naming(core, "Kept");
  const auto late = feed.naming(twin, "Late");
  feed.insider->publish(core, kept);
  feed.insider->append(late.bytes);
  feed.world.settle();
  CHECK(feed.name() == "Kept");
  feed.goes_on("evidence_fork", 1);
}

TEST_CASE("MS-06 feeds: an author who saw another history of the feed or the chain is evidence",
          "[core][cases]") {
  Feed feed;
  auto core = feed.insider->next();
  core.seen.size = 2;
  crypto::random_bytes(core.seen.root);
  feed.insider->append(feed.naming(core, "Elsewhere").bytes);
  core = feed.insider->next();
  core.seen.size = 1'000'000;
  feed.insider->append(feed.naming(core, "Ahead").bytes);
  core = feed.insider->next();
  crypto::random_bytes(core.chain.hash);
  feed.insider->append(feed.naming(core, "Otherwise").bytes);
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  feed.goes_on("evidence_fork", 3);
}

TEST_CASE("MS-08 feeds: a number that was dropped is said, and what came is read", "[core][cases]") {
  Feed feed;
  auto core = feed.insider->next();
  const auto dropped = feed.naming(core, "Dropped");
  core.sequence += 1;
  core.previous = dropped.header_hash;
  crypto::random_bytes(core.salt);
  const auto after = feed.naming(core, "After");
  feed.insider->append(after.bytes);
  feed.world.settle();
  CHECK(feed.name() == "After");
  feed.goes_on("evidence_omission", 1);

  // what was withheld and comes too late does not undo what was read
  feed.insider->append(dropped.bytes);
  feed.world.settle();
  CHECK(feed.name() == "After");
  feed.goes_on("evidence_fork", 1);
}

TEST_CASE("MS-08 feeds: the number does not begin again after the greatest one", "[core][cases]") {
  Feed feed;
  auto core = feed.insider->next();
  core.sequence = (std::uint64_t{1} << 48) - 1;
  feed.insider->publish(core, feed.naming(core, "Greatest"));
  auto wrapped = feed.insider->next();  // 2^48 is written as 0
  feed.insider->append(feed.naming(wrapped, "Begun again").bytes);
  feed.world.settle();
  CHECK(feed.name() == "Greatest");
  feed.goes_on("evidence_fork", 1);
}

TEST_CASE("MS-08 feeds: an entry that is sent again, as it was or in a new envelope, changes nothing",
          "[core][cases]") {
  Feed feed;
  const auto core = feed.insider->next();
  const auto entry = feed.naming(core, "Once");
  feed.insider->publish(core, entry);
  feed.world.settle();
  REQUIRE(feed.second->app->edit(feed.id, feed.person, std::vector<FieldEdit>{{"last_name", "Later"}}));
  feed.world.settle();
  const auto epoch = feed.insider->epoch();
  const auto& key = feed.insider->feed_key(epoch);
  const auto opened = feed::open_entry(entry.bytes, feed.insider->feed(), epoch, key);
  feed.insider->append(*feed::seal_again(opened->outer, feed.insider->feed(), epoch, key));
  feed.insider->append(entry.bytes);
  feed.world.settle();
  CHECK(feed.name() == "Later");
  feed.goes_on("evidence_fork", 0);
}

TEST_CASE("MS-09 feeds: an entry signed for another feed is refused in this one", "[core][cases]") {
  Feed feed;
  auto core = feed.insider->next();
  feed::EntryBuilder builder(core);
  builder.add_change(feed.identity(feed.id), feed.insider->key(feed.id, IDENTITY),
                     feed.insider->change("person", feed.person, "last_name", "Transplanted"));
  const auto epoch = feed.insider->epoch();
  const auto& key = feed.insider->feed_key(epoch);
  const auto elsewhere = crypto::random_id<LogId>();
  const auto there = builder.seal(elsewhere, epoch, key, feed.insider->device());
  const auto opened = feed::open_entry(there->bytes, elsewhere, epoch, key);
  REQUIRE(opened);
  feed.insider->append(*feed::seal_again(opened->outer, feed.insider->feed(), epoch, key));
  feed.insider->append(there->bytes);
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  VaultCopy copy(*feed.first);
  CHECK(copy.notices("unreadable_entry") == 1);
  feed.goes_on("forged_entry", 1);
}

TEST_CASE("MS-09 feeds: a change is read only in the file and compartment that its key belongs to",
          "[core][cases]") {
  Feed feed;
  const auto change = feed.insider->change("person", feed.other_person, "last_name", "Transplanted");
  const auto identity_key = feed.insider->key(feed.id, IDENTITY);
  auto core = feed.insider->next();
  feed.insider->publish(core, feed.insider->sealed(core, feed.identity(feed.other), identity_key, change));
  core = feed.insider->next();
  auto header = feed.identity(feed.other);
  header.compartment = DANGER;
  feed.insider->publish(core,
                        feed.insider->sealed(core, header, feed.insider->key(feed.other, IDENTITY), change));
  // with the right key of the wrong compartment every operation in it is void
  core = feed.insider->next();
  feed.insider->publish(core,
                        feed.insider->sealed(core, header, feed.insider->key(feed.other, DANGER), change));
  feed.world.settle();
  CHECK(feed.name(*feed.first, feed.other) == "Quintrec");
  feed.goes_on("void_operation", 1);
}

TEST_CASE("feeds: MS-09 a file whose id belongs to another feed, or to none, is no file of this one",
          "[core][cases]") {
  Feed feed;
  auto& insider = *feed.insider;
  const auto files = feed.first->app->list(CaseKind::case_file)->size();
  auto core = insider.next();
  feed::EntryBuilder container(core);
  container.add_clear({feed::BodyKind::keys, crypto::random_id<CaseId>(), 0, 0},
                      Writer().u8(1).u32(0).u16(0).view());
  insider.publish(core, insider.seal(container));
  feed.world.settle();
  CHECK(feed.first->app->list(CaseKind::case_file)->size() == files);
}

TEST_CASE("feeds: a team's feed takes no request, no foreign key and no address key for a group",
          "[core][cases]") {
  Feed feed;
  auto& insider = *feed.insider;
  const auto request = crypto::random_id<CaseId>();
  auto core = insider.next();
  feed::EntryBuilder container(core);
  container.add_clear({feed::BodyKind::keys, request, 0, 0}, Writer().u8(3).u32(0).u16(0).view());
  insider.publish(core, insider.seal(container));

  const auto group = insider.world().case_group();
  const auto* wrap_key = insider.world().keyring.wrap_key(insider.world().organisation, group->id, 0);
  REQUIRE(wrap_key != nullptr);
  const auto offer = [&](std::uint8_t compartment, std::uint32_t epoch, const crypto::CaseWrapKey& under) {
    const auto key = crypto::CompartmentKey::generate();
    Writer context;
    context.raw(insider.feed().bytes()).raw(feed.id.bytes()).u8(compartment).u32(epoch).u32(0);
    Writer out;
    out.u8(0).u32(0).u16(1).u8(compartment).u32(epoch).raw(crypto::commitment(key).bytes()).u8(0);
    out.raw(crypto::seal_key(under, context.view(), key));
    core = insider.next();
    feed::EntryBuilder builder(core);
    builder.add_clear({feed::BodyKind::keys, feed.id, 0, 0}, out.view());
    insider.publish(core, insider.seal(builder));
  };
  offer(LOCATION, 0, *wrap_key);
  offer(REQUEST, 0, *wrap_key);
  offer(IDENTITY, 7, *wrap_key);
  offer(IDENTITY, 0, crypto::case_wrap_key(crypto::GroupSeed::generate()));
  feed.world.settle();
  CHECK(feed.first->app->list(CaseKind::request)->empty());
  VaultCopy copy(*feed.first);
  auto keys = copy.db().statement(
      "SELECT count(*) FROM compartment_keys k JOIN cases c ON c.number = k.case_number WHERE c.case_ref = "
      "?1");
  REQUIRE(*keys->query(feed.id));
  CHECK(keys->column_int64(0) == 2);
  feed.goes_on("void_key", 3);
}

TEST_CASE("feeds: a change whose counter would overflow, and an entry that is too large, are refused alone",
          "[core][cases]") {
  Feed feed;
  v1::Change change;
  REQUIRE(change.ParseFromString(
      std::string(as_text(feed.insider->change("person", feed.person, "last_name", "Overflown")))));
  change.set_first_counter(std::uint64_t{1} << 48);
  auto core = feed.insider->next();
  feed.insider->publish(
      core, feed.insider->sealed(core, feed.identity(feed.id), feed.insider->key(feed.id, IDENTITY),
                                 as_bytes(change.SerializeAsString())));
  Bytes large(limits::kMaxEntryBytes + 1);
  crypto::random_bytes(large);
  feed.insider->append(BytesView(large).first(limits::kMaxEntryBytes));
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  VaultCopy copy(*feed.first);
  CHECK(copy.notices("unreadable_entry") == 1);
  feed.goes_on("malformed_change", 1);
}

TEST_CASE("feeds: junk between entries, old and new, is passed over and holds nothing up", "[core][cases]") {
  Feed feed;
  const auto junk = [&] {
    Bytes bytes(400);
    crypto::random_bytes(bytes);
    feed.insider->append(bytes);
  };
  const auto name_her = [&](const char* name) {
    REQUIRE(feed.second->app->edit(feed.id, feed.person, std::vector<FieldEdit>{{"last_name", name}}));
    feed.world.settle();
  };
  feed.first->stop();
  junk();
  junk();
  name_her("Quintrec");
  junk();
  feed.first->start();
  feed.world.settle();
  CHECK(feed.name() == "Quintrec");
  junk();
  name_her("Lourdel");
  CHECK(feed.name() == "Lourdel");
  feed.goes_on("unreadable_entry", 4);
}

TEST_CASE("feeds: an entry whose link of the chain is not here yet waits for it and is then read",
          "[core][cases]") {
  Feed feed;
  auto& insider = *feed.insider;
  auto& world = insider.world();
  const auto everyone = world.own_chain()->state.group_for(chain::GroupPurpose::everyone)->id;
  const auto link = insider.link(*chain::make_rotate_group_key(
      world.own_chain()->state, world.device_number(world.organisation), everyone,
      *world.keyring.group_seed(world.organisation, everyone, 0), crypto::GroupSeed::generate()));
  auto core = insider.next();
  const auto& head = world.own_chain()->state.head();
  core.chain = {head.sequence, feed::shorten(head.hash)};
  insider.publish(core, feed.naming(core, "Early"));
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  insider.append_to(cases::log_of(world.organisation), link);
  feed.world.settle();
  CHECK(feed.name() == "Early");
  feed.goes_on("author_without_right", 0);
}

TEST_CASE("feeds: a turn that names another link than the one of its generation moves nothing",
          "[core][cases]") {
  Feed feed;
  feed.second->stop();
  REQUIRE(feed.first->app->rotate_keys());
  feed.world.settle();
  feed.second->start();
  feed.world.settle();
  Insider insider(feed.world.server, *feed.second);
  const auto& chain = insider.world().own_chain()->confirmed;
  const auto* group = insider.world().case_group();
  REQUIRE(group->generation() == 1);
  REQUIRE(insider.epoch() == 0);  // nobody wrote since
  const auto since = group->generations.back().since;
  const auto turning = [&](const cases::Turn& turn) {
    auto core = insider.next();
    feed::EntryBuilder builder(core);
    builder.add_clear({feed::BodyKind::turn, {}, 0, 0}, turn.encode());
    builder.add_change(feed.identity(feed.id), insider.key(feed.id, IDENTITY),
                       insider.change("person", feed.person, "last_name", "Turned"));
    const auto entry = builder.seal(insider.feed(), 1, insider.feed_key(1), insider.device());
    insider.append(entry->bytes);
  };
  turning({1, since, crypto::random_id<Hash>()});
  turning({1, since - 1, chain.hash_at(since - 1)});
  turning({2, since, chain.hash_at(since)});
  feed.world.settle();
  CHECK(feed.name() == "Marchwyn");
  feed.goes_on("void_old_epoch", 3);
}

TEST_CASE("IR-07 feeds: who was put out of the team writes nothing more, neither now nor dated back",
          "[core][cases]") {
  Feed feed;
  const auto code = feed.first->app->invite("Zoé Kermadec", {"social_worker"});
  REQUIRE(code);
  auto& third = feed.world.add_device();
  REQUIRE(third.app->join(*code));
  third.start();
  feed.world.settle();
  REQUIRE(feed.name(third, feed.id) == "Marchwyn");
  Insider removed(feed.world.server, third);
  const auto naming = [&](const feed::Core& core, const char* name) {
    return removed.sealed(core, feed.identity(feed.id), removed.key(feed.id, IDENTITY),
                          removed.change("person", feed.person, "last_name", name));
  };
  auto core = removed.next();
  removed.publish(core, naming(core, "Member"));
  feed.world.settle();
  REQUIRE(feed.name() == "Member");

  // the head takes her out; this version has no command for it, so the links are made by hand
  Insider head(feed.world.server, *feed.first);
  auto& world = head.world();
  const auto* team = world.case_group();
  const auto* seed = world.keyring.group_seed(world.organisation, team->id, 0);
  const auto number = world.device_number(world.organisation);
  head.append_link(*chain::make_set_group_members(world.own_chain()->state, number, team->id,
                                                  {chain::recipient(world.user)}, *seed));
  head.append_link(*chain::make_rotate_group_key(world.own_chain()->state, number, team->id, *seed,
                                                 crypto::GroupSeed::generate()));
  feed.world.settle();
  const auto& chain = world.own_chain()->state;

  core = removed.next();  // as she last knew the chain: dated back, before anybody wrote under the new key
  removed.append(naming(core, "Dated back").bytes);
  core.chain = {chain.head().sequence, feed::shorten(chain.head().hash)};
  removed.append(naming(core, "Removed").bytes);
  feed.world.settle();
  CHECK(feed.name() == "Dated back");  // until the turn nobody can tell it from a late entry
  feed.goes_on("author_without_right", 1);

  core = removed.next();
  core.sequence += 1;
  removed.append(naming(core, "After the turn").bytes);
  feed.world.settle();
  CHECK(feed.name() == "Dated back");
  feed.goes_on("void_old_epoch", 1);
}

}  // namespace abri::core::test
