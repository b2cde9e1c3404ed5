#include "filing/run_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>

#include "base/temporary_folder.h"
#include "filing/run_text.h"
#include "filing/test_tree.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
namespace fs = std::filesystem;
using Kind = RunEvent::Kind;

Run SampleRun(const std::string& name) {
  Run run;
  FolderStep& folder = run.folders.emplace_back();
  folder.creation = {"/people/" + name, name};
  FileStep& file = run.files.emplace_back();
  file.operation = {"/in/" + name, "/people/" + name + "/1.jpg", Sha256Of({}), 12, name};
  file.method = FilingMethod::kReflink;
  PackStep& pack = run.packs.emplace_back();
  pack.request = {name, "/people/" + name, "/packs/" + name + ".zip"};
  run.problems = {"a problem with " + name};
  return run;
}

RC_GTEST_PROP(RunText, GivesBackAnyBytes, ()) {
  // A kernel path holds any byte but NUL.
  const auto name = *rc::gen::container<std::string>(rc::gen::distinctFrom(rc::gen::arbitrary<char>(), '\0'));
  const Run run = SampleRun(name);
  RunEvent event(Kind::kFile, 0);
  event.problem = "no " + name;
  const auto parsed = ParseRun(PlanText(run) + EventText(event), "x");
  RC_ASSERT(parsed.has_value());
  const Run& read = parsed->run;
  RC_ASSERT(read.folders.at(0).creation.folder == run.folders[0].creation.folder);
  RC_ASSERT(read.folders.at(0).creation.person == name);
  RC_ASSERT(read.files.at(0).operation.source == run.files[0].operation.source);
  RC_ASSERT(read.files.at(0).operation.target == run.files[0].operation.target);
  RC_ASSERT(read.files.at(0).method == FilingMethod::kReflink);
  RC_ASSERT(read.files.at(0).state == StepState::kFailed);
  RC_ASSERT(read.packs.at(0).request.target == run.packs[0].request.target);
  RC_ASSERT(read.problems == (std::vector<std::string>{run.problems[0], event.problem}));
}

RC_GTEST_PROP(RunText, NeverCrashesOnDamage, ()) {
  RunEvent event(Kind::kFile, 0);
  event.stamp = {12, 34};
  std::string text = PlanText(SampleRun("Ann")) + EventText(event);
  const auto places = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, text.size()), rc::gen::arbitrary<char>()));
  for (const auto& [place, byte] : places) text[place] = byte;
  const auto parsed = ParseRun(text, "x");
  if (!parsed) RC_ASSERT(parsed.error().code == ErrorCode::kCorrupt || parsed.error().code == ErrorCode::kUnsupported);
}

TEST(RunText, SaysWhatItCannotRead) {
  EXPECT_EQ(ParseRun("", "x").error().message, "x is damaged");
  EXPECT_EQ(ParseRun("{\"kinfolder_run\":2}\n", "x").error().message, "x is from a later version of Kinfolder");
  std::string plan = PlanText(SampleRun("Ann"));
  EXPECT_EQ(ParseRun(plan + EventText(RunEvent(Kind::kFile, 1)), "x").error().message, "x is damaged");
  plan.resize(plan.size() - 10);
  EXPECT_EQ(ParseRun(plan, "x").error().message, "x is damaged");
}

TEST(RunLog, GoesOnAfterALineThatWasCut) {
  const TemporaryFolder folder;
  std::string id;
  {
    auto log = RunLog::Begin(folder.path(), SampleRun("Ann"));
    ASSERT_TRUE(log) << log.error().message;
    id = log->run().id;
    ASSERT_TRUE(log->Record(RunEvent(Kind::kFolder, 0)));
  }
  std::ofstream(folder / (id + ".jsonl"), std::ios::app) << EventText(RunEvent(Kind::kFile, 0)).substr(0, 20);
  {
    auto log = RunLog::Resume(folder.path(), id);
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->run().folders[0].state, StepState::kDone);
    EXPECT_EQ(log->run().files[0].state, StepState::kOpen);
    RunEvent event(Kind::kFile, 0);
    event.stamp = {12, -34};
    ASSERT_TRUE(log->Record(event));
    ASSERT_TRUE(log->Record(RunEvent(Kind::kFinished), RunLog::Flush::kYes));
  }
  const auto run = ReadRun(folder.path(), id);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->state, RunState::kDone);
  EXPECT_EQ(run->files[0].stamp, (FileStamp{12, -34}));
  EXPECT_EQ(run->started_at.size(), 20U);
}

TEST(RunLog, NumbersRunsInTheOrderTheyBegan) {
  const TemporaryFolder folder;
  WriteTestFile(folder / "29990101-000000-9.jsonl", "from a clock that ran ahead");
  WriteTestFile(folder / "notes.jsonl", "");
  WriteTestFile(folder / "29990101-000000-x.jsonl", "");
  ASSERT_TRUE(RunLog::Begin(folder.path(), SampleRun("Ann")));
  ASSERT_TRUE(RunLog::Begin(folder.path(), SampleRun("Ann")));
  EXPECT_THAT(*RunIds(folder.path()), ElementsAre("29990101-000000-11", "29990101-000000-10", "29990101-000000-9"));
  EXPECT_EQ(ReadRun(folder.path(), "29990101-000000-9").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(ReadRun(folder.path(), "../x").error().message, "there is no run \"../x\"");
  EXPECT_EQ(RunLog::Resume(folder.path(), "29990101-000000-1").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kinfolder
