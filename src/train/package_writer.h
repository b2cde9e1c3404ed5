// From trained networks to a model package that Kinfolder uses (nn/model_package.h).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "base/result.h"
#include "nn/graph.h"

namespace kinfolder {

struct PackageText {
  std::string id;  // [a-z0-9-]+
  std::string description;
  std::string licence;
  std::string provenance;
  double accuracy = 0;  // where it was measured (nn/manifest.h)
};

// All weights to half precision (which halves what an archive of them takes), in float32 tensors.
Graph InHalfPrecision(Graph graph);

struct PackagedNetwork {
  std::string role;  // in the manifest's "files"
  std::string file;
  Graph graph;
};

// Writes each network's file and then FOLDER/manifest.json: `text`, the files, how pictures are normalised, and
// `details`, what else the manifest holds ("kind" and more). kInvalidArgument, before anything is written, for texts
// that no manifest may hold.
Status WritePackage(const PackageText& text, const nlohmann::json& details, std::span<const PackagedNetwork> networks,
                    const std::filesystem::path& folder);

}  // namespace kinfolder
