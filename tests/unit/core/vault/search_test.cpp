// SPDX-License-Identifier: MPL-2.0
#include "vault/search.hpp"

#include "vault/database.hpp"
#include "vault/migrations.hpp"
#include "vault_support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::core::vault;
using Words = std::vector<std::string>;

namespace {

CaseId case_of(std::uint8_t n) {
  return CaseId(ByteArray<16>{std::byte{n}});
}
RecordId record_of(std::uint8_t n) {
  return RecordId(ByteArray<16>{std::byte{n}});
}

struct Fixture {
  Fixture() {
    REQUIRE(migrate(db));
    for (const auto n : {std::uint8_t{1}, std::uint8_t{2}}) {
      auto insert = db.statement(
          "INSERT INTO cases(case_ref, log, kind, owner, title, state) VALUES(?1, 1, 1, x'', '', '')");
      REQUIRE(insert);
      REQUIRE(insert->run(case_of(n)));
    }
    REQUIRE(index_record(db, case_of(1), record_of(1), "", "Élodie N'Guyen"));
    REQUIRE(index_record(db, case_of(1), record_of(2), "", "Élouan N'Guyen"));
    REQUIRE(index_record(db, case_of(2), record_of(3), "", "Elodie Garcia-Lœuvre"));
  }
  Words cases(std::string_view query, std::size_t limit = 10) {
    Words out;
    const auto hits = find_by_prefix(db, query, limit);
    REQUIRE(hits);
    for (const auto& hit : *hits) out.push_back(hit.record.hex().substr(0, 2));
    return out;
  }
  test::TempDir temp;
  Database db{*Database::open_or_create(temp / "t.db", crypto::DatabaseKey::generate())};
};

}  // namespace

TEST_CASE("search: words are folded, without accents, split and sorted", "[core][vault]") {
  CHECK(normalise("Élodie N'Guyen-Łoś") == Words{"elodie", "guyen", "los", "n"});
  CHECK(normalise("CŒUR Straße Ærø  cœur") == Words{"aero", "coeur", "strasse"});
  CHECK(normalise("e\u0301lodie \uff21nne") == Words{"anne", "elodie"});  // decomposed, full width
  CHECK(normalise("İpek Çağlar Đorđe") == Words{"caglar", "dorde", "ipek"});
  CHECK(normalise("سارة Мария 06-39") == Words{"06", "39", "мария", "سارة"});
  CHECK(normalise(" ,;'-\n").empty());
  CHECK(normalise("").empty());
}

TEST_CASE("search: hostile text stays within its limits", "[core][vault]") {
  const auto longest = normalise(std::string(10'000, 'a'));
  REQUIRE(longest.size() == 1);
  CHECK(longest[0].size() == kMaxTokenBytes);
  std::string many;
  for (int i = 0; i < 500; ++i) many += std::to_string(1000 + i) + ' ';
  CHECK(normalise(many).size() == kMaxTokens);
  CHECK_NOTHROW(normalise("\xff\xfe\xc3 a"));  // no UTF-8
}

TEST_CASE("search: every word of the query is the beginning of a word, whatever its accents",
          "[core][vault]") {
  Fixture f;
  CHECK(f.cases("elo") == Words{"01", "02", "03"});
  CHECK(f.cases("ÉLODIE") == Words{"01", "03"});
  CHECK(f.cases("guy élod") == Words{"01"});
  CHECK(f.cases("loeuv") == Words{"03"});
  CHECK(f.cases("lodie").empty());
  CHECK(f.cases("").empty());
  CHECK(f.cases("%").empty());
  CHECK(f.cases("elo", 2) == Words{"01", "02"});
}

TEST_CASE("search: a changed record is found by its new words only, an unindexed case not at all",
          "[core][vault]") {
  Fixture f;
  REQUIRE(index_record(f.db, case_of(1), record_of(1), "Élodie N'Guyen", "Anne Dupont"));
  CHECK(f.cases("anne") == Words{"01"});
  CHECK(f.cases("élodie") == Words{"03"});
  REQUIRE(index_record(f.db, case_of(1), record_of(2), "Élouan N'Guyen", ""));
  CHECK(f.cases("elouan").empty());
  REQUIRE(unindex_case(f.db, case_of(1)));
  CHECK(f.cases("anne").empty());
}
