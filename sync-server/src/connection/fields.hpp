// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/bytes.hpp>
#include <abri/base/id.hpp>

#include <string>

namespace abri::server {

/// Whether a field has exactly the size of `out`; sets it.
template <class T>
bool exact(const std::string& field, T& out) {
  if (field.size() != T::kSize) return false;
  out = T(to_array<T::kSize>(as_bytes(field)));
  return true;
}
template <std::size_t N>
bool exact(const std::string& field, ByteArray<N>& out) {
  if (field.size() != N) return false;
  out = to_array<N>(as_bytes(field));
  return true;
}

}  // namespace abri::server
