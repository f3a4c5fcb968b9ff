// SPDX-License-Identifier: MPL-2.0
#include "ciphertexts.hpp"

namespace abri::core::test {

namespace {

using Edits = std::vector<FieldEdit>;

/// Two associations and two landlords with files in every compartment, requests and proposals; one key was renewed on the way.
struct Town {
  PeopleWorld world;
  PersonDevice* lilas{nullptr};
  PersonDevice* lilas_second{nullptr};
  PersonDevice* genets{nullptr};
  PersonDevice* ormes{nullptr};
  PersonDevice* saules{nullptr};

  Town() {
    std::tie(lilas, lilas_second) = world.association();
    genets = &world.found("Association des Genêts", "fnsf_association", "Inès Delcourt");
    ormes = &world.found("Habitat des Ormes", "landlord", "Noé Vasseur");
    saules = &world.found("Habitat des Saules", "landlord", "Paul Mercadal");
    const auto to_ormes = world.bring_together(*lilas, *ormes);
    const auto from_genets = world.bring_together(*genets, *ormes);
    const auto to_saules = world.bring_together(*lilas, *saules);
    const auto first = family(*lilas, "Marchwyn", "7 rue des Écluses");
    family(*lilas, "Quintrec", "12 quai des Brumes");
    const auto other = family(*genets, "Oradour-Lys", "3 passage du Moulin");
    REQUIRE(lilas->app->create_directory_entry(Edits{{"name", "Maison des Tilleuls"}, {"kind", "landlord"}}));
    propose(*lilas, first, to_ormes, *ormes);
    propose(*lilas, first, to_saules, *saules);
    REQUIRE(lilas->app->rotate_keys());
    world.settle();
    propose(*genets, other, from_genets, *ormes);
    family(*lilas_second, "Vespertin", "41 chemin des Aulnes");
    world.settle();
  }

  static CaseId family(PersonDevice& device, const std::string& name, const std::string& address) {
    auto& app = *device.app;
    const auto id =
        app.create_case(Edits{{"last_name", name}, {"first_name", "Lou"}, {"safe_phone", "0639980012"}});
    REQUIRE(id);
    REQUIRE(app.add_record(*id, "case_file", Edits{{"pseudonym", "Hirondelle"}}));
    REQUIRE(app.add_record(*id, "location", Edits{{"kind", "home"}, {"address", address}}));
    REQUIRE(app.add_record(*id, "danger_assessment", Edits{{"level", "high"}, {"level_reason", "Harpagon"}}));
    REQUIRE(app.add_record(*id, "needs_sheet",
                           Edits{{"adults", "1"},
                                 {"children", "2"},
                                 {"typology_min", "T3"},
                                 {"urgency", "immediate"},
                                 {"budget_max", "640"},
                                 {"wanted_communes", "59350", FieldEdit::Kind::add}}));
    return *id;
  }

  void propose(PersonDevice& from, const CaseId& id, const OrganisationId& landlord, PersonDevice& to) {
    const auto request = from.app->send_request(id, landlord);
    REQUIRE(request);
    world.settle();
    auto& app = *to.app;
    const auto main = record_of(app, *request, "relocation_request").id;
    REQUIRE(app.advance(*request, main, "acknowledge"));
    REQUIRE(app.advance(*request, main, "search"));
    const auto dwelling = app.create_dwelling(Edits{{"reference", "ORM-0412"},
                                                    {"commune", "59350"},
                                                    {"typology", "T3"},
                                                    {"rent", "512"},
                                                    {"address", "3 allée des Charmes"}});
    REQUIRE(dwelling);
    REQUIRE(app.propose(*request, *dwelling));
    world.settle();
  }
};

/// All that one organisation's devices hold.
struct Holder {
  OrganisationId organisation;
  std::vector<std::unique_ptr<VaultCopy>> copies;
  std::set<Value> values;

  explicit Holder(const std::vector<const PersonDevice*>& devices) {
    for (const auto* device : devices) {
      auto& copy = copies.emplace_back(std::make_unique<VaultCopy>(*device));
      values.merge(values_in(copy->db()));
    }
    organisation = copies.front()->world().own_organisation();
  }
};

/// What a set of values opens, with whatever 32-byte secrets come to light on the way: numbers of ciphertexts and plaintexts.
std::map<std::size_t, Bytes> opened_by(const std::set<Value>& values,
                                       const std::vector<Ciphertext>& ciphertexts) {
  std::map<std::size_t, Bytes> opened;
  std::set<Value> tried;
  std::vector<Value> todo(values.begin(), values.end());
  while (!todo.empty()) {
    const auto value = todo.back();
    todo.pop_back();
    if (!tried.insert(value).second) continue;
    const Trial trial(value);
    for (std::size_t i = 0; i < ciphertexts.size(); ++i) {
      if (opened.contains(i)) continue;
      auto plain = ciphertexts[i].open(trial);
      if (!plain) continue;
      if (plain->size() == 32) todo.push_back(to_array<32>(*plain));
      opened.emplace(i, std::move(*plain));
    }
  }
  return opened;
}

/// The secrets of a vault that open something: all but the keys that only sign, and the 16 bytes of a code, from which a mailbox's
/// secret (kind 6) was derived.
std::vector<std::pair<std::string, Value>> opening_secrets(vault::Database& db) {
  std::vector<std::pair<std::string, Value>> out;
  for (const auto* sql : {"SELECT 'kind ' || kind || ' generation ' || generation, value FROM secrets WHERE "
                          "kind NOT IN (1, 7, 9)",
                          "SELECT 'compartment ' || compartment, key FROM compartment_keys"}) {
    auto rows = db.statement(sql);
    REQUIRE(rows);
    while (*rows->step()) out.emplace_back(rows->column_text(0), to_array<32>(rows->column_blob(1)));
  }
  return out;
}

bool holds_text(const std::map<std::size_t, Bytes>& opened, std::string_view text) {
  return std::ranges::any_of(
      opened, [&](const auto& one) { return as_text(one.second).find(text) != std::string_view::npos; });
}

}  // namespace

TEST_CASE(
    "IR-09 requests: all that a landlord's device holds opens what is shared with it, and nothing private",
    "[core][cases]") {
  Town town;
  std::vector<std::unique_ptr<Holder>> holders;
  for (const auto& devices : std::vector<std::vector<const PersonDevice*>>{
           {town.ormes}, {town.saules}, {town.genets}, {town.lilas, town.lilas_second}})
    holders.push_back(std::make_unique<Holder>(devices));
  std::vector<Ciphertext> all;
  std::set<LogId> audited;
  for (auto& holder : holders)
    for (auto& copy : holder->copies)
      for (auto& one : ciphertexts_of(town.world.server, copy->world(), audited))
        all.push_back(std::move(one));
  CHECK(audited.size() == town.world.server.logs.size());
  CHECK(all.size() > 150);

  for (const auto& holder : holders) {
    const auto opened = opened_by(holder->values, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      INFO(all[i].what << ", organisation " << holder->organisation.hex());
      CHECK(opened.contains(i) == all[i].readers.contains(holder->organisation));
    }
    const bool association = holder->organisation == holders.back()->organisation;
    for (const auto* text :
         {"Marchwyn", "7 rue des Écluses", "0639980012", "Harpagon", "Hirondelle", "Vespertin"})
      CHECK((association || holders[2] == holder || !holds_text(opened, text)));
    CHECK(holds_text(opened, "Marchwyn") == association);
    CHECK(holds_text(opened, "Oradour-Lys") == (holders[2] == holder));
  }

  // each secret of the association alone would show, were it on the landlord's device
  const auto& association = *holders.back();
  for (const auto& copy : association.copies) {
    for (const auto& [name, secret] : opening_secrets(copy->db())) {
      INFO(name);
      const Trial trial(secret);
      const bool opens_its_own = std::ranges::any_of(all, [&](const Ciphertext& one) {
        return one.readers.contains(association.organisation) && one.open(trial);
      });
      CHECK(opens_its_own);
    }
  }
}

}  // namespace abri::core::test
