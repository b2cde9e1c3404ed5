#include "nn/session.h"

#include <utility>

#include "nn/graph.h"
#include "nn/onnx.h"
#include "nn/row_kernels.h"

namespace kinfolder {
namespace {

// Networks with more are never done row by row, and dear to copy.
constexpr std::size_t kMostWeightsOfSmall = std::size_t{1} << 20;

}  // namespace

Result<std::unique_ptr<Session>> LoadSession(const std::filesystem::path& onnx, const SessionOptions& options) {
  ASSIGN_OR_RETURN(Graph graph, ReadOnnxFile(onnx));
  std::size_t weights = 0;
  for (const auto& [name, tensor] : graph.constants) weights += tensor.values.size();
  if (weights <= kMostWeightsOfSmall) {
    auto by_rows = MakeRowSession(graph, RunnableRowKernels().front());
    if (by_rows || by_rows.error().code != ErrorCode::kUnsupported) return by_rows;
  }
  return MakeDnnlSession(std::move(graph), options);
}

}  // namespace kinfolder
