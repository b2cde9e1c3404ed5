// What training makes small: the triplet loss of FaceNet, and the distance from a teacher.
#pragma once

#include "train/torch.h"

namespace kinfolder {

// Which negative goes with an anchor and its positive (Schroff et al. 2015, "FaceNet", section 3.2). All pairs of one
// person in the batch are used.
enum class Mining {
  kSemiHard,  // the nearest of those farther than the positive; the farthest of all where there is none
  kHard,      // the nearest of all
};

struct TripletOptions {
  double margin = 0.2;  // of squared distances (section 3.1)
  Mining mining = Mining::kSemiHard;
};

// Mean over all anchor-positive pairs of max(0, |a - p|^2 - |a - n|^2 + margin) (equation 3). `embeddings` [N, D] are
// unit vectors, `people` [N] whole numbers. 0 where the batch has no pair of one person or only one person.
torch::Tensor TripletLoss(const torch::Tensor& embeddings, const torch::Tensor& people, const TripletOptions& options);

struct DistillationLoss {
  torch::Tensor cosine;      // mean of 1 - cosine of each vector to the teacher's
  torch::Tensor similarity;  // mean over all pairs of two faces of the squared difference of their cosines, the
                             // student's and the teacher's (Tung, Mori 2019, "Similarity-Preserving Knowledge
                             // Distillation", equation 4, for unit vectors)
};

// Both [N, D], unit vectors. N = 1 has no pairs: a similarity of 0.
DistillationLoss DistillFrom(const torch::Tensor& teacher, const torch::Tensor& student);

}  // namespace kinfolder
