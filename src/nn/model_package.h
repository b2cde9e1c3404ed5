// Model packages: a folder with ONNX files and a manifest.json that says what they are and how to use them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "nn/manifest.h"

namespace kinfolder {

inline constexpr char kManifestName[] = "manifest.json";
inline constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{1} << 20;

struct ModelPackage {
  ModelManifest manifest;
  std::filesystem::path folder;

  // The path of the file with this role; CHECKs that the manifest has it.
  std::filesystem::path file(const std::string& role) const;
};

// Reads and checks FOLDER/manifest.json; kCorrupt with the field that is wrong. Does not look at the weights.
Result<ModelPackage> ReadPackage(const std::filesystem::path& folder);

// Does the file at `path` have the size and the hash that the manifest gives for `file`? kNotFound, or kCorrupt with
// what differs.
Status VerifyFile(const std::filesystem::path& path, const ModelFile& file);

// Are all files there and do their hashes agree? kNotFound or kCorrupt with the file that is wrong.
Status VerifyPackage(const ModelPackage& package);

// The package `id` in the first folder of `search_path` that holds FOLDER/id/manifest.json with its weights beside
// it; kNotFound with what to do (kinfolder models install) when only the manifest, or nothing, is there. Sizes are
// checked here, hashes when the weights are loaded and by VerifyPackage.
Result<ModelPackage> FindPackage(const std::string& id, const std::vector<std::filesystem::path>& search_path);

// Of the packages of this kind that are installed the one with the highest accuracy by its manifest; kNotFound with
// what to do where none is. A better one whose weights are not as they should be is an error: faces are not to be told
// apart by another model for that.
Result<ModelPackage> FindBestPackage(ModelKind kind, const std::vector<std::filesystem::path>& search_path);

// A package of the search path, with its problem when it can't be used. Where not even the manifest can be read only
// the id (from the folder's name) and the folder are known.
struct ListedPackage {
  ModelPackage package;
  std::optional<Error> problem;
};

// All packages of the search path by id: of several with one id the first that can be used, else the first.
std::vector<ListedPackage> ListPackages(const std::vector<std::filesystem::path>& search_path);

}  // namespace kinfolder
