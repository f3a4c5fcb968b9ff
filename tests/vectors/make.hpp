// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "support/memory_tree.hpp"
#include "vectors.hpp"

#include <abri/crypto/hash.hpp>
#include <abri/crypto/merkle.hpp>
#include <abri/crypto/passphrase.hpp>
#include <abri/crypto/wrap.hpp>

namespace abri::vectors {

template <class K>
K key_of(std::uint8_t start) {
  return *K::from(pattern(K::kSize, start));
}

inline json::value make_wrap() {
  const auto recipient = *crypto::box_key_from(pattern(32, 1));
  const auto psk = key_of<crypto::Psk>(2);
  json::array cases;
  for (std::uint8_t i = 0; i < 3; ++i) {
    crypto::WrapContext context;
    context.purpose = i == 1 ? crypto::WrapPurpose::compartment_key : crypto::WrapPurpose::group_seed;
    context.log = *LogId::from(pattern(16, 3));
    context.subject = to_array<16>(pattern(16, 4));
    context.compartment = i == 1 ? 5 : 0;
    context.generation = i * 0x01020304U;
    context.recipient = to_array<16>(pattern(16, 6));
    context.recipient_generation = 7;
    context.sender_device = 0xfffffffe;
    context.sequence = 0xa1a2a3a4a5a6;
    const bool with_psk = i == 2;
    const auto secret = key_of<crypto::GroupSeed>(static_cast<std::uint8_t>(80 + i));
    const FixedRandom random(static_cast<std::uint8_t>(90 + i));
    const auto wrap = crypto::wrap(recipient.public_key(), context, secret, with_psk ? &psk : nullptr);
    ABRI_ASSERT(wrap);
    json::object one;
    one["purpose"] = static_cast<unsigned>(context.purpose);
    one["log"] = context.log.hex();
    one["subject"] = to_hex(context.subject);
    one["compartment"] = context.compartment;
    one["generation"] = context.generation;
    one["recipient"] = to_hex(context.recipient);
    one["recipient_generation"] = context.recipient_generation;
    one["sender_device"] = context.sender_device;
    one["sequence"] = context.sequence;
    one["context"] = to_hex(context.encode());
    one["recipient_secret"] = to_hex(pattern(32, 1));
    one["recipient_public"] = recipient.public_key().hex();
    one["psk"] = with_psk ? to_hex(pattern(32, 2)) : "";
    one["ephemeral_start"] = 90 + i;  // the secret is byte i = start + 5·i
    one["secret"] = to_hex(pattern(32, static_cast<std::uint8_t>(80 + i)));
    one["commitment"] = crypto::commitment(secret).hex();
    one["wrap"] = to_hex(*wrap);
    cases.push_back(one);
  }
  const auto team = key_of<crypto::CaseWrapKey>(8);
  const auto compartment_key = key_of<crypto::CompartmentKey>(9);
  const auto context = pattern(22, 10);
  json::object sealed;
  sealed["key"] = to_hex(pattern(32, 8));
  sealed["context"] = to_hex(context);
  sealed["secret"] = to_hex(pattern(32, 9));
  sealed["sealed"] = to_hex(crypto::seal_key(team, context, compartment_key));
  return json::object{{"wraps", cases}, {"sealed_keys", json::array{sealed}}};
}

inline json::value make_slot() {
  constexpr std::string_view kPassphrase = "corbeau étang lampe violon";
  json::array cases;
  for (const bool with_keystore : {false, true}) {
    const auto keystore = key_of<crypto::KeystoreSecret>(40);
    const auto start = static_cast<std::uint8_t>(with_keystore ? 42 : 41);
    const FixedRandom random(start);
    const auto slot =
        crypto::seal_slot(*crypto::SecretText::from(kPassphrase), with_keystore ? &keystore : nullptr,
                          key_of<crypto::DatabaseKey>(43), crypto::PassphraseParameters::floor());
    ABRI_ASSERT(slot);
    json::object one;
    one["passphrase"] = std::string(kPassphrase);
    one["keystore_secret"] = with_keystore ? to_hex(pattern(32, 40)) : "";
    one["passes"] = crypto::PassphraseParameters::kFloorPasses;
    one["memory_kib"] = crypto::PassphraseParameters::kFloorMemoryKib;
    one["salt_start"] = start;  // the salt is byte i = start + 5·i
    one["database_key"] = to_hex(pattern(32, 43));
    one["slot"] = to_hex(*slot);
    cases.push_back(one);
  }
  return json::object{{"slots", cases}};
}

inline json::array hex_list(std::span<const Hash> hashes) {
  json::array out;
  for (const auto& hash : hashes) out.emplace_back(hash.hex());
  return out;
}

inline json::value make_merkle() {
  constexpr std::uint64_t kSize = 21;
  json::object out;
  json::array leaves;
  json::array trees;
  json::array inclusions;
  json::array consistencies;
  abri::test::MemoryTree tree;
  crypto::Frontier frontier;
  for (std::uint64_t size = 0; size <= kSize; ++size) {
    trees.push_back(
        json::object{{"size", size}, {"root", tree.root().hex()}, {"frontier", to_hex(frontier.encode())}});
    const auto entry = pattern(static_cast<std::size_t>(size * 3), static_cast<std::uint8_t>(size));
    const std::uint64_t time_ms = 1'700'000'000'000 + size * 977;
    const auto leaf = crypto::leaf_hash(from_millis(time_ms), crypto::entry_hash(entry));
    leaves.push_back(json::object{{"time_ms", time_ms}, {"entry", to_hex(entry)}, {"leaf", leaf.hex()}});
    tree.append(leaf);
    frontier.append(leaf);
  }
  for (const std::uint64_t size : {1U, 2U, 7U, 8U, 21U}) {
    for (std::uint64_t index = 0; index < size; index += size > 8 ? 4 : 1) {
      const auto proof = *crypto::inclusion_proof(index, size, tree.nodes());
      inclusions.push_back(json::object{{"index", index}, {"size", size}, {"proof", hex_list(proof)}});
    }
  }
  for (const std::uint64_t size : {1U, 6U, 8U, 21U}) {
    for (std::uint64_t old_size = 0; old_size <= size; old_size += size > 8 ? 3 : 1) {
      const auto proof = *crypto::consistency_proof(old_size, size, tree.nodes());
      consistencies.push_back(
          json::object{{"old_size", old_size}, {"size", size}, {"proof", hex_list(proof)}});
    }
  }
  out["leaves"] = leaves;
  out["trees"] = trees;
  out["inclusion_proofs"] = inclusions;
  out["consistency_proofs"] = consistencies;
  return out;
}

}  // namespace abri::vectors
