// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "admin/accounts.hpp"
#include "config/config.hpp"

#include <abri/base/result.hpp>
#include <abri/crypto/sign.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace abri::server {

/// What a started server tells: where it listens and the key that clients pin.
struct Started {
  std::string address;
  std::uint16_t port{0};
  crypto::SigningPublicKey key;
};

/// Serves until SIGTERM or SIGINT, then finishes what was received, hands out the receipts and closes the connections.
/// @param on_started  called once, when connections are accepted
/// @errors Errc::storage_busy    another server has this data folder
///         Errc::network_lost    the port is taken
///         Errc::storage_failed  the store failed while serving: start again, and what is on the disk counts
///         those of the files and of the store
Result<void> serve(Config config, const std::function<void(const Started&)>& on_started);

/// Creates a quota account, whether a server runs on this data folder or not, and gives its code.
Result<std::string> add_account(const Config& config, const AccountQuota& quota);

/// What is wrong with the address and with the files that the configuration names: one sentence each. Changes nothing.
std::vector<std::string> find_problems(const Config& config);

}  // namespace abri::server
