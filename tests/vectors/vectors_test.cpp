// SPDX-License-Identifier: MPL-2.0
#include "make_chain.hpp"
#include "make_feed.hpp"
#include "support/paths.hpp"

#include <fstream>
#include <iterator>

#include <catch2/catch_test_macros.hpp>

namespace abri::vectors {
namespace {

std::string committed_text(const std::string& name) {
  std::ifstream in(test::source_dir() / "tests/vectors" / (name + ".json"));
  return {std::istreambuf_iterator<char>(in), {}};
}

json::value committed(const std::string& name) {
  return json::parse(committed_text(name));
}

Bytes bytes_at(const json::value& object, std::string_view member) {
  return *from_hex(std::string_view(object.at(member).as_string()));
}

template <class T>
T at(const json::value& object, std::string_view member) {
  return *T::from(bytes_at(object, member));
}

std::vector<Hash> hashes_at(const json::value& object, std::string_view member) {
  std::vector<Hash> out;
  for (const auto& item : object.at(member).as_array())
    out.push_back(*Hash::from_hex(std::string_view(item.as_string())));
  return out;
}

std::uint64_t number_at(const json::value& object, std::string_view member) {
  return object.at(member).to_number<std::uint64_t>();
}

TEST_CASE("vectors: what we make today is what was committed, byte for byte", "[vectors]") {
  for (const auto& [name, make] : all()) {
    INFO(name);
    CHECK(pretty(make()) + "\n" == committed_text(name));
  }
}

TEST_CASE("vectors: committed wraps and sealed keys open to their secrets", "[vectors]") {
  const auto file = committed("wrap");
  for (const auto& one : file.at("wraps").as_array()) {
    crypto::WrapContext context;
    context.purpose = static_cast<crypto::WrapPurpose>(number_at(one, "purpose"));
    context.log = at<LogId>(one, "log");
    context.subject = to_array<16>(bytes_at(one, "subject"));
    context.compartment = static_cast<std::uint16_t>(number_at(one, "compartment"));
    context.generation = static_cast<std::uint32_t>(number_at(one, "generation"));
    context.recipient = to_array<16>(bytes_at(one, "recipient"));
    context.recipient_generation = static_cast<std::uint32_t>(number_at(one, "recipient_generation"));
    context.sender_device = static_cast<std::uint32_t>(number_at(one, "sender_device"));
    context.sequence = number_at(one, "sequence");
    const auto recipient = *crypto::box_key_from(bytes_at(one, "recipient_secret"));
    const auto psk = crypto::Psk::from(bytes_at(one, "psk"));
    const auto secret =
        crypto::unwrap<crypto::GroupSeed>(recipient, context, bytes_at(one, "wrap"), psk ? &*psk : nullptr);
    REQUIRE(secret);
    CHECK(*secret == at<crypto::GroupSeed>(one, "secret"));
    CHECK(crypto::commitment(*secret) == at<Hash>(one, "commitment"));
  }
  for (const auto& one : file.at("sealed_keys").as_array()) {
    const auto secret = at<crypto::CompartmentKey>(one, "secret");
    const auto opened = crypto::open_key<crypto::CompartmentKey>(
        at<crypto::CaseWrapKey>(one, "key"), bytes_at(one, "context"), crypto::commitment(secret),
        bytes_at(one, "sealed"));
    REQUIRE(opened);
    CHECK(*opened == secret);
  }
}

TEST_CASE("vectors: committed entries open through both layers", "[vectors]") {
  const auto file = committed("entry");
  for (const auto& one : file.at("entries").as_array()) {
    const auto id = at<LogId>(one, "feed");
    const auto epoch = static_cast<std::uint32_t>(number_at(one, "feed_epoch"));
    const auto key =
        crypto::feed_key(crypto::feed_root_key(at<crypto::GroupSeed>(one, "group_seed")), id, epoch);
    const auto entry = core::feed::open_entry(bytes_at(one, "entry"), id, epoch, key);
    REQUIRE(entry);
    CHECK(entry->header_hash == at<Hash>(one, "header_hash"));
    CHECK(entry->core.sequence == number_at(one.at("core"), "sequence"));
    const auto author = *crypto::signing_key_from(bytes_at(one, "author_seed"));
    CHECK(core::feed::verify_author(*entry, id, author.public_key()));
    const auto& bodies = one.at("bodies").as_array();
    REQUIRE(entry->bodies.size() == bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      if (entry->bodies[i].header.kind != core::feed::BodyKind::change) continue;
      const auto change =
          core::feed::open_change(*entry, i, at<crypto::CompartmentKey>(bodies[i], "compartment_key"));
      REQUIRE(change);
      CHECK(*change == bytes_at(bodies[i], "change"));
    }
  }
}

TEST_CASE("vectors: committed links open and are valid one after another", "[vectors]") {
  const auto file = committed("link");
  auto kind = core::chain::ChainKind::organisation;
  for (const auto& one : file.at("chains").as_array()) {
    const auto id = at<ChainId>(one, "chain");
    const auto secrets = core::chain::derive_chain_secrets(at<core::chain::ChainSecret>(one, "secret"));
    core::chain::ChainState state(id, kind);
    for (const auto& link : one.at("links").as_array()) {
      const auto opened = core::chain::open_link(secrets.key, id, bytes_at(link, "entry"));
      REQUIRE(opened);
      CHECK(*opened == bytes_at(link, "link"));
      CHECK(core::chain::apply_link(state, *opened));
      CHECK(state.head().hash == at<Hash>(link, "hash"));
    }
    kind = core::chain::ChainKind::bilateral;
  }
}

TEST_CASE("vectors: committed slots open with their passphrase", "[vectors]") {
  const auto file = committed("slot");
  for (const auto& one : file.at("slots").as_array()) {
    const auto passphrase = *crypto::SecretText::from(std::string_view(one.at("passphrase").as_string()));
    const auto keystore = crypto::KeystoreSecret::from(bytes_at(one, "keystore_secret"));
    const auto key = crypto::open_slot(bytes_at(one, "slot"), passphrase, keystore ? &*keystore : nullptr);
    REQUIRE(key);
    CHECK(*key == at<crypto::DatabaseKey>(one, "database_key"));
  }
}

TEST_CASE("vectors: committed proofs verify against the committed roots", "[vectors]") {
  const auto file = committed("merkle");
  const auto root = [&](std::uint64_t size) {
    return at<Hash>(file.at("trees").as_array().at(size), "root");
  };
  for (const auto& one : file.at("consistency_proofs").as_array()) {
    const auto old_size = number_at(one, "old_size");
    const auto size = number_at(one, "size");
    CHECK(crypto::verify_consistency(old_size, root(old_size), size, root(size), hashes_at(one, "proof")));
  }
  for (const auto& one : file.at("trees").as_array()) {
    CHECK(crypto::Frontier::decode(bytes_at(one, "frontier"))->root() == at<Hash>(one, "root"));
  }
}

}  // namespace
}  // namespace abri::vectors
