#include "nn/session.h"

#include <utility>

#include "nn/graph.h"
#include "nn/onnx.h"

namespace kinfolder {

Result<std::unique_ptr<Session>> LoadSession(const std::filesystem::path& onnx, const SessionOptions& options) {
  ASSIGN_OR_RETURN(Graph graph, ReadOnnxFile(onnx));
  return MakeDnnlSession(std::move(graph), options);
}

}  // namespace kinfolder
