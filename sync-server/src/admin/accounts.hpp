// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "store/store.hpp"

#include <abri/crypto/secret.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace abri::server {

/// What a new account may hold.
struct AccountQuota {
  std::uint64_t max_bytes{std::uint64_t{10} * 1024 * 1024 * 1024};
  std::uint32_t max_logs{100'000};
};

/// A new account, and the code that its administrator types into `abri` (secret; the server does not keep it).
struct NewAccount {
  Account account;
  std::string code;  ///< wiped with its owner

  ~NewAccount() { crypto::wipe(std::as_writable_bytes(std::span(code))); }
};
NewAccount make_account(const AccountQuota& quota);

/// Asks the server that runs on `socket` for a new account.
/// @errors Errc::network_lost  none runs there
///         the server's own
Result<std::string> ask_for_account(const std::filesystem::path& socket, const AccountQuota& quota);

}  // namespace abri::server
