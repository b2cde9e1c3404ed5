// What each kind of fact says, as a value and as the JSON that the catalogue keeps. People are named by a uid that no
// other person ever has, in this or any other catalogue; faces by the content of their photo and the box in which they
// were first found (fractions of the upright photo).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "domain/geometry.h"
#include "domain/match.h"
#include "domain/photo.h"

namespace kinfolder {

struct FaceInContent {
  ContentHash content;
  Box box;

  bool operator==(const FaceInContent&) const = default;
};

struct PersonAdded {  // person-added {"person": uid, "name": name}
  std::string person;
  std::string name;

  bool operator==(const PersonAdded&) const = default;
};

struct PersonRenamed {  // person-renamed {"person": uid, "name": name}
  std::string person;
  std::string name;

  bool operator==(const PersonRenamed&) const = default;
};

struct PeopleMerged {  // people-merged {"from": uid, "into": uid}
  std::string from;
  std::string into;

  bool operator==(const PeopleMerged&) const = default;
};

struct PersonRemoved {  // person-removed {"person": uid}
  std::string person;

  bool operator==(const PersonRemoved&) const = default;
};

struct ReferenceAdded {  // reference-added {"person": uid, "face": {"content": hex, "box": [x1, y1, x2, y2]}}
  std::string person;
  FaceInContent face;

  bool operator==(const ReferenceAdded&) const = default;
};

struct ReferenceRemoved {  // reference-removed {"face": {"content": hex, "box": [x1, y1, x2, y2]}}
  FaceInContent face;

  bool operator==(const ReferenceRemoved&) const = default;
};

struct PersonRejected {  // person-rejected {"person": uid, "face": {"content": hex, "box": [x1, y1, x2, y2]}}
  std::string person;
  FaceInContent face;

  bool operator==(const PersonRejected&) const = default;
};

// face-set-aside {"as": "not-a-face" | "stranger" | "later" | "forgotten",
//                 "face": {"content": hex, "box": [x1, y1, x2, y2]}}
struct FaceSetAside {
  Decision as = Decision::kLater;
  FaceInContent face;

  bool operator==(const FaceSetAside&) const = default;
};

struct Undone {  // undone {"fact": number}
  std::int64_t fact = 0;

  bool operator==(const Undone&) const = default;
};

using FactDetails = std::variant<PersonAdded, PersonRenamed, PeopleMerged, PersonRemoved, ReferenceAdded,
                                 ReferenceRemoved, PersonRejected, FaceSetAside, Undone>;

std::string_view KindOf(const FactDetails& details);

// One line. All text in it must be UTF-8.
std::string ToJson(const FactDetails& details);

// kCorrupt with what is wrong for an unknown kind, or JSON that does not say what its kind must.
Result<FactDetails> ParseFactDetails(std::string_view kind, std::string_view json);

}  // namespace kinfolder
