#include "network_bench.h"

#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "faces/embedder.h"
#include "nn/onnx.h"
#include "nn/quantize.h"
#include "nn/session.h"

namespace kinfolder::bench {
namespace {

constexpr std::size_t kFacesOfRun = 8;
// Ours and the peer's take turns, so that what else the machine does slows both.
constexpr int kTurns = 3;

std::filesystem::path PeerProgram() {
  return std::filesystem::path(KINFOLDER_SOURCE_DIR) / "bench" / "peers" / "onnxruntime.mjs";
}

bool HasPeer() { return std::filesystem::exists(PeerProgram().parent_path() / "node_modules" / "onnxruntime-node"); }

// For the shell.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// Milliseconds of each run.
Result<std::vector<double>> TimesOfPeer(const std::filesystem::path& onnx, const Shape& shape, int runs) {
  std::string command = fmt::format("node {} {} {}", Quoted(PeerProgram().string()), Quoted(onnx.string()), runs);
  for (const std::int64_t dimension : shape) command += fmt::format(" {}", dimension);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::vector<double> times;
  double time = 0;
  while (pipe && std::fscanf(pipe.get(), "%lf", &time) == 1) times.push_back(time);
  if (times.empty()) return Fail(ErrorCode::kUnsupported, "ONNX Runtime could not run {}", onnx.string());
  return times;
}

Result<std::vector<double>> TimesOf(const Session& session, const Tensor& pictures, int runs) {
  RETURN_IF_ERROR(session.Run(std::span(&pictures, 1)));  // prepares
  std::vector<double> times;
  Status status;
  for (int run = 0; run < runs && status; ++run) {
    times.push_back(1000 * SecondsOf([&] {
                      if (auto results = session.Run(std::span(&pictures, 1)); !results) status = Fail(results.error());
                    }));
  }
  RETURN_IF_ERROR(status);
  return times;
}

Tensor RandomPictures(const Shape& shape) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Tensor pictures{shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)))};
  for (float& value : pictures.values) value = uniform(random);
  return pictures;
}

// Medians of several sessions and of the peer (last, where there is one), which take turns.
Result<std::vector<double>> MediansInTurns(const std::vector<const Session*>& sessions, const Tensor& pictures,
                                           const std::filesystem::path& onnx, int runs) {
  std::vector<std::vector<double>> times(sessions.size() + (HasPeer() ? 1 : 0));
  for (int turn = 0; turn < kTurns; ++turn) {
    for (std::size_t i = 0; i < times.size(); ++i) {
      ASSIGN_OR_RETURN(const std::vector<double> more, i < sessions.size() ? TimesOf(*sessions[i], pictures, runs)
                                                                           : TimesOfPeer(onnx, pictures.shape, runs));
      times[i].insert(times[i].end(), more.begin(), more.end());
    }
  }
  std::vector<double> medians;
  for (std::vector<double>& all : times) medians.push_back(Median(std::move(all)));
  return medians;
}

}  // namespace

Result<std::vector<Measurement>> BenchDetectorNetworks(const ModelPackage& detector, int runs) {
  struct Case {
    const char* role;
    Shape shape;
  };
  const std::array<Case, 3> cases = {
      {{"pnet", {1, 3, 480, 640}}, {"rnet", {64, 3, 24, 24}}, {"onet", {16, 3, 48, 48}}}};
  std::vector<Measurement> measurements;
  for (const Case& network : cases) {
    const std::filesystem::path onnx = detector.file(network.role);
    ASSIGN_OR_RETURN(const auto session, LoadSession(onnx));
    ASSIGN_OR_RETURN(const std::vector<double> medians,
                     MediansInTurns({session.get()}, RandomPictures(network.shape), onnx, 3 * runs));
    Measurement measured{network.role, "ms", medians.front(), 3 * kTurns * runs, {}};
    if (medians.size() > 1) measured.baseline = Baseline{"ONNX Runtime", medians.back()};
    measurements.push_back(std::move(measured));
  }
  return measurements;
}

Result<std::vector<Measurement>> BenchEmbedderNetwork(const ModelPackage& embedder, std::span<const Image> crops,
                                                      int runs) {
  const std::filesystem::path onnx = embedder.file("embedder");
  ASSIGN_OR_RETURN(const Graph graph, ReadOnnxFile(onnx));
  std::vector<Tensor> batches;
  for (std::size_t first = 0; first < crops.size(); first += kFacesOfRun)
    batches.push_back(EmbedderInput(embedder.manifest, crops.subspan(first, kFacesOfRun)));
  ASSIGN_OR_RETURN(const auto floats, MakeDnnlSession(graph, {Precision::kFloat32}));
  std::vector<const Session*> sessions = {floats.get()};
  std::unique_ptr<Session> in_8_bits;
  if (RunsEightBits()) {
    ASSIGN_OR_RETURN(QuantizedNetwork quantized, QuantizeNetwork(graph, batches, {}, StopFlag()));
    ASSIGN_OR_RETURN(in_8_bits, MakeDnnlSession(std::move(quantized.graph), {}));
    sessions.push_back(in_8_bits.get());
  }
  ASSIGN_OR_RETURN(const std::vector<double> medians, MediansInTurns(sessions, batches.front(), onnx, 2 * runs));
  const bool has_peer = medians.size() > sessions.size();
  const Baseline baseline{has_peer ? "ONNX Runtime" : "float32",
                          (has_peer ? medians.back() : medians.front()) / kFacesOfRun};
  std::vector<Measurement> measurements;
  measurements.push_back({"embedder, float32", "ms/face", medians[0] / kFacesOfRun, 2 * kTurns * runs, {}});
  if (has_peer) measurements.back().baseline = baseline;
  if (in_8_bits)
    measurements.push_back({"embedder, 8 bits", "ms/face", medians[1] / kFacesOfRun, 2 * kTurns * runs, baseline});
  return measurements;
}

}  // namespace kinfolder::bench
