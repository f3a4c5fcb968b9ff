// SPDX-License-Identifier: MPL-2.0
//
// Options of the sanitizers for every test program, read by their runtimes at start.

extern "C" {
// The runtimes' own names and types.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
const char* __asan_default_options();
const char* __ubsan_default_options();
const char* __tsan_default_options();

const char* __asan_default_options() {
  return "detect_leaks=1:strict_string_checks=1:check_initialization_order=1";
}
const char* __ubsan_default_options() {
  return "print_stacktrace=1:halt_on_error=1";
}
const char* __tsan_default_options() {
  return "halt_on_error=1:second_deadlock_stack=1";
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
}
