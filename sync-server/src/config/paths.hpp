// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "config/config.hpp"

namespace abri::server {

/// The files of a server, as docs/ops/server.md lists them.
struct Paths {
  std::filesystem::path data, store, store_key, server_key, certificate, certificate_key, admin;
};
Paths paths_of(const Config& config);

}  // namespace abri::server
