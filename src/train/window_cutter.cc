#include "train/window_cutter.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "base/check.h"
#include "faces/pyramid.h"
#include "image/resample.h"
#include "train/window_labels.h"

namespace kinfolder {
namespace {

// How many windows of each sort a view gives at most.
struct WindowCounts {
  std::size_t faces = 40;     // around which windows are cut
  std::size_t likely = 150;   // P-Net: that the teacher takes for a face
  std::size_t unsure = 80;    // P-Net: that it almost takes for one
  std::size_t anywhere = 80;  // P-Net: of all others
  std::size_t mined = 0;      // R-Net, O-Net: that the networks before them take for a face
};

constexpr int kAroundFace = 3;        // windows around a face; P-Net: on each level that shows it about as large
constexpr float kLikely = 0.3F;       // the teacher's probability
constexpr float kUnsure = 0.02F;      // the same
constexpr float kSureOfFace = 0.5F;   // from which the teacher's landmarks count
constexpr float kSmallestSquare = 8;  // pixels
constexpr std::size_t kTeacherBatch = 64;

WindowCounts CountsFor(MtcnnStage stage, bool photo) {
  const std::size_t mined = stage == MtcnnStage::kRnet ? 250 : 100;
  if (photo) return {.mined = mined};
  return {.faces = 1, .likely = 6, .unsure = 4, .anywhere = 4, .mined = mined / 25};
}

// Leaves `count` of `items`, any.
template <class T>
void KeepSome(std::vector<T>& items, std::size_t count, Random& random) {
  if (items.size() <= count) return;
  for (std::size_t i = 0; i < count; ++i) std::swap(items[i], items[i + random() % (items.size() - i)]);
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(count), items.end());
}

// Windows speak of pixel numbers from 1, both ends included (faces/window.h).
Box CoveredBy(const Box& window) { return {window.x1 - 1, window.y1 - 1, window.x2, window.y2}; }

WindowTarget TruthOf(const Box& window, const SceneView& view, float extra) {
  WindowTarget target;
  const std::optional<FaceOverlap> most = MostOverlapped(CoveredBy(window), view.faces);
  const WindowLabel label = LabelOf(most ? most->overlap : 0);
  if (label == WindowLabel::kFace) target.label = 1;
  if (label == WindowLabel::kNothing && view.all_known) target.label = 0;
  if (label == WindowLabel::kFace || label == WindowLabel::kPart) {
    target.box_known = 1;
    target.box = OffsetsTo(view.faces[most->face], window, extra);
  }
  return target;
}

// --- P-Net

struct SeenLevel {
  double scale = 1;
  Size size;
  std::vector<float> planes;  // of the view as seen, values 0 to 255
  Tensor face;                // the teacher's answers about the clean view
  Tensor box;

  int rows() const { return static_cast<int>(face.shape[2]); }
  int columns() const { return static_cast<int>(face.shape[3]); }
};

struct Cell {
  std::size_t level = 0;
  int row = 0;
  int column = 0;
};

std::vector<float> LevelPlanes(const Image& picture, Size size) {
  std::vector<float> planes(std::size_t{3} * size.width * size.height);
  ResizeAdaptiveToPlanes(picture, {0, 0, picture.width(), picture.height()}, size, planes);
  return planes;
}

Result<std::vector<SeenLevel>> LevelsOf(const SceneView& view, const DetectorTeacher& teacher) {
  std::vector<SeenLevel> levels;
  for (const PyramidLevel& level : PyramidLevels(view.clean.size(), kPnetWindow, MtcnnOptions().pyramid_factor)) {
    const auto [width, height] = level.size;
    Tensor picture{{1, 3, height, width}, LevelPlanes(view.clean, level.size)};
    for (float& value : picture.values) value = (value - teacher.normalization.mean) * teacher.normalization.scale;
    ASSIGN_OR_RETURN(auto answers, teacher.pnet.Run(std::move(picture), {1, 4}));
    levels.push_back(
        {level.scale, level.size, LevelPlanes(view.seen, level.size), std::move(answers[0]), std::move(answers[1])});
  }
  return levels;
}

// Not those that hang over the border of the level, which P-Net answers about, too.
bool IsWhole(const SeenLevel& level, const Cell& cell) {
  return cell.row >= 0 && cell.column >= 0 && cell.row < level.rows() && cell.column < level.columns() &&
         2 * cell.column + kPnetWindow <= level.size.width && 2 * cell.row + kPnetWindow <= level.size.height;
}

// Cells around the faces, on levels on which they are about as large as P-Net's window.
void AddCellsOnFaces(const std::vector<Box>& faces, const std::vector<SeenLevel>& levels, Random& random,
                     std::vector<Cell>& cells) {
  for (const Box& face : faces) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const auto scale = static_cast<float>(levels[i].scale);
      const float side = std::max(face.width(), face.height()) * scale;
      if (side < 0.6F * kPnetWindow || side > 1.6F * kPnetWindow) continue;
      const auto near = [&](float centre) {
        const float first = (centre * scale - kPnetWindow / 2.0F) / 2;
        return static_cast<int>(std::lround(first)) + static_cast<int>(random() % 3) - 1;
      };
      for (int k = 0; k < kAroundFace; ++k) {
        const Cell cell{i, near(face.center().y), near(face.center().x)};
        if (IsWhole(levels[i], cell)) cells.push_back(cell);
      }
    }
  }
}

// Cells that the teacher thinks something of, and a few of all the others.
void AddCellsByTeacher(const std::vector<SeenLevel>& levels, const WindowCounts& counts, Random& random,
                       std::vector<Cell>& cells) {
  std::vector<Cell> likely;
  std::vector<Cell> unsure;
  std::vector<Cell> others;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const SeenLevel& level = levels[i];
    for (Cell cell{i, 0, 0}; cell.row < level.rows(); ++cell.row) {
      for (cell.column = 0; cell.column < level.columns(); ++cell.column) {
        if (!IsWhole(level, cell)) continue;
        const float face = level.face.values[static_cast<std::size_t>(cell.row * level.columns() + cell.column)];
        (face >= kLikely ? likely : face >= kUnsure ? unsure : others).push_back(cell);
      }
    }
  }
  KeepSome(likely, counts.likely, random);
  KeepSome(unsure, counts.unsure, random);
  KeepSome(others, counts.anywhere, random);
  for (const auto& some : {likely, unsure, others}) cells.insert(cells.end(), some.begin(), some.end());
}

void AddCellWindow(const SeenLevel& level, const Cell& cell, const SceneView& view, WindowSet& windows) {
  // As faces/mtcnn.cc has it.
  const auto on_picture = [&](int pixel) {
    return std::floor(static_cast<float>(pixel) / static_cast<float>(level.scale));
  };
  const Box window{on_picture(2 * cell.column + 1), on_picture(2 * cell.row + 1),
                   on_picture(2 * cell.column + kPnetWindow), on_picture(2 * cell.row + kPnetWindow)};
  WindowTarget target = TruthOf(window, view, StageExtra(MtcnnStage::kPnet));
  const auto at = static_cast<std::size_t>(cell.row * level.columns() + cell.column);
  target.teacher_face = level.face.values[at];
  for (std::size_t edge = 0; edge < 4; ++edge) {
    target.teacher_box[edge] = level.box.values[edge * level.face.values.size() + at];
  }
  std::vector<float> planes;
  planes.reserve(windows.window_bytes());
  const auto [width, height] = level.size;
  for (int row = 0; row < 3 * kPnetWindow; ++row) {
    const int channel = row / kPnetWindow;
    const int y = channel * height + 2 * cell.row + row % kPnetWindow;
    const auto first = level.planes.begin() + std::ptrdiff_t{y} * width + std::ptrdiff_t{2} * cell.column;
    planes.insert(planes.end(), first, first + kPnetWindow);
  }
  windows.Add(planes, target);
}

// --- R-Net and O-Net

// The face's square, moved and resized at random.
Box ShakenSquare(const Box& face, Random& random) {
  const float side = std::max(face.width(), face.height()) * Uniform(random, 0.8F, 1.3F);
  const Point centre{face.center().x + Uniform(random, -0.2F, 0.2F) * side,
                     face.center().y + Uniform(random, -0.2F, 0.2F) * side};
  return {centre.x - side / 2, centre.y - side / 2, centre.x + side / 2, centre.y + side / 2};
}

Result<std::vector<Box>> SquaresFor(MtcnnStage stage, const SceneView& view, const std::vector<Box>& faces,
                                    const Mtcnn& cascade, std::size_t most, Random& random) {
  ASSIGN_OR_RETURN(std::vector<ScoredBox> mined, cascade.Propose(view.seen));
  if (stage == MtcnnStage::kOnet) {
    ASSIGN_OR_RETURN(mined, cascade.Refine(view.seen, std::move(mined)));
  }
  KeepSome(mined, most, random);
  std::vector<Box> squares;
  for (const ScoredBox& square : mined) squares.push_back(square.box);
  for (const Box& face : faces) {
    for (int k = 0; k < kAroundFace; ++k) squares.push_back(ShakenSquare(face, random));
  }
  std::erase_if(squares, [&](const Box& square) {
    return square.width() < kSmallestSquare || VisiblePart(square, view.clean.size()).width() == 0;
  });
  return squares;
}

std::vector<float> SquarePlanes(const Image& picture, const Box& square, int side) {
  std::vector<float> planes(std::size_t{3} * side * side);
  ResizeAdaptiveToPlanes(picture, VisiblePart(square, picture.size()), {side, side}, planes);
  return planes;
}

// Fills in what the teacher answers about windows of the clean view.
Status AskAboutSquares(const DetectorTeacher& teacher, MtcnnStage stage, const Image& clean,
                       std::span<const Box> squares, std::span<WindowTarget> targets) {
  const int side = StageSide(stage);
  const bool last = stage == MtcnnStage::kOnet;
  for (std::size_t begin = 0; begin < squares.size();) {
    const std::size_t count = NextBatch(squares.size() - begin, kTeacherBatch);
    Tensor pictures{{static_cast<std::int64_t>(count), 3, side, side}, {}};
    for (const Box& square : squares.subspan(begin, count)) {
      for (const float value : SquarePlanes(clean, square, side)) {
        pictures.values.push_back((value - teacher.normalization.mean) * teacher.normalization.scale);
      }
    }
    ASSIGN_OR_RETURN(const auto answers, last ? teacher.onet.Run(std::move(pictures), {1, 4, 10})
                                              : teacher.rnet.Run(std::move(pictures), {1, 4}));
    for (std::size_t i = 0; i < count; ++i) {
      WindowTarget& target = targets[begin + i];
      target.teacher_face = answers[0].values[i];
      std::copy_n(answers[1].values.begin() + static_cast<std::ptrdiff_t>(4 * i), 4, target.teacher_box.begin());
      if (!last || target.teacher_face < kSureOfFace) continue;
      target.landmarks_known = 1;
      std::copy_n(answers[2].values.begin() + static_cast<std::ptrdiff_t>(10 * i), 10, target.landmarks.begin());
    }
    begin += count;
  }
  return {};
}

// --- all of them

Result<WindowSet> WindowsOfView(const SceneView& view, const DetectorTeacher& teacher, const Mtcnn* cascade,
                                MtcnnStage stage, Random& random) {
  const WindowCounts counts = CountsFor(stage, view.all_known);
  std::vector<Box> faces = view.faces;
  KeepSome(faces, counts.faces, random);
  WindowSet windows;
  windows.side = StageSide(stage);
  if (stage == MtcnnStage::kPnet) {
    ASSIGN_OR_RETURN(const auto levels, LevelsOf(view, teacher));
    std::vector<Cell> cells;
    AddCellsOnFaces(faces, levels, random, cells);
    AddCellsByTeacher(levels, counts, random, cells);
    for (const Cell& cell : cells) AddCellWindow(levels[cell.level], cell, view, windows);
    return windows;
  }
  ASSIGN_OR_RETURN(const auto squares, SquaresFor(stage, view, faces, *cascade, counts.mined, random));
  std::vector<WindowTarget> targets;
  for (const Box& square : squares) targets.push_back(TruthOf(square, view, StageExtra(stage)));
  RETURN_IF_ERROR(AskAboutSquares(teacher, stage, view.clean, squares, targets));
  for (std::size_t i = 0; i < squares.size(); ++i) {
    windows.Add(SquarePlanes(view.seen, squares[i], windows.side), targets[i]);
  }
  return windows;
}

struct ViewToCut {
  std::size_t scene = 0;
  std::int64_t view = 0;
};

}  // namespace

Result<DetectorTeacher> DetectorTeacher::Load(const ModelPackage& package) {
  if (package.manifest.kind != ModelKind::kDetector) {
    return Fail(ErrorCode::kInvalidArgument, "the model {} recognises faces, it can't teach how to find them",
                package.manifest.id);
  }
  DetectorTeacher teacher;
  teacher.normalization = package.manifest.normalization;
  ASSIGN_OR_RETURN(teacher.pnet, Network::Load(package, "pnet", {"face", "box"}));
  ASSIGN_OR_RETURN(teacher.rnet, Network::Load(package, "rnet", {"face", "box"}));
  ASSIGN_OR_RETURN(teacher.onet, Network::Load(package, "onet", {"face", "box", "landmarks"}));
  return teacher;
}

Result<StageWindows> CutWindows(std::span<const DetectorScene> scenes, const DetectorTeacher& teacher,
                                const Mtcnn* cascade, const CuttingPlan& plan, const ParallelRun& run) {
  CHECK((cascade == nullptr) == (plan.stage == MtcnnStage::kPnet));
  std::vector<ViewToCut> views;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const std::int64_t count = scenes[i].all_known ? plan.photo_views : plan.crop_views;
    for (std::int64_t view = 0; view < count; ++view) views.push_back({i, view});
  }
  std::vector<WindowSet> cut(views.size());
  RETURN_IF_ERROR(ForEachInParallel(views.size(), run, [&](std::size_t i) -> Status {
    std::seed_seq seed{plan.seed, static_cast<std::int64_t>(plan.stage), static_cast<std::int64_t>(views[i].scene),
                       views[i].view};
    Random random(seed);
    const SceneView view = RandomSceneView(scenes[views[i].scene], random);
    ASSIGN_OR_RETURN(cut[i], WindowsOfView(view, teacher, cascade, plan.stage, random));
    return {};
  }));
  StageWindows windows;
  windows.learned.side = windows.held_out.side = StageSide(plan.stage);
  for (std::size_t i = 0; i < views.size(); ++i) {
    (scenes[views[i].scene].held_out ? windows.held_out : windows.learned).Append(std::exchange(cut[i], {}));
  }
  return windows;
}

}  // namespace kinfolder
