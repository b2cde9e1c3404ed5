// ONNX files: read into a Graph, and written from one. The operators are those of face networks; others are refused by
// name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nn/graph.h"

namespace kinfolder {

// Files beyond this are refused unread.
inline constexpr std::uint64_t kMaxModelBytes = std::uint64_t{1} << 29;

// The network in the bytes of an ONNX file, validated. Any bytes may be given. kUnsupported for operators, versions and
// number types that Kinfolder does not know, kCorrupt for what is cut or makes no sense, kTooLarge. Messages begin
// "cannot use NAME: ".
Result<Graph> ReadOnnx(std::span<const std::byte> bytes, std::string_view name = "the model");

// The same from a file.
Result<Graph> ReadOnnxFile(const std::filesystem::path& path);

// The bytes of an ONNX file of the graph; reading them gives it back. kUnsupported for graphs with fused operators,
// which ONNX has no words for.
Result<std::vector<std::byte>> WriteOnnx(const Graph& graph);

}  // namespace kinfolder
