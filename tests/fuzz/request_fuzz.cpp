// SPDX-License-Identifier: MPL-2.0
// One line from the command line to the agent.
#include "agent/commands.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = abri::agent::parse_request({reinterpret_cast<const char*>(data), size});
  const auto line = request ? abri::agent::answer(boost::json::value(request->arguments))
                            : abri::agent::answer(request.error());
  abri::fuzz::must(line.find('\n') == std::string::npos, "an answer is one line");
  return 0;
}
