// SPDX-License-Identifier: MPL-2.0
#include "chain/rules.hpp"

#include <abri/crypto/hash.hpp>

namespace abri::core::chain {
namespace {

/// The key of the device that a genesis or join introduces as its author; null for other bodies.
const crypto::SigningPublicKey* introduced_key(const Body& body) {
  if (const auto* genesis = std::get_if<Genesis>(&body)) return &genesis->device.sign_key;
  const MembersBlock* block = nullptr;
  if (const auto* genesis = std::get_if<BilateralGenesis>(&body)) block = &genesis->opener;
  if (const auto* join = std::get_if<Join>(&body)) block = &join->block;
  if (block == nullptr || block->devices.empty()) return nullptr;
  return &block->devices.front().sign_key;
}

bool is_first_kind(const Body& body) {
  return std::holds_alternative<Genesis>(body) || std::holds_alternative<BilateralGenesis>(body);
}

/// What stands on which chain. A genesis is judged apart.
bool belongs_to(ChainKind chain, const Body& body) {
  switch (kind_of(body)) {
    case LinkKind::create_group:
    case LinkKind::set_group_members:
    case LinkKind::rotate_group_key:
      return true;
    case LinkKind::bilateral_genesis:
    case LinkKind::join:
    case LinkKind::members:
      return chain == ChainKind::bilateral;
    default:
      return chain == ChainKind::organisation;
  }
}

}  // namespace

void open_interval(Intervals& intervals, std::uint32_t sequence) {
  if (intervals.empty() || intervals.back().until != Interval::kOpen) {
    intervals.push_back({.from = sequence, .until = Interval::kOpen});
  }
}

void close_interval(Intervals& intervals, std::uint32_t sequence) {
  if (!intervals.empty() && intervals.back().until == Interval::kOpen) intervals.back().until = sequence;
}

Result<void> LinkRules::check_place(const SignedLink& link, const Hash& hash) const {
  if (link.link.chain != state_.id_) return Error{Errc::out_of_sync, "link chain"};
  if (link.link.sequence != sequence()) return Error{Errc::out_of_sync, "link sequence"};
  if (link.link.previous != state_.head_.hash) return Error{Errc::out_of_sync, "link previous"};
  const bool first = state_.status_ == ChainStatus::empty;
  if (first && state_.expected_genesis_ && *state_.expected_genesis_ != hash) {
    return Error{Errc::auth_failed, "another genesis"};
  }
  if (link.signatures.size() != 1 || link.signatures.front().device != link.link.author) {
    return Error{Errc::auth_failed, "link signatures"};
  }
  return {};
}

bool LinkRules::may_introduce_itself() const {
  if (state_.status_ == ChainStatus::empty) return true;
  return state_.kind_ == ChainKind::bilateral && !state_.join_sequence_;
}

Result<void> LinkRules::check_signature(const SignedLink& link, const crypto::SigningPublicKey& key) const {
  if (signatures_ == Signatures::already_verified) return {};
  return crypto::verify(key, crypto::labels::kLink, link.signed_bytes, link.signatures.front().signature);
}

Result<void> LinkRules::check_author(const SignedLink& link) {
  const auto* device = state_.device(link.link.author);
  if (device == nullptr || !device->is_active()) return Error{Errc::auth_failed, "link author"};
  author_ = device->number;
  return check_signature(link, device->sign_key);
}

Result<Body> LinkRules::understand(const SignedLink& link) const {
  if (link.link.version != kLinkVersion) return Error{Errc::version_unsupported, "link version"};
  if (link.link.suite != crypto::kSuite) return Error{Errc::version_unsupported, "link suite"};
  return decode_body(static_cast<LinkKind>(link.link.kind), link.link.body);
}

Result<void> LinkRules::check_first_signature(const SignedLink& link, const Body& body) const {
  const auto* key = introduced_key(body);
  if (key == nullptr) return Error{Errc::auth_failed, "link author"};
  return check_signature(link, *key);
}

void LinkRules::advance(const Hash& hash) {
  state_.status_ = ChainStatus::active;
  state_.head_ = {.sequence = sequence(), .hash = hash};
  state_.hashes_.push_back(hash);
}

Result<void> LinkRules::apply(BytesView signed_link) {
  if (state_.status_ == ChainStatus::update_needed) return Error{Errc::version_unsupported, "chain stopped"};
  ABRI_TRY(const auto link, decode_signed_link(signed_link));
  const auto hash = link_hash(signed_link);
  ABRI_CHECK(check_place(link, hash));
  // Who has no right to write here must not be able to stop the chain either: the signature comes first, except where
  // the author's key stands in the body.
  const bool introduces = link.link.author == 0;
  if (introduces && !may_introduce_itself()) return Error{Errc::auth_failed, "link author"};
  if (!introduces) ABRI_CHECK(check_author(link));
  ABRI_TRY(const auto body, understand(link));
  if (introduces) ABRI_CHECK(check_first_signature(link, body));
  if (is_first_kind(body) != (state_.status_ == ChainStatus::empty))
    return Error{Errc::out_of_sync, "genesis"};
  if (std::holds_alternative<Join>(body) && !introduces) return Error{Errc::not_permitted, "join"};
  if (!belongs_to(state_.kind_, body)) return Error{Errc::not_permitted, "link kind"};
  ABRI_CHECK(std::visit([&](const auto& value) { return rule(value); }, body));
  advance(hash);
  return {};
}

void LinkRules::pass(std::uint64_t position) {
  ABRI_ASSERT(position == state_.next_position_);
  ++state_.next_position_;
}

Result<void> apply_link(ChainState& state, BytesView signed_link, Signatures signatures) {
  return LinkRules(state, signatures).apply(signed_link);
}

Result<ChainState> validate(const ChainState& state, BytesView signed_link, Signatures signatures) {
  auto next = state;
  ABRI_CHECK(apply_link(next, signed_link, signatures));
  return next;
}

namespace {

EntryOutcome apply_at(ChainState& state, std::uint64_t position, BytesView signed_link,
                      Signatures signatures) {
  LinkRules rules(state, signatures);
  rules.pass(position);
  const auto applied = rules.apply(signed_link);
  if (applied) return {.outcome = Outcome::applied, .reason = std::nullopt};
  if (applied.error().code != Errc::version_unsupported) {
    return {.outcome = Outcome::skipped, .reason = applied.error()};
  }
  rules.stop();
  return {.outcome = Outcome::stopped, .reason = applied.error()};
}

}  // namespace

EntryOutcome apply_entry(ChainState& state, std::uint64_t position, BytesView signed_link) {
  return apply_at(state, position, signed_link, Signatures::check);
}

ChainState replay_entries(const ChainState& empty, const std::vector<std::optional<Bytes>>& entries,
                          const std::optional<ChainHead>& kept) {
  const auto replay = [&](Signatures signatures) {
    auto state = empty;
    for (const auto& entry : entries) {
      const auto position = state.next_position();
      if (!entry) {
        skip_entry(state, position);
      } else {
        static_cast<void>(apply_at(state, position, *entry, signatures));
      }
    }
    return state;
  };
  if (kept) {
    auto state = replay(Signatures::already_verified);
    if (state.head() == *kept && state.status() != ChainStatus::update_needed) return state;
  }
  return replay(Signatures::check);
}

void skip_entry(ChainState& state, std::uint64_t position) {
  LinkRules(state, Signatures::check).pass(position);
}

}  // namespace abri::core::chain
