// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "agent/commands.hpp"

#include <abri/base/account_code.hpp>
#include <abri/crypto/random.hpp>
#include <abri/crypto/sign.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

/// A vault in a folder of its own, asked as the command line asks the agent.
namespace abri::agent {

/// A folder that goes with its scope.
class Folder {
 public:
  Folder() : path(std::filesystem::temp_directory_path() / ("abri-" + crypto::random_id<CaseId>().hex())) {
    std::filesystem::create_directory(path);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

inline std::unique_ptr<core::App> make_app(const Folder& folder) {
  auto app = core::App::create({folder.path / "vault", folder.path / "state",
                                [] { return Time{std::chrono::milliseconds{1'795'000'000'000}}; },
                                crypto::PassphraseParameters::floor()},
                               std::move(*crypto::SecretText::from("correct horse battery")));
  REQUIRE(app);
  return std::move(*app);
}

inline core::NewOrganisation organisation(const std::string& kind = "fnsf_association") {
  AccountCode account;
  account.id = crypto::random_id<AccountId>();
  crypto::random_bytes(account.seed);
  return {"Association des Tilleuls",
          kind,
          "Awa Lenoir",
          "127.0.0.1:7433",
          crypto::SigningKey::generate().public_key().hex(),
          encode_account_code(account)};
}

/// A vault with an organisation of one person, who is its head: an association, or another kind of the schema.
class Desk {
 public:
  explicit Desk(const std::string& kind = "fnsf_association") : app(make_app(folder_)) {
    REQUIRE(app->create_organisation(organisation(kind)));
  }

  [[nodiscard]] Result<boost::json::value> ask(const std::string& command,
                                               boost::json::object arguments = {}) const {
    return carry_out(*app, {command, std::move(arguments), proto::Language::fr}, shown);
  }
  /// The id of what a command makes.
  [[nodiscard]] std::string made(const std::string& command, boost::json::object arguments) const {
    const auto answer = ask(command, std::move(arguments));
    REQUIRE(answer);
    return std::string(answer->as_object().at("id").as_string());
  }
  /// What a person reads in a field of the file's record of that type.
  [[nodiscard]] std::vector<std::string> texts(const std::string& id, std::string_view type,
                                               std::string_view name) const {
    const auto answer = ask("case.show", {{"id", id}, {"reveal", true}});
    REQUIRE(answer);
    std::vector<std::string> out;
    for (const auto& record : answer->at("records").as_array()) {
      if (record.at("type").as_string() != type) continue;
      for (const auto& field : record.at("fields").as_array()) {
        if (field.at("name").as_string() != name) continue;
        for (const auto& value : field.at("values").as_array())
          out.emplace_back(value.at("text").as_string());
      }
    }
    return out;
  }

 private:
  Folder folder_;

 public:
  std::unique_ptr<core::App> app;
  mutable ShownConflicts shown;
};

}  // namespace abri::agent
