// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "cases/world.hpp"
#include "sync/engine.hpp"
#include "unit/core/sync/server_model.hpp"
#include "vault/keystore.hpp"
#include "vault/vault.hpp"

#include <abri/base/account_code.hpp>
#include <abri/core/app.hpp>
#include <abri/crypto/random.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace abri::core::test {

inline crypto::SecretText passphrase() {
  return std::move(*crypto::SecretText::from("correct horse battery"));
}

/// What an open vault keeps in memory, beside any `App`.
inline std::unique_ptr<cases::World> open_world(vault::Database& db, Time now) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
  std::unique_ptr<cases::World> world(new cases::World{db, [now] { return now; }});
#pragma GCC diagnostic pop
  REQUIRE(cases::load_world(*world));
  return world;
}

/// A person's device: a real vault on disk and its engine, driven by hand against the model of the server.
class PersonDevice {
 public:
  PersonDevice(sync::test::ServerModel& server, Time& now) : server_(server), now_(now) {
    folder_ = std::filesystem::temp_directory_path() / ("abri-" + crypto::random_id<CaseId>().hex());
    auto made = App::create(options(), passphrase());
    REQUIRE(made);
    app = std::move(*made);
  }
  PersonDevice(const PersonDevice&) = delete;
  PersonDevice& operator=(const PersonDevice&) = delete;
  ~PersonDevice() {
    app.reset();
    std::filesystem::remove_all(folder_);
  }

  /// Locks and unlocks.
  void reopen() {
    const bool online = connection != nullptr;
    if (online) stop();
    app.reset();
    open();
    if (online) start();
  }
  /// A copy of the vault's folder, without what is kept elsewhere (keystore and anchor).
  [[nodiscard]] std::filesystem::path copy_vault() {
    const auto copy = folder_ / ("copy-" + crypto::random_id<CaseId>().hex());
    app.reset();
    std::filesystem::copy(folder_ / "vault", copy, std::filesystem::copy_options::recursive);
    open();
    return copy;
  }
  /// Puts a copy in the vault's place, as whoever restores a backup does.
  void put_back(const std::filesystem::path& copy) {
    const bool online = connection != nullptr;
    if (online) stop();
    app.reset();
    std::filesystem::remove_all(folder_ / "vault");
    std::filesystem::copy(copy, folder_ / "vault", std::filesystem::copy_options::recursive);
    open();
    if (online) start();
  }
  /// Works on the tables of the locked vault.
  template <class Body>
  void change_vault(Body&& body) {
    const bool online = connection != nullptr;
    if (online) stop();
    app.reset();
    {
      vault::FileKeystore keystore(folder_ / "state");
      auto opened = vault::Vault::open(folder_ / "vault", passphrase(), keystore);
      REQUIRE(opened);
      const auto world = open_world(**opened->database(), now_);
      body(*world);
    }
    open();
    if (online) start();
  }
  void start() { carry_out(app->engine().start(now_)); }
  void stop() {
    carry_out(app->engine().stop());
    disconnect();
  }
  void local() {
    if (connection) carry_out(app->engine().on_local(now_));
  }
  void time() { carry_out(app->engine().on_time(now_)); }
  bool receive() {
    if (!connection || connection->out.empty()) return false;
    const auto bytes = std::move(connection->out.front());
    connection->out.pop_front();
    carry_out(app->engine().on_frame(bytes, now_));
    return true;
  }
  [[nodiscard]] std::string digest() const { return *app->state_digest(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] Time now() const { return now_; }

  std::unique_ptr<App> app;
  sync::test::ServerModel::ConnectionPtr connection;

 private:
  [[nodiscard]] AppOptions options() const {
    return {folder_ / "vault", folder_ / "state", [this] { return now_; },
            crypto::PassphraseParameters::floor()};
  }
  void open() {
    auto opened = App::open(options(), passphrase());
    REQUIRE(opened);
    app = std::move(*opened);
  }
  void disconnect() {
    if (!connection) return;
    std::erase(server_.connections, connection);
    connection.reset();
    carry_out(app->engine().on_disconnected(now_));
  }
  void carry_out(const sync::Actions& actions) {
    for (const auto& action : actions) {
      if (std::holds_alternative<sync::Connect>(action)) {
        wire::Exporter exporter{};
        wire::Nonce nonce{};
        crypto::random_bytes(exporter);
        crypto::random_bytes(nonce);
        connection = server_.connect(exporter);
        carry_out(app->engine().on_connected(exporter, nonce, now_));
      } else if (const auto* send = std::get_if<sync::Send>(&action)) {
        if (connection) server_.on_frame(*connection, send->frame);
      } else {
        disconnect();
      }
    }
  }
  sync::test::ServerModel& server_;
  Time& now_;
  std::filesystem::path folder_;
};

/// A server and people's devices under one clock.
struct PeopleWorld {
  sync::test::ServerModel server;
  Time now{from_millis(1'795'305'600'000)};
  std::vector<std::unique_ptr<PersonDevice>> devices;

  PeopleWorld() { server.now_ms = to_millis(now); }

  PersonDevice& add_device() { return *devices.emplace_back(std::make_unique<PersonDevice>(server, now)); }
  [[nodiscard]] NewOrganisation organisation(const std::string& name, const std::string& kind,
                                             const std::string& person) const {
    AccountCode account;
    account.id = crypto::random_id<AccountId>();
    crypto::random_bytes(account.seed);
    return {name, kind, person, "127.0.0.1:1", server.key.public_key().hex(), encode_account_code(account)};
  }
  /// Lets everybody talk until nobody has anything to say, then lets the coalescing pause pass.
  void settle() {
    for (int round = 0; round < 6; ++round) {
      for (auto& device : devices) device->local();
      for (bool busy = true; busy;) {
        busy = false;
        for (auto& device : devices)
          while (device->receive()) busy = true;
      }
      now += std::chrono::milliseconds(2100);
      server.now_ms = to_millis(now);
      for (auto& device : devices) device->time();
    }
  }
  /// Founds an organisation on a device of its own.
  PersonDevice& found(const std::string& name, const std::string& kind, const std::string& person) {
    auto& device = add_device();
    REQUIRE(device.app->create_organisation(organisation(name, kind, person)));
    device.start();
    settle();
    return device;
  }
  /// Founds an association and brings a second device of its founder in.
  std::pair<PersonDevice*, PersonDevice*> association() {
    auto& first = found("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
    auto code = first.app->invite("", {});
    REQUIRE(code);
    auto& second = add_device();
    REQUIRE(second.app->join(*code));
    second.start();
    settle();
    return {&first, &second};
  }
  /// Brings two organisations together: code, answer, and both compare the fingerprint.
  /// @return the organisation of `answering`
  OrganisationId bring_together(PersonDevice& opening, PersonDevice& answering) {
    const auto code = opening.app->invite_partner();
    REQUIRE(code);
    settle();
    REQUIRE(answering.app->accept_partner(*code));
    settle();
    const auto partners = opening.app->partners();
    const auto seen = std::ranges::find_if(
        *partners, [](const auto& partner) { return partner.joined && !partner.confirmed; });
    REQUIRE(seen != partners->end());
    REQUIRE(opening.app->confirm_partner(seen->fingerprint));
    REQUIRE(answering.app->confirm_partner(seen->fingerprint));
    settle();
    return seen->id;
  }
};

inline RecordView record_of(App& app, const CaseId& id, const std::string& type, bool reveal = true) {
  auto view = app.show(id, reveal);
  REQUIRE(view);
  for (auto& record : view->records)
    if (record.type == type) return record;
  FAIL("no record of that type: " << type);
  return {};
}

inline FieldView field_of(const RecordView& record, const std::string& name) {
  for (const auto& field : record.fields)
    if (field.name == name) return field;
  return {};
}

}  // namespace abri::core::test
