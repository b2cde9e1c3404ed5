// From trained networks to a detector's model package (nn/model_package.h).
#pragma once

#include <array>
#include <filesystem>

#include "base/result.h"
#include "nn/graph.h"
#include "train/package_writer.h"

namespace kinfolder {

// Writes FOLDER/ID-pnet.onnx, -rnet.onnx, -onet.onnx and FOLDER/manifest.json. `networks` as nn/face_networks.h
// describes them, in the order of MtcnnStage; their weights are rounded to half precision (which halves what an archive
// of them takes) in float32 tensors. `face_odds` is added to the log-odds of a face at each network, so that its usual
// threshold finds more faces, or fewer false ones. kInvalidArgument for texts that no manifest may hold.
Status ExportDetector(const std::array<Graph, 3>& networks, const std::array<float, 3>& face_odds,
                      const PackageText& text, const std::filesystem::path& folder);

// `graph` with `added` in the log-odds of its two classes' second one: half of it in the bias of the layer before its
// softmax for each class. CHECKs that there is one.
Graph WithLogOdds(Graph graph, float added);

}  // namespace kinfolder
