// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/files.hpp"

#include <abri/base/bytes.hpp>
#include <abri/base/result.hpp>
#include <abri/crypto/keys.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace abri::core::vault {

/// What the vault keeps outside its own directory: a secret for each passphrase slot, without which the slot cannot be
/// guessed from copied files, and the anchor that remembers the vault's last state.
///
/// Names are lower-case hexadecimal, chosen by the vault. Values of one vault do not touch those of another.
/// @threads  that of the vault
class Keystore {
 public:
  Keystore() = default;
  Keystore(const Keystore&) = delete;
  Keystore& operator=(const Keystore&) = delete;
  virtual ~Keystore() = default;

  /// @errors  Errc::not_found, Errc::storage_failed
  virtual Result<crypto::KeystoreSecret> secret(std::string_view name) = 0;
  virtual Result<void> set_secret(std::string_view name, const crypto::KeystoreSecret& secret) = 0;
  /// Erasing what is not there is a success.
  virtual Result<void> erase_secret(std::string_view name) = 0;

  /// @errors  Errc::not_found, Errc::storage_failed
  virtual Result<Bytes> anchor(std::string_view name) = 0;
  /// Called after every commit. `durable`: on disk when it returns; otherwise it must be cheap and survive the end of the
  /// process. A keystore that is slow may keep the last value and write it once a second.
  virtual Result<void> set_anchor(std::string_view name, BytesView anchor, bool durable) = 0;
};

/// A directory of files of mode 0600, for where the system has no keystore. It protects against a copied vault directory,
/// not against who copies both: the caller says so aloud.
class FileKeystore final : public Keystore {
 public:
  /// @param directory  of its own, not the vault's; made with mode 0700 when missing
  explicit FileKeystore(std::filesystem::path directory);
  /// $XDG_STATE_HOME/abri, else ~/.local/state/abri.
  /// @errors  Errc::not_found  neither variable is set
  static Result<std::filesystem::path> default_directory();
  ~FileKeystore() override;

  Result<crypto::KeystoreSecret> secret(std::string_view name) override;
  Result<void> set_secret(std::string_view name, const crypto::KeystoreSecret& secret) override;
  Result<void> erase_secret(std::string_view name) override;
  Result<Bytes> anchor(std::string_view name) override;
  Result<void> set_anchor(std::string_view name, BytesView anchor, bool durable) override;

 private:
  std::filesystem::path directory_;
  std::string open_name_;     ///< the anchor that `open_file_` is
  FileDescriptor open_file_;  ///< kept open, since it is written after every commit
};

}  // namespace abri::core::vault
