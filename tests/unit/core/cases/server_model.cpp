// SPDX-License-Identifier: MPL-2.0
// The engine's tests and these share one model of the server.
#include "unit/core/sync/server_model.cpp"  // NOLINT(bugprone-suspicious-include)
