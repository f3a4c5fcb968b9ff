# SPDX-License-Identifier: MPL-2.0
# Third-party packages, all from the system but SQLCipher (cmake/sqlcipher.cmake).
include_guard(GLOBAL)

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Boost 1.83 CONFIG REQUIRED COMPONENTS json)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)

if(ABRI_BUILD_TESTS)
  find_package(Catch2 3.5 CONFIG REQUIRED)
  find_package(ZLIB REQUIRED)
  find_package(benchmark CONFIG REQUIRED)
endif()
