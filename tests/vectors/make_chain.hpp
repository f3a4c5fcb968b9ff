// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "chain/envelope.hpp"
#include "chain/link.hpp"
#include "chain/trust.hpp"
#include "make.hpp"
#include "unit/core/chain/support.hpp"

/// Two whole chains, of an organisation and of two, with every kind of link that this version makes.
namespace abri::vectors {

namespace detail {

namespace chain = core::chain;

inline constexpr std::string_view kSecretNames[] = {"org alice/1",
                                                    "org alice/2",
                                                    "org bob/1",
                                                    "org bob/1 box 1",
                                                    "other alice/1",
                                                    "org user alice0",
                                                    "org user alice1",
                                                    "org user bob0",
                                                    "org group everyone0",
                                                    "org group administrators0",
                                                    "org group team0",
                                                    "org group team1",
                                                    "other user alice0",
                                                    "other group everyone0",
                                                    "other group administrators0",
                                                    "other group team0",
                                                    "shared"};

/// Links one after another, each applied and sealed for its log.
class ChainVectors {
 public:
  ChainVectors(chain::ChainState& state, std::uint8_t start) : state_(state), start_(start) {
    const auto secret = key_of<chain::ChainSecret>(start);
    keys_.emplace(chain::derive_chain_secrets(secret));
    out_["chain"] = state.id().hex();
    out_["secret"] = to_hex(pattern(32, start));
    out_["read_capability"] = keys_->read.public_key().hex();
    out_["write_capability"] = keys_->write.public_key().hex();
  }
  /// @param make  the body; its wraps draw what the nonce draws for
  template <class Make>
  void add(const chain_test::Machine& by, std::uint32_t number, Make&& make) {
    const chain::Body body = [&] {
      const FixedRandom random(static_cast<std::uint8_t>(start_ + 100));
      return chain::Body(make());
    }();
    const auto link = *chain::build_link(state_, {number, by.sign, chain_test::kNow}, body);
    ABRI_ASSERT(chain::apply_link(state_, link));
    const FixedRandom random(++start_);
    json::object one;
    one["kind"] = static_cast<unsigned>(chain::kind_of(body));
    one["link"] = to_hex(link);
    one["hash"] = chain::link_hash(link).hex();
    one["nonce_start"] = start_;
    one["entry"] = to_hex(*chain::seal_link(keys_->key, state_.id(), link));
    links_.push_back(one);
  }
  json::object take() {
    out_["links"] = links_;
    return out_;
  }

 private:
  chain::ChainState& state_;
  std::uint8_t start_;
  std::optional<chain::ChainSecrets> keys_;
  json::object out_;
  json::array links_;
};

inline chain::MembersBlock block_of(const chain_test::OrgChain& org, std::uint32_t version) {
  return chain::make_members_block(org.state, "Association", version, 1);
}

inline json::object make_organisation_chain(chain_test::OrgChain& org) {
  using namespace chain_test;  // NOLINT(google-build-using-namespace)
  ChainVectors vectors(org.state, 40);
  auto& alice = org.alice;
  vectors.add(alice, 0, [&] { return org.genesis(); });
  alice.number = 1;
  vectors.add(alice, 1, [&] { return org.new_user("bob", Roles(Role::social_worker)); });
  const Machine bob("org bob/1");
  vectors.add(alice, 1, [&] { return org.new_device("bob", bob); });
  const Machine second("org alice/2");
  vectors.add(alice, 1, [&] {
    return *with_user_seed(org.state, 1, org.new_device("alice", second), org.user_seed("alice"));
  });
  vectors.add(alice, 1, [&] { return org.new_group(alice, "team", {"alice"}); });
  vectors.add(alice, 1, [&] { return org.membership(alice, "team", {"alice", "bob"}); });
  vectors.add(alice, 1,
              [&] { return SetRole{org.user("bob"), Roles(Role::social_worker) | Role::housing_referent}; });
  vectors.add(alice, 1, [&] { return org.rotation(alice, "team"); });
  vectors.add(alice, 1, [&] {
    return *make_rotate_user_key(org.state, 1, org.user_seed("alice"), org.user_seed("alice", 1));
  });
  vectors.add(bob, 2, [&] { return RotateDeviceKey{1, box_key("org bob/1 box 1").public_key()}; });
  vectors.add(alice, 1, [&] {
    return TrustOrganisation{id<ChainId>("between"), id<OrganisationId>("other"),
                             trust_hash(id<Hash>("genesis"), id<Hash>("join")), to_bytes("sealed package")};
  });
  return vectors.take();
}

inline json::object make_bilateral_chain(const chain_test::OrgChain& org) {
  using namespace chain_test;  // NOLINT(google-build-using-namespace)
  auto other = OrgChain::founded("other");
  other.apply(other.alice, other.new_group(other.alice, "team", {"alice"}, GroupPurpose::referents));
  ChainState state(id<ChainId>("between"), ChainKind::bilateral);
  ChainVectors vectors(state, 70);
  vectors.add(org.alice, 0,
              [&] { return BilateralGenesis{crypto::kSuite, org.state.server(), block_of(org, 0)}; });
  vectors.add(other.alice, 0, [&] { return Join{block_of(other, 0)}; });
  GroupPlan plan{.group = id<GroupId>("shared"),
                 .purpose = GroupPurpose::shared,
                 .name_sealed = {},
                 .feed = feed("shared feed"),
                 .members = {recipient(org.group("team")), recipient(other.group("team"))}};
  vectors.add(org.alice, 1,
              [&] { return *make_create_group(state, 1, plan, seed<crypto::GroupSeed>("shared")); });
  vectors.add(org.alice, 1, [&] { return Members{block_of(org, 1)}; });
  return vectors.take();
}

}  // namespace detail

inline json::value make_link() {
  json::array secrets;
  for (const auto name : detail::kSecretNames) secrets.emplace_back(to_hex(chain_test::named<32>(name)));
  chain_test::OrgChain org;
  auto organisation = detail::make_organisation_chain(org);
  auto bilateral = detail::make_bilateral_chain(org);
  return json::object{{"secrets", secrets}, {"chains", json::array{organisation, bilateral}}};
}

}  // namespace abri::vectors
