// SPDX-License-Identifier: MPL-2.0
#include "agent/commands.hpp"
#include "agent/render.hpp"
#include "agent/server.hpp"
#include "agent/socket_path.hpp"
#include "desk.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace abri;
using namespace abri::agent;
namespace json = boost::json;
namespace net = boost::asio;

namespace {

Errc refused(std::string_view line) {
  const auto request = parse_request(line);
  REQUIRE_FALSE(request);
  return request.error().code;
}

bool has_notice(const Result<json::value>& answer) {
  REQUIRE(answer);
  const auto* notices = answer->as_object().if_contains("notices");
  return notices != nullptr && notices->as_array().size() == 1 &&
         notices->as_array()[0] == "held_by_one_person";
}

}  // namespace

TEST_CASE("agent: a line that is no request is refused as malformed", "[clients]") {
  for (const std::string line :
       {"", " ", "null", "7", "[1, 2]", "{", "{\"version\": 1", "{\"version\": 1}",
        "{\"command\": \"status\"}", "{\"version\": \"1\", \"command\": \"status\"}",
        "{\"version\": 1.5, \"command\": \"status\"}", "{\"version\": 1, \"command\": 7}",
        "{\"version\": 1, \"command\": null}", "{\"version\": 1, \"command\": \"status\"} x",
        "{\"version\": 1, \"command\": \"\xff\xfe\"}", "{'version': 1, 'command': 'status'}"}) {
    INFO(line);
    CHECK(refused(line) == Errc::malformed);
  }
  CHECK(refused(std::string(100'000, '[')) == Errc::malformed);
  std::string deep;
  for (int i = 0; i < 50; ++i) deep += "{\"a\":";
  CHECK(refused("{\"version\": 1, \"command\": \"status\", \"arguments\": " + deep + "1" +
                std::string(51, '}')) == Errc::malformed);
}

TEST_CASE("agent: a request of another version of the protocol is refused as such", "[clients]") {
  for (const auto* version : {"0", "2", "-1", "9000000000"}) {
    INFO(version);
    CHECK(refused(std::string("{\"version\": ") + version + ", \"command\": \"status\"}") ==
          Errc::version_unsupported);
  }
}

TEST_CASE("agent: a request is read with its arguments and its language", "[clients]") {
  const auto request = parse_request(
      R"({"version": 1, "command": "case.show", "arguments": {"id": "1ffe", "reveal": true}, "language": "en", "more": []})");
  REQUIRE(request);
  CHECK(request->command == "case.show");
  CHECK(request->arguments.at("id") == "1ffe");
  CHECK(request->language == proto::Language::en);
  const auto bare =
      parse_request(R"({"version": 1, "command": "status", "arguments": ["x"], "language": 7})");
  REQUIRE(bare);
  CHECK(bare->arguments.empty());
  CHECK(bare->language == proto::Language::fr);
}

TEST_CASE("agent: an unknown command, a missing argument and one of the wrong kind are named", "[clients]") {
  const Desk desk;
  const auto error = [&](const std::string& command, json::object arguments = {}) {
    const auto answer = desk.ask(command, std::move(arguments));
    REQUIRE_FALSE(answer);
    return std::string(to_string(answer.error().code)) + " " + answer.error().where;
  };
  CHECK(error("case.erase") == "not_found command");
  CHECK(error("") == "not_found command");
  CHECK(error("case.show") == "invalid_argument id");
  CHECK(error("case.show", {{"id", 7}}) == "invalid_argument id");
  CHECK(error("case.show", {{"id", "0123"}}) == "not_found case");
  CHECK(error("search") == "invalid_argument words");
  CHECK(error("device.join") == "invalid_argument code");
  CHECK(error("organisation.create", {{"name", "X"}}) == "invalid_argument kind");
  CHECK(error("fields", {{"type", "sheet"}}) == "not_found type");
  CHECK(error("case.new", {{"fields", "last_name=x"}}) == "invalid_argument field");
}

TEST_CASE("agent: an answer tells the result, or the error and its place", "[clients]") {
  CHECK(answer(json::value(json::object{{"id", "1ffe"}})) == R"({"ok":true,"result":{"id":"1ffe"}})");
  CHECK(answer(Error{Errc::not_found, "case"}) == R"({"ok":false,"error":"not_found","where":"case"})");
}

TEST_CASE("agent: fields are set with =, items added with += and taken out with -=", "[clients]") {
  const Desk desk;
  const auto id =
      desk.made("case.new", {{"fields", {"last_name=Marchwyn", "language=a=b+=c", "safe_phone=0639980012"}}});
  CHECK(desk.texts(id, "person", "language") == std::vector<std::string>{"a=b+=c"});
  CHECK(desk.texts(id, "person", "safe_phone") == std::vector<std::string>{"06 39 98 00 12"});
  const auto sheet =
      desk.made("case.add",
                {{"id", id}, {"type", "needs_sheet"}, {"fields", {"adults=1", "notes+=un", "notes+=deux"}}});
  CHECK(desk.texts(id, "needs_sheet", "notes") == std::vector<std::string>{"un", "deux"});
  const auto set = [&](const std::string& edit) {
    return desk.ask("case.set", {{"id", id}, {"record", sheet}, {"fields", {edit}}});
  };
  REQUIRE(set("wanted_communes+=59350"));
  REQUIRE(set("wanted_communes+=62041"));
  REQUIRE(set("wanted_communes-=59350"));
  CHECK(desk.texts(id, "needs_sheet", "wanted_communes") == std::vector<std::string>{"62041"});
  REQUIRE(set("adults= 2 "));
  CHECK(desk.texts(id, "needs_sheet", "adults") == std::vector<std::string>{"2"});
  REQUIRE(set("adults="));
  CHECK(desk.texts(id, "needs_sheet", "adults").empty());
  for (const auto* bad : {"adults", "", "=2", "+=2", "-=2", "adults-2", "notes-=un", "adlts=2"}) {
    INFO(bad);
    CHECK_FALSE(set(bad));
  }
}

TEST_CASE("agent: a value that an older version kept is shown as it is", "[clients]") {
  const auto* type = proto::schema().find("person");
  core::CaseView view;
  core::RecordView record;
  record.type = type->name;
  record.fields.push_back({"safe_phone", {{"chez sa mère", 1, "", {}}}, false, false});
  record.fields.push_back({"field_of_tomorrow", {{"7", 1, "", {}}}, false, false});
  view.records.push_back(record);
  const auto shown = json::serialize(to_json(view, proto::Language::fr));
  CHECK(shown.find("\"text\":\"chez sa mère\"") != std::string::npos);
  CHECK(shown.find("field_of_tomorrow") != std::string::npos);
}

TEST_CASE("agent: saving an address that one person alone can read says so, other edits do not",
          "[clients]") {
  const Desk desk;
  const auto id = desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}});
  const auto added =
      desk.ask("case.add",
               {{"id", id}, {"type", "location"}, {"fields", {"kind=home", "address=3 allée des Charmes"}}});
  CHECK(has_notice(added));
  const auto record = std::string(added->as_object().at("id").as_string());
  CHECK(has_notice(
      desk.ask("case.set", {{"id", id}, {"record", record}, {"fields", {"address=4 allée des Charmes"}}})));
  CHECK_FALSE(
      has_notice(desk.ask("case.add", {{"id", id}, {"type", "needs_sheet"}, {"fields", {"adults=1"}}})));
}

TEST_CASE("agent: a code says whose device it is for, and roles without a name make none", "[clients]") {
  const Desk desk;
  const auto own = desk.ask("device.invite");
  REQUIRE(own);
  CHECK(own->at("name") == "");
  CHECK_FALSE(own->at("code").as_string().empty());
  const auto other = desk.ask("device.invite", {{"name", "Inès Kermadec"}, {"roles", {"social_worker"}}});
  REQUIRE(other);
  CHECK(other->at("name") == "Inès Kermadec");
  const auto refused = [&](json::object arguments) {
    const auto answer = desk.ask("device.invite", std::move(arguments));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::invalid_argument);
    return std::string(answer.error().where);
  };
  CHECK(refused({{"roles", {"social_worker"}}}) == "name of the person");
  CHECK(refused({{"name", ""}}) == "name of the person");
  CHECK(refused({{"name", "Inès Kermadec"}}) == "role");
}

TEST_CASE("agent: a search that found more than it shows says so", "[clients]") {
  const Desk desk;
  for (int i = 0; i < 3; ++i) static_cast<void>(desk.made("case.new", {{"fields", {"last_name=Marchwyn"}}}));
  const auto warned = [&](std::int64_t limit) {
    const Request request{"search", {{"words", "march"}, {"limit", limit}}, proto::Language::fr};
    const auto said = json::parse(answer(*desk.app, request, carry_out(*desk.app, request, desk.shown)));
    CHECK(said.at("result").as_array().size() == static_cast<std::size_t>(std::min<std::int64_t>(limit, 3)));
    if (said.as_object().contains("warnings")) CHECK(said.at("warnings").as_array()[0].at("found") == 3);
    return said.as_object().contains("warnings");
  };
  CHECK(warned(2));
  CHECK_FALSE(warned(3));
  CHECK_FALSE(warned(4));
}

TEST_CASE("agent: the status names the folder of the second secret", "[clients]") {
  const Desk desk;
  const auto status = desk.ask("status");
  REQUIRE(status);
  const auto& keystore = status->at("keystore").as_object();
  CHECK(keystore.at("kind") == "file");
  CHECK(std::string(keystore.at("directory").as_string()) ==
        core::App::default_keystore_directory()->string());
}

namespace {

/// The server of a vault's agent in a thread of its own, and a conversation with it.
class Conversation {
 public:
  Conversation() : path_(folder_.path / "run" / "agent.sock") {
    auto bound = Server::bind(make_app(folder_), {.socket = path_,
                                                  .idle = std::chrono::minutes(5),
                                                  .since_boot = [this] { return since_boot_.load(); }});
    REQUIRE(bound);
    server_ = std::move(*bound);
    running_ = std::thread([this] { server_->run(); });
    socket_.connect(net::local::stream_protocol::endpoint(path_.string()));
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() {
    net::local::stream_protocol::socket last(context_);
    boost::system::error_code ignored;
    last.connect(net::local::stream_protocol::endpoint(path_.string()), ignored);
    net::write(last, net::buffer(std::string(R"({"version": 1, "command": "lock"})") + "\n"), ignored);
    if (running_.joinable()) running_.join();
  }

  /// Time passes while the machine sleeps: no timer runs.
  void machine_sleeps(std::chrono::seconds time) { since_boot_ = since_boot_.load() + time; }
  void wait_for_end() { running_.join(); }

  /// The answer to what is sent, empty where the agent ends the conversation.
  std::string ask(const std::string& bytes) {
    boost::system::error_code failed;
    net::write(socket_, net::buffer(bytes), failed);
    std::string out;
    net::read_until(socket_, net::dynamic_buffer(out), '\n', failed);
    return out;
  }
  [[nodiscard]] std::filesystem::perms permissions() const {
    return std::filesystem::status(path_).permissions();
  }

 private:
  Folder folder_;
  std::filesystem::path path_;
  std::unique_ptr<Server> server_;
  std::atomic<std::chrono::seconds> since_boot_{std::chrono::seconds(1000)};
  std::thread running_;
  net::io_context context_;
  net::local::stream_protocol::socket socket_{context_};
};

}  // namespace

TEST_CASE("agent: a request larger than a megabyte is refused and ends that conversation only", "[clients]") {
  Conversation first;
  CHECK(first.permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  const auto said = first.ask(std::string(kMaxRequestBytes, 'a'));
  CHECK((said.empty() || said.find("too_large") != std::string::npos));
  CHECK(first.ask("{}\n").empty());
}

TEST_CASE("agent: the idle time of an open vault is set, within a day", "[clients]") {
  Conversation agent;
  const auto idle = [&](const std::string& seconds) {
    return agent.ask("{\"version\": 1, \"command\": \"idle\", \"arguments\": {\"seconds\": " + seconds +
                     "}}\n");
  };
  CHECK(idle("60").find("\"ok\":true") != std::string::npos);
  for (const auto* odd : {"0", "-1", "86401", "\"60\"", "null"})
    CHECK(idle(odd).find("invalid_argument") != std::string::npos);
}

TEST_CASE("agent: a laptop that slept longer than the idle time wakes up locked", "[clients]") {
  Conversation agent;
  const std::string status = "{\"version\": 1, \"command\": \"status\"}\n";
  agent.machine_sleeps(std::chrono::minutes(4));
  CHECK(agent.ask(status).find("\"ok\":true") != std::string::npos);
  agent.machine_sleeps(std::chrono::minutes(4));
  CHECK(agent.ask(status).find("\"ok\":true") != std::string::npos);
  agent.machine_sleeps(std::chrono::minutes(5));
  const auto refused = agent.ask(status);
  CHECK(refused.find("\"ok\":false") != std::string::npos);
  CHECK(refused.find("locked") != std::string::npos);
  agent.wait_for_end();
}

TEST_CASE("agent: a laptop that nobody asks anything after its sleep locks by itself", "[clients]") {
  Conversation agent;
  CHECK(agent.ask("{\"version\": 1, \"command\": \"status\"}\n").find("\"ok\":true") != std::string::npos);
  agent.machine_sleeps(std::chrono::hours(24 * 7));
  agent.wait_for_end();
}

TEST_CASE("agent: the status says what kept the device from exchanging everything", "[clients]") {
  Conversation agent;
  CHECK(agent.ask("{\"version\": 1, \"command\": \"status\"}\n").find("\"obstacles\":[]") !=
        std::string::npos);
}

TEST_CASE("agent: after a line that is no request the conversation goes on", "[clients]") {
  Conversation agent;
  CHECK(agent.ask("garbage\n").find("malformed") != std::string::npos);
  CHECK(agent.ask("{\"version\": 1, \"command\": \"status\"}\n").find("\"ok\":true") != std::string::npos);
}
