# SPDX-License-Identifier: MPL-2.0
# Builds a small tree whose one library, made as ours are, has a public header that does not include what it needs, and expects the
# check of public headers to name it; then with the missing include, and expects it to pass.
set(tree ${BINARY}/tree)
file(REMOVE_RECURSE ${tree})
file(WRITE ${tree}/CMakeLists.txt "
cmake_minimum_required(VERSION 3.25)
project(lonely LANGUAGES CXX)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
add_library(abri_flags INTERFACE)
include(${SOURCE}/cmake/targets.cmake)
abri_library(lonely SOURCES lonely.cpp HEADERS \${CMAKE_CURRENT_SOURCE_DIR}/include)
")
file(WRITE ${tree}/lonely.cpp "#include <string>\n#include <lonely/lonely.hpp>\n")
set(header "inline std::string lonely() {\n  return {};\n}\n")
file(WRITE ${tree}/include/lonely/lonely.hpp "#pragma once\n${header}")

execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${tree} -B ${tree}/build -G Ninja -D CMAKE_CXX_COMPILER=${COMPILER} -D
          CMAKE_CXX_COMPILER_FORCED=ON
  COMMAND_ERROR_IS_FATAL ANY
  OUTPUT_QUIET)

# Whether the public headers compile alone, and what the compiler says.
function(check code output)
  execute_process(
    COMMAND ${CMAKE_COMMAND} --build ${tree}/build --target all_verify_interface_header_sets
    RESULT_VARIABLE result
    OUTPUT_VARIABLE said
    ERROR_VARIABLE said)
  set(${code} ${result} PARENT_SCOPE)
  set(${output} "${said}" PARENT_SCOPE)
endfunction()

check(code output)
if(code EQUAL 0 OR NOT output MATCHES "lonely/lonely.hpp:2")
  message(FATAL_ERROR "a header that does not include what it needs was not refused:\n${output}")
endif()
file(WRITE ${tree}/include/lonely/lonely.hpp "#pragma once\n#include <string>\n${header}")
check(code output)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "a header that includes what it needs was refused:\n${output}")
endif()
message(STATUS "a header that does not include what it needs was refused")
