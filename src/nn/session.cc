#include "nn/session.h"

#include <utility>

#include "nn/graph.h"
#include "nn/onnx.h"
#include "nn/row_kernels.h"

namespace kinfolder {

Result<std::unique_ptr<Session>> LoadSession(const std::filesystem::path& onnx, const SessionOptions& options) {
  ASSIGN_OR_RETURN(Graph graph, ReadOnnxFile(onnx));
  auto by_rows = MakeRowSession(graph, RunnableRowKernels().front());
  const bool suits = by_rows || by_rows.error().code != ErrorCode::kUnsupported;
  return suits ? std::move(by_rows) : MakeDnnlSession(std::move(graph), options);
}

}  // namespace kinfolder
