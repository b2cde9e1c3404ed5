#include "train/mtcnn_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "faces/mtcnn.h"
#include "image/decode.h"
#include "image/resample.h"
#include "train/detector_export.h"
#include "train/test_faces.h"
#include "train/training_file.h"
#include "train/window_cutter.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

// A detector of random weights that writes its files once: an ignorant teacher, and a cascade that proposes anything.
ModelPackage IgnorantDetector(const TemporaryFolder& folder) {
  const std::array<Graph, 3> networks = {StageNetwork(MtcnnStage::kPnet, 5), StageNetwork(MtcnnStage::kRnet, 6),
                                         StageNetwork(MtcnnStage::kOnet, 7)};
  const auto exported = ExportDetector(networks, {}, {"ignorant", "a test", "none", "nothing"}, folder.path());
  EXPECT_TRUE(exported) << exported.error().message;
  return ReadPackage(folder.path()).value();
}

// Speckled photos with two painted faces each; every fourth is held out.
std::vector<DetectorScene> PaintedScenes(unsigned count) {
  std::vector<DetectorScene> scenes;
  for (unsigned i = 0; i < count; ++i) {
    DetectorScene scene{Image(160, 112), {}, true, i % 4 == 0};
    Random random(i);
    for (std::uint8_t& value : scene.picture.pixels()) value = static_cast<std::uint8_t>(60 + random() % 120);
    for (int place = 0; place < 2; ++place) {
      const int side = 24 + static_cast<int>(random() % 40);
      const Image face = PaintFace(3 * i + static_cast<unsigned>(place), side);
      const int left = place * 80 + static_cast<int>(random() % static_cast<unsigned>(80 - side));
      const int top = static_cast<int>(random() % static_cast<unsigned>(112 - side));
      for (int y = 0; y < side; ++y) {
        std::copy_n(face.row(y), 3 * side, scene.picture.row(top + y) + std::ptrdiff_t{3} * left);
      }
      const float margin = static_cast<float>(side) * 22 / 182;
      scene.faces.push_back({static_cast<float>(left) + margin, static_cast<float>(top) + margin,
                             static_cast<float>(left + side) - margin, static_cast<float>(top + side) - margin});
    }
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

Result<StageWindows> PaintedWindows(MtcnnStage stage, unsigned scenes, int jobs = 1) {
  const TemporaryFolder folder;
  const ModelPackage package = IgnorantDetector(folder);
  ASSIGN_OR_RETURN(const DetectorTeacher teacher, DetectorTeacher::Load(package));
  ASSIGN_OR_RETURN(const Mtcnn cascade,
                   Mtcnn::Load(package, {.min_face = 20, .pnet_threshold = 0.1F, .rnet_threshold = 0.1F}));
  ParallelRun run;
  run.jobs = jobs;
  const auto painted = PaintedScenes(scenes);
  return CutWindows(painted, teacher, stage == MtcnnStage::kPnet ? nullptr : &cascade, {stage, 1, 2, 1}, run);
}

StageOptions QuickStage(MtcnnStage stage, std::int64_t steps) {
  StageOptions options = UsualOptions(stage);
  options.steps = steps;
  options.batch = 64;
  options.warmup = 10;
  options.average = 0.95;
  options.teacher_share = 0;  // it knows nothing
  return options;
}

TEST(CutWindows, GivesFacesPartsAndOthersForEachNetwork) {
  for (const MtcnnStage stage : kMtcnnStages) {
    const auto windows = PaintedWindows(stage, 4);
    ASSERT_TRUE(windows) << windows.error().message;
    const WindowSet& learned = windows->learned;
    EXPECT_EQ(learned.side, StageSide(stage));
    EXPECT_EQ(learned.pixels.size(), learned.targets.size() * learned.window_bytes());
    EXPECT_FALSE(windows->held_out.targets.empty());
    const auto count = [&](auto&& which) { return std::ranges::count_if(learned.targets, which); };
    EXPECT_GT(count([](const WindowTarget& target) { return target.label == 1; }), 5) << StageName(stage);
    EXPECT_GT(count([](const WindowTarget& target) { return target.label == 0; }), 5) << StageName(stage);
    EXPECT_GT(count([](const WindowTarget& target) { return target.label < 0 && target.box_known > 0; }), 0);
    const auto landmarks = count([](const WindowTarget& target) { return target.landmarks_known > 0; });
    EXPECT_EQ(landmarks, stage == MtcnnStage::kOnet
                             ? count([](const WindowTarget& target) { return target.teacher_face >= 0.5F; })
                             : 0);
  }
}

TEST(CutWindows, DoesNotDependOnThreads) {
  const auto one = PaintedWindows(MtcnnStage::kRnet, 4, 1);
  const auto three = PaintedWindows(MtcnnStage::kRnet, 4, 3);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->learned.pixels, three->learned.pixels);
  EXPECT_EQ(one->held_out.pixels, three->held_out.pixels);
}

TEST(WindowFiles, GiveBackWhatWasWritten) {
  auto windows = PaintedWindows(MtcnnStage::kPnet, 4).value();
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteWindows(windows, MtcnnStage::kPnet, folder / "windows"));
  const auto read = ReadWindows(folder / "windows", MtcnnStage::kPnet);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->sha256, windows.sha256);
  EXPECT_EQ(read->learned.pixels, windows.learned.pixels);
  EXPECT_EQ(read->held_out.targets.back().box, windows.held_out.targets.back().box);
  EXPECT_EQ(ReadWindows(folder / "windows", MtcnnStage::kRnet).error().code, ErrorCode::kInvalidArgument);
  const auto bytes = ReadFile(folder / "windows", 1 << 30).value();
  ASSERT_TRUE(WriteFileAtomically(folder / "windows", std::span(bytes).first(bytes.size() - 1)));
  EXPECT_EQ(ReadWindows(folder / "windows", MtcnnStage::kPnet).error().code, ErrorCode::kCorrupt);
}

TEST(TrainStage, LearnsToFindPaintedFaces) {
  const auto windows = PaintedWindows(MtcnnStage::kPnet, 40);
  ASSERT_TRUE(windows) << windows.error().message;
  StageRun run;
  run.report_every = 100;
  run.validate_every = 100;
  const auto trained =
      TrainStage(BeginStage(MtcnnStage::kPnet, QuickStage(MtcnnStage::kPnet, 400), *windows), *windows, run);
  ASSERT_TRUE(trained) << trained.error().message;
  const auto& history = trained->history;
  ASSERT_EQ(history.size(), 5U);
  for (const StageRow& row : history) {
    std::printf("step %d face %.4f box %.4f held out %.4f accuracy %.3f\n", static_cast<int>(row.step),
                row.learning.face, row.learning.box, row.held_out->face, row.accuracy);
  }
  EXPECT_LT(history.back().learning.face, 0.7 * history[1].learning.face);
  EXPECT_LT(history.back().held_out->face, 0.7 * history.front().held_out->face);
  EXPECT_LT(history.back().held_out->box, 0.7 * history.front().held_out->box);
  EXPECT_GT(history.back().accuracy, 0.85);
}

TEST(TrainStage, GoesOnAsIfItHadNotBeenInterrupted) {
  const auto windows = PaintedWindows(MtcnnStage::kOnet, 4);
  ASSERT_TRUE(windows) << windows.error().message;
  const StageCheckpoint start = BeginStage(MtcnnStage::kOnet, QuickStage(MtcnnStage::kOnet, 10), *windows);
  StageRun run;
  run.report_every = 5;
  run.validate_every = 10;
  const auto at_once = TrainStage(start, *windows, run);
  ASSERT_TRUE(at_once) << at_once.error().message;

  const TemporaryFolder folder;
  run.folder = folder.path();
  run.stop_at = 5;
  ASSERT_TRUE(TrainStage(start, *windows, run));
  auto middle = ReadStageCheckpoint(folder / kCheckpointName);
  ASSERT_TRUE(middle) << middle.error().message;
  EXPECT_EQ(middle->step, 5);
  EXPECT_NE(middle->network, at_once->network);
  run.stop_at = 0;
  const auto resumed = TrainStage(*std::move(middle), *windows, run);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(resumed->network, at_once->network);
  EXPECT_EQ(resumed->average, at_once->average);
  EXPECT_EQ(resumed->second_moment, at_once->second_moment);
  EXPECT_EQ(resumed->history.size(), at_once->history.size());
  EXPECT_THAT(ReadTextFile(folder / "history.csv", 1 << 20).value(), HasSubstr("\n10,"));
}

TEST(TrainStage, KeepsACheckpointWhenAskedToStop) {
  const auto windows = PaintedWindows(MtcnnStage::kRnet, 4).value();
  const TemporaryFolder folder;
  StopFlag stop;
  StageRun run;
  run.folder = folder.path();
  run.report_every = 5;
  run.stop = &stop;
  run.report = [&stop](const StageRow& row) {
    if (row.step == 5) stop.Stop();
  };
  const auto stopped =
      TrainStage(BeginStage(MtcnnStage::kRnet, QuickStage(MtcnnStage::kRnet, 20), windows), windows, run);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(stopped.error().message, "stopped after step 5 of 20; the same command goes on from there");
  EXPECT_EQ(ReadStageCheckpoint(folder / kCheckpointName).value().step, 5);
}

TEST(TrainStage, RefusesOtherWindowsAndNone) {
  auto windows = PaintedWindows(MtcnnStage::kPnet, 4).value();
  const StageCheckpoint start = BeginStage(MtcnnStage::kPnet, QuickStage(MtcnnStage::kPnet, 5), windows);
  windows.sha256 = "another";
  EXPECT_THAT(TrainStage(start, windows, {}).error().message, HasSubstr("began with other windows"));
  windows.sha256 = "";
  windows.learned.targets.clear();
  EXPECT_THAT(TrainStage(start, windows, {}).error().message, HasSubstr("nothing to learn from"));
}

TEST(ExportDetector, GivesAPackageThatDetectsWith) {
  const TemporaryFolder folder;
  const ModelPackage package = IgnorantDetector(folder);
  EXPECT_EQ(package.manifest.kind, ModelKind::kDetector);
  const auto mtcnn = Mtcnn::Load(package, {});
  ASSERT_TRUE(mtcnn) << mtcnn.error().message;
  EXPECT_TRUE(mtcnn->Detect(PaintedScenes(1).front().picture));
  const std::array<Graph, 3> networks = {StageNetwork(MtcnnStage::kPnet, 5), StageNetwork(MtcnnStage::kRnet, 6),
                                         StageNetwork(MtcnnStage::kOnet, 7)};
  EXPECT_EQ(ExportDetector(networks, {}, {"Not Allowed", "a", "b", "c"}, folder.path()).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(ExportDetector, MovesTheLogOddsOfAFace) {
  const Graph network = StageNetwork(MtcnnStage::kRnet, 6);
  const Graph moved = WithLogOdds(network, 1.5F);
  const auto odds = [](const Graph& graph) {
    const Tensor picture{{1, 3, 24, 24}, std::vector<float>(std::size_t{3} * 24 * 24, 0.25F)};
    const auto session = MakeReferenceSession(graph).value();
    const auto& names = session->output_names();
    const auto results = session->Run(std::array{picture}).value();
    const float face = results.at(std::ranges::find(names, "face") - names.begin()).values.at(0);
    return std::log(face / (1 - face));
  };
  EXPECT_NEAR(odds(moved) - odds(network), 1.5, 1e-4);
}

}  // namespace
}  // namespace kinfolder
