// The three losses of MTCNN, and the choice of hard examples: Zhang et al. 2016, sections II-B and II-C; here with a
// teacher's answers mixed into the truth (Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network").
#pragma once

#include "train/torch.h"

namespace kinfolder {

// What a network is to answer about N windows.
struct StageTargets {
  torch::Tensor face;             // [N], probability
  torch::Tensor box;              // [N, 4], offsets
  torch::Tensor box_known;        // [N], 1 or 0
  torch::Tensor landmarks;        // [N, 10]
  torch::Tensor landmarks_known;  // [N], 1 or 0
};

// `rows`: WindowTargets, [N, 22]. Where both the truth and the teacher say something, it is the mean of both, with
// weight `teacher_share` for the teacher; its boxes count where it sees a face.
StageTargets CombineTargets(const torch::Tensor& rows, double teacher_share);

// The targets of the same windows mirrored left to right: edges and landmarks change sides. [N, 22].
torch::Tensor MirroredTargets(const torch::Tensor& rows);

// The Kullback-Leibler divergence of the probabilities from their targets, window by window, [N]: cross-entropy
// (equation 1) less what no answer can avoid, so that a window on which the target is undecided is not hard for ever.
torch::Tensor FaceDivergence(const torch::Tensor& face, const torch::Tensor& target);

// The mean of the largest `share` of the losses [N], one at least (section II-C, "online hard sample mining").
torch::Tensor MeanOfHardest(const torch::Tensor& losses, double share);

// The squared distance (equations 2 and 3) of [N, K] from its target, mean over the windows where it is known [N]; 0
// where it is known of none.
torch::Tensor MeanSquaredDistance(const torch::Tensor& values, const torch::Tensor& target, const torch::Tensor& known);

}  // namespace kinfolder
