# SPDX-License-Identifier: MPL-2.0
# SQLCipher 4.14 (SQLite 3.51.3) as a static library of ours. Debian's package spills sorts in clear to temporary files,
# exports plain sqlite3_* names and lacks a fix of the write-ahead log; hence the amalgamation, fetched and checked by
# scripts/setup.
include_guard(GLOBAL)

if(DEFINED ENV{XDG_CACHE_HOME})
  set(cache $ENV{XDG_CACHE_HOME})
else()
  set(cache $ENV{HOME}/.cache)
endif()
set(ABRI_SQLCIPHER_DIR ${cache}/abri/sqlcipher-4.14.0 CACHE PATH "Folder of sqlite3.c and sqlite3.h of SQLCipher")
if(NOT EXISTS ${ABRI_SQLCIPHER_DIR}/sqlite3.c)
  message(FATAL_ERROR "SQLCipher's source is missing in ${ABRI_SQLCIPHER_DIR}: run scripts/setup")
endif()

add_library(abri_sqlcipher STATIC ${ABRI_SQLCIPHER_DIR}/sqlite3.c)
target_include_directories(abri_sqlcipher SYSTEM INTERFACE ${ABRI_SQLCIPHER_DIR})
set_target_properties(abri_sqlcipher PROPERTIES C_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
target_compile_definitions(
  abri_sqlcipher
  PUBLIC SQLITE_HAS_CODEC
  PRIVATE _GNU_SOURCE
          HAVE_STDINT_H=1
          HAVE_USLEEP=1
          SQLCIPHER_CRYPTO_OPENSSL
          SQLITE_EXTRA_INIT=sqlcipher_extra_init
          SQLITE_EXTRA_SHUTDOWN=sqlcipher_extra_shutdown
          SQLITE_TEMP_STORE=3 # sorts and temporary tables never reach a file
          SQLITE_ENABLE_FTS5
          SQLITE_OMIT_LOAD_EXTENSION
          SQLITE_SECURE_DELETE
          SQLITE_DQS=0
          # Multi-thread: a connection belongs to one thread at a time (the writer to the core's strand, a reader to whom
          # it is lent), so SQLite's own lock on every call of a connection would only cost.
          SQLITE_THREADSAFE=2
          # The pages of a file as a table, for the tests that damage or inspect them; never in a release.
          $<$<BOOL:${ABRI_BUILD_TESTS}>:SQLITE_ENABLE_DBPAGE_VTAB>)
# Always optimised, and without our warnings and sanitizers: it is not our code. The presets share one C compiler, so that
# ccache builds this once for all of them.
target_compile_options(abri_sqlcipher PRIVATE -O2 -g1 -w)
target_link_libraries(abri_sqlcipher PRIVATE OpenSSL::Crypto Threads::Threads m)
