#include "nn/quantize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "nn/passes.h"
#include "nn/session.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

constexpr std::size_t kBins = 4096;  // of a histogram of values
// The error that the whole network may have: of unit vectors, a cosine of 0.998.
constexpr double kTolerance = 0.004;

// What values of a grid were seen.
struct Seen {
  float least = 0;
  float most = 0;
  std::vector<double> histogram = std::vector<double>(kBins);  // of |x| from 0 to range()

  float range() const { return std::max(most, -least); }
  bool is_signed() const { return least < 0; }
};

// The grid that rounds the values seen with the least squared error: a finer step rounds the many better and cuts off
// the few that are large.
FakeQuantize BestGrid(const Seen& seen) {
  FakeQuantize best{1, seen.is_signed()};
  if (seen.range() <= 0) return best;
  double least_error = INFINITY;
  for (int percent = 30; percent <= 100; ++percent) {
    FakeQuantize grid{seen.range() * static_cast<float>(percent) / 100 / best.most(), seen.is_signed()};
    double error = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      if (seen.histogram[bin] == 0) continue;
      const float x = seen.range() * (static_cast<float>(bin) + 0.5F) / kBins;
      const double difference = x - grid.step * std::min(std::nearbyint(x / grid.step), grid.most());
      error += seen.histogram[bin] * difference * difference;
    }
    if (error < least_error) {
      least_error = error;
      best = grid;
    }
  }
  return best;
}

// Rounds one output channel's weights to the multiples by -127 to 127 of the step with the least squared error; returns
// the step.
float RoundWeights(std::span<float> weights) {
  float largest = 0;
  for (const float weight : weights) largest = std::max(largest, std::abs(weight));
  if (largest == 0) return 1;
  const auto rounded = [](float weight, float step) {
    return step * std::clamp(std::nearbyint(weight / step), -127.0F, 127.0F);
  };
  float best = largest / 127;
  double least_error = INFINITY;
  for (int percent = 50; percent <= 100; percent += 2) {
    const float step = largest * static_cast<float>(percent) / 100 / 127;
    double error = 0;
    for (const float weight : weights) {
      const double difference = weight - rounded(weight, step);
      error += difference * difference;
    }
    if (error < least_error) {
      least_error = error;
      best = step;
    }
  }
  for (float& weight : weights) weight = rounded(weight, best);
  return best;
}

// Values that must lie on one grid, because what is made of them is made without arithmetic.
class SharedGrids {
 public:
  void Unite(const std::string& a, const std::string& b) {
    const std::string set = Of(a);
    if (const std::string other = Of(b); set != other) parent_[set] = other;
  }

  // The name of the value's set.
  std::string Of(std::string value) const {
    for (auto parent = parent_.find(value); parent != parent_.end(); parent = parent_.find(value))
      value = parent->second;
    return value;
  }

 private:
  std::unordered_map<std::string, std::string> parent_;
};

bool IsPlainConv(const Graph& graph, const Node& node) {
  const auto* conv = std::get_if<Conv>(&node.op);
  return conv != nullptr && node.Input(kSlope).empty() && conv->activation != Activation::kSigmoid &&
         graph.Constant(node.Input(1)) != nullptr &&
         (node.Input(kBias).empty() || graph.Constant(node.Input(kBias)) != nullptr);
}

bool IsMaxPool(const Node& node) {
  const auto* pool = std::get_if<Pool>(&node.op);
  return pool != nullptr && pool->kind == Pool::Kind::kMax;
}

class Quantizer {
 public:
  Quantizer(Graph graph, std::span<const Tensor> batches) : graph_(std::move(graph)), batches_(batches) {
    FindGrids();
    for (const Node& node : graph_.nodes) {
      if (IsPlainConv(graph_, node) && on_grid_.contains(node.Input(0))) possible_.insert(node.output);
    }
  }

  // The results of the convolutions that could be done in 8-bit numbers.
  const std::set<std::string>& possible() const { return possible_; }

  // Looks at the values on grids and at the means of the channels that go into convolutions.
  Status Observe(const std::function<Status()>& step) {
    Graph seen = DropQuantization(graph_);
    std::set<std::string> values;
    for (const std::string& output : possible_) values.insert(NodeOf(output).Input(0));
    for (const Node& node : graph_.nodes) {
      if (IsPlainConv(graph_, node) && on_grid_.contains(node.output)) values.insert(node.output);
    }
    seen.outputs.assign(values.begin(), values.end());
    ASSIGN_OR_RETURN(const auto session, MakeDnnlSession(std::move(seen), {Precision::kFloat32}));
    for (const bool again : {false, true}) {
      for (const Tensor& batch : batches_) {
        RETURN_IF_ERROR(step());
        ASSIGN_OR_RETURN(const std::vector<Tensor> results, session->Run(std::span(&batch, 1)));
        for (std::size_t i = 0; i < results.size(); ++i) Look(session->output_names()[i], results[i], again);
      }
    }
    for (const auto& [grid, what] : seen_) best_[grid] = BestGrid(what);
    return {};
  }

  // With the convolutions that give `in_8_bits` done so.
  Graph With(const std::set<std::string>& in_8_bits) {
    Graph graph = graph_;
    std::set<std::string> grids;
    for (const std::string& output : in_8_bits) grids.insert(shared_.Of(NodeOf(output).Input(0)));
    for (Node& node : graph.nodes) {
      if (!IsPlainConv(graph, node)) continue;
      if (on_grid_.contains(node.output) && grids.contains(shared_.Of(node.output)))
        std::get<Conv>(node.op).grid = best_.at(shared_.Of(node.output));
      if (in_8_bits.contains(node.output)) RoundParameters(graph, node);
    }
    return DropUnused(std::move(graph));
  }

 private:
  const Node& NodeOf(const std::string& output) const { return graph_.nodes[places_.at(output)]; }

  void FindGrids() {
    const std::set<std::string> outputs(graph_.outputs.begin(), graph_.outputs.end());
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      places_[node.output] = i;
      if (outputs.contains(node.output)) continue;
      const bool passes_on = std::holds_alternative<Concat>(node.op) || IsMaxPool(node);
      const bool all = std::all_of(node.inputs.begin(), node.inputs.end(),
                                   [this](const std::string& input) { return on_grid_.contains(input); });
      if (passes_on && all) {
        for (const std::string& input : node.inputs) shared_.Unite(input, node.output);
      }
      if (IsPlainConv(graph_, node) || (passes_on && all)) on_grid_.insert(node.output);
    }
  }

  void Look(const std::string& name, const Tensor& tensor, bool again) {
    Seen& seen = seen_[shared_.Of(name)];
    if (!again) {
      for (const float value : tensor.values) {
        seen.least = std::min(seen.least, value);
        seen.most = std::max(seen.most, value);
      }
      return LookAtChannels(means_[name], tensor);
    }
    const float scale = seen.range() > 0 ? kBins / seen.range() : 0;
    for (const float value : tensor.values) {
      if (value != 0) ++seen.histogram[std::min(static_cast<std::size_t>(std::abs(value) * scale), kBins - 1)];
    }
  }

  // Of [N, C, H, W].
  void LookAtChannels(std::vector<double>& means, const Tensor& tensor) const {
    const auto channels = static_cast<std::size_t>(tensor.shape[1]);
    means.resize(channels);
    const auto pixels = static_cast<std::size_t>(tensor.shape[2] * tensor.shape[3]);
    const double part = 1 / static_cast<double>(pixels * static_cast<std::size_t>(tensor.shape[0]) * batches_.size());
    for (std::size_t plane = 0; plane < static_cast<std::size_t>(tensor.shape[0]) * channels; ++plane) {
      const std::span<const float> values = std::span(tensor.values).subspan(plane * pixels, pixels);
      means[plane % channels] += part * std::accumulate(values.begin(), values.end(), 0.0);
    }
  }

  // Rounds the weights, and takes out of the bias what that adds to the result on average (Nagel et al. 2019,
  // "Data-Free Quantization through Weight Equalization and Bias Correction", section 4.2).
  void RoundParameters(Graph& graph, Node& node) {
    const Tensor& given = *graph.Constant(node.Input(1));
    Tensor weight = given;
    const auto outputs = static_cast<std::size_t>(weight.shape[0]);
    const auto depth = static_cast<std::size_t>(weight.shape[1]);
    const std::size_t row = weight.values.size() / outputs;
    const std::size_t kernel = row / depth;
    const std::size_t group = outputs / static_cast<std::size_t>(std::get<Conv>(node.op).groups);
    const std::vector<double>& means = means_.at(node.Input(0));
    Tensor bias = node.Input(kBias).empty() ? Tensor{{weight.shape[0]}, std::vector<float>(outputs)}
                                            : *graph.Constant(node.Input(kBias));
    std::vector<float> steps;
    for (std::size_t o = 0; o < outputs; ++o) {
      const auto rounded = std::span(weight.values).subspan(o * row, row);
      steps.push_back(RoundWeights(rounded));
      double shift = 0;
      for (std::size_t i = 0; i < row; ++i)
        shift += (rounded[i] - given.values[o * row + i]) * means[o / group * depth + i / kernel];
      bias.values[o] -= static_cast<float>(shift);
    }
    const std::string name = node.output + "/weight";
    graph.constants[name] = std::move(weight);
    graph.constants[node.output + "/bias"] = std::move(bias);
    graph.steps[name] = std::move(steps);
    node.SetInput(1, name);
    node.SetInput(kBias, node.output + "/bias");
  }

  Graph graph_;
  std::span<const Tensor> batches_;
  std::unordered_map<std::string, std::size_t> places_;  // of the node that gives a value
  std::set<std::string> on_grid_;                        // values that may lie on a grid
  SharedGrids shared_;
  std::set<std::string> possible_;
  std::map<std::string, Seen> seen_;  // by grid
  std::map<std::string, FakeQuantize> best_;
  std::unordered_map<std::string, std::vector<double>> means_;  // of the channels of a value
};

// The first output for each batch.
Result<std::vector<Tensor>> Outputs(Graph graph, std::span<const Tensor> batches) {
  ASSIGN_OR_RETURN(const auto session, MakeDnnlSession(std::move(graph), {}));
  std::vector<Tensor> outputs;
  for (const Tensor& batch : batches) {
    ASSIGN_OR_RETURN(std::vector<Tensor> results, session->Run(std::span(&batch, 1)));
    outputs.push_back(std::move(results.front()));
  }
  return outputs;
}

// The mean over all rows [K] of |q - f|^2 / |f|^2.
double ErrorOf(std::span<const Tensor> quantized, std::span<const Tensor> exact) {
  double sum = 0;
  std::size_t rows = 0;
  for (std::size_t batch = 0; batch < exact.size(); ++batch) {
    const auto count = static_cast<std::size_t>(exact[batch].shape[0]);
    const std::size_t row = exact[batch].values.size() / count;
    for (std::size_t n = 0; n < count; ++n, ++rows) {
      double difference = 0;
      double whole = 0;
      for (std::size_t i = n * row; i < (n + 1) * row; ++i) {
        const double f = exact[batch].values[i];
        difference += (quantized[batch].values[i] - f) * (quantized[batch].values[i] - f);
        whole += f * f;
      }
      sum += whole > 0 ? difference / whole : 0;
    }
  }
  return sum / static_cast<double>(rows);
}

class Search {
 public:
  Search(const Graph& exact, std::span<const Tensor> batches, const ProgressFunction& progress, const StopFlag& stop)
      : exact_(exact),
        // What the steps are chosen by, and what the error is measured on.
        chosen_by_(batches.first(batches.size() - batches.size() / 4)),
        measured_on_(batches.size() < 4 ? batches : batches.last(batches.size() / 4)),
        quantizer_(exact, chosen_by_),
        progress_(progress),
        stop_(stop) {}

  Result<QuantizedNetwork> Run() {
    QuantizedNetwork result;
    for (const Node& node : exact_.nodes) result.convolutions += std::holds_alternative<Conv>(node.op) ? 1 : 0;
    std::set<std::string> in_8_bits = quantizer_.possible();
    if (in_8_bits.empty())
      return Fail(ErrorCode::kUnsupported, "it has no convolutions that can be done in 8-bit numbers");
    update_.total = 2 * chosen_by_.size() + 1;
    RETURN_IF_ERROR(quantizer_.Observe([this] { return Step(); }));
    ASSIGN_OR_RETURN(outputs_, Outputs(exact_, measured_on_));
    ASSIGN_OR_RETURN(result.error, Measure(in_8_bits));
    if (result.error > kTolerance) {
      ASSIGN_OR_RETURN(const std::vector<std::string> sensitive, MostSensitiveFirst(in_8_bits));
      for (const std::string& output : sensitive) {
        in_8_bits.erase(output);
        if (in_8_bits.empty()) return Fail(ErrorCode::kUnsupported, "it loses too much in 8-bit numbers");
        ASSIGN_OR_RETURN(result.error, Measure(in_8_bits));
        if (result.error <= kTolerance) break;
      }
    }
    result.in_8_bits = in_8_bits.size();
    result.graph = Unfuse(quantizer_.With(in_8_bits));
    return result;
  }

 private:
  Status Step() {
    if (stop_.stopped()) return Fail(ErrorCode::kInterrupted, "stopped");
    update_.total = std::max(update_.total, update_.done + 1);
    if (progress_) progress_(update_);
    ++update_.done;
    return {};
  }

  Result<double> Measure(const std::set<std::string>& in_8_bits) {
    RETURN_IF_ERROR(Step());
    ASSIGN_OR_RETURN(const std::vector<Tensor> quantized, Outputs(quantizer_.With(in_8_bits), measured_on_));
    return ErrorOf(quantized, outputs_);
  }

  // By the error that each makes alone.
  Result<std::vector<std::string>> MostSensitiveFirst(const std::set<std::string>& convolutions) {
    update_.total += convolutions.size();
    std::vector<std::pair<double, std::string>> errors;
    for (const std::string& output : convolutions) {
      ASSIGN_OR_RETURN(const double error, Measure({output}));
      errors.emplace_back(-error, output);
    }
    std::ranges::sort(errors);
    std::vector<std::string> sorted;
    sorted.reserve(errors.size());
    for (auto& [error, output] : errors) sorted.push_back(std::move(output));
    return sorted;
  }

  const Graph& exact_;
  std::span<const Tensor> chosen_by_;
  std::span<const Tensor> measured_on_;
  std::vector<Tensor> outputs_;  // of the network as it is
  Quantizer quantizer_;
  ProgressFunction progress_;
  const StopFlag& stop_;
  ProgressUpdate update_;
};

}  // namespace

Result<QuantizedNetwork> QuantizeNetwork(const Graph& graph, std::span<const Tensor> batches,
                                         const ProgressFunction& progress, const StopFlag& stop) {
  if (batches.empty()) return Fail(ErrorCode::kInvalidArgument, "there are no pictures to choose the steps by");
  if (graph.inputs.size() != 1) return Fail(ErrorCode::kInvalidArgument, "the network takes several inputs");
  if (!RunsEightBits()) {
    return Fail(
        ErrorCode::kUnsupported,
        "this processor has no instructions for 8-bit numbers (VNNI), so what they lose can't be measured here");
  }
  RETURN_IF_ERROR(Validate(graph));
  const Graph exact = Optimize(DropQuantization(graph));
  return Search(exact, batches, progress, stop).Run();
}

}  // namespace kinfolder
