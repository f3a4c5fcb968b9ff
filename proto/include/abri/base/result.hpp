// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/error.hpp>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

/// Stops the program on a bug of ours. Never used on input of a person, a peer or a file.
#define ABRI_ASSERT(condition)                                                       \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "abri: assertion failed at %s:%d\n", __FILE__, __LINE__); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)

namespace abri {

/// A value or an `Error`. (docs/adr/0001: C++20 has no std::expected.)
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}       // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, error) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; a bug where there is none.
  const T& operator*() const& { return get(); }
  T& operator*() & { return get(); }
  T&& operator*() && { return std::move(get()); }
  const T* operator->() const { return &get(); }
  T* operator->() { return &get(); }

  /// The error; a bug where there is a value.
  [[nodiscard]] const Error& error() const {
    ABRI_ASSERT(state_.index() == 1);
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] T value_or(T other) const& {
    if (has_value()) return get();
    return other;
  }

 private:
  const T& get() const {
    ABRI_ASSERT(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  T& get() {
    ABRI_ASSERT(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

/// Done, or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(error) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return !error_; }
  [[nodiscard]] const Error& error() const {
    ABRI_ASSERT(error_.has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace abri

#define ABRI_CONCAT_(a, b) a##b
#define ABRI_CONCAT(a, b) ABRI_CONCAT_(a, b)
#define ABRI_TRY_IMPL(result, declaration, expression) \
  auto result = (expression);                          \
  if (!result) return result.error();                  \
  declaration = *std::move(result)

/// `ABRI_TRY(const int n, parse(text));` declares `n`, or returns the error of `parse`. One a line.
#define ABRI_TRY(declaration, expression) \
  ABRI_TRY_IMPL(ABRI_CONCAT(abri_try_, __COUNTER__), declaration, expression)

#define ABRI_CHECK_IMPL(result, expression)                         \
  do {                                                              \
    if (auto result = (expression); !result) return result.error(); \
  } while (false)

/// `ABRI_CHECK(store(x));` returns the error of `store`, if any. The expression may be a lambda with checks of its own:
/// hence names by a counter.
#define ABRI_CHECK(expression) ABRI_CHECK_IMPL(ABRI_CONCAT(abri_check_, __COUNTER__), expression)
