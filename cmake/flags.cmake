# SPDX-License-Identifier: MPL-2.0
# The compiler flags of our own code, as interface targets: abri_flags = warnings + abri_sanitize + abri_hardening.
include_guard(GLOBAL)

add_library(abri_sanitize INTERFACE)
if(ABRI_SANITIZE)
  # Code of libraries that is not a fuzz target's main program is instrumented, but brings no main().
  string(REGEX REPLACE "fuzzer(,|$)" "fuzzer-no-link\\1" sanitize "${ABRI_SANITIZE}")
  target_compile_options(abri_sanitize INTERFACE -fsanitize=${sanitize} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(abri_sanitize INTERFACE -fsanitize=${sanitize})
endif()
if(ABRI_COVERAGE)
  target_compile_options(abri_sanitize INTERFACE --coverage)
  target_link_options(abri_sanitize INTERFACE --coverage)
endif()

add_library(abri_hardening INTERFACE)
if(ABRI_HARDEN)
  target_compile_options(
    abri_hardening
    INTERFACE -fstack-protector-strong
              -fstack-clash-protection
              -fcf-protection
              -ftrivial-auto-var-init=zero
              -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
  target_compile_definitions(abri_hardening INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>
                                                      _GLIBCXX_ASSERTIONS)
  target_link_options(abri_hardening INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

add_library(abri_flags INTERFACE)
target_compile_options(
  abri_flags
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
            $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
            $<$<BOOL:${ABRI_WERROR}>:-Werror>)
target_link_libraries(abri_flags INTERFACE abri_sanitize abri_hardening)

find_program(ABRI_MOLD mold)
mark_as_advanced(ABRI_MOLD)
if(ABRI_MOLD AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  add_link_options(-fuse-ld=mold)
endif()
