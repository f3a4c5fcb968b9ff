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
    for (const auto& [n, title] : {std::pair{1, "Zoé"}, {2, "Anne"}}) {
      auto insert = db.statement(
          "INSERT INTO cases(case_ref, log, kind, owner, title, state) VALUES(?1, 1, 1, x'', ?2, '')");
      REQUIRE(insert);
      REQUIRE(insert->run(case_of(static_cast<std::uint8_t>(n)), std::string_view(title)));
    }
    REQUIRE(index_record(db, case_of(1), record_of(1), "", "Élodie N'Guyen"));
    REQUIRE(index_record(db, case_of(1), record_of(2), "", "Élouan Quintrec"));
    REQUIRE(index_record(db, case_of(2), record_of(3), "", "Elodie Garcia-Lœuvre"));
  }
  /// The first byte of each case found, in the order of the answer.
  Words cases(std::string_view query) {
    Words out;
    const auto hits = find_by_prefix(db, query);
    REQUIRE(hits);
    for (const auto& hit : *hits) out.push_back(hit.case_ref.hex().substr(0, 2));
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
  CHECK(f.cases("elo") == Words{"02", "01"});
  CHECK(f.cases("élodie garc") == Words{"02"});
  CHECK(f.cases("guy élod") == Words{"01"});
  CHECK(f.cases("loeuv") == Words{"02"});
  CHECK(f.cases("lodie").empty());
  CHECK(f.cases("").empty());
  CHECK(f.cases("%").empty());
}

TEST_CASE("search: words of different records of one case meet, those of different cases do not",
          "[core][vault]") {
  Fixture f;
  CHECK(f.cases("elou guy") == Words{"01"});
  CHECK(f.cases("elod elou quin") == Words{"01"});
  CHECK(f.cases("elou garc").empty());
}

TEST_CASE("search: first come the cases that hold the words whole, then the order of their titles",
          "[core][vault]") {
  Fixture f;
  CHECK(f.cases("elodie") == Words{"02", "01"});
  REQUIRE(index_record(f.db, case_of(2), record_of(3), "Elodie Garcia-Lœuvre", "Elodietta Garcia"));
  CHECK(f.cases("elodie") == Words{"01", "02"});
  CHECK(f.cases("elodi") == Words{"02", "01"});
}

TEST_CASE("search: a changed record is found by its new words only, an unindexed case not at all",
          "[core][vault]") {
  Fixture f;
  REQUIRE(index_record(f.db, case_of(1), record_of(1), "Élodie N'Guyen", "Anne Dupont"));
  CHECK(f.cases("anne") == Words{"01"});
  CHECK(f.cases("élodie") == Words{"02"});
  REQUIRE(index_record(f.db, case_of(1), record_of(2), "Élouan Quintrec", ""));
  CHECK(f.cases("elouan").empty());
  REQUIRE(unindex_case(f.db, case_of(1)));
  CHECK(f.cases("anne").empty());
}
