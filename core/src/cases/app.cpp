// SPDX-License-Identifier: MPL-2.0
#include "cases/chains.hpp"
#include "cases/enrolment.hpp"
#include "cases/feed_writer.hpp"
#include "cases/files.hpp"
#include "cases/group_keys.hpp"
#include "cases/partners.hpp"
#include "cases/port.hpp"
#include "cases/requests.hpp"
#include "cases/restored.hpp"
#include "cases/views.hpp"
#include "cases/world.hpp"
#include "sync/engine.hpp"
#include "vault/keystore.hpp"

#include <abri/core/app.hpp>
#include <abri/crypto/init.hpp>
#include <abri/crypto/random.hpp>

namespace abri::core {

namespace {
constexpr std::size_t kShortestPassphrase = 8;
}

class App::Impl {
 public:
  Impl(const AppOptions& options, std::unique_ptr<vault::Keystore> keystore, vault::Vault vault,
       vault::Database& db)
      : keystore_(std::move(keystore)),
        vault_(std::move(vault)),
        world{.db = db,
              .clock = options.clock,
              .keyring = {},
              .logs = {},
              .chains = {},
              .organisation = {},
              .user = {},
              .incarnation = {},
              .hybrid_clock = {},
              .sealed_at = {},
              .unsent = {},
              .read_to_head = {},
              .whole = {},
              .unopened = {}},
        port(world, vault_,
             [this](std::span<const CaseId> cases) {
               if (changed) changed(cases);
             }),
        engine(port, crypto::random_u64()) {}

  Result<void> load() {
    world.stale = vault_.stale();
    ABRI_CHECK(cases::load_world(world));
    ABRI_CHECK(vault::in_transaction(world.db, [&] { return cases::reconsider_records(world); }));
    if (world.incarnation.is_zero() || world.stale)
      ABRI_CHECK(vault::in_transaction(world.db, [&] { return cases::begin_new_life(world); }));
    return {};
  }

  /// One transaction; after a failure memory agrees with the vault again.
  template <class Body>
  auto change(Body&& body) {
    auto result = vault::in_transaction(world.db, std::forward<Body>(body));
    if (!result) static_cast<void>(cases::load_world(world));
    return result;
  }

  /// What a person writes. While connected it is sealed in the same transaction: one wait for the disk instead of two.
  template <class Body>
  auto write(Body&& body) {
    return change([&] {
      auto result = body();
      // what cannot be sealed now stays, and the engine says why
      if (result && world.flush && engine.live())
        if (!vault::in_transaction(world.db, [&] { return cases::seal_all(world); }))
          static_cast<void>(cases::load_world(world));
      return result;
    });
  }

 private:
  std::unique_ptr<vault::Keystore> keystore_;  // outlives the vault

 public:
  vault::Vault vault_;
  cases::World world;
  std::function<void(std::span<const CaseId>)> changed;
  cases::DevicePort port;
  sync::Engine engine;
};

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
App::~App() = default;

Result<std::filesystem::path> App::default_keystore_directory() {
  return vault::FileKeystore::default_directory();
}

Result<std::unique_ptr<App>> App::create(const AppOptions& options, crypto::SecretText passphrase) {
  ABRI_CHECK(crypto::initialise());
  if (passphrase.size() < kShortestPassphrase) return Error{Errc::weak_parameters, "passphrase"};
  auto keystore = std::make_unique<vault::FileKeystore>(options.keystore_directory);
  ABRI_TRY(auto vault,
           vault::Vault::create(options.directory, passphrase, options.passphrase_parameters, *keystore));
  ABRI_TRY(auto* db, vault.database());
  auto impl = std::make_unique<Impl>(options, std::move(keystore), std::move(vault), *db);
  ABRI_CHECK(impl->load());
  return std::unique_ptr<App>(new App(std::move(impl)));
}

Result<std::unique_ptr<App>> App::open(const AppOptions& options, crypto::SecretText passphrase) {
  ABRI_CHECK(crypto::initialise());
  auto keystore = std::make_unique<vault::FileKeystore>(options.keystore_directory);
  ABRI_TRY(auto vault, vault::Vault::open(options.directory, passphrase, *keystore));
  ABRI_TRY(auto* db, vault.database());
  auto impl = std::make_unique<Impl>(options, std::move(keystore), std::move(vault), *db);
  ABRI_CHECK(impl->load());
  return std::unique_ptr<App>(new App(std::move(impl)));
}

Result<void> App::change_passphrase(const crypto::SecretText& present, crypto::SecretText next) {
  if (next.size() < kShortestPassphrase) return Error{Errc::weak_parameters, "passphrase"};
  return impl_->vault_.change_passphrase(present, next, crypto::PassphraseParameters{});
}

Result<void> App::batch(const std::function<Result<void>()>& body) {
  return impl_->change(body);
}

// --- organisation, devices, partners

Result<void> App::create_organisation(const NewOrganisation& organisation) {
  return impl_->change([&] { return cases::create_organisation(impl_->world, organisation); });
}
Result<std::string> App::invite(const std::string& name, const std::vector<std::string>& roles) {
  return impl_->change([&] { return cases::invite(impl_->world, name, roles); });
}
Result<void> App::join(const std::string& code) {
  return impl_->change([&] { return cases::join(impl_->world, code); });
}
Result<std::vector<PersonView>> App::people() {
  return cases::people(impl_->world);
}
Result<void> App::set_roles(const UserId& user, const std::vector<std::string>& roles) {
  return impl_->change([&] { return cases::set_roles(impl_->world, user, roles); });
}
Result<void> App::rotate_keys() {
  auto& world = impl_->world;
  if (world.own_chain() == nullptr) return Error{Errc::not_joined, "organisation"};
  std::vector<ChainId> chains;
  chains.reserve(world.chains.size());
  for (const auto& [id, chain] : world.chains) chains.push_back(id);
  Result<void> first_failure;
  for (const auto& id : chains) {
    const auto done = impl_->change([&] { return cases::rotate_groups(world, id); });
    if (!done && first_failure) first_failure = done;
  }
  return first_failure;
}
Result<std::string> App::invite_partner() {
  return impl_->change([&] { return cases::invite_partner(impl_->world); });
}
Result<void> App::accept_partner(const std::string& code) {
  return impl_->change([&] { return cases::accept_partner(impl_->world, code); });
}
Result<std::vector<PartnerView>> App::partners() {
  return cases::list_partners(impl_->world);
}
Result<void> App::confirm_partner(const std::string& fingerprint) {
  return impl_->change([&] { return cases::confirm_partner(impl_->world, fingerprint); });
}

// --- files

Result<CaseId> App::create_case(std::span<const FieldEdit> person) {
  return impl_->write([&] { return cases::create_case(impl_->world, person); });
}
Result<CaseId> App::create_dwelling(std::span<const FieldEdit> dwelling) {
  return impl_->write([&] { return cases::create_dwelling(impl_->world, dwelling); });
}
Result<CaseId> App::create_directory_entry(std::span<const FieldEdit> organisation) {
  return impl_->write([&] { return cases::create_directory_entry(impl_->world, organisation); });
}
Result<RecordId> App::add_record(const CaseId& id, std::string_view type, std::span<const FieldEdit> fields) {
  return impl_->write([&] { return cases::add_record(impl_->world, id, type, fields); });
}
Result<void> App::edit(const CaseId& id, const RecordId& record, std::span<const FieldEdit> fields) {
  return impl_->write([&] { return cases::edit_record(impl_->world, id, record, fields); });
}
Result<void> App::resolve(const CaseId& id, const RecordId& record, std::string_view field,
                          std::uint32_t choice) {
  if (choice == 0) return Error{Errc::invalid_argument, "choice"};
  return impl_->write([&] { return cases::resolve_field(impl_->world, id, record, field, choice, {}); });
}
Result<void> App::resolve_with(const CaseId& id, const RecordId& record, std::string_view field,
                               std::string_view value) {
  return impl_->write([&] { return cases::resolve_field(impl_->world, id, record, field, 0, value); });
}
Result<AddressHolders> App::address_holders(const CaseId& id, const RecordId& record) {
  auto& world = impl_->world;
  ABRI_TRY(const bool alone, cases::held_by_one_person(world, id, record));
  if (!alone) return AddressHolders::several_people;
  const auto devices = world.own_chain()->state.active_devices(world.user).size();
  return devices > 1 ? AddressHolders::several_devices : AddressHolders::one_device;
}
Result<CaseView> App::show(const CaseId& id, bool reveal) {
  return impl_->change([&] { return cases::show_case(impl_->world, id, reveal); });
}
Result<std::vector<CaseSummary>> App::list(CaseKind kind) {
  return cases::list_cases(impl_->world, kind);
}
Result<SearchResult> App::search(std::string_view words, std::size_t limit) {
  return cases::search_cases(impl_->world, words, limit);
}
Result<std::vector<ConflictView>> App::conflicts() {
  return cases::list_conflicts(impl_->world);
}
Result<CaseId> App::find_case(std::string_view prefix) {
  return cases::find_case(impl_->world, prefix);
}
Result<RecordId> App::find_record(const CaseId& id, std::string_view prefix) {
  return cases::find_record(impl_->world, id, prefix);
}

// --- rehousing

Result<CaseId> App::send_request(const CaseId& case_id, const OrganisationId& landlord) {
  return impl_->write([&] { return cases::send_request(impl_->world, case_id, landlord); });
}
Result<std::vector<RequestView>> App::requests() {
  return cases::list_requests(impl_->world);
}
Result<void> App::advance(const CaseId& id, const RecordId& record, std::string_view action) {
  return impl_->write([&] { return cases::advance(impl_->world, id, record, action); });
}
Result<RecordId> App::propose(const CaseId& request, const CaseId& dwelling) {
  return impl_->write([&] { return cases::propose(impl_->world, request, dwelling); });
}

// --- synchronisation

sync::Engine& App::engine() {
  return impl_->engine;
}
Result<void> App::flush() {
  impl_->world.flush = true;
  return {};
}
void App::on_change(std::function<void(std::span<const CaseId>)> callback) {
  impl_->changed = std::move(callback);
}

// --- status

namespace {

Result<std::uint64_t> count(cases::World& world, std::string_view sql) {
  ABRI_TRY(auto row, world.db.statement(sql));
  ABRI_TRY(const bool found, row.query());
  return found ? static_cast<std::uint64_t>(row.column_int64(0)) : 0;
}

Result<std::vector<std::string>> evidence(cases::World& world) {
  std::vector<std::string> out;
  ABRI_TRY(auto rows,
           world.db.statement("SELECT kind, detail FROM notices WHERE kind LIKE 'evidence%' ORDER BY id"));
  for (;;) {
    ABRI_TRY(const bool more, rows.step());
    if (!more) return out;
    out.push_back(std::string(rows.column_text(0)) + " " + std::string(as_text(rows.column_blob(1))));
  }
}

}  // namespace

bool App::stale() const {
  return impl_->world.stale;
}

Result<StatusView> App::status() {
  auto& world = impl_->world;
  StatusView view;
  if (const auto* own = world.own_chain(); own != nullptr && world.device_number(world.organisation) != 0) {
    const auto& state = own->state;
    const auto* everyone = state.group_for(chain::GroupPurpose::everyone);
    if (const auto name =
            cases::open_for_group(world, state.id(), everyone->id, state.organisations().front().name_sealed))
      view.organisation = as_text(*name);
    view.person = cases::name_of(world, state, world.user);
    view.roles = cases::role_names(world.own_roles());
  }
  view.joining = cases::join_waits(world);
  for (const auto& [id, chain] : world.chains)
    view.update_needed = view.update_needed || chain.state.status() == chain::ChainStatus::update_needed;
  const auto engine = impl_->engine.status();
  view.connection = sync::to_string(engine.state);
  if (engine.error) view.last_error = to_string(*engine.error);
  view.last_contact = engine.last_contact;
  view.server_clock_ahead = engine.server_clock_ahead;
  ABRI_TRY(view.unsent,
           count(world, "SELECT (SELECT count(*) FROM pending) + (SELECT count(*) FROM outbox)"));
  view.unsent_cases = world.unsent.size();
  ABRI_TRY(view.cases, count(world, "SELECT count(*) FROM cases WHERE kind = 1"));
  ABRI_TRY(view.conflicts,
           count(world, "SELECT coalesce(sum(conflicts), 0) FROM records WHERE conflicts > 0"));
  ABRI_TRY(view.notices, count(world, "SELECT count(*) FROM notices WHERE kind <> 'reveal'"));
  ABRI_TRY(view.evidence, evidence(world));
  view.stale = world.stale;
  return view;
}

Result<std::string> App::state_digest() {
  ABRI_TRY(const auto digest, cases::state_digest(impl_->world));
  return digest.hex();
}

}  // namespace abri::core
