// SPDX-License-Identifier: MPL-2.0
// A link of a chain: parsed, and judged on a chain where it could stand. Its first byte says how.
#include "fuzz.hpp"
#include "unit/core/chain/support.hpp"

using namespace abri;               // NOLINT(google-build-using-namespace)
using namespace abri::core;         // NOLINT(google-build-using-namespace)
using namespace abri::core::chain;  // NOLINT(google-build-using-namespace)

namespace {

chain_test::OrgChain founded() {
  auto org = chain_test::OrgChain::founded();
  org.enrol("bob", Roles(Role::social_worker));
  org.apply(org.alice, org.new_group(org.alice, "team", {"alice"}));
  return org;
}

/// The body as the next link of that chain, by its head, with a good signature.
void judge_body(const chain_test::OrgChain& org, std::uint8_t kind, BytesView body) {
  const auto decoded = decode_body(static_cast<LinkKind>(kind), body);
  if (decoded) {
    const auto written = encode_body(*decoded);
    fuzz::must(written && std::ranges::equal(*written, body), "a body is written as it was read");
  }
  Link link;
  link.chain = org.state.id();
  link.sequence = org.state.head().sequence + 1;
  link.previous = org.state.head().hash;
  link.author = 1;
  link.kind = kind;
  link.body = to_bytes(body);
  const auto before = org.state;
  const auto after = validate(org.state, sign_link(link, org.alice.sign));
  fuzz::must(org.state == before, "judging changes nothing");
  if (!after) return;
  fuzz::must(decoded.has_value(), "only a body that can be read is valid");
  fuzz::must(after->head().sequence == link.sequence, "a valid link is the head");
  for (const auto& [id, group] : after->groups())
    fuzz::must(!group.membership.empty() || after->kind() != ChainKind::organisation,
               "no group without members");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kOrg = founded();
  if (size < 2) return 0;
  const auto input = fuzz::view(data, size).subspan(1);
  if (data[0] != 0) {
    judge_body(kOrg, data[0], input);
    return 0;
  }
  if (const auto link = decode_signed_link(input)) {
    const auto written = encode_signed_link(encode_link(link->link), link->signatures);
    fuzz::must(std::ranges::equal(written, input), "a link is written as it was read");
  }
  // whatever the log holds, entry after entry, a chain is told apart from nothing and never stops for a stranger
  auto state = kOrg.state;
  const auto outcome = apply_entry(state, state.next_position(), input);
  fuzz::must(outcome.outcome == Outcome::skipped, "nobody without a device's key changes or stops a chain");
  return 0;
}
