// Runs a network. Two sessions answer alike: the fast one (oneDNN) and a small readable one that is its oracle.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "nn/tensor.h"

namespace kinfolder {

struct Graph;       // nn/graph.h
struct RowKernels;  // nn/row_kernels.h

// kAsStored: a network with 8-bit weights is run in 8-bit numbers where the processor has instructions for that.
enum class Precision { kAsStored, kFloat32 };

struct SessionOptions {
  Precision precision = Precision::kAsStored;
};

// Has this processor instructions that multiply 8-bit numbers four at a time (VNNI), as the fast session uses them?
// Without them, float32 is as fast.
bool RunsEightBits();

// Immutable once made: Run may be called from many threads at once, and each call uses one core.
class Session {
 public:
  virtual ~Session() = default;

  virtual const std::vector<std::string>& input_names() const = 0;
  virtual const std::vector<std::string>& output_names() const = 0;

  // `inputs` in the order of input_names(), results in the order of output_names(). Dimensions that the model leaves
  // open (batch, and height and width of fully convolutional networks) may change from call to call.
  // kInvalidArgument when a shape does not fit the model.
  virtual Result<std::vector<Tensor>> Run(std::span<const Tensor> inputs) const = 0;
};

// The fast session. The graph is optimised first (nn/passes.h).
Result<std::unique_ptr<Session>> MakeDnnlSession(Graph graph, const SessionOptions& options);

// The oracle: one plain loop nest per operator, on the graph as it is.
Result<std::unique_ptr<Session>> MakeReferenceSession(Graph graph);

// For networks that begin with a chain of small convolutions and maxima, such as MTCNN's: a picture goes through the
// chain row by row, so that its rows are in the cache all the way, and nothing is prepared for its size; the fast
// session does what comes after. kUnsupported for other networks.
Result<std::unique_ptr<Session>> MakeRowSession(Graph graph, const RowKernels& kernels,
                                                const SessionOptions& options = {});

// Is it a network that MakeSession runs row by row?
bool RunsByRows(const Graph& graph);

// Has this processor the instructions for 8-bit numbers that the session needs which suits the network?
bool RunsEightBits(const Graph& graph);

// The session that suits the network: row by row, or the fast one.
Result<std::unique_ptr<Session>> MakeSession(Graph graph, const SessionOptions& options = {});

// ReadOnnx, then MakeSession.
Result<std::unique_ptr<Session>> LoadSession(const std::filesystem::path& onnx, const SessionOptions& options = {});

}  // namespace kinfolder
