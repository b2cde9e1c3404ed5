#include "nn/session.h"

#include <utility>

#include "nn/graph.h"
#include "nn/onnx.h"
#include "nn/row_kernels.h"

namespace kinfolder {
namespace {

// Networks with more are never done row by row, and dear to copy.
constexpr std::size_t kMostWeightsOfSmall = std::size_t{1} << 20;

bool IsSmall(const Graph& graph) {
  std::size_t weights = 0;
  for (const auto& [name, tensor] : graph.constants) weights += tensor.values.size();
  for (const auto& [name, tensor] : graph.quantized) weights += tensor.multiples.size();
  return weights <= kMostWeightsOfSmall;
}

}  // namespace

bool RunsByRows(const Graph& graph) {
  return IsSmall(graph) && MakeRowSession(graph, RunnableRowKernels().front()).has_value();
}

bool RunsEightBits(const Graph& graph) {
  return RunsByRows(graph) ? RunnableRowKernels().front().take_bytes : RunsEightBits();
}

Result<std::unique_ptr<Session>> LoadSession(const std::filesystem::path& onnx, const SessionOptions& options) {
  ASSIGN_OR_RETURN(Graph graph, ReadOnnxFile(onnx));
  return MakeSession(std::move(graph), options);
}

Result<std::unique_ptr<Session>> MakeSession(Graph graph, const SessionOptions& options) {
  if (IsSmall(graph)) {
    auto by_rows = MakeRowSession(graph, RunnableRowKernels().front(), options);
    if (by_rows || by_rows.error().code != ErrorCode::kUnsupported) return by_rows;
  }
  return MakeDnnlSession(std::move(graph), options);
}

}  // namespace kinfolder
