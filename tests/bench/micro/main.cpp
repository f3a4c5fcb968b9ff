// SPDX-License-Identifier: MPL-2.0
// usage: bench_micro [--benchmark_…]   the options of Google Benchmark; tests/bench/run.py reads its JSON
#include "bench/micro/micro.hpp"

#include <abri/crypto/init.hpp>

int main(int argc, char** argv) {
  if (!abri::crypto::initialise()) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
