#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "nn/graph.h"
#include "nn/passes.h"
#include "nn/row_kernels.h"
#include "nn/session.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

constexpr std::int64_t kMostChannels = 256;  // of a layer: beyond, its weights crowd out the rows
constexpr std::int64_t kMostRows = 16;       // that a window may be high
constexpr std::size_t kLeastLayers = 2;      // of a chain that is worth it

// The height and width of what a layer makes.
struct Area {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

// Outputs of the network that are slices of the last layer's channels.
struct Head {
  std::string name;
  std::int64_t first = 0;  // channel
  std::int64_t channels = 0;
  bool is_probability = false;  // Sigmoid
};

// What the rows go through: from the input on a chain of layers, then either heads or the rest of the network, which
// takes the chain's result.
struct Chain {
  std::vector<RowLayer> layers;
  std::int64_t channels = 0;  // of the last
  std::vector<Head> heads;
  std::string result;  // the value that the rest takes
  std::size_t nodes = 0;
};

class ChainBuilder {
 public:
  ChainBuilder(const Graph& graph, const RowKernels& kernels) : graph_(graph), kernels_(kernels) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const std::string& input : graph.nodes[i].inputs) users_[input].push_back(i);
    }
    for (const std::string& output : graph.outputs) users_[output].push_back(graph.nodes.size());
  }

  // Empty when the network is of another kind.
  Chain Build() {
    const GraphInput& input = graph_.inputs.front();
    if (graph_.inputs.size() != 1 || input.shape.size() != 4 || input.shape[1] < 1 || input.shape[1] > kMostChannels)
      return {};
    chain_.channels = input.shape[1];
    chain_.result = input.name;
    stride_ = input.shape[1];
    for (;;) {
      const std::vector<std::size_t> users = users_[chain_.result];
      if (AddHeads(users)) return std::move(chain_);
      if (users.size() != 1 || users.front() == graph_.nodes.size() || !AddLayer(graph_.nodes[users.front()])) break;
    }
    return std::move(chain_);
  }

 private:
  // Without padding; convolutions at every pixel.
  bool IsPlain(const Window& window, bool is_pool) const {
    const bool padded = window.padding != Window::Padding::kExplicit ||
                        std::any_of(window.pads.begin(), window.pads.end(), [](auto pad) { return pad != 0; });
    const bool even = window.strides[0] == window.strides[1] && window.dilations == std::array<std::int64_t, 2>{1, 1};
    return !padded && even && (is_pool ? window.strides[0] <= window.kernel[0] : window.strides[0] == 1);
  }

  const Conv* PlainConv(const Node& node) const {
    const auto* conv = std::get_if<Conv>(&node.op);
    if (conv == nullptr || conv->groups != 1 || conv->grid || !node.Input(kAddend).empty()) return nullptr;
    const Tensor* weight = graph_.Constant(node.Input(1));
    const auto constant = [&](std::size_t input) {
      return node.Input(input).empty() || graph_.Constant(node.Input(input)) != nullptr;
    };
    const bool fits = weight != nullptr && weight->shape[0] <= kMostChannels && constant(kBias) && constant(kSlope) &&
                      node.Input(0) == chain_.result && IsPlain(conv->window, false);
    return fits ? conv : nullptr;
  }

  // All users are convolutions of single pixels whose results are outputs of the network.
  bool AddHeads(const std::vector<std::size_t>& users) {
    std::vector<const Node*> nodes;
    for (const std::size_t user : users) {
      if (user == graph_.nodes.size()) return false;
      const Node& node = graph_.nodes[user];
      const Conv* conv = PlainConv(node);
      const bool fits = conv != nullptr && conv->window.kernel == std::array<std::int64_t, 2>{1, 1} &&
                        conv->activation != Activation::kRelu && node.Input(kSlope).empty() &&
                        users_[node.output] == std::vector<std::size_t>{graph_.nodes.size()};
      if (!fits) return false;
      nodes.push_back(&node);
    }
    if (nodes.size() != graph_.outputs.size()) return false;
    std::vector<float> weights;
    std::vector<float> bias;
    for (const Node* node : nodes) {
      const Tensor& weight = *graph_.Constant(node->Input(1));
      const auto first = static_cast<std::int64_t>(bias.size());
      chain_.heads.push_back(
          {node->output, first, weight.shape[0], std::get<Conv>(node->op).activation == Activation::kSigmoid});
      weights.insert(weights.end(), weight.values.begin(), weight.values.end());
      Append(bias, node->Input(kBias), weight.shape[0], 0);
    }
    const auto outputs = static_cast<std::int64_t>(bias.size());
    AddConvolution({}, weights, bias, std::vector<float>(static_cast<std::size_t>(outputs), 1));
    chain_.nodes += nodes.size();
    return true;
  }

  bool AddLayer(const Node& node) {
    if (const auto* pool = std::get_if<Pool>(&node.op)) {
      if (pool->kind != Pool::Kind::kMax || !IsPlain(pool->window, true) || chain_.layers.empty()) return false;
      RowLayer layer;
      layer.is_pool = true;
      layer.window = pool->window;
      layer.input_stride = layer.output_stride = stride_;
      layer.input_channels = chain_.channels;
      chain_.layers.push_back(std::move(layer));
    } else {
      const Conv* conv = PlainConv(node);
      if (conv == nullptr || conv->activation == Activation::kSigmoid) return false;
      const Tensor& weight = *graph_.Constant(node.Input(1));
      std::vector<float> bias;
      std::vector<float> slope;
      Append(bias, node.Input(kBias), weight.shape[0], 0);
      Append(slope, node.Input(kSlope), weight.shape[0], conv->activation == Activation::kRelu ? 0 : 1);
      AddConvolution(conv->window, weight.values, bias, slope);
    }
    chain_.result = node.output;
    ++chain_.nodes;
    return true;
  }

  // The constant's values, or `otherwise` where it is absent.
  void Append(std::vector<float>& values, const std::string& constant, std::int64_t count, float otherwise) const {
    const Tensor* tensor = constant.empty() ? nullptr : graph_.Constant(constant);
    if (tensor != nullptr) {
      values.insert(values.end(), tensor->values.begin(), tensor->values.end());
    } else {
      values.insert(values.end(), static_cast<std::size_t>(count), otherwise);
    }
  }

  void AddConvolution(const Window& window, const std::vector<float>& weights, const std::vector<float>& bias,
                      const std::vector<float>& slope) {
    RowLayer layer;
    layer.window = window;
    layer.input_channels = chain_.channels;
    layer.input_stride = stride_;
    const auto outputs = static_cast<std::int64_t>(bias.size());
    layer.output_stride = (outputs + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes;
    layer.weights = PackWeights(kernels_, layer, weights.data(), outputs);
    layer.bias = Padded(bias, layer.output_stride);
    layer.slope = Padded(slope, layer.output_stride);
    chain_.channels = outputs;
    stride_ = layer.output_stride;
    chain_.layers.push_back(std::move(layer));
  }

  static AlignedBytes Padded(const std::vector<float>& values, std::int64_t count) {
    AlignedBytes bytes(sizeof(float) * static_cast<std::size_t>(count));
    std::copy(values.begin(), values.end(), reinterpret_cast<float*>(bytes.data()));
    return bytes;
  }

  const Graph& graph_;
  const RowKernels& kernels_;
  std::unordered_map<std::string, std::vector<std::size_t>> users_;  // of a value; past the end: the network's output
  Chain chain_;
  std::int64_t stride_ = 0;  // of the last layer's rows
};

// Rows on their way through the layers: each keeps as many rows of its input as its window is high, and makes a row of
// results as soon as it can.
class RowStream {
 public:
  RowStream(const Chain& chain, const RowKernels& kernels, Area input, std::int64_t channels)
      : chain_(chain), kernels_(kernels) {
    areas_.push_back(input);
    std::size_t floats = 0;
    for (std::size_t i = 0; i < chain.layers.size(); ++i) {
      const RowLayer& layer = chain.layers[i];
      const std::int64_t row = areas_.back().width * (i == 0 ? channels : layer.input_stride);
      places_.push_back(floats);
      rows_of_.push_back(row);
      floats += static_cast<std::size_t>(layer.window.kernel[0] * row) + kernels.lanes;
      areas_.push_back(AreaAfter(layer.window, areas_.back()));
    }
    rows_ = AlignedBytes(sizeof(float) * floats);
    result_.resize(static_cast<std::size_t>(areas_.back().width * chain.layers.back().output_stride));
  }

  static Area AreaAfter(const Window& window, Area area) {
    const auto pads = PaddingFor(window, area.height, area.width);
    return {(area.height + pads[2] - window.kernel[0]) / window.strides[0] + 1,
            (area.width + pads[3] - window.kernel[1]) / window.strides[1] + 1};
  }

  const Area& result_area() const { return areas_.back(); }

  // fill(row) writes an input row; take(row number, row) gets the results. Begins anew each time.
  template <class Fill, class Take>
  void Run(const Fill& fill, const Take& take) {
    arrived_.assign(chain_.layers.size(), 0);
    made_.assign(chain_.layers.size(), 0);
    for (std::int64_t y = 0; y < areas_.front().height; ++y) {
      fill(y, RowAt(0, y));
      ++arrived_[0];
      Pass(0, take);
    }
  }

 private:
  float* RowAt(std::size_t layer, std::int64_t y) {
    return reinterpret_cast<float*>(rows_.data()) + places_[layer] +
           y % chain_.layers[layer].window.kernel[0] * rows_of_[layer];
  }

  // Makes what can be made of the rows that have arrived at the layer, and passes it on.
  template <class Take>
  void Pass(std::size_t index, const Take& take) {
    const RowLayer& layer = chain_.layers[index];
    const Area input = areas_[index];
    const Area output = areas_[index + 1];
    while (made_[index] < output.height) {
      const std::int64_t y = made_[index];
      const std::int64_t begin = y * layer.window.strides[0];
      const std::int64_t end = std::min(begin + layer.window.kernel[0], input.height);
      if (arrived_[index] < end) return;
      const float* rows[kMostRows];
      for (std::int64_t row = begin; row < end; ++row) rows[row - begin] = RowAt(index, row);
      const bool last = index + 1 == chain_.layers.size();
      float* results = last ? result_.data() : RowAt(index + 1, y);
      if (layer.is_pool) {
        kernels_.pool(layer, rows, end - begin, input.width, output.width, results);
      } else {
        kernels_.convolve(layer, rows, output.width, results);
      }
      ++made_[index];
      if (last) {
        take(y, results);
      } else {
        ++arrived_[index + 1];
        Pass(index + 1, take);
      }
    }
  }

  const Chain& chain_;
  const RowKernels& kernels_;
  std::vector<Area> areas_;  // of the input, then of each layer's results
  std::vector<std::size_t> places_;
  std::vector<std::int64_t> rows_of_;  // floats of an input row of each layer
  std::vector<std::int64_t> arrived_;
  std::vector<std::int64_t> made_;
  AlignedBytes rows_;
  std::vector<float> result_;
};

class RowSession : public Session {
 public:
  RowSession(Graph graph, Chain chain, const RowKernels& kernels, std::unique_ptr<Session> rest)
      : graph_(std::move(graph)), chain_(std::move(chain)), kernels_(kernels), rest_(std::move(rest)) {
    input_names_.push_back(graph_.inputs.front().name);
  }

  const std::vector<std::string>& input_names() const override { return input_names_; }
  const std::vector<std::string>& output_names() const override { return graph_.outputs; }

  Result<std::vector<Tensor>> Run(std::span<const Tensor> inputs) const override {
    RETURN_IF_ERROR(CheckInputs(graph_, inputs));
    const Tensor& x = inputs.front();
    if (Status fits = CheckSize({x.shape[2], x.shape[3]}); !fits) return Fail(fits.error());
    RowStream stream(chain_, kernels_, {x.shape[2], x.shape[3]}, x.shape[1]);
    const Area area = stream.result_area();
    std::vector<Tensor> results;
    if (rest_ != nullptr) {
      results.push_back(Planes(x.shape[0], chain_.channels, area));
    } else {
      for (const Head& head : chain_.heads) results.push_back(Planes(x.shape[0], head.channels, area));
    }
    for (std::int64_t n = 0; n < x.shape[0]; ++n) {
      const float* picture = x.values.data() + n * x.shape[1] * x.shape[2] * x.shape[3];
      stream.Run([&](std::int64_t y, float* row) { Interleave(x.shape, picture, y, row); },
                 [&](std::int64_t y, const float* row) { Take(n, y, area, row, results); });
    }
    if (rest_ != nullptr) return rest_->Run(results);
    return InOrder(std::move(results));
  }

 private:
  static Tensor Planes(std::int64_t pictures, std::int64_t channels, Area area) {
    const Shape shape{pictures, channels, area.height, area.width};
    return {shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)))};
  }

  Status CheckSize(Area area) const {
    for (const RowLayer& layer : chain_.layers) {
      if (area.height < layer.window.kernel[0] || area.width < layer.window.kernel[1])
        return Fail(ErrorCode::kInvalidArgument, "the input is too small for the network's windows");
      area = RowStream::AreaAfter(layer.window, area);
    }
    return {};
  }

  // Row y of planes, with a pixel's channels side by side.
  static void Interleave(const Shape& shape, const float* planes, std::int64_t y, float* row) {
    const std::int64_t channels = shape[1];
    const std::int64_t plane = shape[2] * shape[3];
    const float* from = planes + y * shape[3];
    if (channels == 3) {  // of a photo
      for (std::int64_t x = 0; x < shape[3]; ++x, ++from, row += 3) {
        row[0] = from[0];
        row[1] = from[plane];
        row[2] = from[2 * plane];
      }
      return;
    }
    for (std::int64_t x = 0; x < shape[3]; ++x, ++from) {
      for (std::int64_t c = 0; c < channels; ++c) *row++ = from[c * plane];
    }
  }

  void Take(std::int64_t n, std::int64_t y, Area area, const float* row, std::vector<Tensor>& results) const {
    const std::int64_t stride = chain_.layers.back().output_stride;
    const auto copy = [&](Tensor& to, std::int64_t first, bool is_probability) {
      const std::int64_t channels = to.shape[1];
      for (std::int64_t c = 0; c < channels; ++c) {
        float* target = to.values.data() + ((n * channels + c) * area.height + y) * area.width;
        for (std::int64_t x = 0; x < area.width; ++x) {
          const float value = row[x * stride + first + c];
          target[x] = is_probability ? 1 / (1 + std::exp(-value)) : value;
        }
      }
    };
    if (rest_ != nullptr) return copy(results.front(), 0, false);
    for (std::size_t i = 0; i < results.size(); ++i)
      copy(results[i], chain_.heads[i].first, chain_.heads[i].is_probability);
  }

  // The heads' results in the order of the network's outputs.
  std::vector<Tensor> InOrder(std::vector<Tensor> of_heads) const {
    std::vector<Tensor> results;
    for (const std::string& output : graph_.outputs) {
      const auto head =
          std::find_if(chain_.heads.begin(), chain_.heads.end(), [&](const Head& one) { return one.name == output; });
      results.push_back(std::move(of_heads[static_cast<std::size_t>(head - chain_.heads.begin())]));
    }
    return results;
  }

  Graph graph_;  // without constants and nodes: for inputs and outputs
  Chain chain_;
  RowKernels kernels_;
  std::unique_ptr<Session> rest_;
  std::vector<std::string> input_names_;
};

// The network after the chain, with the chain's result as its input.
Graph RestOf(const Graph& graph, const Chain& chain, const Shape& shape) {
  Graph rest = graph;
  rest.nodes.erase(rest.nodes.begin(), rest.nodes.begin() + static_cast<std::ptrdiff_t>(chain.nodes));
  rest.inputs = {{chain.result, shape}};
  return DropUnused(std::move(rest));
}

}  // namespace

Result<std::unique_ptr<Session>> MakeRowSession(Graph graph, const RowKernels& kernels) {
  RETURN_IF_ERROR(Validate(graph));
  graph = Optimize(std::move(graph));
  Chain chain = ChainBuilder(graph, kernels).Build();
  const bool tall = std::any_of(chain.layers.begin(), chain.layers.end(),
                                [](const RowLayer& layer) { return layer.window.kernel[0] > kMostRows; });
  if (chain.layers.size() < kLeastLayers || tall)
    return Fail(ErrorCode::kUnsupported, "the network does not begin with a chain of small convolutions");
  std::unique_ptr<Session> rest;
  if (chain.heads.empty()) {
    ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph));
    ASSIGN_OR_RETURN(rest, MakeDnnlSession(RestOf(graph, chain, shapes.at(chain.result)), {}));
  }
  graph.constants.clear();
  graph.nodes.clear();
  return std::make_unique<RowSession>(std::move(graph), std::move(chain), kernels, std::move(rest));
}

}  // namespace kinfolder
