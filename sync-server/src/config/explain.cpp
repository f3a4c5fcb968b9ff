// SPDX-License-Identifier: MPL-2.0
#include "config/explain.hpp"

#include "config/paths.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace abri::server {
namespace {

std::string reason(int number) {
  return std::generic_category().message(number);
}

std::string explain_port(const Error& error, const std::string& address, std::uint16_t port) {
  const auto where = fmt::format("{}: {} port {}", error.where, address, port);
  switch (error.native) {
    case EADDRINUSE:
      return where + " is in use: stop the program that listens there, or choose another port";
    case EACCES:
      return where + " is kept from this user: choose a port above 1023, or grant CAP_NET_BIND_SERVICE";
    default:
      return fmt::format("{} cannot be listened on ({}): choose another address or port", where,
                         reason(error.native));
  }
}

std::string explain_address(const Error& error, const std::string& address) {
  const auto* const wrong = error.code == Errc::network_lost ? "no address of this machine" : "no IP address";
  return fmt::format("{}: \"{}\" is {}: give one that this machine has, or \"::\" for every interface",
                     error.where, address, wrong);
}

/// Certificate and key. Why a file cannot be read is asked of the system again: OpenSSL has numbers of its own.
std::string explain_tls(const Error& error, const Paths& paths) {
  const bool certificate = std::string_view(error.where) == place::kCertificate;
  const auto& path = certificate ? paths.certificate : paths.certificate_key;
  if (::access(path.c_str(), R_OK) != 0) {
    return fmt::format("{}: {} cannot be read ({}): name a PEM file that this user may read", error.where,
                       path.string(), reason(errno));
  }
  if (certificate) {
    return fmt::format("{}: {} holds no certificate: name a PEM file that does", error.where, path.string());
  }
  return fmt::format("{}: {} holds no key that fits {}: name the PEM file made with that certificate",
                     error.where, path.string(), paths.certificate.string());
}

std::string explain_secret(const Error& error, const std::filesystem::path& path) {
  const auto where = fmt::format("{}: {}", error.where, path.string());
  switch (error.code) {
    case Errc::unsafe_storage:
      return fmt::format("{} can be read by others than its owner: chmod 600 {}", where, path.string());
    case Errc::malformed:
      return where + " is not 32 bytes long: put the right file back";
    default:
      return fmt::format("{} cannot be read or made ({}): give this user the right to", where,
                         reason(error.native));
  }
}

std::string explain_store(const Error& error, const Paths& paths) {
  const auto where = fmt::format("{}: {}", place::kDataFolder, paths.store.string());
  switch (error.code) {
    case Errc::storage_busy:
      return where + " is in use by another abri-server: stop it, or choose another folder";
    case Errc::storage_full:
      return where + " cannot grow, the disk is full: make room";
    case Errc::version_unsupported:
      return where + " was written by a newer version: install that one";
    case Errc::malformed:
      return fmt::format("{} cannot be opened with the key {}: put the right key back, or check the disk",
                         where, paths.store_key.string());
    case Errc::storage_failed:
      return where + " cannot be read or written: check the disk, and that this user may write to the folder";
    default:
      return fmt::format("{} ({})", to_string(error.code), error.where);
  }
}

}  // namespace

std::string explain(const Error& error, const Config& config) {
  const auto paths = paths_of(config);
  const std::string_view where = error.where;
  if (where == place::kAddress) return explain_address(error, config.address);
  if (where == place::kListen) return explain_port(error, config.address, config.port);
  if (where == place::kHealth) return explain_port(error, "127.0.0.1", config.health_port);
  if (where == place::kCertificate || where == place::kCertificateKey) return explain_tls(error, paths);
  if (where == place::kStoreKey) return explain_secret(error, paths.store_key);
  if (where == place::kServerKey) return explain_secret(error, paths.server_key);
  if (where == place::kDataFolder) {
    return fmt::format("{}: {} cannot be made or opened ({}): choose a folder that this user may write to",
                       where, paths.data.string(), reason(error.native));
  }
  if (where == place::kAdminSocket) {
    return fmt::format(
        "{}: {} cannot be made or reached ({}): start the server, or choose a folder with a shorter path",
        place::kDataFolder, paths.admin.string(), reason(error.native));
  }
  if (where == place::kAccountAdd) {
    return fmt::format("{}: the server that runs on {} gave no account: read its log", where,
                       paths.data.string());
  }
  return explain_store(error, paths);
}

}  // namespace abri::server
