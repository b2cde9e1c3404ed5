#include "app/identification_scores.h"

#include <algorithm>
#include <cstddef>

namespace kinfolder {
namespace {

struct Claim {
  float distance = 0;
  std::size_t face = 0;
  const std::string* person = nullptr;
};

// Who each face is (nullptr: nobody that is known).
std::vector<const std::string*> GiveFacesToPeople(const NamedPhoto& photo) {
  std::vector<Claim> claims;
  for (std::size_t face = 0; face < photo.faces.size(); ++face) {
    for (const NamedDistance& to : photo.faces[face].distances) {
      const auto person = std::ranges::find(photo.people, to.person);
      if (person != photo.people.end()) claims.push_back({to.distance, face, &*person});
    }
  }
  std::ranges::stable_sort(claims, {}, &Claim::distance);
  std::vector<const std::string*> owners(photo.faces.size(), nullptr);
  for (const Claim& claim : claims) {
    const bool given = std::ranges::find(owners, claim.person) != owners.end();
    if (owners[claim.face] == nullptr && !given) owners[claim.face] = claim.person;
  }
  return owners;
}

void ScoreFace(const NamedFace& face, const std::string* owner, IdentificationScores& scores) {
  for (const NamedDistance& to : face.distances) {
    if (owner != nullptr && to.person == *owner) {
      scores.farthest_right = std::max(scores.farthest_right.value_or(to.distance), to.distance);
    } else {
      scores.nearest_wrong = std::min(scores.nearest_wrong.value_or(to.distance), to.distance);
    }
  }
  if (owner == nullptr) {
    scores.strangers_named += face.name ? 1 : 0;
  } else if (!face.name) {
    ++scores.missed;
  } else {
    ++(*face.name == *owner ? scores.right : scores.wrong);
  }
}

}  // namespace

IdentificationScores ScoreIdentification(std::span<const NamedPhoto> photos) {
  IdentificationScores scores;
  for (const NamedPhoto& photo : photos) {
    const std::vector<const std::string*> owners = GiveFacesToPeople(photo);
    scores.faces += static_cast<int>(photo.faces.size());
    for (std::size_t i = 0; i < owners.size(); ++i) ScoreFace(photo.faces[i], owners[i], scores);
    const auto found = std::ranges::count_if(owners, [](const std::string* owner) { return owner != nullptr; });
    scores.missed += static_cast<int>(photo.people.size()) - static_cast<int>(found);
  }
  return scores;
}

}  // namespace kinfolder
