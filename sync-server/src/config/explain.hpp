// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "config/config.hpp"

#include <abri/base/result.hpp>

#include <string>

namespace abri::server {

/// Places of errors that an operator mends: keys of the configuration, or files of the data folder.
namespace place {
inline constexpr const char* kAddress = "listen.address";
inline constexpr const char* kListen = "listen.port";
inline constexpr const char* kHealth = "health.port";
inline constexpr const char* kCertificate = "tls.certificate";
inline constexpr const char* kCertificateKey = "tls.key";
inline constexpr const char* kStoreKey = "store.key_file";
inline constexpr const char* kServerKey = "server.key";
inline constexpr const char* kDataFolder = "data_dir";
inline constexpr const char* kAdminSocket = "admin.sock";
inline constexpr const char* kAccountAdd = "account add";
}  // namespace place

/// One sentence for the operator: the key of the configuration, the path or address, and what to do.
std::string explain(const Error& error, const Config& config);

}  // namespace abri::server
