// SPDX-License-Identifier: MPL-2.0
#pragma once

namespace abri::test {

/// What happens at the n-th change of a file that SQLite asks for (write, truncate, sync, delete).
enum class Fault {
  none,
  disk_full,   ///< this one and all that would make a file grow fail, until `clear`
  sync_fails,  ///< the n-th counts syncs only; that one fails, the next succeed
  killed,      ///< the process dies by SIGKILL before it
};

/// The file system of SQLite with one planned fault. One for the process, the default from `install` on.
/// @source security.md 3.3 "fail the n-th operation"
class FaultVfs {
 public:
  static void install();
  /// Counts from here: the fault is at the `n`-th change, n >= 1.
  static void plan(Fault fault, int n);
  static void clear() { plan(Fault::none, 0); }
  /// The fault has happened.
  static bool happened();
};

}  // namespace abri::test
