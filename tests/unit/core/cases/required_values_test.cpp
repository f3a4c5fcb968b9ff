// SPDX-License-Identifier: MPL-2.0
#include "people_world.hpp"

namespace abri::core::test {
namespace {

using Edits = std::vector<FieldEdit>;

/// The field at which something is refused as a value that cannot be; empty where it is taken.
template <class T>
std::string refused(const Result<T>& done) {
  if (done) return {};
  CHECK(done.error().code == Errc::invalid_argument);
  return done.error().where;
}

std::string value_of(App& app, const CaseId& id, const std::string& type, const std::string& field) {
  const auto values = field_of(record_of(app, id, type), field).values;
  return values.empty() ? std::string{} : values.front().raw;
}

}  // namespace

TEST_CASE("dwellings and the directory: what is required is given with a value", "[core][cases]") {
  PeopleWorld world;
  auto& app = *world.found("Habitat des Ormes", "landlord", "Noé Vasseur").app;
  const auto dwelling = [&](const char* reference, const char* commune, const char* typology) {
    return refused(
        app.create_dwelling(Edits{{"reference", reference}, {"commune", commune}, {"typology", typology}}));
  };
  CHECK(dwelling("", "59350", "T3") == "reference");
  CHECK(dwelling("  ", "59350", "T3") == "reference");
  CHECK(dwelling("ORM-0412", "", "T3") == "commune");
  CHECK(dwelling("ORM-0412", "59350", "") == "typology");
  CHECK(dwelling("ORM-0412", "59350", "T3").empty());
  CHECK(refused(app.create_directory_entry(Edits{{"name", " "}, {"kind", "landlord"}})) == "name");
  CHECK(refused(app.create_directory_entry(Edits{{"name", "Maison des Saules"}, {"kind", ""}})) == "kind");
  CHECK(app.list(CaseKind::dwelling)->size() == 1);
  CHECK(app.list(CaseKind::organisation)->empty());
}

TEST_CASE("App::edit: what is required and stands there is replaced and not emptied", "[core][cases]") {
  PeopleWorld world;
  auto& app = *world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir").app;
  const auto dwelling = *app.create_dwelling(
      Edits{{"reference", "ORM-0412"}, {"commune", "59350"}, {"typology", "T3"}, {"rent", "512"}});
  const auto entry = *app.create_directory_entry(Edits{{"name", "Maison des Saules"}, {"kind", "landlord"}});
  const auto id = *app.create_case(Edits{{"last_name", "Marchwyn"}});
  REQUIRE(app.add_record(id, "location", Edits{{"kind", "home"}}));
  REQUIRE(app.add_record(id, "case_file", Edits{{"pseudonym", "Tournesol"}}));
  const auto empties = [&](const CaseId& file, const char* type, const char* field, const char* text) {
    return refused(app.edit(file, record_of(app, file, type).id, Edits{{field, text}}));
  };
  for (const auto* text : {"", "  "}) {
    CAPTURE(text);
    CHECK(empties(dwelling, "dwelling", "reference", text) == "reference");
    CHECK(empties(entry, "organisation", "name", text) == "name");
    CHECK(empties(id, "case_file", "pseudonym", text) == "pseudonym");
  }
  CHECK(empties(dwelling, "dwelling", "commune", "") == "commune");
  CHECK(empties(dwelling, "dwelling", "typology", "") == "typology");
  CHECK(empties(entry, "organisation", "kind", "") == "kind");
  CHECK(empties(id, "location", "kind", "") == "kind");
  CHECK(empties(id, "person", "role", "") == "role");
  CHECK(value_of(app, dwelling, "dwelling", "reference") == "ORM-0412");

  CHECK(empties(dwelling, "dwelling", "reference", "ORM-0413").empty());
  CHECK(empties(dwelling, "dwelling", "rent", "").empty());
  CHECK(value_of(app, dwelling, "dwelling", "rent").empty());
}

TEST_CASE("cases: no record is begun without what is required, whatever its type", "[core][cases]") {
  PeopleWorld world;
  auto& app = *world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir").app;
  const auto id = *app.create_case(Edits{{"last_name", "Marchwyn"}, {"role", ""}});
  CHECK(value_of(app, id, "person", "role") == "victim");  // whom a file is begun for
  const auto add = [&](const char* type, const Edits& fields) {
    return refused(app.add_record(id, type, fields));
  };
  CHECK(add("person", Edits{{"first_name", "Milo"}, {"birth_date", "2019-09-02"}}) == "role");
  CHECK(add("person", Edits{{"first_name", "Milo"}, {"role", ""}}) == "role");
  CHECK(add("location", Edits{{"address", "7 rue des Écluses"}}) == "kind");
  CHECK(add("case_file", Edits{{"opened_on", "2026-11-20"}}) == "pseudonym");
  CHECK(add("proposal_refusal", Edits{{"refused_on", "2026-11-20"}}) == "proposal");
  CHECK(app.show(id, true)->records.size() == 1);
  CHECK(add("person", Edits{{"first_name", "Milo"}, {"role", "child"}}).empty());
  CHECK(add("needs_sheet", Edits{{"adults", "1"}}).empty());
}

TEST_CASE("App::edit: two values for one field in one command are refused, and nothing of it is written",
          "[core][cases]") {
  PeopleWorld world;
  auto& app = *world.found("Association des Tilleuls", "fnsf_association", "Awa Lenoir").app;
  const auto id = *app.create_case(Edits{{"last_name", "Marchwyn"}, {"safe_phone", "0639980012"}});
  const auto person = record_of(app, id, "person").id;
  for (const auto* field : {"safe_phone", "phone"}) {
    INFO(field);
    CHECK(refused(app.edit(
              id, person, Edits{{"language", "fr"}, {field, "0639980034"}, {field, "0639980056"}})) == field);
  }
  CHECK(refused(app.edit(id, person, Edits{{"no_voicemail", "true"}, {"no_voicemail", "false"}})) ==
        "no_voicemail");
  CHECK(refused(app.edit(id, person, Edits{{"language", "fr"}, {"language", "fr"}})) == "language");
  CHECK(app.conflicts()->empty());
  CHECK(value_of(app, id, "person", "language").empty());
  CHECK(value_of(app, id, "person", "safe_phone") == "+33639980012");

  const auto sheet = app.add_record(id, "needs_sheet",
                                    Edits{{"wanted_communes", "59350", FieldEdit::Kind::add},
                                          {"wanted_communes", "59512"},
                                          {"notes", "un"},
                                          {"notes", "deux"}});
  REQUIRE(sheet);
  CHECK(app.edit(id, *sheet,
                 Edits{{"wanted_communes", "59512", FieldEdit::Kind::remove},
                       {"wanted_communes", "59009", FieldEdit::Kind::add}}));
  CHECK(field_of(record_of(app, id, "needs_sheet"), "wanted_communes").values.size() == 2);
  CHECK(field_of(record_of(app, id, "needs_sheet"), "notes").values.size() == 2);
}

}  // namespace abri::core::test
