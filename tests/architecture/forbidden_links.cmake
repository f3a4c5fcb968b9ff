# SPDX-License-Identifier: MPL-2.0
# Configures the tree once for each forbidden arrow, drawn from outside, and expects to be refused by name; and once
# without any, to be accepted.
set(arrows
    "abri_server>abri_crypto"
    "abri_server>abri_core"
    "abri_proto>abri_crypto_public"
    "abri_crypto_public>abri_crypto"
    "abri_crypto>abri_schema"
    "abri_core>abri_core_net"
    "abri_core>abri_server"
    "abri_agent>abri_server"
    "abri_cli>abri_crypto")

# Read after project(): its deferred call runs before the check's, as a link anywhere in the tree would.
set(hook ${BINARY}/arrow.cmake)
file(WRITE ${hook} [=[
if(ARROW MATCHES "^(.*)>(.*)$")
  set(from ${CMAKE_MATCH_1})
  set(to ${CMAKE_MATCH_2})
  cmake_language(EVAL CODE "cmake_language(DEFER CALL target_link_libraries ${from} INTERFACE ${to})")
endif()
]=])

foreach(arrow "" ${arrows})
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BINARY}/tree -G Ninja -D ABRI_BUILD_TESTS=OFF -D
            CMAKE_PROJECT_abri_INCLUDE=${hook} -D ARROW=${arrow}
    RESULT_VARIABLE code
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(arrow STREQUAL "")
    if(NOT code EQUAL 0)
      message(FATAL_ERROR "the tree does not configure:\n${output}")
    endif()
    continue()
  endif()
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(code EQUAL 0 OR NOT output MATCHES "layering: [a-z_-]+ must not link ")
    message(FATAL_ERROR "the link ${arrow} was not refused:\n${output}")
  endif()
  string(REGEX MATCH "layering: [a-z_-]+ must not link [A-Za-z_:]+" said "${output}")
  message(STATUS "${arrow}: ${said}")
endforeach()
