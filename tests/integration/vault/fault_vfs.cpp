// SPDX-License-Identifier: MPL-2.0
#include "fault_vfs.hpp"

#include <catch2/catch_test_macros.hpp>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

namespace abri::test {
namespace {

Fault planned = Fault::none;
int left = 0;
bool fault_happened = false;

/// The result that the next change of a file is to have; SQLITE_OK: let it happen.
int next_change(bool sync, bool grows) {
  if (planned == Fault::none || (planned == Fault::sync_fails && !sync)) return SQLITE_OK;
  if (left > 0) --left;
  if (left > 0) return SQLITE_OK;
  switch (planned) {
    case Fault::killed:
      ::kill(::getpid(), SIGKILL);
      return SQLITE_ABORT;
    case Fault::disk_full:
      if (!grows) return SQLITE_OK;
      fault_happened = true;
      return SQLITE_FULL;
    case Fault::sync_fails:
      if (fault_happened) return SQLITE_OK;
      fault_happened = true;
      return SQLITE_IOERR_FSYNC;
    case Fault::none:
      break;
  }
  return SQLITE_OK;
}

struct File {
  sqlite3_file base;
  sqlite3_file* real;  // behind this struct
};

sqlite3_vfs* system_vfs = nullptr;
sqlite3_vfs fault_vfs{};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<File*>(file)->real;
}

/// Forwards a method without change.
template <auto Method, class... Arguments>
auto forward(sqlite3_file* file, Arguments... arguments) {
  return (real(file)->pMethods->*Method)(real(file), arguments...);
}

const sqlite3_io_methods kMethods{
    .iVersion = 3,
    .xClose = forward<&sqlite3_io_methods::xClose>,
    .xRead = forward<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite =
        [](sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
          if (const int code = next_change(/*sync=*/false, /*grows=*/true); code != SQLITE_OK) return code;
          return real(file)->pMethods->xWrite(real(file), data, size, offset);
        },
    .xTruncate =
        [](sqlite3_file* file, sqlite3_int64 size) {
          if (const int code = next_change(/*sync=*/false, /*grows=*/false); code != SQLITE_OK) return code;
          return real(file)->pMethods->xTruncate(real(file), size);
        },
    .xSync =
        [](sqlite3_file* file, int flags) {
          if (const int code = next_change(/*sync=*/true, /*grows=*/false); code != SQLITE_OK) return code;
          return real(file)->pMethods->xSync(real(file), flags);
        },
    .xFileSize = forward<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = forward<&sqlite3_io_methods::xLock, int>,
    .xUnlock = forward<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = forward<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = forward<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = forward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = forward<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = forward<&sqlite3_io_methods::xShmBarrier>,
    .xShmUnmap = forward<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = forward<&sqlite3_io_methods::xFetch, sqlite3_int64, int, void**>,
    .xUnfetch = forward<&sqlite3_io_methods::xUnfetch, sqlite3_int64, void*>,
};

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* wrapped = reinterpret_cast<File*>(file);
  wrapped->base.pMethods = nullptr;
  wrapped->real = reinterpret_cast<sqlite3_file*>(wrapped + 1);
  const int code = system_vfs->xOpen(system_vfs, name, wrapped->real, flags, out_flags);
  if (wrapped->real->pMethods != nullptr) wrapped->base.pMethods = &kMethods;
  return code;
}

}  // namespace

void FaultVfs::install() {
  if (system_vfs != nullptr) return;
  system_vfs = sqlite3_vfs_find(nullptr);
  REQUIRE(system_vfs != nullptr);
  fault_vfs = *system_vfs;
  fault_vfs.zName = "fault";
  fault_vfs.szOsFile = static_cast<int>(sizeof(File)) + system_vfs->szOsFile;
  fault_vfs.xOpen = open_file;
  REQUIRE(sqlite3_vfs_register(&fault_vfs, 1) == SQLITE_OK);
}

void FaultVfs::plan(Fault fault, int n) {
  planned = fault;
  left = n;
  fault_happened = false;
}

bool FaultVfs::happened() {
  return fault_happened;
}

}  // namespace abri::test
