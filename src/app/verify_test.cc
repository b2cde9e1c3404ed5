#include "app/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "filing/test_tree.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

using Found = std::vector<std::pair<std::string, Unsoundness>>;  // path below the folder, what is wrong

class VerifyTest : public testing::Test {
 protected:
  // Each photo is called what it holds.
  void File(const std::string& person, const std::vector<std::string>& photos,
            FilingMethod method = FilingMethod::kCopy) {
    FilingPlan plan;
    plan.method = method;
    for (const std::string& photo : photos) {
      WriteTestFile(folder_ / "in" / photo, photo);
      plan.operations.push_back(
          {folder_ / "in" / photo, folder_ / person / photo, Sha256Of(AsBytes(photo)), photo.size(), person});
    }
    ASSERT_THAT(Apply(plan, {Pack(person)}).failures, IsEmpty());
  }
  PackRequest Pack(const std::string& person) const { return {person, folder_ / person, folder_ / (person + ".zip")}; }
  ApplyResult Apply(const FilingPlan& plan, const std::vector<PackRequest>& packs) {
    return journal_.Apply(plan, packs, {}, stop_).value();
  }
  // As a bad disk does: the time stays.
  void Flip(const fs::path& path) {
    const auto time = fs::last_write_time(path);
    std::string bytes = ReadTextFile(path, 1 << 20).value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    WriteTestFile(path, bytes);
    fs::last_write_time(path, time);
  }
  VerifyOutcome Verify() { return VerifyFiled(journal_, 2, {}, stop_).value(); }
  Found Unsound() {
    const VerifyOutcome outcome = Verify();
    Found found;
    for (const UnsoundFile& file : outcome.unsound) {
      EXPECT_THAT(file.reason, HasSubstr(file.path.string()));
      EXPECT_EQ(file.is_pack, file.path.extension() == ".zip");
      found.emplace_back(file.path.lexically_relative(folder_.path()).string(), file.what);
    }
    return found;
  }

  TemporaryFolder folder_;
  Journal journal_ = Journal::Open(folder_ / "journal").value();
  StopFlag stop_;
};

TEST_F(VerifyTest, FindsWhatIsNotAsItWasFiled) {
  File("Ann", {"one", "two", "three", "four", "five"});
  File("Ben", {"six"});
  EXPECT_THAT(Unsound(), IsEmpty());
  EXPECT_EQ(Verify().photos, 6);
  EXPECT_EQ(Verify().packs, 2);
  Flip(folder_ / "Ann" / "one");
  fs::remove(folder_ / "Ann" / "two");
  WriteTestFile(folder_ / "Ann" / "three", "other");
  fs::remove(folder_ / "Ann" / "four");
  fs::create_directory(folder_ / "Ann" / "four");
  fs::last_write_time(folder_ / "Ann" / "five", fs::file_time_type::clock::now());  // the same bytes
  const auto before = Snapshot(folder_.path());
  EXPECT_EQ(Unsound(), (Found{{"Ann/four", Unsoundness::kUnreadable},
                              {"Ann/one", Unsoundness::kDamaged},
                              {"Ann/three", Unsoundness::kChanged},
                              {"Ann/two", Unsoundness::kMissing}}));
  EXPECT_EQ(Snapshot(folder_.path()), before) << "nothing was changed";
}

TEST_F(VerifyTest, LinksAreAsWhatTheyLeadTo) {
  File("Ann", {"one", "two"}, FilingMethod::kHardLink);
  File("Ben", {"three", "four"}, FilingMethod::kSymlink);
  EXPECT_THAT(Unsound(), IsEmpty());
  Flip(folder_ / "in" / "one");
  fs::remove(folder_ / "in" / "two");  // the other name is still there
  Flip(folder_ / "in" / "three");
  fs::remove(folder_ / "in" / "four");
  EXPECT_EQ(Unsound(), (Found{{"Ann/one", Unsoundness::kDamaged},
                              {"Ben/four", Unsoundness::kMissing},
                              {"Ben/three", Unsoundness::kDamaged}}));
}

TEST_F(VerifyTest, FindsPacksThatAreNotAsTheyWereWritten) {
  for (const char* const person : {"Ann", "Ben", "Cleo"}) File(person, {std::string("of ") + person});
  Flip(folder_ / "Ann.zip");
  fs::remove(folder_ / "Ben.zip");
  fs::create_directory(folder_ / "Dan");
  WriteTestFile(folder_ / "Dan" / "own", "own");
  ASSERT_TRUE(WritePack({"Dan", folder_ / "Dan", folder_ / "Cleo.zip"}, {}, stop_));
  EXPECT_EQ(Unsound(), (Found{{"Ann.zip", Unsoundness::kDamaged},
                              {"Ben.zip", Unsoundness::kMissing},
                              {"Cleo.zip", Unsoundness::kChanged}}));
}

TEST_F(VerifyTest, ThePackOfTheLatestRunCounts) {
  File("Ann", {"one"});
  File("Ann", {"two"});
  EXPECT_THAT(Unsound(), IsEmpty());
  ASSERT_TRUE(journal_.Undo({}, {}, stop_));  // the pack of the first run is there again
  EXPECT_THAT(Unsound(), IsEmpty());
  EXPECT_EQ(Verify().photos, 1);
  EXPECT_EQ(Verify().packs, 1);
  Flip(folder_ / "Ann.zip");
  EXPECT_EQ(Unsound(), (Found{{"Ann.zip", Unsoundness::kDamaged}}));
  ASSERT_TRUE(journal_.Undo({}, {}, stop_));
  EXPECT_EQ(Verify().photos + Verify().packs, 0);
}

TEST_F(VerifyTest, WhatALaterRunMovedAwayIsNotMissing) {
  File("Ann", {"one"});
  FilingPlan plan;
  plan.method = FilingMethod::kMove;
  plan.operations = {{folder_ / "Ann" / "one", folder_ / "Ben" / "one", Sha256Of(AsBytes("one")), 3, "Ben"}};
  ASSERT_THAT(Apply(plan, {}).failures, IsEmpty());
  EXPECT_THAT(Unsound(), IsEmpty());
  EXPECT_EQ(Verify().photos, 1);
}

TEST_F(VerifyTest, StopsWhenAskedTo) {
  File("Ann", {"one"});
  stop_.Stop();
  EXPECT_EQ(VerifyFiled(journal_, 1, {}, stop_).error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kinfolder
