// The database of known faces in memory: all references of one model, ready to be compared with.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/match.h"
#include "domain/person.h"
#include "search/byte_table.h"
#include "search/distances.h"

namespace kinfolder {

class Gallery {
 public:
  // All references of one model and dimension: kInvalidArgument names the first that is not.
  static Result<Gallery> Make(const std::vector<Reference>& references);

  bool empty() const { return faces_.empty(); }
  std::size_t size() const { return faces_.size(); }
  const std::string& model() const { return model_; }

  // For each embedding every person's nearest reference, nearest person first (equal distances: smaller id first).
  // Exact: one matrix product (search/distances.h). kInvalidArgument for embeddings of another model.
  Result<std::vector<std::vector<PersonDistance>>> DistancesToPeople(std::span<const Embedding> embeddings) const;
  // The same for faces that the gallery may have: each is compared with all others, not with itself, whosever it is.
  // Who is known by this one face is not in its list.
  Result<std::vector<std::vector<PersonDistance>>> DistancesLeavingOut(std::span<const Reference> references) const;

  // The same as DistancesLeavingOut, of the nearest `count` people alone: for a gallery of any size, since most of it
  // is ruled out by a rough comparison (search/byte_table.h).
  Result<std::vector<std::vector<PersonDistance>>> NearestLeavingOut(std::span<const Reference> references,
                                                                     std::size_t count) const;

  // Between two faces of the gallery; nullopt where one is none.
  std::optional<float> DistanceBetween(FaceId a, FaceId b) const;

 private:
  struct Query {
    const Embedding* embedding = nullptr;
    std::optional<FaceId> left_out;  // the reference that is not compared with
  };
  Result<std::vector<std::vector<PersonDistance>>> Rank(std::span<const Query> queries) const;

  std::string model_;
  DistanceTable table_;
  ByteTable rough_;  // of the same rows
  // One entry a reference:
  std::vector<FaceId> faces_;
  std::vector<std::size_t> person_index_;  // into people_
  std::vector<PersonId> people_;           // in rising order
  std::unordered_map<FaceId, std::size_t> row_of_;
};

}  // namespace kinfolder
