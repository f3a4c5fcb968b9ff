// SPDX-License-Identifier: MPL-2.0
#pragma once

#include <abri/base/id.hpp>
#include <abri/base/time.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// What the core shows to a client: plain values, made for the length of one answer. Texts of enumerations and labels are
/// rendered by the schema (`abri/proto/schema.hpp`) in the language of the person.
namespace abri::core {

/// One of possibly several values that stand in a field.
struct ValueView {
  std::string raw;          ///< as `App::edit` would take it: text, number, "true", enumerator name, ISO date
  std::uint32_t choice{0};  ///< number to give to `App::resolve`, from 1
  std::string author;       ///< name of the person who wrote it, as far as known here
  Time written;
};

struct FieldView {
  std::string name;               ///< identifier of the schema, "safe_phone"
  std::vector<ValueView> values;  ///< empty: never set; several in a set or a conflict
  bool conflict{false};           ///< a person must choose between the values
  bool hidden{false};  ///< sensitive and not asked for: `values` is empty though there is something
};

struct RecordView {
  RecordId id;
  std::string type;               ///< identifier of the schema, "needs_sheet"
  std::string summary;            ///< one line to recognise it
  std::vector<FieldView> fields;  ///< in the order of the schema, unset ones left out
};

/// A container of records: a case of the association, a dwelling or organisation record, or a request shared with a partner.
enum class CaseKind : std::uint8_t { case_file = 1, dwelling = 2, request = 3, organisation = 4 };

struct CaseSummary {
  CaseId id;
  CaseKind kind{CaseKind::case_file};
  std::string title;  ///< family name and first name, or the pseudonym, or the landlord's reference
  std::string state;  ///< enumerator name of the workflow's state, if there is one
  bool conflict{false};
  bool unsent{false};  ///< something of it has not reached the server yet
};

struct CaseView {
  CaseSummary summary;
  std::vector<RecordView> records;
  /// People who wrote an address here under a key that this device does not have. An address that it does show may be older.
  std::vector<std::string> unreadable;
};

struct ConflictView {
  CaseId case_id;
  RecordId record_id;
  std::string record_type;
  FieldView field;
  std::string title;  ///< of the case
};

/// A request that this organisation sent or received.
struct RequestView {
  CaseSummary summary;
  std::string association;
  std::string landlord;
  std::string sent_on;  ///< ISO date
  /// On the side that sent it: the case that it stands for.
  std::optional<CaseId> case_id;
  std::string case_title;
};

struct PartnerView {
  OrganisationId id;
  std::string name;
  std::string fingerprint;  ///< five groups of five digits that both sides compare
  bool confirmed{false};    ///< on this side
  bool joined{false};       ///< the other organisation has answered
};

struct PersonView {
  UserId id;
  std::string name;
  std::vector<std::string> roles;
  std::uint32_t devices{0};
};

/// What `status` shows. Never a text of a case.
struct StatusView {
  std::string organisation;
  std::string person;
  std::vector<std::string> roles;
  std::string connection;  ///< offline, connecting, catching_up, live, stopped
  std::string last_error;  ///< identifier of `Errc`, empty if none
  std::optional<Time> last_contact;
  std::optional<std::chrono::milliseconds>
      server_clock_ahead;  ///< of this device's clock; above ten minutes a person is to be told
  std::uint64_t unsent{0};        ///< edits that the server has not acknowledged
  std::uint64_t unsent_cases{0};  ///< cases, dwellings and requests that these edits belong to
  std::uint64_t cases{0};
  std::uint64_t conflicts{0};
  std::uint64_t notices{0};
  bool stale{
      false};  ///< the vault was restored or rolled back: nothing is sent before everything is read again
  bool possibly_stale{false};         ///< nothing fresh from other devices for 72 hours
  bool update_needed{false};          ///< a newer version wrote something this one cannot judge
  std::vector<std::string> evidence;  ///< misbehaviour of the server that was noticed
};

}  // namespace abri::core
