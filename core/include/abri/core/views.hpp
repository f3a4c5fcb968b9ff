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
  std::uint32_t choice{0};  ///< number to give to `App::resolve`, from 1; it moves when the field is edited
  std::string author;       ///< name of the person who wrote it, as far as known here
  Time written;
  std::string tag{};  ///< four letters that stay the value's own; empty where it is not one person's
};

/// One field of a record as it stands.
struct FieldView {
  std::string name;               ///< identifier of the schema, "safe_phone"
  std::vector<ValueView> values;  ///< empty: never set; several in a set or a conflict
  bool conflict{false};           ///< a person must choose between the values
  /// Sensitive and not asked for: `values` is empty though there is something, or in a conflict holds them without `raw`.
  bool hidden{false};
};

/// One record of a file, as far as this device can read it.
struct RecordView {
  RecordId id;
  std::string type;               ///< identifier of the schema, "needs_sheet"
  std::string summary;            ///< one line to recognise it
  std::vector<FieldView> fields;  ///< in the order of the schema, unset ones left out
};

/// A container of records: a case of the association, a dwelling or organisation record, or a request shared with a partner.
enum class CaseKind : std::uint8_t { case_file = 1, dwelling = 2, request = 3, organisation = 4 };

/// A file as a line of a list.
struct CaseSummary {
  CaseId id;
  CaseKind kind{CaseKind::case_file};
  std::string title;     ///< family name and first name, or the pseudonym, or the landlord's reference
  std::string state;     ///< enumerator name of the workflow's state, if there is one
  bool conflict{false};  ///< a field of it waits for a choice
  bool unsent{false};    ///< something of it has not reached the server yet
};

/// A file with all its records.
struct CaseView {
  CaseSummary summary;
  std::vector<RecordView> records;  ///< by type, then id
  /// People who wrote an address here under a key that this device does not have. An address that it does show may be older.
  std::vector<std::string> unreadable;
};

/// What a search of names found.
struct SearchResult {
  std::vector<CaseSummary> cases;  ///< the best first
  std::size_t total{
      0};  ///< of all that were found; greater than the number of `cases` where a limit cut them
};

/// Who can read an address: what would be lost with a person or a device.
enum class AddressHolders : std::uint8_t {
  several_people,   ///< or it is no address
  several_devices,  ///< this person alone, on more than one device
  one_device,       ///< this person alone, on this device
};

/// A field that waits for a person's choice, and where it is.
struct ConflictView {
  CaseId case_id;
  RecordId record_id;
  std::string record_type;  ///< identifier of the schema
  FieldView field;          ///< hidden where sensitive
  std::string title;        ///< of the case
};

/// A request that this organisation sent or received.
struct RequestView {
  CaseSummary summary;
  std::string association;  ///< name of the organisation that sent it
  std::string landlord;     ///< name of the organisation that it is addressed to
  std::string sent_on;      ///< ISO date
  /// On the side that sent it: the case that it stands for, and its title.
  std::optional<CaseId> case_id;
  std::string case_title;
};

/// A bilateral chain of this organisation.
struct PartnerView {
  OrganisationId id;  ///< of the other organisation; zero while it is not known
  std::string name;   ///< as it calls itself
  std::string
      fingerprint;        ///< five groups of five digits that both sides compare; empty before both are there
  bool confirmed{false};  ///< on this side
  bool joined{false};     ///< the other organisation has answered
};

/// A person of this organisation.
struct PersonView {
  UserId id;
  std::string name;                ///< empty where this device does not hold the key of names yet
  std::vector<std::string> roles;  ///< identifiers, "social_worker"
  std::uint32_t devices{0};        ///< active ones
};

/// What `status` shows. Never a text of a case.
struct StatusView {
  std::string organisation;        ///< name; empty before this device belongs to one
  std::string person;              ///< name of whose device this is
  std::vector<std::string> roles;  ///< hers, as identifiers
  bool joining{false};     ///< a code was taken, and the device that gave it has not brought this one in yet
  std::string connection;  ///< offline, connecting, catching_up, live, stopped
  std::string last_error;  ///< identifier of `Errc`, empty if none
  std::optional<Time> last_contact;  ///< last frame of the server
  /// The server's clock against this device's, by its signed heads; above ten minutes a person is to be told.
  std::optional<std::chrono::milliseconds> server_clock_ahead;
  std::uint64_t unsent{0};        ///< edits that the server has not acknowledged
  std::uint64_t unsent_cases{0};  ///< cases, dwellings and requests that these edits belong to
  std::uint64_t cases{0};         ///< case files; no dwellings, requests or entries of the directory
  std::uint64_t conflicts{0};     ///< fields that wait for a choice
  std::uint64_t notices{0};       ///< what was refused while reading, evidence included; reveals left out
  /// The vault was restored or rolled back: nothing is sent before everything is read again.
  bool stale{false};
  bool update_needed{false};          ///< a newer version wrote something this one cannot judge
  std::vector<std::string> evidence;  ///< misbehaviour of the server that was noticed
};

}  // namespace abri::core
