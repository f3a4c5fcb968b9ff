// SPDX-License-Identifier: MPL-2.0
// Hosts devices in one process. Reads commands as JSON lines, answers each by its `id`; a value that is watched is told in a
// line of its own. Moments are CLOCK_MONOTONIC in milliseconds.
//
//   {"id":1,"method":"open","client":"a","folder":"/tmp/…"}   → {"id":1,"value":null}
//   {"event":"value","client":"a","index":3,"field":"language","value":"…","t":123.4}
#include "bench/device/device.hpp"

#include <abri/base/error.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <stdexcept>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/json.hpp>
#include <unistd.h>

namespace abri::bench {
namespace {

namespace net = boost::asio;
namespace json = boost::json;

void write_line(const json::value& line) {
  const auto text = json::serialize(line) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (wrote < 0) throw std::runtime_error("standard output");
    done += static_cast<std::size_t>(wrote);
  }
}

/// A failure ends the command with a text; these programs are read by people who build Abri.
template <class T>
T need(Result<T> result) {
  if (!result)
    throw std::runtime_error(std::string(to_string(result.error().code)) + ": " + result.error().where);
  return *std::move(result);
}
void need(const Result<void>& result) {
  if (!result)
    throw std::runtime_error(std::string(to_string(result.error().code)) + ": " + result.error().where);
}

std::string text(const json::object& from, const char* name) {
  return std::string(from.at(name).as_string());
}
std::size_t number(const json::object& from, const char* name) {
  return from.at(name).to_number<std::size_t>();
}

std::vector<NewRecord> parse_file(const json::array& records) {
  std::vector<NewRecord> out;
  for (const auto& item : records) {
    const auto& object = item.as_object();
    auto& record = out.emplace_back(NewRecord{text(object, "type"), {}});
    for (const auto& [name, value] : object.at("fields").as_object())
      record.fields.push_back({.field = name, .value = std::string(value.as_string())});
  }
  return out;
}

std::vector<Place> load_places(const std::string& path) {
  std::ifstream in(path);
  std::vector<Place> out;
  for (std::string file, record; in >> file >> record;)
    out.push_back({need(CaseId::from_hex(file)), need(RecordId::from_hex(record))});
  return out;
}

void save_places(const std::vector<Place>& places, const std::string& path) {
  std::ofstream out(path);
  for (const auto& place : places) out << place.file.hex() << ' ' << place.record.hex() << '\n';
}

class Host {
 public:
  void run() {
    read();
    context_.run();
  }

 private:
  using Command = json::object;

  void read() {
    net::async_read_until(input_, net::dynamic_buffer(buffer_), '\n',
                          [this](const boost::system::error_code& ended, std::size_t size) {
                            if (ended) return finish();
                            const auto line = buffer_.substr(0, size - 1);
                            buffer_.erase(0, size);
                            handle(json::parse(line).as_object());
                            read();
                          });
  }

  /// Never outlives the driver.
  void finish() {
    devices_.clear();
    context_.stop();
  }

  static void answer(const json::value& id, json::value value) {
    write_line(json::object{{"id", id}, {"value", std::move(value)}});
  }

  void handle(const Command& command) {
    const auto& id = command.at("id");
    try {
      if (!start_waiting(command, id)) answer(id, carry_out(command));
    } catch (const std::exception& failed) {
      write_line(json::object{{"id", id}, {"error", failed.what()}});
    }
  }

  Device& device(const Command& command) { return *devices_.at(text(command, "client")); }

  /// Commands that are answered later.
  bool start_waiting(const Command& command, const json::value& id) {
    const auto method = text(command, "method");
    const auto then = [id](double t) { answer(id, json::object{{"t", t}}); };
    if (method == "settled") {
      device(command).when_settled(then);
    } else if (method == "held") {
      device(command).when_held(number(command, "files"), number(command, "records"), then);
    } else {
      return false;
    }
    return true;
  }

  json::value carry_out(const Command& command) {
    const auto method = text(command, "method");
    if (method == "open") {
      auto opened = need(Device::open(context_, text(command, "folder")));
      devices_.insert_or_assign(text(command, "client"), std::move(opened));
      return nullptr;
    }
    if (method == "close") {
      devices_.erase(text(command, "client"));
      return nullptr;
    }
    auto& target = device(command);
    if (method == "found" || method == "invite" || method == "join") return enrol(target, method, command);
    if (method == "connect" || method == "disconnect") {
      const auto t = now_ms();
      method == "connect" ? target.connect() : target.disconnect();
      return json::object{{"t", t}};
    }
    if (method == "digest") return json::value(need(target.app().state_digest()));
    if (method == "status") return status(target);
    if (method == "last_change") return target.last_change();
    return work(target, method, command);
  }

  static json::value enrol(Device& target, const std::string& method, const Command& command) {
    if (method == "invite") return json::value(need(target.app().invite("", {})));
    if (method == "join") {
      need(target.app().join(text(command, "code")));
      return nullptr;
    }
    need(target.app().create_organisation({.name = "Association des Tilleuls",
                                           .kind = "fnsf_association",
                                           .person = "Awa Lenoir",
                                           .server_address = text(command, "server"),
                                           .server_key = text(command, "key"),
                                           .account = text(command, "account")}));
    return nullptr;
  }

  static json::value status(Device& target) {
    const auto view = need(target.app().status());
    return json::object{{"connection", view.connection}, {"error", view.last_error},
                        {"unsent", view.unsent},         {"cases", view.cases},
                        {"notices", view.notices},       {"evidence", view.evidence.size()}};
  }

  json::value work(Device& target, const std::string& method, const Command& command) {
    if (method == "create") {
      std::vector<std::vector<NewRecord>> files;
      for (const auto& file : command.at("files").as_array()) files.push_back(parse_file(file.as_array()));
      const auto begin = now_ms();
      need(target.create(files));
      return json::object{{"ms", now_ms() - begin}};
    }
    if (method == "save_places") {
      save_places(target.places(), text(command, "path"));
      return nullptr;
    }
    if (method == "load_places") {
      target.set_places(load_places(text(command, "path")));
      return nullptr;
    }
    if (method == "edits") return edits(target, command);
    if (method == "value")
      return json::value(need(target.value(number(command, "index"), text(command, "field"))));
    if (method == "all") {
      const auto fields = json::value_to<std::vector<std::string>>(command.at("fields"));
      return json::value_from(need(target.all(fields)));
    }
    if (method == "watch") return watch(target, command);
    throw std::runtime_error("no such method");
  }

  /// Each edit is a transaction of its own, durable before the next; with `together` only the last one asks to be sent at once, as
  /// the fields of one form.
  static json::value edits(Device& target, const Command& command) {
    json::array each;
    const bool together = command.contains("together");
    const auto begin = now_ms();
    const auto& items = command.at("items").as_array();
    for (const auto& item : items) {
      const auto& one = item.as_object();
      const auto before = now_ms();
      const bool send = !together || &item == &items.back();
      need(target.edit(number(one, "index"), text(one, "field"), text(one, "value"), send));
      each.push_back(now_ms() - before);
    }
    return json::object{{"t", begin}, {"ms", now_ms() - begin}, {"each", std::move(each)}};
  }

  static json::value watch(Device& target, const Command& command) {
    std::vector<std::pair<std::size_t, std::string>> items;
    for (const auto& item : command.at("items").as_array())
      items.emplace_back(number(item.as_object(), "index"), text(item.as_object(), "field"));
    return json::value_from(
        need(target.watch(items, [client = text(command, "client")](
                                     std::size_t index, const std::string& field, const std::string& value) {
          write_line(json::object{{"event", "value"},
                                  {"client", client},
                                  {"index", index},
                                  {"field", field},
                                  {"value", value},
                                  {"t", now_ms()}});
        })));
  }

  net::io_context context_{1};
  net::posix::stream_descriptor input_{context_, STDIN_FILENO};
  std::string buffer_;
  std::map<std::string, std::unique_ptr<Device>> devices_;
};

}  // namespace
}  // namespace abri::bench

int main() {
  try {
    abri::bench::Host().run();
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "bench_device: %s\n", failed.what());
    return 1;
  }
  return 0;
}
