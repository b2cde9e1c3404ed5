// People are somebody whom the user named; references are the faces that the user said are theirs.
#pragma once

#include <string>

#include "base/id.h"
#include "domain/face.h"

namespace kinfolder {

struct PersonTag;
using PersonId = Id<PersonTag>;

struct Person {
  PersonId id;
  std::string name;  // as the user wrote it, UTF-8, trimmed; unique without regard to case

  bool operator==(const Person&) const = default;
};

// A face that recognition compares with.
struct Reference {
  FaceId face;
  PersonId person;
  Embedding embedding;
};

}  // namespace kinfolder
