// SPDX-License-Identifier: MPL-2.0
#include "merge/projection.hpp"

#include "builders.hpp"

#include <deque>
#include <map>
#include <set>

using namespace abri;
using namespace abri::core::merge;
using namespace abri::core::merge::test;
using namespace std::chrono_literals;

namespace {

const proto::RecordType& type(std::string_view name) {
  return *proto::schema().find(name);
}

/// One household: a needs sheet, the woman and her children.
struct Household {
  RecordState needs;
  std::vector<RecordState> persons;
  std::uint64_t counter{0};

  void write(RecordState& state, std::string_view record, std::string_view name, std::string_view words,
             std::chrono::milliseconds at = 1s) {
    const auto& f = field(record, name);
    const auto wish = f.merge == ADD_WINS ? add(f, value(f, words)) : set(state, f, value(f, words));
    apply(state, sent(f, wish, kAlice, ++counter, at));
  }
  void person(std::string_view role, std::string_view born) {
    persons.emplace_back();
    write(persons.back(), "person", "role", role);
    write(persons.back(), "person", "birth_date", born);
    write(persons.back(), "person", "last_name", "Lemaire-Tovarque");
  }
  [[nodiscard]] std::vector<Source> sources() const {
    std::vector<Source> out{{&type("needs_sheet"), &needs}};
    for (const auto& p : persons) out.push_back({&type("person"), &p});
    return out;
  }
  [[nodiscard]] std::map<std::string, std::string> request() const {
    std::map<std::string, std::string> out;
    for (const auto& p : project(type("relocation_request"), sources())) {
      out[p.field->name] = render(*p.field, p.value, proto::Language::en);
    }
    return out;
  }
};

Household household() {
  Household h;
  h.write(h.needs, "needs_sheet", "assessed_on", "2026-05-31");
  h.write(h.needs, "needs_sheet", "budget_max", "549");
  h.write(h.needs, "needs_sheet", "wanted_communes", "59350");
  h.write(h.needs, "needs_sheet", "wanted_communes", "62041");
  h.write(h.needs, "needs_sheet", "priority_proof", "complaint");
  h.write(h.needs, "needs_sheet", "typology_min", "t3");
  h.person("victim", "1990-01-01");
  h.person("child", "2023-06-01");  // two years and 364 days
  h.person("child", "2015-05-31");  // eleven today
  return h;
}

}  // namespace

TEST_CASE("projection: numbers become bands, ages become bands, a proof becomes yes", "[merge]") {
  const auto seen = household().request();
  CHECK(seen.at("budget_band") == "500 to 599 €");
  CHECK(seen.at("children_ages") == "Under 3, 11 to 14");
  CHECK(seen.at("priority_attested") == "yes");
  CHECK(seen.at("wanted_communes") == "59350, 62041");
  CHECK(seen.at("typology_min") == "T3");
  CHECK_FALSE(seen.contains("urgency"));  // never written: nothing is claimed
}

TEST_CASE("projection: the bounds of a band belong to the band above", "[merge]") {
  auto h = household();
  for (const auto& [budget, band] : std::map<std::string, std::string>{{"299", "Under 300 €"},
                                                                       {"300", "300 to 399 €"},
                                                                       {"899", "700 to 899 €"},
                                                                       {"900", "900 € and more"}}) {
    h.write(h.needs, "needs_sheet", "budget_max", budget, std::chrono::seconds(std::stoi(budget)));
    CHECK(h.request().at("budget_band") == band);
  }
  h.write(h.needs, "needs_sheet", "priority_proof", "none", 1h);
  CHECK(h.request().at("priority_attested") == "no");
}

namespace {

/// Two values of a field that differ, as a person enters them.
std::pair<std::string, std::string> samples(const proto::Field& f) {
  switch (f.kind) {
    case proto::Kind::date:
      return {"2021-03-04", "2009-10-11"};
    case proto::Kind::boolean:
      return {"oui", "non"};
    case proto::Kind::enumeration:
      return {f.enumeration->values.front().name, f.enumeration->values.back().name};
    case proto::Kind::integer:
      if (f.unit == "microdegree") return {"50.1", "49.2"};
      return f.minimum < f.maximum ? std::pair(std::to_string(f.minimum), std::to_string(f.maximum))
                                   : std::pair("1", "2");
    case proto::Kind::text:
      break;
  }
  if (f.unit == "commune") return {"59350", "62041"};
  if (f.unit == "epci") return {"200093201", "246200364"};
  if (f.unit == "siren") return {"200093201", "246200364"};
  if (f.unit == "phone") return {"0639980012", "0639980034"};
  if (f.unit == "priority_district") return {"QN05901M", "oui"};
  return {"Marchwyn Lou, 7 rue des Écluses", "Kermadec, 06 39 98 00 56"};
}

/// A record of each private type with every field written, and one field written otherwise.
class Everything {
 public:
  explicit Everything(const proto::Field* otherwise) {
    for (const auto& record : proto::schema().records()) {
      if (record.shared) continue;
      auto& state = states_.emplace_back();
      for (const auto& f : record.fields) {
        if (f.merge == WORKFLOW) continue;  // moves by steps
        const auto [one, other] = samples(f);
        write(state, f, &f == otherwise ? other : one);
      }
      sources_.push_back({&record, &state});
    }
  }
  Everything(const Everything&) = delete;
  Everything& operator=(const Everything&) = delete;

  [[nodiscard]] std::map<std::string, proto::Value> seen() const {
    std::map<std::string, proto::Value> out;
    for (const auto* target : {"relocation_request", "housing_proposal"}) {
      for (const auto& p : project(type(target), sources_)) {
        out[std::string(target) + "." + p.field->name] = p.value;
      }
    }
    return out;
  }

 private:
  void write(RecordState& state, const proto::Field& f, const std::string& words) {
    const auto made = value(f, words);
    const auto wish = f.merge == NOTES      ? note(f, words)
                      : f.merge == ADD_WINS ? add(f, made)
                                            : set(state, f, made);
    apply(state, sent(f, wish, kAlice, ++counter_, 1s));
  }
  std::deque<RecordState> states_;  // their places stay
  std::vector<Source> sources_;
  std::uint64_t counter_{0};
};

/// The private fields that some projection names, and the role that says who is a child.
std::set<std::string> named_sources() {
  std::set<std::string> out{"person.role"};
  for (const auto& record : proto::schema().records()) {
    for (const auto& f : record.fields) {
      if (!f.projected()) continue;
      out.insert(f.projection.source_record + "." + f.projection.source_field);
      if (!f.projection.on_record.empty()) out.insert(f.projection.on_record + "." + f.projection.on_field);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("projection: a private field that no projection names changes nothing that a partner sees",
          "[merge]") {
  const auto before = Everything(nullptr).seen();
  CHECK(before.size() > 25);
  const auto named = named_sources();
  std::size_t private_fields = 0;
  for (const auto& record : proto::schema().records()) {
    if (record.shared) continue;
    for (const auto& f : record.fields) {
      const auto name = record.name + "." + f.name;
      if (f.merge == WORKFLOW || named.contains(name)) continue;
      INFO(name);
      CHECK(Everything(&f).seen() == before);
      ++private_fields;
    }
  }
  CHECK(private_fields > 60);
  // and the comparison does see a field that is named
  CHECK(Everything(&field("needs_sheet", "budget_max")).seen() != before);
}

TEST_CASE("projection: words in the place of a commune or intercommunality reach nobody", "[merge]") {
  auto h = household();
  for (const auto* name : {"wanted_communes", "wanted_epcis"}) {
    const auto& f = field("needs_sheet", name);
    for (const auto* words : {"7 rue des Écluses", "0639980012", "593501", "Lille"}) {
      CHECK_FALSE(parse_value(f, words));
      const auto hostile = add(f, proto::Value::text(words));
      apply(h.needs, sent(f, hostile, kBob, ++h.counter, 5s));
    }
  }
  const auto seen = h.request();
  CHECK(seen.at("wanted_communes") == "59350, 62041");
  CHECK(seen.at("wanted_epcis").empty());
}

TEST_CASE("projection: operations are made only where the value differs and the sources are newer",
          "[merge]") {
  auto h = household();
  const auto& request = type("relocation_request");
  RecordState at_partner;
  const auto push = [&](std::chrono::milliseconds at) {
    auto operations = project_onto(at_partner, project(request, h.sources()));
    for (auto& op : operations) {
      const auto& f = *request.find(op.field);
      auto one = by(sent(f, op, kAlice, ++h.counter, at), OWNER, v1::ROLE_HEAD);
      CHECK(apply(at_partner, one).void_reason == Void::no);
    }
    return operations.size();
  };
  CHECK(push(10s) == h.request().size());
  CHECK(push(11s) == 0);
  h.write(h.needs, "needs_sheet", "budget_max", "800", 20s);
  CHECK(push(21s) == 1);
  CHECK(text(at_partner, field("relocation_request", "budget_band")) == "700 to 899 €");

  // A device that has not read the newer budget makes nothing of its older one.
  const auto old = household();
  CHECK(project_onto(at_partner, project(request, old.sources())).empty());
}

TEST_CASE("projection: an older source never overwrites a newer one, in whatever order they are written",
          "[merge]") {
  const auto& f = field("relocation_request", "budget_band");
  const auto projected = [&](std::string_view band, std::uint32_t device, std::chrono::milliseconds source,
                             std::chrono::milliseconds written) {
    Operation op;
    op.field = f.number;
    op.value = value(f, band);
    op.projection = 1;
    op.source_clock = Clock::at(kNoon + source);
    return by(sent(f, op, device, 1, written), OWNER, v1::ROLE_HEAD);
  };
  const auto newer = projected("from_700", kAlice, 20s, 30s);
  const auto older = projected("from_300", kBob, 10s, 60s);
  CHECK(text(merged({newer, older}), f) == "700 to 899 €");
  CHECK(text(merged({older, newer}), f) == "700 to 899 €");
  auto function = projected("from_500", kBob, 5s, 70s);
  function.operation.projection = 2;
  CHECK(text(merged({function, newer, older}), f) == "500 to 599 €");
}

TEST_CASE("projection: another value under an equal clock goes one tick up", "[merge]") {
  const auto h = household();
  const auto& f = field("relocation_request", "budget_band");
  const auto projected = project(type("relocation_request"), h.sources());
  RecordState at_partner;
  Operation op;
  op.field = f.number;
  op.value = value(f, "from_900");
  op.projection = 1;
  for (const auto& p : projected) {
    if (p.field == &f) op.source_clock = p.source_clock;
  }
  apply(at_partner, by(sent(f, op, kBob, 1, 5s), OWNER, v1::ROLE_HEAD));
  const auto of_band = [&](const std::vector<Operation>& all) {
    return std::ranges::count(all, f.number, &Operation::field);
  };
  CHECK(of_band(project_onto(at_partner, projected)) == 1);
}

TEST_CASE("projection: what is taken off a list leaves the request too, the last one as well", "[merge]") {
  const auto& request = type("relocation_request");
  const auto& source = field("needs_sheet", "wanted_communes");
  const auto& at_landlord = field("relocation_request", "wanted_communes");
  auto h = household();
  RecordState at_partner;
  const auto push = [&](std::chrono::milliseconds at) {
    for (auto& op : project_onto(at_partner, project(request, h.sources())))
      apply(at_partner, by(sent(*request.find(op.field), op, kAlice, ++h.counter, at), OWNER, v1::ROLE_HEAD));
  };
  push(10s);
  CHECK(text(at_partner, at_landlord) == "59350, 62041");
  for (const auto& [place, left] : {std::pair("62041", "59350"), std::pair("59350", "")}) {
    apply(h.needs, sent(source, remove(h.needs, source, value(source, place)), kBob, ++h.counter, 20s));
    push(21s);
    CHECK(text(at_partner, at_landlord) == left);
  }
}
