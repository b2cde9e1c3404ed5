#include "filing/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/temporary_folder.h"
#include "filing/test_tree.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"1", "2", "3"}) WriteTestFile(user_ / "in" / (std::string(name) + ".jpg"), name);
    start_ = Snapshot(user_);
  }

  FileOperation Operation(const std::string& name, const std::string& person) const {
    return {user_ / "in" / (name + ".jpg"), user_ / "people" / person / (name + ".jpg"), Sha256Of(AsBytes(name)), 1,
            person};
  }
  PackRequest Pack(const std::string& person) const {
    return {person, user_ / "people" / person, user_ / "packs" / (person + ".zip")};
  }
  FilingPlan AnnAndBen(FilingMethod method = FilingMethod::kCopy) const {
    FilingPlan plan;
    plan.method = method;
    plan.operations = {Operation("1", "Ann"), Operation("2", "Ann"), Operation("2", "Ben")};
    return plan;
  }
  ApplyResult Apply(const FilingPlan& plan, const std::vector<PackRequest>& packs = {}) {
    return journal_.Apply(plan, packs, {}, stop_).value();
  }
  ApplyResult Undo() { return journal_.Undo({}, {}, stop_).value(); }
  std::string JournalFile(const std::string& id) { return *ReadTextFile(journal_folder_ / (id + ".jsonl"), 1 << 20); }

  TemporaryFolder folder_;
  fs::path user_ = folder_ / "user";
  fs::path journal_folder_ = folder_ / "journal";
  Journal journal_ = Journal::Open(journal_folder_).value();
  StopFlag stop_;
  std::map<std::string, std::string> start_;
};

TEST_F(JournalTest, AppliesAndTakesBack) {
  const ApplyResult applied = Apply(AnnAndBen(), {Pack("Ann"), Pack("Ben")});
  EXPECT_THAT(applied.failures, IsEmpty());
  EXPECT_EQ(applied.run.state, RunState::kDone);
  EXPECT_EQ(applied.run.folders_created, 4);  // people, Ann, Ben, packs
  EXPECT_EQ(applied.run.photos_filed, 3);
  EXPECT_EQ(applied.run.packs_written, 2);
  ASSERT_THAT(applied.packs, SizeIs(2));
  EXPECT_EQ(applied.packs[0].files, 2);
  EXPECT_EQ(applied.run.bytes, 3U);
  EXPECT_EQ(VerifyPack(user_ / "packs" / "Ann.zip", StopFlag())->files, 2);
  ASSERT_THAT(journal_.Runs().value(), SizeIs(1));
  EXPECT_EQ(journal_.Runs()->front().id, applied.run.id);

  const ApplyResult undone = Undo();
  EXPECT_EQ(undone.run.state, RunState::kUndone);
  EXPECT_THAT(undone.failures, IsEmpty());
  EXPECT_EQ(Snapshot(user_), start_);
  EXPECT_EQ(journal_.Undo({}, {}, stop_).error().message, "there is no run to take back");
  EXPECT_EQ(journal_.Undo(applied.run.id, {}, stop_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(journal_.Undo("nonsense", {}, stop_).error().message, "there is no run \"nonsense\"");
}

TEST_F(JournalTest, MovesAPhotoOfTwoPeopleTheLastTime) {
  ASSERT_THAT(Apply(AnnAndBen(FilingMethod::kMove)).failures, IsEmpty());
  EXPECT_THAT(Snapshot(user_ / "in"), SizeIs(1));
  EXPECT_TRUE(fs::exists(user_ / "people" / "Ann" / "2.jpg"));
  EXPECT_TRUE(fs::exists(user_ / "people" / "Ben" / "2.jpg"));
  EXPECT_THAT(Undo().failures, IsEmpty());
  EXPECT_EQ(Snapshot(user_), start_);
}

TEST_F(JournalTest, MovesNoPhotoOutOfTheFolderOfSomebodyItShows) {
  FilingPlan plan;
  plan.method = FilingMethod::kMove;
  plan.operations = {Operation("1", "Ben")};
  plan.operations[0].source = user_ / "people" / "Ann" / "1.jpg";
  WriteTestFile(plan.operations[0].source, "1");
  plan.already = {{plan.operations[0].source, plan.operations[0].content, "Ann"}};
  EXPECT_EQ(Apply(plan).run.photos_filed, 1);
  EXPECT_TRUE(fs::exists(user_ / "people" / "Ann" / "1.jpg"));
  EXPECT_TRUE(fs::exists(user_ / "people" / "Ben" / "1.jpg"));
}

TEST_F(JournalTest, MakesNoRunOfNothing) {
  const std::vector<PackRequest> packs = {Pack("Ann")};
  ASSERT_THAT(Apply(AnnAndBen(), packs).failures, IsEmpty());
  const auto before = Snapshot(folder_.path());
  const ApplyResult again = Apply(AnnAndBen(), packs);
  EXPECT_EQ(again.run.id, "");
  EXPECT_EQ(again.run.state, RunState::kDone);
  EXPECT_EQ(Snapshot(folder_.path()), before);

  // A pack that is looked at anew and stays as it is makes no run either.
  ASSERT_EQ(::chmod((user_ / "people" / "Ann" / "1.jpg").c_str(), 0600), 0);
  EXPECT_EQ(Apply({}, packs).run.id, "");
  EXPECT_THAT(journal_.Runs().value(), SizeIs(1));
}

TEST_F(JournalTest, DoesTheRestWhenSomethingFails) {
  fs::remove(user_ / "in" / "1.jpg");
  WriteTestFile(user_ / "people" / "Ben" / "2.jpg", "x");
  const ApplyResult applied = Apply(AnnAndBen(), {Pack("Cy")});
  EXPECT_EQ(applied.run.state, RunState::kDone);
  EXPECT_EQ(applied.run.photos_filed, 1);
  ASSERT_THAT(applied.failures, SizeIs(3));
  EXPECT_EQ(applied.failures[0].message,
            (user_ / "people/Ben/2.jpg").string() + " is there already with other content");
  EXPECT_EQ(applied.failures[1].code, ErrorCode::kNotFound);
  EXPECT_EQ(applied.failures[2].code, ErrorCode::kNotFound);
  EXPECT_THAT(applied.run.problems, SizeIs(3));
  EXPECT_THAT(journal_.Runs()->front().problems, SizeIs(3));
  EXPECT_THAT(Undo().failures, IsEmpty());
  EXPECT_EQ(*ReadTextFile(user_ / "people" / "Ben" / "2.jpg", 10), "x");
}

TEST_F(JournalTest, AsksForSpaceFirst) {
  FilingPlan plan = AnnAndBen();
  plan.operations[1].bytes = std::uint64_t{1} << 60;
  const auto applied = journal_.Apply(plan, {}, {}, stop_);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, ErrorCode::kNoSpace);
  EXPECT_THAT(applied.error().message, HasSubstr("filing these photos takes 1.2 EB, but "));
  EXPECT_EQ(Snapshot(user_), start_);
  EXPECT_THAT(journal_.Runs().value(), IsEmpty());
  plan.method = FilingMethod::kHardLink;  // which takes no space
  EXPECT_TRUE(journal_.Apply(plan, {}, {}, stop_));
}

TEST_F(JournalTest, AsksForTheSpaceOfPacksFirst) {
  constexpr std::uint64_t kGigabyte = 1'000'000'000;
  const fs::path large = user_ / "people" / "Ann" / "large.jpg";
  WriteTestFile(large, "");
  fs::resize_file(large, fs::space(user_).available + kGigabyte);  // takes no space: it is one hole
  const auto packed = journal_.Apply({}, {Pack("Ann")}, {}, stop_);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().code, ErrorCode::kNoSpace);
  EXPECT_THAT(packed.error().message, testing::MatchesRegex("writing the packs takes .*B, but .* has only .*B free"));
  EXPECT_THAT(packed.error().message, HasSubstr(user_.string()));

  const auto filed = journal_.Apply(AnnAndBen(FilingMethod::kHardLink), {Pack("Ann")}, {}, stop_);
  ASSERT_FALSE(filed);
  EXPECT_FALSE(fs::exists(user_ / "packs"));
  EXPECT_FALSE(fs::exists(user_ / "people" / "Ann" / "1.jpg"));
  EXPECT_THAT(journal_.Runs().value(), IsEmpty());

  fs::resize_file(large, 1);
  EXPECT_EQ(Apply(AnnAndBen(), {Pack("Ann"), Pack("Ben")}).run.packs_written, 2);
}

TEST_F(JournalTest, MovesNothingThatNotEverybodyHasACopyOf) {
  WriteTestFile(user_ / "people" / "Ann", "in the way of her folder");
  const ApplyResult applied = Apply(AnnAndBen(FilingMethod::kMove));
  EXPECT_EQ(applied.run.photos_filed, 0);
  ASSERT_THAT(applied.failures, SizeIs(3));  // her two photos, and his
  EXPECT_EQ(applied.failures[2].message,
            (user_ / "in" / "2.jpg").string() + " stays where it is: not everybody on it has got a copy yet");
  fs::remove(user_ / "people" / "Ann");
  ASSERT_THAT(Apply(AnnAndBen(FilingMethod::kMove)).failures, IsEmpty());
  EXPECT_THAT(Snapshot(user_ / "in"), SizeIs(1));
  EXPECT_TRUE(fs::exists(user_ / "people" / "Ann" / "2.jpg"));
}

TEST_F(JournalTest, WhatIsFiledIsInThePacks) {
  FilingPlan plan = AnnAndBen(FilingMethod::kHardLink);
  plan.operations[1].bytes = std::uint64_t{1} << 60;
  const auto applied = journal_.Apply(plan, {Pack("Ann")}, {}, stop_);
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().message, HasSubstr("writing the packs takes 1.2 EB, but "));
  EXPECT_EQ(Snapshot(user_), start_);
}

TEST_F(JournalTest, CreatesFoldersThatUndoRemovesOnlyEmpty) {
  FilingPlan plan;
  plan.folders = {{user_ / "people" / "Ann", "Ann"}, {user_ / "people" / "Ben" / "", "Ben"}};
  EXPECT_EQ(Apply(plan).run.folders_created, 3);
  WriteTestFile(user_ / "people" / "Ben" / "own.jpg", "x");
  const ApplyResult undone = Undo();
  EXPECT_EQ(undone.run.state, RunState::kUndone);
  EXPECT_THAT(undone.run.problems, ElementsAre((user_ / "people/Ben").string() + " stays: it holds something else now",
                                               (user_ / "people").string() + " stays: it holds something else now"));
  EXPECT_FALSE(fs::exists(user_ / "people" / "Ann"));
}

TEST_F(JournalTest, LeavesWhatTheUserChangedSince) {
  Apply(AnnAndBen(), {Pack("Ben")});
  WriteTestFile(user_ / "people" / "Ann" / "1.jpg", "edited");
  fs::remove(user_ / "in" / "2.jpg");
  WriteTestFile(user_ / "packs" / "Ben.zip", "own");
  const ApplyResult undone = Undo();
  EXPECT_THAT(undone.failures, SizeIs(8));  // three photos, a pack, four folders
  EXPECT_EQ(*ReadTextFile(user_ / "people" / "Ann" / "1.jpg", 10), "edited");
  EXPECT_EQ(*ReadTextFile(user_ / "people" / "Ann" / "2.jpg", 10), "2");
  EXPECT_EQ(*ReadTextFile(user_ / "packs" / "Ben.zip", 10), "own");
}

TEST_F(JournalTest, TriesAgainWhatStayed) {
  const std::string id = Apply(AnnAndBen(), {Pack("Ann")}).run.id;
  WriteTestFile(user_ / "people" / "Ann" / "1.jpg", "edited");
  EXPECT_THAT(Undo().failures, SizeIs(3));  // it and its folders
  EXPECT_THAT(journal_.Undo(id, {}, stop_)->failures, SizeIs(3));
  WriteTestFile(user_ / "people" / "Ann" / "1.jpg", "1");
  const ApplyResult undone = journal_.Undo(id, {}, stop_).value();
  EXPECT_THAT(undone.failures, IsEmpty());
  EXPECT_EQ(undone.run.state, RunState::kUndone);
  EXPECT_EQ(Snapshot(user_), start_);
  EXPECT_EQ(journal_.Undo(id, {}, stop_).error().message, "run " + id + " was taken back already");
}

TEST_F(JournalTest, GivesBackThePackThatItReplaced) {
  FilingPlan first = AnnAndBen();
  first.operations.resize(1);
  Apply(first, {Pack("Ann")});
  const auto before = *Sha256OfFile(user_ / "packs" / "Ann.zip");
  Apply(AnnAndBen(), {Pack("Ann")});
  EXPECT_NE(*Sha256OfFile(user_ / "packs" / "Ann.zip"), before);
  EXPECT_THAT(Undo().failures, IsEmpty());
  EXPECT_EQ(*Sha256OfFile(user_ / "packs" / "Ann.zip"), before);
  EXPECT_TRUE(PackIsCurrent(Pack("Ann")).value());
  EXPECT_THAT(Undo().failures, IsEmpty());
  EXPECT_EQ(Snapshot(user_), start_);
}

TEST_F(JournalTest, TellsWhenThePackCannotBeAsItWas) {
  FilingPlan first = AnnAndBen();
  first.operations.resize(1);
  Apply(first, {Pack("Ann")});
  Apply(AnnAndBen(), {Pack("Ann")});
  WriteTestFile(user_ / "people" / "Ann" / "own.jpg", "own");
  EXPECT_THAT(Undo().run.problems,
              ElementsAre((user_ / "packs/Ann.zip").string() +
                          " was written again but is not as it was before: the folder has changed"));
  EXPECT_EQ(VerifyPack(user_ / "packs" / "Ann.zip", StopFlag())->files, 2);
}

TEST_F(JournalTest, LeavesAnArchiveThatIsNoPack) {
  WriteTestFile(user_ / "packs" / "Ann.zip", "somebody's own archive");
  const ApplyResult applied = Apply(AnnAndBen(), {Pack("Ann"), Pack("Ben")});
  ASSERT_THAT(applied.failures, SizeIs(1));
  EXPECT_EQ(applied.failures[0].message, (user_ / "packs/Ann.zip").string() +
                                             " is there already and is no pack, or a damaged one: it stays as it is; "
                                             "move it away for a new one");
  EXPECT_EQ(applied.run.packs_written, 1);
  EXPECT_EQ(*ReadTextFile(user_ / "packs" / "Ann.zip", 100), "somebody's own archive");
  EXPECT_THAT(Undo().failures, IsEmpty());
  EXPECT_EQ(*ReadTextFile(user_ / "packs" / "Ann.zip", 100), "somebody's own archive");
}

TEST_F(JournalTest, TellsOfThePackOfAFolderThatWasEmptied) {
  Apply(AnnAndBen(), {Pack("Ben")});
  fs::remove(user_ / "people" / "Ben" / "2.jpg");
  const ApplyResult applied = Apply({}, {Pack("Ben")});
  EXPECT_THAT(applied.notes, ElementsAre(HasSubstr("Ben.zip stays as it is, though")));
  EXPECT_EQ(applied.run.id, "");
}

TEST_F(JournalTest, UndoesNothingWhereTheDriveIsMissing) {
  fs::create_directories(user_ / "drive");
  FilingPlan plan;
  plan.operations = {Operation("1", "Ann")};
  plan.operations[0].target = user_ / "drive" / "people" / "Ann" / "1.jpg";
  Apply(plan);
  fs::rename(user_ / "drive", user_ / "away");
  EXPECT_EQ(journal_.Undo({}, {}, stop_).error().message,
            (user_ / "drive").string() + " is not there: is a drive missing? Nothing was taken back");
  fs::rename(user_ / "away", user_ / "drive");
  EXPECT_THAT(Undo().failures, IsEmpty());
  EXPECT_TRUE(fs::is_empty(user_ / "drive"));
}

TEST_F(JournalTest, MovesNoPhotoAwayFromALinkToIt) {
  FilingPlan links;
  links.method = FilingMethod::kSymlink;
  links.operations = {Operation("1", "Ann")};
  Apply(links);
  FilingPlan moves;
  moves.method = FilingMethod::kMove;
  moves.operations = {Operation("1", "Ben")};
  moves.already = {{links.operations[0].target, links.operations[0].content, "Ann"}};
  EXPECT_THAT(Apply(moves).failures, IsEmpty());
  EXPECT_EQ(*ReadTextFile(user_ / "people" / "Ann" / "1.jpg", 100), "1");
  EXPECT_EQ(*ReadTextFile(user_ / "people" / "Ben" / "1.jpg", 100), "1");
}

TEST_F(JournalTest, IsInterruptedAndGoesOn) {
  const auto stop_after = [&](std::uint64_t steps) {
    return [this, steps](const ProgressUpdate& update) {
      if (update.done == steps) stop_.Stop();
    };
  };
  const ProgressFunction after_five = stop_after(5);  // four folders and a photo
  const ApplyResult applied = journal_.Apply(AnnAndBen(), {Pack("Ann")}, after_five, stop_).value();
  EXPECT_EQ(applied.run.state, RunState::kUnfinished);
  EXPECT_EQ(applied.run.photos_filed, 1);
  EXPECT_THAT(applied.failures, IsEmpty());

  StopFlag go;
  WriteTestFile(user_ / "people" / "Ann" / ".kinfolder-abcdef.tmp", "half");
  WriteTestFile(journal_folder_ / ".kinfolder-abcdef.tmp", "half");
  const auto recovered = journal_.Recover({}, go).value();
  ASSERT_THAT(recovered, SizeIs(1));
  EXPECT_EQ(recovered[0].run.id, applied.run.id);
  EXPECT_EQ(recovered[0].run.state, RunState::kDone);
  EXPECT_EQ(recovered[0].run.photos_filed, 3);
  EXPECT_FALSE(fs::exists(user_ / "people" / "Ann" / ".kinfolder-abcdef.tmp"));
  EXPECT_FALSE(fs::exists(journal_folder_ / ".kinfolder-abcdef.tmp"));
  EXPECT_THAT(journal_.Recover({}, go).value(), IsEmpty());

  StopFlag stop_undo;
  const ProgressFunction after_two = [&](const ProgressUpdate& update) {
    if (update.done == 2) stop_undo.Stop();
  };
  EXPECT_EQ(journal_.Undo({}, after_two, stop_undo)->run.state, RunState::kUndoing);
  const auto finished = journal_.Recover({}, go).value();
  ASSERT_THAT(finished, SizeIs(1));
  EXPECT_EQ(finished[0].run.state, RunState::kUndone);
  EXPECT_EQ(Snapshot(user_), start_);

  EXPECT_EQ(journal_.Apply(AnnAndBen(), {}, {}, stop_).error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(Snapshot(user_), start_);
}

TEST_F(JournalTest, UndoesARunThatWasNeverFinished) {
  const ProgressFunction stop_early = [&](const ProgressUpdate& update) {
    if (update.done == 5) stop_.Stop();
  };
  ASSERT_EQ(journal_.Apply(AnnAndBen(FilingMethod::kMove), {Pack("Ann")}, stop_early, stop_)->run.state,
            RunState::kUnfinished);
  EXPECT_EQ(journal_.Undo({}, {}, StopFlag())->run.state, RunState::kUndone);
  EXPECT_EQ(Snapshot(user_), start_);
}

TEST_F(JournalTest, RemembersWhatItFiled) {
  Apply(AnnAndBen());
  const auto files = journal_.FiledFiles();
  ASSERT_TRUE(files);
  ASSERT_THAT(*files, SizeIs(3));
  const fs::path target = user_ / "people" / "Ben" / "2.jpg";
  EXPECT_EQ(files->at(target.string()).content, Sha256Of(AsBytes("2")));
  EXPECT_EQ(files->at(target.string()).stamp, *StampOf(target));
  Undo();
  EXPECT_TRUE(journal_.FiledFiles()->empty());
}

TEST_F(JournalTest, SetsADamagedRunAside) {
  Apply(AnnAndBen());
  const std::string id = journal_.Runs()->front().id;
  WriteTestFile(journal_folder_ / (id + ".jsonl"), "{\"kinfolder_run\":1,\"id\":");
  EXPECT_THAT(journal_.Runs().value(), IsEmpty());
  EXPECT_TRUE(journal_.FiledFiles()->empty());
  const auto recovered = journal_.Recover({}, stop_).value();
  ASSERT_THAT(recovered, SizeIs(1));
  EXPECT_EQ(recovered[0].failures.front().message,
            (journal_folder_ / (id + ".jsonl")).string() + " is damaged; it was set aside and can't be undone");
  EXPECT_TRUE(fs::exists(journal_folder_ / (id + ".jsonl.damaged")));
  EXPECT_THAT(journal_.Recover({}, stop_).value(), IsEmpty());
}

TEST_F(JournalTest, TellsWhatPacksLeaveOutWithoutCallingItAFailure) {
  fs::create_directories(user_ / "people" / "Ann");
  fs::create_symlink("nowhere", user_ / "people" / "Ann" / "link.jpg");
  const ApplyResult applied = Apply(AnnAndBen(), {Pack("Ann")});
  EXPECT_THAT(applied.failures, IsEmpty());
  EXPECT_THAT(applied.notes, ElementsAre(HasSubstr("link.jpg is a link to nothing")));
}

}  // namespace
}  // namespace kinfolder
