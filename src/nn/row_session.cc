#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
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

  // Empty when the network is of another kind, or its rows are bytes where the chain ends.
  Chain Build() {
    const GraphInput& input = graph_.inputs.front();
    if (graph_.inputs.size() != 1 || input.shape.size() != 4 || input.shape[1] < 1 || input.shape[1] > kMostChannels)
      return {};
    chain_.channels = stride_ = input.shape[1];
    chain_.result = input.name;
    TakeBytes();
    for (;;) {
      const std::vector<std::size_t> users = users_[chain_.result];
      if (AddHeads(users)) return std::move(chain_);
      if (users.size() != 1 || users.front() == graph_.nodes.size() || !AddLayer(graph_.nodes[users.front()])) break;
    }
    return numbers_.are_bytes ? Chain{} : std::move(chain_);
  }

 private:
  // Where the network rounds its input first, the rows are bytes from the start.
  void TakeBytes() {
    const std::vector<std::size_t> users = users_[chain_.result];
    if (users.size() != 1 || users.front() == graph_.nodes.size()) return;
    const Node& node = graph_.nodes[users.front()];
    const auto* grid = std::get_if<FakeQuantize>(&node.op);
    if (grid == nullptr) return;
    numbers_ = {true, grid->step, grid->zero};
    chain_.result = node.output;
    ++chain_.nodes;
    stride_ = (stride_ + kBytesAtOnce - 1) / kBytesAtOnce * kBytesAtOnce;
  }

  // Without padding; convolutions at every pixel.
  bool IsPlain(const Window& window, bool is_pool) const {
    const bool padded = window.padding != Window::Padding::kExplicit ||
                        std::any_of(window.pads.begin(), window.pads.end(), [](auto pad) { return pad != 0; });
    const bool even = window.strides[0] == window.strides[1] && window.dilations == std::array<std::int64_t, 2>{1, 1};
    return !padded && even && (is_pool ? window.strides[0] <= window.kernel[0] : window.strides[0] == 1);
  }

  const Conv* PlainConv(const Node& node) const {
    const auto* conv = std::get_if<Conv>(&node.op);
    if (conv == nullptr || conv->groups != 1 || !node.Input(kAddend).empty()) return nullptr;
    const std::string& weight = node.Input(1);
    if (numbers_.are_bytes ? !graph_.quantized.contains(weight) : !graph_.IsConstant(weight)) return nullptr;
    const auto constant = [&](std::size_t input) {
      return node.Input(input).empty() || graph_.Constant(node.Input(input)) != nullptr;
    };
    const bool fits = OutputsOf(weight) <= kMostChannels && constant(kBias) && constant(kSlope) &&
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
                        conv->activation != Activation::kRelu && node.Input(kSlope).empty() && !conv->grid &&
                        users_[node.output] == std::vector<std::size_t>{graph_.nodes.size()};
      if (!fits) return false;
      nodes.push_back(&node);
    }
    if (nodes.size() != graph_.outputs.size()) return false;
    Parameters together;
    for (const Node* node : nodes) {
      const auto first = static_cast<std::int64_t>(together.bias.size());
      Append(together, *node, Activation::kNone);
      const auto channels = static_cast<std::int64_t>(together.bias.size()) - first;
      chain_.heads.push_back(
          {node->output, first, channels, std::get<Conv>(node->op).activation == Activation::kSigmoid});
    }
    AddConvolution({}, together, {});
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
      layer.input = layer.output = numbers_;
      layer.input_channels = chain_.channels;
      chain_.layers.push_back(std::move(layer));
    } else {
      const Conv* conv = PlainConv(node);
      if (conv == nullptr || conv->activation == Activation::kSigmoid) return false;
      Parameters parameters;
      Append(parameters, node, conv->activation);
      AddConvolution(conv->window, parameters, conv->grid);
    }
    chain_.result = node.output;
    ++chain_.nodes;
    return true;
  }

  std::int64_t OutputsOf(const std::string& weight) const {
    const Tensor* const floats = graph_.Constant(weight);
    return (floats != nullptr ? floats->shape : graph_.quantized.at(weight).shape).front();
  }

  // Of a convolution's output channels.
  struct Parameters {
    std::vector<float> weights;          // for rows of floats
    std::vector<std::int8_t> multiples;  // for rows of bytes
    std::vector<float> steps;            // of the multiples
    std::vector<float> bias;
    std::vector<float> slope;
  };

  void Append(Parameters& parameters, const Node& node, Activation activation) const {
    const std::string& weight = node.Input(1);
    if (numbers_.are_bytes) {
      const QuantizedTensor& quantized = graph_.quantized.at(weight);
      parameters.multiples.insert(parameters.multiples.end(), quantized.multiples.begin(), quantized.multiples.end());
      parameters.steps.insert(parameters.steps.end(), quantized.steps.begin(), quantized.steps.end());
    } else {
      const Tensor values = graph_.ValuesOf(weight);
      parameters.weights.insert(parameters.weights.end(), values.values.begin(), values.values.end());
    }
    Append(parameters.bias, node.Input(kBias), OutputsOf(weight), 0);
    Append(parameters.slope, node.Input(kSlope), OutputsOf(weight), activation == Activation::kRelu ? 0 : 1);
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

  void AddConvolution(const Window& window, Parameters& parameters, const std::optional<FakeQuantize>& grid) {
    RowLayer layer;
    layer.window = window;
    layer.input_channels = chain_.channels;
    layer.input_stride = stride_;
    layer.input = numbers_;
    if (grid) layer.output = {true, grid->step, grid->zero};
    const auto outputs = static_cast<std::int64_t>(parameters.bias.size());
    layer.output_stride = (outputs + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes;
    if (numbers_.are_bytes) {
      layer.weights = PackWeights(kernels_, layer, parameters.multiples.data(), outputs);
      layer.unit = Padded(UnitsOf(parameters), layer.output_stride);
    } else {
      layer.weights = PackWeights(kernels_, layer, parameters.weights.data(), outputs);
    }
    layer.bias = Padded(parameters.bias, layer.output_stride);
    layer.slope = Padded(parameters.slope, layer.output_stride);
    chain_.channels = outputs;
    stride_ = layer.output_stride;
    numbers_ = layer.output;
    chain_.layers.push_back(std::move(layer));
  }

  // What a product of a byte and a multiple is worth, for each output channel. What the bytes' zero adds to all sums
  // goes into the bias.
  std::vector<float> UnitsOf(Parameters& parameters) const {
    std::vector<float> units;
    const std::size_t row = parameters.multiples.size() / parameters.steps.size();
    for (std::size_t o = 0; o < parameters.steps.size(); ++o) {
      units.push_back(numbers_.step * parameters.steps[o]);
      const auto multiples = std::span(parameters.multiples).subspan(o * row, row);
      const std::int64_t sum = std::accumulate(multiples.begin(), multiples.end(), std::int64_t{0});
      parameters.bias[o] -= units[o] * static_cast<float>(numbers_.zero * sum);
    }
    return units;
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
  RowNumbers numbers_;       // that they are made of
};

// Rows on their way through the layers: each keeps as many rows of its input as its window is high, and makes a row of
// results as soon as it can.
class RowStream {
 public:
  RowStream(const Chain& chain, const RowKernels& kernels, Area input) : chain_(chain), kernels_(kernels) {
    areas_.push_back(input);
    std::int64_t bytes = 0;
    for (const RowLayer& layer : chain.layers) {
      const std::int64_t row = areas_.back().width * layer.input_stride * layer.input.size();
      places_.push_back(bytes);
      rows_of_.push_back(row);
      bytes += layer.window.kernel[0] * row + kernels.lanes * static_cast<std::int64_t>(sizeof(float));
      areas_.push_back(AreaAfter(layer.window, areas_.back()));
    }
    rows_ = AlignedBytes(static_cast<std::size_t>(bytes));
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
  std::byte* RowAt(std::size_t layer, std::int64_t y) {
    return rows_.data() + places_[layer] + y % chain_.layers[layer].window.kernel[0] * rows_of_[layer];
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
      const std::byte* rows[kMostRows];
      for (std::int64_t row = begin; row < end; ++row) rows[row - begin] = RowAt(index, row);
      const bool last = index + 1 == chain_.layers.size();
      std::byte* results = last ? reinterpret_cast<std::byte*>(result_.data()) : RowAt(index + 1, y);
      if (layer.is_pool) {
        kernels_.pool(layer, rows, end - begin, input.width, output.width, results);
      } else {
        kernels_.convolve(layer, rows, output.width, results);
      }
      ++made_[index];
      if (last) {
        take(y, result_.data());
      } else {
        ++arrived_[index + 1];
        Pass(index + 1, take);
      }
    }
  }

  const Chain& chain_;
  const RowKernels& kernels_;
  std::vector<Area> areas_;  // of the input, then of each layer's results
  std::vector<std::int64_t> places_;
  std::vector<std::int64_t> rows_of_;  // bytes of an input row of each layer
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
    RowStream stream(chain_, kernels_, {x.shape[2], x.shape[3]});
    const Area area = stream.result_area();
    std::vector<Tensor> results;
    if (rest_ != nullptr) {
      results.push_back(Planes(x.shape[0], chain_.channels, area));
    } else {
      for (const Head& head : chain_.heads) results.push_back(Planes(x.shape[0], head.channels, area));
    }
    for (std::int64_t n = 0; n < x.shape[0]; ++n) {
      const std::int64_t plane = x.shape[2] * x.shape[3];
      const float* picture = x.values.data() + n * x.shape[1] * plane;
      const auto fill = [&](std::int64_t y, std::byte* row) {
        kernels_.interleave(chain_.layers.front(), picture + y * x.shape[3], plane, x.shape[3], row);
      };
      stream.Run(fill, [&](std::int64_t y, const float* row) { Take(n, y, area, row, results); });
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

Result<std::unique_ptr<Session>> MakeRowSession(Graph graph, const RowKernels& kernels, const SessionOptions& options) {
  RETURN_IF_ERROR(Validate(graph));
  if (options.precision == Precision::kFloat32 || !kernels.take_bytes) graph = DropQuantization(std::move(graph));
  graph = Optimize(std::move(graph));
  Chain chain = ChainBuilder(graph, kernels).Build();
  const bool tall = std::any_of(chain.layers.begin(), chain.layers.end(),
                                [](const RowLayer& layer) { return layer.window.kernel[0] > kMostRows; });
  if (chain.layers.size() < kLeastLayers || tall)
    return Fail(ErrorCode::kUnsupported, "the network does not begin with a chain of small convolutions");
  std::unique_ptr<Session> rest;
  if (chain.heads.empty()) {
    ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph));
    ASSIGN_OR_RETURN(rest, MakeDnnlSession(RestOf(graph, chain, shapes.at(chain.result)), options));
  }
  graph.constants.clear();
  graph.quantized.clear();
  graph.nodes.clear();
  return std::make_unique<RowSession>(std::move(graph), std::move(chain), kernels, std::move(rest));
}

}  // namespace kinfolder
