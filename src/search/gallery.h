// The database of known faces in memory: all references of one model, ready to be compared with.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/match.h"
#include "domain/person.h"

namespace kinfolder {

class Gallery {
 public:
  // All references of one model and dimension: kInvalidArgument names the first that is not.
  static Result<Gallery> Make(const std::vector<Reference>& references);

  bool empty() const { return faces_.empty(); }
  std::size_t size() const { return faces_.size(); }
  const std::string& model() const { return model_; }

  // For each embedding every person's nearest reference, nearest person first (equal distances: smaller id first).
  // Exact: one matrix product, |a - b|^2 = 2 - 2 a.b for unit vectors. kInvalidArgument for embeddings of another
  // model.
  Result<std::vector<std::vector<PersonDistance>>> DistancesToPeople(std::span<const Embedding> embeddings) const;

 private:
  std::string model_;
  std::size_t dimension_ = 0;
  std::vector<float> rows_;  // size() x dimension_
  std::vector<FaceId> faces_;
  std::vector<PersonId> people_;
};

}  // namespace kinfolder
