// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/result.hpp>

#include <span>

namespace abri::core::vault {

class Database;

/// One step of the schema. Numbers are consecutive from 1 and a released step never changes.
struct Migration {
  int version;
  const char* sql;  ///< statements without parameters
};

/// All steps of this version of Abri, in order. The tables stand in `schema.cpp`.
std::span<const Migration> migrations();

/// The number of the last step that was applied to the file; 0: none, an empty file.
Result<int> schema_version(Database& db);

/// Applies what is missing, each step and its number in one transaction, so that after a crash it goes on where it was.
///
/// @errors  Errc::version_unsupported  the file was written by a newer version; nothing was changed
///          Errc::storage_full, Errc::storage_failed
Result<void> migrate(Database& db, std::span<const Migration> steps = migrations());

}  // namespace abri::core::vault
