// SPDX-License-Identifier: MPL-2.0
#pragma once

namespace abri::server::sqlite {

/// Version of the tables below, kept in `user_version`.
inline constexpr int kSchemaVersion = 1;

/// Rows of one log lie together: `entries.key` = log number << 40 | position, `nodes.key` = log number << 41 | number of
/// the subtree in the order in which subtrees are completed, so that appending touches the last page of each table only.
/// `entry_ids.id` is the first half of the entry's id.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE accounts(
  id BLOB NOT NULL PRIMARY KEY, key BLOB NOT NULL, max_bytes INTEGER NOT NULL, max_logs INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE logs(
  number INTEGER NOT NULL PRIMARY KEY, id BLOB NOT NULL UNIQUE, account BLOB NOT NULL,
  owner_key BLOB NOT NULL, read_key BLOB NOT NULL, write_key BLOB NOT NULL,
  size INTEGER NOT NULL, bytes INTEGER NOT NULL, last_time_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX logs_of_account ON logs(account);
CREATE TABLE entries(key INTEGER NOT NULL PRIMARY KEY, time_ms INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE entry_ids(
  log INTEGER NOT NULL, id BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY(log, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE nodes(key INTEGER NOT NULL PRIMARY KEY, hash BLOB NOT NULL) STRICT;
PRAGMA user_version = 1;
)sql";

}  // namespace abri::server::sqlite
