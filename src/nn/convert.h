// Public weights, from the files that they are published as, into networks that nn/onnx.h writes.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "nn/graph.h"
#include "nn/manifest.h"

namespace kinfolder {

// The networks of a package by role, from the files of its manifest's `sources`, which lie in `folder`. Their inputs
// and outputs are those of nn/face_networks.h. kNotFound without a file that is needed; kCorrupt with the file or
// tensor that does not fit the network; kUnsupported for number types other than float32.
Result<std::map<std::string, Graph>> ConvertSources(const ModelSources& sources, const std::filesystem::path& folder);

}  // namespace kinfolder
