// SPDX-License-Identifier: MPL-2.0
#include "config/paths.hpp"

namespace abri::server {

Paths paths_of(const Config& config) {
  const auto data = config.data_dir.empty() ? default_data_dir() : config.data_dir;
  const bool own = config.tls_certificate.empty();
  return Paths{.data = data,
               .store = data / "store.db",
               .store_key = config.store_key.empty() ? data / "store.key" : config.store_key,
               .server_key = data / "server.key",
               .certificate = own ? data / "tls-certificate.pem" : config.tls_certificate,
               .certificate_key = own ? data / "tls-key.pem" : config.tls_key,
               .admin = data / "admin.sock"};
}

}  // namespace abri::server
