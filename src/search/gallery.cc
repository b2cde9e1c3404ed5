#include "search/gallery.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

namespace kinfolder {
namespace {

// Queries a product: bounds the memory that the distances of a big library take.
constexpr std::size_t kBatch = 256;

Status CheckComparable(const Embedding& embedding, const std::string& model, std::size_t dimension,
                       const std::string& what) {
  if (embedding.model != model) {
    return Fail(ErrorCode::kInvalidArgument, "{} was made by the model {}, which can't be compared with {}", what,
                embedding.model, model);
  }
  if (embedding.values.size() != dimension) {
    return Fail(ErrorCode::kInvalidArgument, "{} has {} values where {} has {}", what, embedding.values.size(), model,
                dimension);
  }
  return {};
}

bool IsNearer(const PersonDistance& a, const PersonDistance& b) {
  return std::tie(a.distance, a.person, a.reference) < std::tie(b.distance, b.person, b.reference);
}

// The nearest people of one face, among the rows that it was compared with roughly so far.
class NearestPeople {
 public:
  using ExactDistance = std::function<PersonDistance(std::size_t row)>;

  NearestPeople(std::size_t count, ExactDistance exact) : count_(count), exact_(std::move(exact)) {}

  void Add(PersonId person, const RoughDistance& distance) {
    candidates_.push_back({distance.row, distance.least()});
    Bound(person, distance.most());
    if (candidates_.size() < kMostCandidates) return;
    std::erase_if(candidates_, [this](const Candidate& candidate) { return candidate.least > Bar(); });
    if (candidates_.size() > kMostCandidates / 2) Compare();
  }

  // Rows farther than this squared distance are nobody's nearest any more.
  float Bar() const {
    return bounds_.size() < count_ ? std::numeric_limits<float>::max()
                                   : std::ranges::max(bounds_, {}, &Bounded::most).most;
  }

  // Nearest first.
  std::vector<PersonDistance> Take() && {
    Compare();
    for (PersonDistance& person : nearest_) person.distance = std::sqrt(person.distance);
    return std::move(nearest_);
  }

 private:
  static constexpr std::size_t kMostCandidates = 4096;

  struct Candidate {
    std::size_t row = 0;
    float least = 0;
  };
  struct Bounded {
    PersonId person;
    float most = 0;
  };

  // `person` is surely as near as `most`; kept of the nearest `count_` people.
  void Bound(PersonId person, float most) {
    const auto known = std::ranges::find(bounds_, person, &Bounded::person);
    if (known != bounds_.end()) {
      known->most = std::min(known->most, most);
    } else if (bounds_.size() < count_) {
      bounds_.push_back({person, most});
    } else if (const auto farthest = std::ranges::max_element(bounds_, {}, &Bounded::most); most < farthest->most) {
      *farthest = {person, most};
    }
  }

  // All candidates exactly; none is left.
  void Compare() {
    for (const Candidate& candidate : candidates_) {
      if (candidate.least > Bar()) continue;
      const PersonDistance exact = exact_(candidate.row);
      const auto known = std::ranges::find(nearest_, exact.person, &PersonDistance::person);
      if (known == nearest_.end()) {
        nearest_.push_back(exact);
      } else if (IsNearer(exact, *known)) {
        *known = exact;
      }
      Bound(exact.person, exact.distance);
    }
    candidates_.clear();
    std::ranges::sort(nearest_, IsNearer);
    if (nearest_.size() > count_) nearest_.resize(count_);
  }

  std::size_t count_;
  ExactDistance exact_;
  std::vector<Candidate> candidates_;
  std::vector<Bounded> bounds_;
  std::vector<PersonDistance> nearest_;  // squared distances
};

}  // namespace

Result<Gallery> Gallery::Make(const std::vector<Reference>& references) {
  Gallery gallery;
  if (references.empty()) return gallery;
  const Embedding& first = references.front().embedding;
  gallery.model_ = first.model;
  gallery.table_ = DistanceTable(first.values.size());
  gallery.rough_ = ByteTable(first.values.size());
  for (const Reference& reference : references) {
    RETURN_IF_ERROR(CheckComparable(reference.embedding, first.model, first.values.size(),
                                    fmt::format("the reference face {}", reference.face.value)));
    gallery.table_.Add(reference.embedding.values);
    gallery.rough_.Add(reference.embedding.values);
    gallery.row_of_.emplace(reference.face, gallery.faces_.size());
    gallery.faces_.push_back(reference.face);
    gallery.people_.push_back(reference.person);
  }
  std::ranges::sort(gallery.people_);
  gallery.people_.erase(std::unique(gallery.people_.begin(), gallery.people_.end()), gallery.people_.end());
  for (const Reference& reference : references) {
    const auto place = std::ranges::lower_bound(gallery.people_, reference.person);
    gallery.person_index_.push_back(static_cast<std::size_t>(place - gallery.people_.begin()));
  }
  return gallery;
}

Result<std::vector<std::vector<PersonDistance>>> Gallery::DistancesToPeople(
    std::span<const Embedding> embeddings) const {
  std::vector<Query> queries;
  queries.reserve(embeddings.size());
  for (const Embedding& embedding : embeddings) queries.push_back({&embedding, {}});
  return Rank(queries);
}

Result<std::vector<std::vector<PersonDistance>>> Gallery::DistancesLeavingOut(
    std::span<const Reference> references) const {
  std::vector<Query> queries;
  queries.reserve(references.size());
  for (const Reference& reference : references) queries.push_back({&reference.embedding, reference.face});
  return Rank(queries);
}

Result<std::vector<std::vector<PersonDistance>>> Gallery::NearestLeavingOut(std::span<const Reference> references,
                                                                            std::size_t count) const {
  std::vector<std::vector<PersonDistance>> answer(references.size());
  if (empty() || count == 0) return answer;
  std::vector<float> values;
  values.reserve(references.size() * table_.dimension());
  std::vector<NearestPeople> nearest;
  nearest.reserve(references.size());
  for (const Reference& reference : references) {
    RETURN_IF_ERROR(CheckComparable(reference.embedding, model_, table_.dimension(), "a face"));
    values.insert(values.end(), reference.embedding.values.begin(), reference.embedding.values.end());
    nearest.emplace_back(count, [this, &reference](std::size_t row) {
      const float squared = SquaredDistance(reference.embedding.values, table_.Row(row));
      return PersonDistance{people_[person_index_[row]], faces_[row], squared};
    });
  }
  std::vector<float> bars(references.size(), std::numeric_limits<float>::max());
  rough_.Search(values, bars, [&](std::size_t query, const RoughDistance& distance) {
    if (faces_[distance.row] == references[query].face) return;
    nearest[query].Add(people_[person_index_[distance.row]], distance);
    bars[query] = nearest[query].Bar();
  });
  for (std::size_t i = 0; i < references.size(); ++i) answer[i] = std::move(nearest[i]).Take();
  return answer;
}

std::optional<float> Gallery::DistanceBetween(FaceId a, FaceId b) const {
  const auto first = row_of_.find(a);
  const auto second = row_of_.find(b);
  if (first == row_of_.end() || second == row_of_.end()) return std::nullopt;
  return std::sqrt(SquaredDistance(table_.Row(first->second), table_.Row(second->second)));
}

Result<std::vector<std::vector<PersonDistance>>> Gallery::Rank(std::span<const Query> queries) const {
  constexpr float kNever = std::numeric_limits<float>::max();
  std::vector<std::vector<PersonDistance>> answer(queries.size());
  if (empty()) return answer;
  for (const Query& query : queries) {
    RETURN_IF_ERROR(CheckComparable(*query.embedding, model_, table_.dimension(), "a face"));
  }
  for (std::size_t begin = 0; begin < queries.size(); begin += kBatch) {
    const auto batch = queries.subspan(begin, std::min(kBatch, queries.size() - begin));
    std::vector<float> values;
    values.reserve(batch.size() * table_.dimension());
    for (const Query& query : batch) {
      values.insert(values.end(), query.embedding->values.begin(), query.embedding->values.end());
    }
    const std::vector<float> squared = table_.SquaredDistances(values);
    for (std::size_t q = 0; q < batch.size(); ++q) {
      std::vector<PersonDistance>& nearest = answer[begin + q];
      for (const PersonId person : people_) {
        nearest.push_back({person, FaceId{std::numeric_limits<std::int64_t>::max()}, kNever});
      }
      for (std::size_t row = 0; row < size(); ++row) {
        if (faces_[row] == batch[q].left_out) continue;
        PersonDistance& best = nearest[person_index_[row]];
        const PersonDistance candidate{best.person, faces_[row], squared[q * size() + row]};
        if (IsNearer(candidate, best)) best = candidate;
      }
      std::erase_if(nearest, [](const PersonDistance& person) { return person.distance == kNever; });
      for (PersonDistance& person : nearest) person.distance = std::sqrt(person.distance);
      std::ranges::sort(nearest, IsNearer);
    }
  }
  return answer;
}

}  // namespace kinfolder
