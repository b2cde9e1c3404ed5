// What a training that can go on lies in: a network, flat vectors of numbers, and a header in JSON. Written whole or
// not at all.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nn/graph.h"

namespace kinfolder {

// In the folder that a training keeps.
inline constexpr char kCheckpointName[] = "checkpoint.kft";

struct NamedVector {
  std::string_view name;
  std::span<const float> values;
};

// `kind` as for WriteBlobFile.
Status WriteTrainingFile(const std::filesystem::path& target, std::string_view kind, nlohmann::json header,
                         const Graph& network, std::span<const NamedVector> vectors);

struct TrainingFile {
  nlohmann::json header;
  Graph network;
  std::map<std::string, std::vector<float>, std::less<>> vectors;
};

// kCorrupt where something is cut off or one of `vectors` is missing; what the header says is the caller's to check.
Result<TrainingFile> ReadTrainingFile(const std::filesystem::path& path, std::string_view kind,
                                      std::span<const std::string_view> vectors);

}  // namespace kinfolder
