// SPDX-License-Identifier: MPL-2.0
#include "people_world.hpp"

namespace abri::core::test {
namespace {

/// Where founding with this address is refused; empty where it is taken.
std::string refused(const std::string& address) {
  PeopleWorld world;
  auto& device = world.add_device();
  auto organisation = world.organisation("Association des Tilleuls", "fnsf_association", "Awa Lenoir");
  organisation.server_address = address;
  const auto founded = device.app->create_organisation(organisation);
  return founded ? std::string{} : std::string(founded.error().where);
}

}  // namespace

TEST_CASE("create_organisation: what is no address of a server is refused before anything is founded",
          "[core][cases]") {
  for (const auto* address :
       {"abri.exemple.fr", "abri.exemple.fr:", ":7433", "abri.exemple.fr:0", "abri.exemple.fr:65536",
        "abri.exemple.fr:-1", "abri.exemple.fr:+7433", "abri.exemple.fr:7433/", "abri.exemple.fr:port",
        "https://abri.exemple.fr:7433", "wss://abri.exemple.fr", "abri exemple.fr:7433",
        " abri.exemple.fr:7433", "abri.exemple.fr:7433 ", "abri.exemple.fr: 7433", "2001:db8::1:7433",
        "[]:7433", "[2001:db8::1]", "abri@exemple.fr:7433"}) {
    INFO(address);
    CHECK(refused(address) == "server_address");
  }
}

TEST_CASE("create_organisation: a name, an IPv4 and an IPv6 address are addresses of a server",
          "[core][cases]") {
  for (const auto* address : {"abri.exemple.fr:7433", "localhost:1", "192.0.2.7:65535", "[2001:db8::1]:7433",
                              "abri-2.exemple.fr:443"}) {
    INFO(address);
    CHECK(refused(address).empty());
  }
}

}  // namespace abri::core::test
