// SPDX-License-Identifier: MPL-2.0
//
// The tables of the vault, as numbered steps. A step that was released never changes: add the next one.
//
// Conventions: STRICT; NOT NULL, with an empty blob or 0 for "none"; ids are blobs of their own size; times are milliseconds
// since 1970; small enumerations are integers, their meaning stands beside the type in C++.
#include "vault/migrations.hpp"

#include <array>

namespace abri::core::vault {
namespace {

constexpr const char* kStep1 = R"sql(
-- Single values: generation and staleness of the vault, this device's identity.
CREATE TABLE meta(
  key   TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Seeds and secret keys of this device, its user and her groups (core/src/cases/keyring.hpp).
CREATE TABLE secrets(
  kind       INTEGER NOT NULL,
  scope      BLOB NOT NULL,          -- chain or log
  id         BLOB NOT NULL,          -- user or group
  generation INTEGER NOT NULL,
  value      BLOB NOT NULL,
  PRIMARY KEY(kind, scope, id, generation)
) STRICT, WITHOUT ROWID;

-- Logs that this device follows: chains, feeds, mailboxes.
CREATE TABLE logs(
  number   INTEGER PRIMARY KEY NOT NULL,
  id       BLOB NOT NULL UNIQUE,
  kind     INTEGER NOT NULL,
  chain    BLOB NOT NULL,            -- the chain that governs it
  group_id BLOB NOT NULL,            -- of a feed
  opened   INTEGER NOT NULL,         -- 0: made here, the server does not know it yet
  stopped  INTEGER NOT NULL,         -- 1: the server was caught lying about it
  size     INTEGER NOT NULL,         -- entries held
  frontier BLOB NOT NULL,
  head     BLOB NOT NULL,            -- the greatest signed head: size, root, time, signature
  salt     BLOB NOT NULL,            -- of its id, where this organisation owns it
  epoch    INTEGER NOT NULL,         -- of a feed: the generation of the last turn
  turn     INTEGER NOT NULL          -- chain sequence named by the last turn
) STRICT;

-- Bytes of entries, as every retry sends them and as the log holds them: written once, never moved.
CREATE TABLE sealed_entries(
  id    INTEGER PRIMARY KEY NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- Every entry that a log holds: a client can restore a server.
CREATE TABLE entries(
  id     INTEGER PRIMARY KEY NOT NULL, -- number of the log << 40 | position
  time   INTEGER NOT NULL,             -- of the leaf
  root   BLOB NOT NULL,                -- of the tree that ends with it, 16 bytes
  sealed INTEGER NOT NULL              -- its bytes
) STRICT;

-- Entries that wait for their receipt, in the order of `id`.
CREATE TABLE outbox(
  id       INTEGER PRIMARY KEY NOT NULL,
  log      INTEGER NOT NULL,
  entry_id BLOB NOT NULL,
  epoch    INTEGER NOT NULL,         -- of a feed, that it is sealed under
  clock    INTEGER NOT NULL,         -- greatest hybrid clock in it
  cases    BLOB NOT NULL,            -- ids of the cases that it changes, in ascending order
  sealed   INTEGER NOT NULL          -- its bytes
) STRICT;

-- Links of this device that the chain's log does not hold yet; made again when another link comes first.
CREATE TABLE pending_links(
  id    INTEGER PRIMARY KEY NOT NULL,
  chain BLOB NOT NULL,
  kind  INTEGER NOT NULL,
  body  BLOB NOT NULL
) STRICT;

-- What this device wrote and no entry carries yet: it is coalesced and sealed together (docs/adr/0005).
CREATE TABLE pending(
  id          INTEGER PRIMARY KEY NOT NULL,
  log         INTEGER NOT NULL,
  kind        INTEGER NOT NULL,      -- of the body
  case_ref    BLOB NOT NULL,
  compartment INTEGER NOT NULL,
  counter     INTEGER NOT NULL,      -- of the first operation
  operations  INTEGER NOT NULL,
  clock       INTEGER NOT NULL,      -- greatest hybrid clock
  payload     BLOB NOT NULL
) STRICT;

-- Containers of compartments: cases, dwellings, shared requests. What belongs to one names its number, so that a case lies together
-- in each table, and a new one at the end.
CREATE TABLE cases(
  number   INTEGER PRIMARY KEY NOT NULL,
  case_ref BLOB NOT NULL UNIQUE,
  log      INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  owner    BLOB NOT NULL,            -- organisation that made it
  title    TEXT NOT NULL,            -- what lists show, from searchable fields
  state    TEXT NOT NULL
) STRICT;

-- Keys of compartments. Of two keys of one epoch the one with the smaller position holds; the other still opens what it sealed.
CREATE TABLE compartment_keys(
  case_number INTEGER NOT NULL,
  compartment INTEGER NOT NULL,
  epoch       INTEGER NOT NULL,
  position    INTEGER NOT NULL,      -- in the feed; greater than any while it is pending
  commitment  BLOB NOT NULL,
  key         BLOB NOT NULL,
  author      BLOB NOT NULL,         -- user who made it
  named       BLOB NOT NULL,         -- ids of the named people, of `location`
  PRIMARY KEY(case_number, compartment, epoch, commitment)
) STRICT, WITHOUT ROWID;

-- Devices that a key of `location` was wrapped to.
CREATE TABLE grants(
  case_number INTEGER NOT NULL,
  compartment INTEGER NOT NULL,
  commitment  BLOB NOT NULL,
  device      BLOB NOT NULL,
  PRIMARY KEY(case_number, compartment, commitment, device)
) STRICT, WITHOUT ROWID;

-- Merged state of each record (core/src/merge).
CREATE TABLE records(
  case_number INTEGER NOT NULL,
  compartment INTEGER NOT NULL,
  record_type INTEGER NOT NULL,
  record_id   BLOB NOT NULL,
  conflicts   INTEGER NOT NULL,
  state       BLOB NOT NULL,
  PRIMARY KEY(case_number, compartment, record_type, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_conflicts ON records(case_number) WHERE conflicts > 0;

-- How far each author has come in each log.
CREATE TABLE authors(
  log         INTEGER NOT NULL,
  device      INTEGER NOT NULL,      -- its number on the chain
  incarnation BLOB NOT NULL,
  sequence    INTEGER NOT NULL,
  header_hash BLOB NOT NULL,
  pinned      INTEGER NOT NULL,      -- chain sequence of its last entry
  PRIMARY KEY(log, device, incarnation)
) STRICT, WITHOUT ROWID;

-- Bodies whose compartment key is not here: read when it comes.
CREATE TABLE unread(
  log         INTEGER NOT NULL,
  position    INTEGER NOT NULL,
  body        INTEGER NOT NULL,
  case_ref    BLOB NOT NULL,
  compartment INTEGER NOT NULL,
  device      INTEGER NOT NULL,      -- its author's number on the chain
  PRIMARY KEY(case_ref, compartment, log, position, body)
) STRICT, WITHOUT ROWID;

-- What a person or an administrator should know: void operations, gaps, evidence against the server, reveals.
CREATE TABLE notices(
  id     INTEGER PRIMARY KEY NOT NULL,
  time   INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  log    BLOB NOT NULL,
  detail BLOB NOT NULL
) STRICT;

-- Words of searchable fields (search.hpp), never of sensitive ones.
CREATE TABLE search(
  term        TEXT NOT NULL,
  case_number INTEGER NOT NULL,
  record_id   BLOB NOT NULL,
  PRIMARY KEY(term, case_number, record_id)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array kSteps{
    Migration{1, kStep1},
};

}  // namespace

std::span<const Migration> migrations() {
  return kSteps;
}

}  // namespace abri::core::vault
