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
// The error that the whole network may have: of unit vectors, a cosine of 0.999.
constexpr double kTolerance = 0.002;

// What values of a grid were seen.
struct Seen {
  float least = 0;
  float most = 0;
  std::vector<double> histogram = std::vector<double>(kBins);  // from least to most

  float width() const { return (most - least) / kBins; }  // of a bin
};

double SquaredError(const Seen& seen, const FakeQuantize& grid) {
  double error = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (seen.histogram[bin] == 0) continue;
    const float x = seen.least + seen.width() * (static_cast<float>(bin) + 0.5F);
    const double difference = x - grid.step * std::clamp(std::nearbyint(x / grid.step), grid.least(), grid.most());
    error += seen.histogram[bin] * difference * difference;
  }
  return error;
}

// Rounds the values from `least` to `most`, 0 among them, which become whole multiples.
FakeQuantize GridOver(float least, float most) {
  const float step = (most - least) / 255;
  return {step, static_cast<std::int32_t>(std::nearbyint(-least / step))};
}

// The grid that rounds the values seen with the least squared error: a finer step rounds the many better and cuts off
// the few that are large. `any_zero`: else its zero is 0 or FakeQuantize::kSigned.
FakeQuantize BestGrid(const Seen& seen, bool any_zero) {
  FakeQuantize best;
  double least_error = INFINITY;
  const auto consider = [&](const FakeQuantize& grid) {
    const double error = SquaredError(seen, grid);
    if (error < least_error) {
      least_error = error;
      best = grid;
    }
  };
  const float range = std::max(seen.most, -seen.least);
  if (range <= 0) return best;
  for (int percent = 30; percent <= 100; ++percent) {
    const float part = static_cast<float>(percent) / 100;
    if (seen.least >= 0) {
      consider(GridOver(0, part * seen.most));
    } else if (!any_zero) {
      consider({part * range / 127, FakeQuantize::kSigned});
    } else {
      for (const float below : {0.25F, 0.5F, 0.75F, 1.0F}) consider(GridOver(below * seen.least, part * seen.most));
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
  for (int percent = 30; percent <= 100; percent += 2) {
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

bool HasConstantWeights(const Graph& graph, const Node& node) {
  return std::holds_alternative<Conv>(node.op) && graph.Constant(node.Input(1)) != nullptr &&
         (node.Input(kBias).empty() || graph.Constant(node.Input(kBias)) != nullptr);
}

bool IsMaxPool(const Node& node) {
  const auto* pool = std::get_if<Pool>(&node.op);
  return pool != nullptr && pool->kind == Pool::Kind::kMax;
}

// What the values of a network's channels are multiplied by so that channels of one value, which share a grid, are
// about as large: conv A makes the channel smaller, and the convolutions that take it make up for it. Nothing between
// them may care: maxima, and activations that have no other bend than at 0 (Nagel et al. 2019, "Data-Free Quantization
// through Weight Equalization and Bias Correction", section 4.1, with the values seen in place of the first weights).
class Equalizer {
 public:
  explicit Equalizer(Graph graph) : graph_(std::move(graph)) {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (const std::string& input : graph_.nodes[i].inputs) users_[input].push_back(i);
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      const auto* conv = std::get_if<Conv>(&node.op);
      if (!HasConstantWeights(graph_, node) || conv->activation == Activation::kSigmoid || !node.Input(kAddend).empty())
        continue;
      std::vector<std::size_t> takers;
      if (FindTakers(node.output, takers) && !takers.empty()) pairs_.emplace_back(i, std::move(takers));
    }
  }

  Result<Graph> Run(std::span<const Tensor> batches, const std::function<Status()>& step) && {
    if (pairs_.empty()) return std::move(graph_);
    Graph seen = graph_;
    seen.outputs.clear();
    for (const auto& [maker, takers] : pairs_) seen.outputs.push_back(graph_.nodes[maker].output);
    ASSIGN_OR_RETURN(const auto session, MakeDnnlSession(std::move(seen), {Precision::kFloat32}));
    std::vector<std::vector<double>> squares(pairs_.size());
    for (const Tensor& batch : batches) {
      RETURN_IF_ERROR(step());
      ASSIGN_OR_RETURN(const std::vector<Tensor> results, session->Run(std::span(&batch, 1)));
      for (std::size_t i = 0; i < results.size(); ++i) AddSquares(results[i], squares[i]);
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i) Equalize(pairs_[i].first, pairs_[i].second, squares[i]);
    return DropUnused(std::move(graph_));
  }

 private:
  // The convolutions that take the value, at once or after maxima; false if anything else takes it.
  bool FindTakers(const std::string& value, std::vector<std::size_t>& takers) const {
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end()) return false;
    const auto users = users_.find(value);
    if (users == users_.end()) return true;
    return std::all_of(users->second.begin(), users->second.end(), [&](std::size_t user) {
      const Node& node = graph_.nodes[user];
      if (IsMaxPool(node)) return FindTakers(node.output, takers);
      if (!HasConstantWeights(graph_, node) || std::get<Conv>(node.op).groups != 1 || node.Input(kAddend) == value)
        return false;
      takers.push_back(user);
      return true;
    });
  }

  // Of [N, C, H, W], by channel.
  static void AddSquares(const Tensor& tensor, std::vector<double>& squares) {
    const auto channels = static_cast<std::size_t>(tensor.shape[1]);
    squares.resize(channels);
    const auto pixels = static_cast<std::size_t>(tensor.shape[2] * tensor.shape[3]);
    for (std::size_t plane = 0; plane * pixels < tensor.values.size(); ++plane) {
      for (const float value : std::span(tensor.values).subspan(plane * pixels, pixels))
        squares[plane % channels] += value * value;
    }
  }

  void Equalize(std::size_t maker, const std::vector<std::size_t>& takers, const std::vector<double>& squares) {
    std::vector<float> largest(squares.size());  // weight of a channel in what takes it
    for (const std::size_t taker : takers) {
      ForEachWeight(Own(taker, 1), [&](std::size_t /*output*/, std::size_t input, float& weight) {
        largest[input] = std::max(largest[input], std::abs(weight));
      });
    }
    std::vector<float> factors;
    for (std::size_t c = 0; c < squares.size(); ++c) {
      const bool matters = squares[c] > 0 && largest[c] > 0;
      factors.push_back(matters ? static_cast<float>(std::sqrt(std::sqrt(squares[c]) / largest[c])) : 1);
    }
    // Only how channels compare matters; so the network's numbers stay about as large as they were.
    double logarithms = 0;
    for (const float factor : factors) logarithms += std::log(factor);
    const auto mean = static_cast<float>(std::exp(logarithms / static_cast<double>(factors.size())));
    for (float& factor : factors) factor /= mean;
    ForEachWeight(Own(maker, 1), [&](std::size_t output, std::size_t, float& weight) { weight /= factors[output]; });
    if (!graph_.nodes[maker].Input(kBias).empty()) {
      Tensor& bias = Own(maker, kBias);
      for (std::size_t c = 0; c < factors.size(); ++c) bias.values[c] /= factors[c];
    }
    for (const std::size_t taker : takers)
      ForEachWeight(Own(taker, 1), [&](std::size_t, std::size_t input, float& weight) { weight *= factors[input]; });
  }

  // visit(output channel, input channel of its group, weight)
  template <class Visit>
  static void ForEachWeight(Tensor& weights, const Visit& visit) {
    const auto inputs = static_cast<std::size_t>(weights.shape[1]);
    const auto kernel = static_cast<std::size_t>(weights.shape[2] * weights.shape[3]);
    for (std::size_t i = 0; i < weights.values.size(); ++i)
      visit(i / (inputs * kernel), i / kernel % inputs, weights.values[i]);
  }

  // The constant of a node, which others may use as well, as its own.
  Tensor& Own(std::size_t node, std::size_t input) {
    const std::string name = graph_.nodes[node].output + (input == 1 ? "/equal_weight" : "/equal_bias");
    const std::string given = graph_.nodes[node].Input(input);
    if (given != name) {
      graph_.constants[name] = *graph_.Constant(given);
      graph_.nodes[node].SetInput(input, name);
    }
    return graph_.constants.at(name);
  }

  Graph graph_;
  std::unordered_map<std::string, std::vector<std::size_t>> users_;
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> pairs_;  // conv A, and what takes its value
};

class Quantizer {
 public:
  Quantizer(Graph graph, std::span<const Tensor> batches, bool by_rows)
      : graph_(std::move(graph)), batches_(batches), by_rows_(by_rows) {
    FindGrids();
    for (const Node& node : graph_.nodes) {
      if (HasConstantWeights(graph_, node) && on_grid_.contains(node.Input(0))) possible_.insert(node.output);
    }
  }

  // The results of the convolutions that could be done in 8-bit numbers.
  const std::set<std::string>& possible() const { return possible_; }

  // The value that a convolution takes, by what it gives.
  const std::string& SourceOf(const std::string& output) const { return NodeOf(output).Input(0); }

  // Looks at the values on grids and at the means of the channels that go into convolutions.
  Status Observe(const std::function<Status()>& step) {
    Graph seen = DropQuantization(graph_);
    std::set<std::string> values;
    for (const std::string& output : possible_) values.insert(NodeOf(output).Input(0));
    for (const Node& node : graph_.nodes) {
      if (std::holds_alternative<Conv>(node.op) && on_grid_.contains(node.output)) values.insert(node.output);
    }
    const std::string& input = graph_.inputs.front().name;
    const bool sees_input = values.erase(input) > 0;
    seen.outputs.assign(values.begin(), values.end());
    ASSIGN_OR_RETURN(const auto session, MakeDnnlSession(std::move(seen), {Precision::kFloat32}));
    for (const bool again : {false, true}) {
      for (const Tensor& batch : batches_) {
        RETURN_IF_ERROR(step());
        ASSIGN_OR_RETURN(const std::vector<Tensor> results, session->Run(std::span(&batch, 1)));
        for (std::size_t i = 0; i < results.size(); ++i) Look(session->output_names()[i], results[i], again);
        if (sees_input) Look(input, batch, again);
      }
    }
    for (const auto& [grid, what] : seen_) best_[grid] = BestGrid(what, by_rows_);
    return {};
  }

  // With the convolutions that give `in_8_bits` done so.
  Graph With(const std::set<std::string>& in_8_bits) {
    Graph graph = graph_;
    const std::string& input = graph_.inputs.front().name;
    std::set<std::string> grids;
    for (const std::string& output : in_8_bits) grids.insert(shared_.Of(NodeOf(output).Input(0)));
    for (Node& node : graph.nodes) {
      auto* const conv = std::get_if<Conv>(&node.op);
      if (conv == nullptr) continue;
      if (on_grid_.contains(node.output) && grids.contains(shared_.Of(node.output)))
        conv->grid = best_.at(shared_.Of(node.output));
      if (!in_8_bits.contains(node.output)) continue;
      RoundParameters(graph, node);
      if (node.Input(0) == input) node.SetInput(0, input + "/grid");
    }
    if (grids.contains(input)) graph.nodes.insert(graph.nodes.begin(), {best_.at(input), {input}, input + "/grid"});
    return DropUnused(std::move(graph));
  }

 private:
  const Node& NodeOf(const std::string& output) const { return graph_.nodes[places_.at(output)]; }

  void FindGrids() {
    const std::set<std::string> outputs(graph_.outputs.begin(), graph_.outputs.end());
    if (by_rows_) on_grid_.insert(graph_.inputs.front().name);
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
      if (HasConstantWeights(graph_, node) || (passes_on && all)) on_grid_.insert(node.output);
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
    const float bins = seen.width() > 0 ? 1 / seen.width() : 0;
    for (const float value : tensor.values) {
      if (value != 0) ++seen.histogram[std::min(static_cast<std::size_t>((value - seen.least) * bins), kBins - 1)];
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
    graph.quantized[name] = Quantized(weight, std::move(steps));
    graph.constants[node.output + "/bias"] = std::move(bias);
    node.SetInput(1, name);
    node.SetInput(kBias, node.output + "/bias");
  }

  Graph graph_;
  std::span<const Tensor> batches_;
  bool by_rows_;
  std::unordered_map<std::string, std::size_t> places_;  // of the node that gives a value
  std::set<std::string> on_grid_;                        // values that may lie on a grid
  SharedGrids shared_;
  std::set<std::string> possible_;
  std::map<std::string, Seen> seen_;  // by grid
  std::map<std::string, FakeQuantize> best_;
  std::unordered_map<std::string, std::vector<double>> means_;  // of the channels of a value
};

// What the network gives for each batch.
using Outputs = std::vector<std::vector<Tensor>>;

Result<Outputs> OutputsOf(Graph graph, std::span<const Tensor> batches) {
  ASSIGN_OR_RETURN(const auto session, MakeSession(std::move(graph)));
  Outputs outputs;
  for (const Tensor& batch : batches) {
    ASSIGN_OR_RETURN(outputs.emplace_back(), session->Run(std::span(&batch, 1)));
  }
  return outputs;
}

// See QuantizedNetwork::error.
double ErrorOf(const Outputs& quantized, const Outputs& exact) {
  double largest = 0;
  for (std::size_t output = 0; output < exact.front().size(); ++output) {
    double difference = 0;
    double whole = 0;
    for (std::size_t batch = 0; batch < exact.size(); ++batch) {
      const std::vector<float>& f = exact[batch][output].values;
      const std::vector<float>& q = quantized[batch][output].values;
      for (std::size_t i = 0; i < f.size(); ++i) {
        difference += (q[i] - f[i]) * (q[i] - f[i]);
        whole += f[i] * f[i];
      }
    }
    if (whole > 0) largest = std::max(largest, difference / whole);
  }
  return largest;
}

class Search {
 public:
  Search(const Graph& exact, std::span<const Tensor> batches, const ProgressFunction& progress, const StopFlag& stop)
      : exact_(exact),
        // What the steps are chosen by, and what the error is measured on.
        chosen_by_(batches.first(batches.size() - batches.size() / 4)),
        measured_on_(batches.size() < 4 ? batches : batches.last(batches.size() / 4)),
        progress_(progress),
        stop_(stop) {}

  Result<QuantizedNetwork> Run() {
    QuantizedNetwork result;
    for (const Node& node : exact_.nodes) result.convolutions += std::holds_alternative<Conv>(node.op) ? 1 : 0;
    update_.total = 5 * chosen_by_.size() + 2;
    ASSIGN_OR_RETURN(outputs_, OutputsOf(exact_, measured_on_));
    ASSIGN_OR_RETURN(Graph equalized, Equalizer(exact_).Run(chosen_by_, [this] { return Step(); }));
    RETURN_IF_ERROR(TakeBetter(std::move(equalized), result));
    RETURN_IF_ERROR(TakeBetter(exact_, result));
    std::set<std::string> in_8_bits = quantizer_->possible();
    if (result.error > kTolerance) {
      ASSIGN_OR_RETURN(const auto sensitive, MostSensitiveFirst(in_8_bits));
      for (const std::set<std::string>& together : sensitive) {
        for (const std::string& output : together) in_8_bits.erase(output);
        if (in_8_bits.empty()) return Fail(ErrorCode::kUnsupported, "it loses too much in 8-bit numbers");
        ASSIGN_OR_RETURN(result.error, Measure(in_8_bits));
        if (result.error <= kTolerance) break;
      }
    }
    result.in_8_bits = in_8_bits.size();
    result.graph = Unfuse(quantizer_->With(in_8_bits));
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
    ASSIGN_OR_RETURN(const Outputs quantized, OutputsOf(quantizer_->With(in_8_bits), measured_on_));
    return ErrorOf(quantized, outputs_);
  }

  // Takes the same network in another form to round, if that loses less with all convolutions in 8-bit numbers.
  Status TakeBetter(Graph graph, QuantizedNetwork& result) {
    std::optional<Quantizer> before(std::in_place, std::move(graph), chosen_by_, RunsByRows(exact_));
    std::swap(before, quantizer_);
    if (quantizer_->possible().empty())
      return Fail(ErrorCode::kUnsupported, "it has no convolutions that can be done in 8-bit numbers");
    RETURN_IF_ERROR(quantizer_->Observe([this] { return Step(); }));
    ASSIGN_OR_RETURN(const double error, Measure(quantizer_->possible()));
    if (before && result.error <= error) {
      std::swap(before, quantizer_);
    } else {
      result.error = error;
    }
    return {};
  }

  // By the error that they make alone; those that take one value together, as it must be rounded for one or for all.
  Result<std::vector<std::set<std::string>>> MostSensitiveFirst(const std::set<std::string>& convolutions) {
    std::map<std::string, std::set<std::string>> by_source;
    for (const std::string& output : convolutions) by_source[quantizer_->SourceOf(output)].insert(output);
    update_.total += by_source.size();
    std::vector<std::pair<double, std::set<std::string>>> errors;
    for (auto& [source, outputs] : by_source) {
      ASSIGN_OR_RETURN(const double error, Measure(outputs));
      errors.emplace_back(-error, std::move(outputs));
    }
    std::ranges::sort(errors);
    std::vector<std::set<std::string>> sorted;
    sorted.reserve(errors.size());
    for (auto& [error, outputs] : errors) sorted.push_back(std::move(outputs));
    return sorted;
  }

  const Graph& exact_;
  std::span<const Tensor> chosen_by_;
  std::span<const Tensor> measured_on_;
  Outputs outputs_;  // of the network as it is
  std::optional<Quantizer> quantizer_;
  ProgressFunction progress_;
  const StopFlag& stop_;
  ProgressUpdate update_;
};

}  // namespace

Result<QuantizedNetwork> QuantizeNetwork(const Graph& graph, std::span<const Tensor> batches,
                                         const ProgressFunction& progress, const StopFlag& stop) {
  if (batches.empty()) return Fail(ErrorCode::kInvalidArgument, "there are no pictures to choose the steps by");
  if (graph.inputs.size() != 1) return Fail(ErrorCode::kInvalidArgument, "the network takes several inputs");
  RETURN_IF_ERROR(Validate(graph));
  const Graph exact = Optimize(DropQuantization(graph));
  if (!RunsEightBits(exact)) {
    return Fail(
        ErrorCode::kUnsupported,
        "this processor has no instructions for 8-bit numbers (VNNI), so what they lose can't be measured here");
  }
  return Search(exact, batches, progress, stop).Run();
}

}  // namespace kinfolder
