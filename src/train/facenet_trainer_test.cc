#include "train/facenet_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "faces/embedder.h"
#include "image/decode.h"
#include "image/encode.h"
#include "nn/graph_builder.h"
#include "nn/session.h"
#include "train/crop_pack.h"
#include "train/facenet_export.h"
#include "train/test_faces.h"
#include "train/torch_network.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

constexpr int kSide = 32;  // pixels that the network of these tests sees

Graph SmallEmbedder(std::uint64_t seed, int dimension = 16) {
  GraphBuilder builder(seed);
  std::string x = builder.Input("image", {-1, 3, kSide, kSide});
  for (const std::int64_t channels : {16, 32, 32}) {
    x = builder.AddBatchNorm(builder.AddConv(x, channels, SquareKernel(3, 2, 1), false), 1e-3F);
    x = builder.Add(Relu{}, {x});
  }
  x = builder.AddGemm(builder.Add(Flatten{1}, {x}), dimension, false);
  x = builder.Add(L2Normalize{1}, {builder.AddBatchNorm(x, 1e-3F)});
  return std::move(builder).Build({{x, "embedding"}});
}

// Painted people, `crops_each` pictures of each; every fifth is held out.
FacenetData PaintedPeople(unsigned people, unsigned crops_each) {
  FacenetData data;
  data.pack = "painted";
  for (unsigned person = 0; person < people; ++person) {
    const bool held_out = person % 5 == 0;
    std::vector<std::size_t> crops;
    for (unsigned i = 0; i < crops_each; ++i) {
      crops.push_back(data.faces.crops.size());
      if (!held_out) data.faces.learned.push_back(data.faces.crops.size());
      data.faces.crops.push_back(PaintFace(person, 48, i));
    }
    (held_out ? data.faces.held_out : data.faces.people).push_back({fmt::format("F{}", person), crops});
  }
  return data;
}

FacenetOptions QuickOptions(std::int64_t steps) {
  FacenetOptions options;
  options.steps = steps;
  options.people = 8;
  options.crops_per_person = 4;
  options.free_crops = 0;
  options.warmup = 10;
  options.average = 0.95;
  return options;
}

TEST(TrainFacenet, LearnsToTellPaintedPeopleApart) {
  const FacenetData data = PaintedPeople(80, 6);
  TrainingRun run;
  run.report_every = 50;
  run.validate_every = 50;
  run.validation_pairs = 80;
  const auto trained = TrainFacenet(BeginTraining(SmallEmbedder(1), QuickOptions(300), data), data, run);
  ASSERT_TRUE(trained) << trained.error().message;
  const History& history = trained->history;
  ASSERT_EQ(history.size(), 7U);
  for (const HistoryRow& row : history) {
    std::printf("step %d triplet %.4f clean %.3f damaged %.3f\n", static_cast<int>(row.step), row.triplet,
                row.validation->clean, row.validation->damaged);
  }
  EXPECT_LT(history.back().triplet, 0.7 * history[1].triplet);
  EXPECT_GT(history.back().validation->clean, history.front().validation->clean + 0.05);
  EXPECT_GT(history.back().validation->damaged, history.front().validation->damaged + 0.05);
  EXPECT_GT(history.back().validation->clean, 0.8);
}

TEST(TrainFacenet, LearnsFromATeacher) {
  FacenetData data = PaintedPeople(40, 4);
  // A teacher who sees the mean colours of four bands of the picture, in more dimensions than the network has.
  constexpr int kDimension = 24;
  data.teacher = TeacherVectors{"bands", kDimension, 0, {}};
  for (const Image& crop : data.faces.crops) {
    std::vector<float> vector(kDimension, 0.1F);
    for (int y = 0; y < crop.height(); ++y) {
      for (int x = 0; x < 3 * crop.width(); ++x) {
        vector[static_cast<std::size_t>(y * 4 / crop.height() * 3 + x % 3)] +=
            static_cast<float>(crop.row(y)[x] - 128) / 5000;
      }
    }
    float squares = 0;
    for (const float value : vector) squares += value * value;
    for (const float value : vector) data.teacher->values.push_back(value / std::sqrt(squares));
  }
  FacenetOptions options = QuickOptions(150);
  options.free_crops = 32;
  options.triplet_weight = 0;
  TrainingRun run;
  run.report_every = 15;
  run.validate_every = 150;
  const auto trained = TrainFacenet(BeginTraining(SmallEmbedder(1), options, data), data, run);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->projection.size(), 24U * 16);
  EXPECT_LT(trained->history.back().cosine, 0.7 * trained->history[1].cosine);
  EXPECT_LT(trained->history.back().similarity, 0.7 * trained->history[1].similarity);
}

TEST(TrainFacenet, GoesOnAsIfItHadNotBeenInterrupted) {
  const FacenetData data = PaintedPeople(20, 3);
  FacenetOptions options = QuickOptions(20);
  options.dropout = 0.3;
  TrainingRun run;
  run.report_every = 10;
  run.validate_every = 20;
  run.validation_pairs = 10;
  const auto at_once = TrainFacenet(BeginTraining(SmallEmbedder(2), options, data), data, run);
  ASSERT_TRUE(at_once) << at_once.error().message;

  const TemporaryFolder folder;
  run.folder = folder.path();
  run.stop_at = 10;
  run.workers = 2;
  ASSERT_TRUE(TrainFacenet(BeginTraining(SmallEmbedder(2), options, data), data, run));
  auto middle = ReadCheckpoint(folder / kCheckpointName);
  ASSERT_TRUE(middle) << middle.error().message;
  EXPECT_EQ(middle->step, 10);
  EXPECT_NE(middle->network, at_once->network);
  run.stop_at = 0;
  const auto resumed = TrainFacenet(*std::move(middle), data, run);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(resumed->network, at_once->network);
  EXPECT_EQ(resumed->average, at_once->average);
  EXPECT_EQ(resumed->average_statistics, at_once->average_statistics);
  EXPECT_EQ(resumed->second_moment, at_once->second_moment);
  EXPECT_EQ(resumed->images, at_once->images);
  EXPECT_EQ(resumed->history.size(), at_once->history.size());
  EXPECT_THAT(ReadTextFile(folder / "history.csv", 1 << 20).value(), HasSubstr("\n20,640,"));
  EXPECT_THAT(ReadTextFile(folder / "curve.svg", 1 << 20).value(), HasSubstr("640 images"));
}

TEST(TrainFacenet, LearnsAtAPaceThatRisesStaysAndFalls) {
  const FacenetData data = PaintedPeople(20, 3);
  FacenetOptions options = QuickOptions(30);
  options.learning_rate = 1e-3;
  options.cooldown = 10;
  TrainingRun run;
  run.report_every = 5;
  run.validate_every = 30;
  run.validation_pairs = 10;
  const auto trained = TrainFacenet(BeginTraining(SmallEmbedder(2), options, data), data, run);
  ASSERT_TRUE(trained) << trained.error().message;
  std::vector<double> pace;
  for (const HistoryRow& row : trained->history) pace.push_back(1000 * row.learning_rate);
  using testing::DoubleNear;
  EXPECT_THAT(pace, testing::ElementsAre(0, DoubleNear(0.5, 1e-9), DoubleNear(1, 1e-9), DoubleNear(1, 1e-9),
                                         DoubleNear(1, 1e-9), DoubleNear(0.6545, 1e-4), DoubleNear(0.0245, 1e-4)));
}

TEST(TrainFacenet, KeepsACheckpointWhenAskedToStop) {
  const FacenetData data = PaintedPeople(20, 3);
  const TemporaryFolder folder;
  StopFlag stop;
  TrainingRun run;
  run.folder = folder.path();
  run.report_every = 5;
  run.validation_pairs = 10;
  run.stop = &stop;
  run.report = [&stop](const HistoryRow& row) {
    if (row.step == 5) stop.Stop();
  };
  const auto stopped = TrainFacenet(BeginTraining(SmallEmbedder(2), QuickOptions(20), data), data, run);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(stopped.error().message, "stopped after step 5 of 20; the same command goes on from there");
  EXPECT_EQ(ReadCheckpoint(folder / kCheckpointName).value().step, 5);
}

TEST(TrainFacenet, RefusesDataThatItDidNotBeginWith) {
  FacenetData data = PaintedPeople(20, 3);
  const Checkpoint start = BeginTraining(SmallEmbedder(2), QuickOptions(20), data);
  data.pack = "another";
  EXPECT_EQ(TrainFacenet(start, data, {}).error().code, ErrorCode::kInvalidArgument);
  data.pack = "painted";
  data.faces.people.clear();
  EXPECT_THAT(TrainFacenet(start, data, {}).error().message, HasSubstr("nothing to learn from"));
}

TEST(ExportEmbedder, GivesAPackageThatSeesWhatTorchSees) {
  ASSERT_TRUE(InitializeImageLibrary("test"));
  const FacenetData data = PaintedPeople(20, 3);
  TrainingRun run;
  run.validation_pairs = 10;
  const auto trained = TrainFacenet(BeginTraining(SmallEmbedder(3), QuickOptions(20), data), data, run);
  ASSERT_TRUE(trained) << trained.error().message;

  const TemporaryFolder folder;
  const PackageText text{"painted", "a test", "none", "painted people", 0.75};
  const auto exported = ExportEmbedder(*trained, text, {.threshold = 0.8}, folder.path());
  ASSERT_TRUE(exported) << exported.error().message;
  const auto package = ReadPackage(folder.path());
  ASSERT_TRUE(package) << package.error().message;
  EXPECT_EQ(package->manifest.crop.margin, 4);  // of 32
  EXPECT_FLOAT_EQ(package->manifest.threshold, 0.8F);
  EXPECT_EQ(package->manifest.accuracy, 0.75);
  EXPECT_FALSE(package->manifest.average_flipped);
  const auto embedder = Embedder::Load(*package);
  ASSERT_TRUE(embedder) << embedder.error().message;
  std::vector<Image> pictures;
  for (unsigned person = 0; person < 5; ++person) pictures.push_back(PaintFace(person, kSide));
  const auto embeddings = embedder->Embed(pictures);
  ASSERT_TRUE(embeddings) << embeddings.error().message;

  TorchNetwork network = TorchNetwork::Make(AveragedNetwork(*trained).value()).value();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const torch::Tensor pixels =
        torch::from_blob(pictures[i].pixels().data(), {1, kSide, kSide, 3}, torch::kUInt8).permute({0, 3, 1, 2});
    const torch::Tensor expected = network.Forward((pixels.to(torch::kFloat32) - 127.5) / 128, {}).at("embedding")[0];
    const torch::Tensor seen = torch::tensor((*embeddings)[i].values);
    EXPECT_NEAR(seen.norm().item<float>(), 1, 1e-5);
    EXPECT_LT((seen - expected).abs().max().item<float>(), 2e-3F);  // weights were rounded to half precision
  }
  const TemporaryFolder other;
  ASSERT_TRUE(ExportEmbedder(*trained, text, {std::nullopt, true}, other.path()));
  EXPECT_TRUE(ReadPackage(other.path())->manifest.average_flipped);
  EXPECT_EQ(ExportEmbedder(*trained, {"Not Allowed", "a", "b", "c"}, {}, folder.path()).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(ReadCheckpoint, RefusesWhatIsCut) {
  const FacenetData data = PaintedPeople(20, 3);
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "checkpoint";
  ASSERT_TRUE(WriteCheckpoint(BeginTraining(SmallEmbedder(2), QuickOptions(20), data), path));
  const auto bytes = ReadFile(path, 1 << 24).value();
  EXPECT_TRUE(ReadCheckpoint(path));
  for (const std::size_t size : {std::size_t{5}, std::size_t{30}, bytes.size() / 2, bytes.size() - 1}) {
    ASSERT_TRUE(WriteFileAtomically(path, std::span(bytes).first(size)));
    const auto read = ReadCheckpoint(path);
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << size;
  }
}

}  // namespace
}  // namespace kinfolder
