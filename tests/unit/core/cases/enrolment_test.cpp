// SPDX-License-Identifier: MPL-2.0
#include "cases/meeting_code.hpp"
#include "vault_copy.hpp"

#include <abri/crypto/code.hpp>

namespace abri::core::test {

namespace {

std::uint32_t devices_of(PersonDevice& device) {
  std::uint32_t count = 0;
  const auto people = device.app->people();
  for (const auto& person : *people) count += person.devices;
  return count;
}

std::int64_t notices(const PersonDevice& device, std::string_view kind) {
  return VaultCopy(device).notices(kind);
}

/// Another character of a code in place of this one; hyphens stay.
std::string mistyped(std::string code, std::size_t at) {
  code[at] = code[at] == '7' ? 'W' : '7';
  return code;
}

}  // namespace

TEST_CASE("enrolment: a code holds for seven days by the clock of who gave it out, and not longer",
          "[core][cases]") {
  PeopleWorld world;
  auto& first = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const auto code = first.app->invite("", {});
  const auto late_code = first.app->invite("", {});
  REQUIRE(code);
  REQUIRE(late_code);
  world.settle();

  world.now += std::chrono::hours(7 * 24) - std::chrono::minutes(2);
  world.server.now_ms = to_millis(world.now);
  auto& in_time = world.add_device();
  REQUIRE(in_time.app->join(*code));
  in_time.start();
  world.settle();
  CHECK(devices_of(first) == 2);
  CHECK(in_time.app->status()->person == "Awa Lenoir");

  world.now += std::chrono::minutes(2);
  world.server.now_ms = to_millis(world.now);
  auto& late = world.add_device();
  REQUIRE(late.app->join(*late_code));
  late.start();
  world.settle();
  CHECK(devices_of(first) == 2);
  CHECK(notices(first, "invitation_expired") == 1);
  CHECK(late.app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}}).error().code ==
        Errc::not_joined);
}

TEST_CASE("MS-02 enrolment: a code that was used brings no second device in", "[core][cases]") {
  PeopleWorld world;
  auto& first = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  const auto code = first.app->invite("Zoé Kermadec", {"social_worker"});
  REQUIRE(code);
  auto& meant = world.add_device();
  auto& thief = world.add_device();
  REQUIRE(meant.app->join(*code));
  meant.start();
  world.settle();
  REQUIRE(devices_of(first) == 2);
  const auto id = first.app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(id);
  REQUIRE(thief.app->join(*code));
  thief.start();
  world.settle();
  CHECK(devices_of(first) == 2);
  CHECK(meant.app->list(CaseKind::case_file)->size() == 1);
  CHECK(thief.app->list(CaseKind::case_file)->empty());
  CHECK_FALSE(thief.app->join(*code));
}

TEST_CASE("enrolment: a code with a wrong character, cut short or of the other kind leaves nothing behind",
          "[core][cases]") {
  PeopleWorld world;
  auto& first = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto code = first.app->invite("", {});
  const auto partner = first.app->invite_partner();
  REQUIRE(code);
  REQUIRE(partner);
  auto& second = world.add_device();
  for (std::size_t i = 0; i < code->size(); ++i) {
    if ((*code)[i] == '-') continue;
    CHECK(second.app->join(mistyped(*code, i)).error().code == Errc::malformed);
    CHECK(second.app->join(code->substr(0, i)).error().code == Errc::malformed);
  }
  for (std::size_t i = 0; i < partner->size(); ++i)
    if ((*partner)[i] != '-')
      CHECK(landlord.app->accept_partner(mistyped(*partner, i)).error().code == Errc::malformed);
  CHECK(second.app->join(*partner).error().where == std::string_view("code: kind"));
  CHECK(landlord.app->accept_partner(*code).error().where == std::string_view("code: kind"));
  CHECK(landlord.app->partners()->empty());
  REQUIRE(second.app->join(*code));
  second.start();
  REQUIRE(landlord.app->accept_partner(*partner));
  world.settle();
  CHECK(devices_of(first) == 2);
  CHECK(landlord.app->partners()->at(0).joined);
}

TEST_CASE("enrolment: a code of a newer version, of no kind, or for another server is refused",
          "[core][cases]") {
  PeopleWorld world;
  auto& first = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto code = first.app->invite_partner();
  REQUIRE(code);
  auto bytes = *crypto::decode_code(*code);
  bytes[0] = std::byte{2};
  CHECK(landlord.app->accept_partner(crypto::encode_code(bytes)).error().code == Errc::version_unsupported);
  bytes[0] = std::byte{1};
  bytes[1] = std::byte{9};
  CHECK(landlord.app->accept_partner(crypto::encode_code(bytes)).error().code == Errc::malformed);
  auto elsewhere = *cases::MeetingCode::decode(*code, cases::MeetingCode::Kind::partner);
  elsewhere.server_key = crypto::SigningKey::generate().public_key();
  CHECK(landlord.app->accept_partner(elsewhere.encode()).error().code == Errc::wrong_server);
  CHECK(landlord.app->partners()->empty());
}

TEST_CASE("MS-03 partners: who answers a code in another's place is found out by the fingerprint",
          "[core][cases]") {
  PeopleWorld world;
  auto& association = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  auto& thief = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto code = association.app->invite_partner();
  REQUIRE(code);
  world.settle();
  REQUIRE(thief.app->accept_partner(*code));
  world.settle();
  REQUIRE(landlord.app->accept_partner(*code));
  world.settle();

  const auto shown = association.app->partners()->at(0).fingerprint;
  CHECK(shown == thief.app->partners()->at(0).fingerprint);
  CHECK(landlord.app->partners()->at(0).fingerprint.empty());
  CHECK_FALSE(landlord.app->partners()->at(0).joined);
  CHECK(landlord.app->confirm_partner(shown).error().code == Errc::auth_failed);
}

TEST_CASE(
    "partners: nothing is sent before the fingerprint was compared, and one wrong digit is no fingerprint",
    "[core][cases]") {
  PeopleWorld world;
  auto& association = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  auto& landlord = world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
  const auto code = association.app->invite_partner();
  REQUIRE(code);
  world.settle();
  REQUIRE(landlord.app->accept_partner(*code));
  world.settle();
  const auto seen = association.app->partners()->at(0);
  const auto id = association.app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}});
  REQUIRE(association.app->add_record(
      *id, "needs_sheet",
      std::vector<FieldEdit>{{"adults", "1"},
                             {"children", "2"},
                             {"typology_min", "T3"},
                             {"urgency", "immediate"},
                             {"budget_max", "640"},
                             {"wanted_communes", "59350", FieldEdit::Kind::add}}));
  for (std::size_t i = 0; i < seen.fingerprint.size(); ++i) {
    auto wrong = seen.fingerprint;
    if (wrong[i] == ' ') continue;
    wrong[i] = wrong[i] == '9' ? '0' : static_cast<char>(wrong[i] + 1);
    CHECK(association.app->confirm_partner(wrong).error().code == Errc::auth_failed);
  }
  CHECK(association.app->confirm_partner("").error().code == Errc::auth_failed);
  CHECK(association.app->send_request(*id, seen.id).error().code == Errc::not_found);
  auto together = seen.fingerprint;
  std::erase(together, ' ');
  REQUIRE(association.app->confirm_partner(together));
  world.settle();
  CHECK(association.app->partners()->at(0).confirmed);
  CHECK(association.app->send_request(*id, seen.id));
}

TEST_CASE("cases: a beginning that several files share, or that is too short, names none of them",
          "[core][cases]") {
  PeopleWorld world;
  auto& device = world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  std::map<std::string, CaseId> seen;
  std::pair<CaseId, CaseId> alike;
  REQUIRE(device.app->batch([&]() -> Result<void> {
    // with 65,536 beginnings of four digits two of a few hundred files share one
    while (alike.first.is_zero()) {
      ABRI_TRY(const auto id, device.app->create_case(std::vector<FieldEdit>{{"last_name", "Marchwyn"}}));
      const auto [known, fresh] = seen.emplace(id.hex().substr(0, 4), id);
      if (!fresh) alike = {known->second, id};
    }
    return {};
  }));
  const auto first = alike.first.hex();
  CHECK(device.app->find_case(first.substr(0, 4)).error().code == Errc::invalid_argument);
  CHECK(device.app->find_case(first.substr(0, 3)).error().code == Errc::invalid_argument);
  CHECK(device.app->find_case("").error().code == Errc::invalid_argument);
  CHECK(device.app->find_case(first).value_or(CaseId{}) == alike.first);
  CHECK(device.app->find_case(alike.second.hex()).value_or(CaseId{}) == alike.second);
}

}  // namespace abri::core::test
