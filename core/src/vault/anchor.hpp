// SPDX-License-Identifier: MPL-2.0
#pragma once

#include "vault/files.hpp"
#include "vault/keystore.hpp"

#include <abri/base/id.hpp>
#include <abri/base/result.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace abri::core::vault {

class Database;

/// What the keystore remembers of the vault's file and of its write-ahead log.
///
///   version u8 = 1 ‖ at rest u8 ‖ generation u64 ‖ file 32 ‖ log frames u64 ‖ log 32                             82 bytes
///
/// SQLCipher ends each page with 16 bytes of vector and a 64-byte tag over the page and its number, so a digest over these
/// tags is a digest of the file, and no page can go back to an older state without changing it.
struct Anchor {
  static constexpr std::size_t kSize = 82;

  bool at_rest{false};          ///< closed in order: no log beside the file
  std::uint64_t generation{0};  ///< the vault's own, as of its last folding
  Hash file;                    ///< digest of the file since the last folding; zero: unknown
  std::uint64_t log_frames{0};  ///< committed since the last folding
  Hash log;                     ///< their digest

  [[nodiscard]] Bytes encode() const;
  /// @errors  Errc::malformed, Errc::version_unsupported
  static Result<Anchor> decode(BytesView bytes);
};

/// Digest of the page tags of a file.
/// @errors  Errc::storage_failed
Result<Hash> digest_file(const FileDescriptor& file);

/// The digest of a write-ahead log, followed as it grows: d_0 = H(its header 32), d_i = H(d_{i-1} ‖ frame header 24 ‖ page
/// tag 80) with label abri/1.anchor.
class LogDigest {
 public:
  /// Takes in the frames up to the count `frames`. A smaller count than before: the log began anew.
  /// @errors  Errc::not_found  the log is shorter; Errc::storage_failed
  Result<void> advance(const FileDescriptor& log, std::uint64_t frames);
  void clear();
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  [[nodiscard]] const Hash& value() const { return value_; }

 private:
  std::uint64_t frames_{0};
  Hash value_;
  Bytes buffer_;
};

/// Keeps the anchor of one open vault true: written to the keystore after every commit without waiting for the disk (a
/// commit is durable before, so a lost anchor can only be older, never newer than the vault), and durably where the file
/// itself is about to change.
class AnchorKeeper {
 public:
  /// @param name  of the anchor in the keystore
  AnchorKeeper(std::filesystem::path database, Keystore& keystore, std::string name);

  /// Compares the files with the keystore's anchor, before SQLite opens them, and marks the vault as in use.
  /// @return  false: the files are older than the anchor, or there is none
  Result<bool> open();
  /// The generation of the anchor that was found; 0 if none.
  [[nodiscard]] std::uint64_t found_generation() const { return found_generation_; }

  /// A commit is durable. @threads inside SQLite's commit
  void follow(std::uint64_t frames) noexcept;

  /// Raises the generation (`meta.generation`), folds the log into the file and takes the new digests.
  /// @errors  Errc::storage_busy  a statement of this connection is under way; nothing was done
  Result<void> fold(Database& db);
  /// After the database was closed with an empty log: the vault is at rest. Durable.
  Result<void> rest();

 private:
  Result<bool> matches(const Anchor& anchor) const;
  Result<void> save(bool durable);

  std::filesystem::path database_;
  Keystore& keystore_;
  std::string name_;
  Anchor anchor_;
  LogDigest log_digest_;
  std::uint64_t found_generation_{0};
  FileDescriptor
      file_;  ///< of the database; closed after SQLite has closed it, or SQLite would lose its locks
  FileDescriptor log_;
};

/// `meta.generation`; 0 if there is none yet.
Result<std::uint64_t> read_generation(Database& db);
Result<void> write_generation(Database& db, std::uint64_t generation);

}  // namespace abri::core::vault
