#include "faces/mtcnn.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "faces/pyramid.h"
#include "faces/window.h"
#include "image/resample.h"

namespace kinfolder {
namespace {

// Overlaps at which a box counts as the same face (facenet-pytorch).
constexpr float kLevelOverlap = 0.5F;
constexpr float kStageOverlap = 0.7F;

constexpr int kPnetStride = 2;  // pixels of the level between two of P-Net's answers
constexpr int kRnetSide = 24;   // pixels
constexpr int kOnetSide = 48;

// Windows a run: enough to keep the networks busy, few enough to stay in the cache.
constexpr std::size_t kRnetBatch = 64;
constexpr std::size_t kOnetBatch = 16;

// The best proposals that are kept of a level, and of all of them: photos of crowds stay far below (a 1600 x 900 photo
// with 300 faces has 3,500), and a hostile picture can't make the cascade run for hours.
constexpr std::size_t kMaxProposals = 16'384;

struct Proposal {
  ScoredBox at;
  Offsets offsets{};
};

void KeepBest(std::vector<Proposal>& proposals) {
  if (proposals.size() <= kMaxProposals) return;
  const auto end = proposals.begin() + kMaxProposals;
  std::ranges::nth_element(proposals, end,
                           [](const Proposal& a, const Proposal& b) { return a.at.score > b.at.score; });
  proposals.erase(end, proposals.end());
}

std::vector<Proposal> WithoutOverlaps(const std::vector<Proposal>& proposals, float max_overlap) {
  std::vector<ScoredBox> boxes;
  boxes.reserve(proposals.size());
  for (const Proposal& proposal : proposals) boxes.push_back(proposal.at);
  std::vector<Proposal> kept;
  for (const std::size_t i : SuppressOverlaps(boxes, max_overlap, OverlapOf::kUnion)) kept.push_back(proposals[i]);
  return kept;
}

std::vector<ScoredBox> Picked(const std::vector<ScoredBox>& boxes, std::span<const std::size_t> picks) {
  std::vector<ScoredBox> picked;
  picked.reserve(picks.size());
  for (const std::size_t i : picks) picked.push_back(boxes[i]);
  return picked;
}

// Adds the part's pixels, resized to size and normalised, to `values`, a plane a channel.
void WritePlanes(const Image& image, const PixelRect& part, Size size, const Normalization& normalization,
                 std::span<float> planes) {
  ResizeAdaptiveToPlanes(image, part, size, planes);
  for (float& value : planes) value = (value - normalization.mean) * normalization.scale;
}

// `count` pictures of that size. Takes the memory of `before`: large tensors cost more to clear than to fill.
Tensor RoomFor(std::size_t count, Size size, Tensor before) {
  before.shape = {static_cast<std::int64_t>(count), 3, size.height, size.width};
  before.values.resize(static_cast<std::size_t>(ElementCount(before.shape)));
  return before;
}

Tensor LevelOf(const Image& image, const PyramidLevel& level, const Normalization& normalization, Tensor before = {}) {
  Tensor picture = RoomFor(1, level.size, std::move(before));
  WritePlanes(image, {0, 0, image.width(), image.height()}, level.size, normalization, picture.values);
  return picture;
}

// The parts, resized to side x side.
Tensor WindowsOf(const Image& image, std::span<const PixelRect> parts, int side, const Normalization& normalization,
                 Tensor before = {}) {
  const std::size_t values = std::size_t{3} * side * side;
  Tensor pictures = RoomFor(parts.size(), {side, side}, std::move(before));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    WritePlanes(image, parts[i], {side, side}, normalization, std::span(pictures.values).subspan(i * values, values));
  }
  return pictures;
}

// The picture's pixels under P-Net's window at (column, row) of its answers, first and last number from 1.
Box WindowOnPicture(int column, int row, double scale) {
  const auto level_scale = static_cast<float>(scale);
  const auto on_picture = [&](int level_pixel) { return std::floor(static_cast<float>(level_pixel) / level_scale); };
  return {on_picture(kPnetStride * column + 1), on_picture(kPnetStride * row + 1),
          on_picture(kPnetStride * column + kPnetWindow), on_picture(kPnetStride * row + kPnetWindow)};
}

// P-Net's answers along one side of a level: a 3 x 3 convolution, pooling 2 x 2 rounded up, two more convolutions.
int PnetAnswers(int side) { return (side - 2 + 1) / 2 - 4; }

// `face` is [1, 1, rows, columns], `box` [1, 4, rows, columns].
std::vector<Proposal> ProposalsOf(const Tensor& face, const Tensor& box, double scale, float threshold) {
  const auto rows = static_cast<int>(face.shape[2]);
  const auto columns = static_cast<int>(face.shape[3]);
  const std::size_t plane = face.values.size();
  std::vector<Proposal> proposals;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const std::size_t i = std::size_t(row) * std::size_t(columns) + std::size_t(column);
      if (!(face.values[i] >= threshold)) continue;
      Proposal proposal{{WindowOnPicture(column, row, scale), face.values[i]}};
      for (std::size_t edge = 0; edge < 4; ++edge) proposal.offsets[edge] = box.values[edge * plane + i];
      proposals.push_back(proposal);
    }
  }
  return proposals;
}

Result<std::vector<Proposal>> ProposeOnLevel(const Network& pnet, const Image& image, const PyramidLevel& level,
                                             const Normalization& normalization, float threshold, Tensor& picture) {
  picture = LevelOf(image, level, normalization, std::move(picture));
  ASSIGN_OR_RETURN(const auto answers, pnet.Run(picture, {1, 4}));
  const Tensor& face = answers[0];
  const Tensor& box = answers[1];
  const Shape expected{1, 1, PnetAnswers(level.size.height), PnetAnswers(level.size.width)};
  if (face.shape != expected || box.values.size() != 4 * face.values.size()) {
    return Fail(ErrorCode::kCorrupt, "the model's pnet answers {} instead of {}", ToString(face.shape),
                ToString(expected));
  }
  std::vector<Proposal> proposals = ProposalsOf(face, box, level.scale, threshold);
  KeepBest(proposals);
  return WithoutOverlaps(proposals, kLevelOverlap);
}

// Those of `squares` that lie on the picture at all, with the part of it that they cover.
std::vector<PixelRect> DropInvisible(Size picture, std::vector<ScoredBox>& squares) {
  std::vector<PixelRect> parts;
  std::erase_if(squares, [&](const ScoredBox& square) {
    const PixelRect part = VisiblePart(square.box, picture);
    if (part.width() == 0) return true;
    parts.push_back(part);
    return false;
  });
  return parts;
}

// Runs `network` on the parts, resized to side x side, and calls visit(index of the part, outputs, index in them).
template <class Visit>
Status ForEachWindow(const Network& network, std::initializer_list<std::int64_t> channels, const Image& image,
                     std::span<const PixelRect> parts, int side, std::size_t batch, const Normalization& normalization,
                     const Visit& visit) {
  Tensor windows;
  for (std::size_t begin = 0; begin < parts.size();) {
    const std::size_t count = NextBatch(parts.size() - begin, batch);
    windows = WindowsOf(image, parts.subspan(begin, count), side, normalization, std::move(windows));
    ASSIGN_OR_RETURN(const auto outputs, network.Run(windows, channels));
    for (std::size_t i = 0; i < count; ++i) visit(begin + i, outputs, i);
    begin += count;
  }
  return {};
}

// Batches of up to `most` windows, evenly from the first to the last.
std::vector<Tensor> EvenlyFrom(const Image& image, std::vector<ScoredBox> squares, int side, std::size_t batch,
                               const Normalization& normalization, std::size_t most) {
  const std::vector<PixelRect> all = DropInvisible(image.size(), squares);
  std::vector<PixelRect> parts;
  for (std::size_t i = 0, count = std::min(all.size(), most); i < count; ++i)
    parts.push_back(all[i * all.size() / count]);
  std::vector<Tensor> batches;
  for (std::size_t begin = 0; begin < parts.size(); begin += batch) {
    const std::size_t count = std::min(batch, parts.size() - begin);
    batches.push_back(WindowsOf(image, std::span(parts).subspan(begin, count), side, normalization));
  }
  return batches;
}

Offsets OffsetsAt(const Tensor& boxes, std::size_t i) {
  Offsets offsets{};
  std::copy_n(boxes.values.begin() + static_cast<std::ptrdiff_t>(4 * i), 4, offsets.begin());
  return offsets;
}

// `values`: five x, then five y, in fractions of the square that O-Net looked at.
Landmarks LandmarksAt(const Tensor& values, std::size_t i, const Box& square) {
  const float* x = values.values.data() + 10 * i;
  const float* y = x + 5;
  Landmarks landmarks{};
  for (std::size_t k = 0; k < landmarks.size(); ++k) {
    landmarks[k] = {(square.width() + 1) * x[k] + square.x1 - 1, (square.height() + 1) * y[k] + square.y1 - 1};
  }
  return landmarks;
}

// `in_pixels` of a picture of this size.
Detection InFractions(const Detection& in_pixels, Size picture) {
  const float to_width = 1 / static_cast<float>(picture.width);
  const float to_height = 1 / static_cast<float>(picture.height);
  return {Scaled(in_pixels.box, to_width, to_height), Scaled(in_pixels.landmarks, to_width, to_height),
          in_pixels.score};
}

Status CheckOptions(const MtcnnOptions& options) {
  if (options.min_face < kSmallestMinFace) {
    return Fail(ErrorCode::kInvalidArgument, "the smallest face can't be less than {} pixels wide (it is set to {})",
                kSmallestMinFace, options.min_face);
  }
  if (!(options.pyramid_factor >= 0.1 && options.pyramid_factor <= 0.95)) {
    return Fail(ErrorCode::kInvalidArgument, "the pyramid factor must lie between 0.1 and 0.95 (it is set to {})",
                options.pyramid_factor);
  }
  for (const float threshold : {options.pnet_threshold, options.rnet_threshold, options.onet_threshold}) {
    if (!(threshold > 0 && threshold < 1)) {
      return Fail(ErrorCode::kInvalidArgument, "the detector's thresholds must lie between 0 and 1 (one is set to {})",
                  threshold);
    }
  }
  return {};
}

}  // namespace

Result<Mtcnn> Mtcnn::Load(const ModelPackage& package, const MtcnnOptions& options) {
  RETURN_IF_ERROR(CheckOptions(options));
  if (package.manifest.kind != ModelKind::kDetector) {
    return Fail(ErrorCode::kInvalidArgument, "the model {} recognises faces, it does not find them",
                package.manifest.id);
  }
  Mtcnn mtcnn;
  mtcnn.options_ = options;
  mtcnn.normalization_ = package.manifest.normalization;
  ASSIGN_OR_RETURN(mtcnn.pnet_, Network::Load(package, "pnet", {"face", "box"}));
  ASSIGN_OR_RETURN(mtcnn.rnet_, Network::Load(package, "rnet", {"face", "box"}));
  ASSIGN_OR_RETURN(mtcnn.onet_, Network::Load(package, "onet", {"face", "box", "landmarks"}));
  return mtcnn;
}

Result<std::vector<ScoredBox>> Mtcnn::Propose(const Image& image) const {
  std::vector<Proposal> proposals;
  Tensor picture;
  for (const PyramidLevel& level : PyramidLevels(image.size(), options_.min_face, options_.pyramid_factor)) {
    ASSIGN_OR_RETURN(const auto found,
                     ProposeOnLevel(pnet_, image, level, normalization_, options_.pnet_threshold, picture));
    proposals.insert(proposals.end(), found.begin(), found.end());
  }
  KeepBest(proposals);
  std::vector<ScoredBox> squares;
  for (const Proposal& proposal : WithoutOverlaps(proposals, kStageOverlap)) {
    squares.push_back({ToSquare(MoveEdges(proposal.at.box, proposal.offsets, 0)), proposal.at.score});
  }
  return squares;
}

Result<std::vector<ScoredBox>> Mtcnn::Refine(const Image& image, std::vector<ScoredBox> squares) const {
  const std::vector<PixelRect> parts = DropInvisible(image.size(), squares);
  std::vector<ScoredBox> faces;
  std::vector<Offsets> offsets;
  const auto keep = [&](std::size_t window, const std::vector<Tensor>& outputs, std::size_t i) {
    const float score = outputs[0].values[i];
    if (!(score > options_.rnet_threshold)) return;
    faces.push_back({squares[window].box, score});
    offsets.push_back(OffsetsAt(outputs[1], i));
  };
  RETURN_IF_ERROR(ForEachWindow(rnet_, {1, 4}, image, parts, kRnetSide, kRnetBatch, normalization_, keep));
  const std::vector<std::size_t> kept = SuppressOverlaps(faces, kStageOverlap, OverlapOf::kUnion);
  for (std::size_t i = 0; i < faces.size(); ++i) faces[i].box = ToSquare(MoveEdges(faces[i].box, offsets[i], 1));
  return Picked(faces, kept);
}

Result<std::vector<Detection>> Mtcnn::Finish(const Image& image, std::vector<ScoredBox> squares) const {
  const std::vector<PixelRect> parts = DropInvisible(image.size(), squares);
  std::vector<ScoredBox> faces;
  std::vector<Landmarks> landmarks;
  const auto keep = [&](std::size_t window, const std::vector<Tensor>& outputs, std::size_t i) {
    const float score = outputs[0].values[i];
    if (!(score > options_.onet_threshold)) return;
    const Box& square = squares[window].box;
    faces.push_back({MoveEdges(square, OffsetsAt(outputs[1], i), 1), score});
    landmarks.push_back(LandmarksAt(outputs[2], i, square));
  };
  RETURN_IF_ERROR(ForEachWindow(onet_, {1, 4, 10}, image, parts, kOnetSide, kOnetBatch, normalization_, keep));
  std::vector<Detection> detections;
  for (const std::size_t i : SuppressOverlaps(faces, kStageOverlap, OverlapOf::kSmaller)) {
    detections.push_back({faces[i].box, landmarks[i], faces[i].score});
  }
  return detections;
}

Result<Detection> Mtcnn::LookAt(const Image& image, const Box& box) const {
  const auto width = static_cast<float>(image.width());
  const auto height = static_cast<float>(image.height());
  const Box in_pixels = Scaled(box, width, height);
  std::vector<ScoredBox> squares = {{ToSquare(in_pixels), 0}};
  std::vector<PixelRect> parts;
  // A NaN or an infinite edge is refused by the comparisons, too.
  if (box.x1 < box.x2 && box.y1 < box.y2 && box.x2 - box.x1 <= 2 && box.y2 - box.y1 <= 2) {
    parts = DropInvisible(image.size(), squares);
  }
  if (parts.empty()) return Fail(ErrorCode::kInvalidArgument, "this box is not on the photo");
  const Box square = squares.front().box;
  Detection face{in_pixels, {}, 0};
  const auto take = [&](std::size_t /*window*/, const std::vector<Tensor>& outputs, std::size_t i) {
    const Box moved = MoveEdges(square, OffsetsAt(outputs[1], i), 1);
    if (IntersectionOverUnion(moved, in_pixels) >= kLevelOverlap) face.box = moved;
    face.landmarks = LandmarksAt(outputs[2], i, square);
    face.score = outputs[0].values[i];
  };
  RETURN_IF_ERROR(ForEachWindow(onet_, {1, 4, 10}, image, parts, kOnetSide, kOnetBatch, normalization_, take));
  return InFractions(face, image.size());
}

Result<CascadeInputs> Mtcnn::InputsFor(const Image& image, std::size_t most) const {
  CascadeInputs inputs;
  for (const PyramidLevel& level : PyramidLevels(image.size(), options_.min_face, options_.pyramid_factor))
    inputs.pnet.push_back(LevelOf(image, level, normalization_));
  ASSIGN_OR_RETURN(std::vector<ScoredBox> squares, Propose(image));
  inputs.rnet = EvenlyFrom(image, squares, kRnetSide, kRnetBatch, normalization_, most);
  ASSIGN_OR_RETURN(squares, Refine(image, std::move(squares)));
  inputs.onet = EvenlyFrom(image, std::move(squares), kOnetSide, kOnetBatch, normalization_, most);
  return inputs;
}

Result<std::vector<Detection>> Mtcnn::Detect(const Image& image) const {
  if (image.empty()) return std::vector<Detection>{};
  ASSIGN_OR_RETURN(std::vector<ScoredBox> squares, Propose(image));
  ASSIGN_OR_RETURN(squares, Refine(image, std::move(squares)));
  ASSIGN_OR_RETURN(std::vector<Detection> detections, Finish(image, std::move(squares)));
  for (Detection& detection : detections) detection = InFractions(detection, image.size());
  return detections;
}

}  // namespace kinfolder
