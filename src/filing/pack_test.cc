#include "filing/pack.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <time.h>

#include <cstdlib>
#include <fstream>

#include "base/temporary_folder.h"
#include "filing/test_tree.h"
#include "filing/zip.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class Pack : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(MakeFolders(folder_ / "packs"));
    WriteTestFile(request_.folder / "2.jpg", "second");
    WriteTestFile(request_.folder / "1.jpg", "first");
    WriteTestFile(request_.folder / "2019" / "é.jpg", std::string(3'000'000, 'e'));
  }

  Result<PackOutcome> Write() { return WritePack(request_, {}, stop_); }
  bool Current() { return PackIsCurrent(request_).value(); }
  std::string Bytes() { return ReadTextFile(request_.target, std::uint64_t{1} << 30).value(); }

  std::vector<std::string> Entries() {
    std::vector<std::string> names;
    EXPECT_TRUE(ForEachZipEntry(request_.target, [&](const ZipEntry& entry, const auto&) -> Status {
      names.push_back(entry.name);
      return {};
    }));
    return names;
  }

  void SetTime(const fs::path& path, time_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  TemporaryFolder folder_;
  StopFlag stop_;
  PackRequest request_ = {"Ann", folder_ / "people" / "Ann", folder_ / "packs" / "Ann.zip"};
};

TEST_F(Pack, HoldsTheFolderInOrderWithHashesLast) {
  const auto outcome = Write();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->changed);
  EXPECT_EQ(outcome->files, 3);
  EXPECT_EQ(outcome->bytes, fs::file_size(request_.target));
  EXPECT_EQ(outcome->sha256, *Sha256OfFile(request_.target));
  EXPECT_THAT(Entries(), ElementsAre("Ann/1.jpg", "Ann/2.jpg", "Ann/2019/é.jpg", "SHA256SUMS"));
  const auto verified = VerifyPack(request_.target, StopFlag());
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->files, 3);
}

TEST_F(Pack, OpensWithOtherProgramsAndPassesSha256sum) {
  if (std::system("command -v unzip sha256sum >/dev/null") != 0) GTEST_SKIP() << "needs unzip and sha256sum";
  ASSERT_TRUE(Write());
  const std::string command = "cd " + folder_.path().string() +
                              " && mkdir out && cd out && LC_ALL=C.UTF-8 unzip -q ../packs/Ann.zip && "
                              "sha256sum --quiet -c SHA256SUMS && cmp Ann/2019/é.jpg ../people/Ann/2019/é.jpg";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(std::system(("python3 -m zipfile -t " + request_.target.string() + " >/dev/null").c_str()), 0);
}

TEST_F(Pack, IsTheSameForTheSameFiles) {
  ASSERT_TRUE(Write());
  const std::string before = Bytes();
  fs::remove(request_.target);
  SetTime(request_.folder / "1.jpg", 1'000'000'000);
  ASSERT_EQ(::chmod((request_.folder / "2.jpg").c_str(), 0600), 0);
  const char* zone = std::getenv("TZ");
  const std::string old_zone = zone != nullptr ? zone : "";
  ::setenv("TZ", "Pacific/Kiritimati", 1);
  ::tzset();
  const auto again = Write();
  zone != nullptr ? ::setenv("TZ", old_zone.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
  ASSERT_TRUE(again);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(Pack, IsLeftAloneWhileCurrent) {
  EXPECT_FALSE(Current());
  ASSERT_TRUE(Write());
  EXPECT_TRUE(Current());
  struct stat before {};
  ASSERT_EQ(::stat(request_.target.c_str(), &before), 0);
  const auto again = Write();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->files, 3);
  EXPECT_EQ(again->bytes, fs::file_size(request_.target));
  struct stat after {};
  ASSERT_EQ(::stat(request_.target.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
}

TEST_F(Pack, KeepsItsBytesWhenFilesWereOnlyTouched) {
  ASSERT_TRUE(Write());
  struct stat before {};
  ASSERT_EQ(::stat(request_.target.c_str(), &before), 0);
  ASSERT_EQ(::chmod((request_.folder / "2.jpg").c_str(), 0600), 0);
  EXPECT_FALSE(Current());
  const auto again = Write();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  struct stat after {};
  ASSERT_EQ(::stat(request_.target.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino) << "the archive should not have been written again";
  EXPECT_TRUE(Current());
}

TEST_F(Pack, IsWrittenAgainAfterEveryChange) {
  ASSERT_TRUE(Write());
  // Right after the archive was written, of the same size, and with the time put back.
  WriteTestFile(request_.folder / "1.jpg", "FIRST");
  SetTime(request_.folder / "1.jpg", 1'000'000'000);
  EXPECT_FALSE(Current());
  EXPECT_TRUE(Write()->changed);
  EXPECT_THAT(Bytes(), HasSubstr("FIRST"));

  WriteTestFile(request_.folder / "3.jpg", "third");
  EXPECT_FALSE(Current());
  EXPECT_TRUE(Write()->changed);
  fs::remove(request_.folder / "3.jpg");
  EXPECT_FALSE(Current());
  EXPECT_TRUE(Write()->changed);
  EXPECT_THAT(Entries(), ElementsAre("Ann/1.jpg", "Ann/2.jpg", "Ann/2019/é.jpg", "SHA256SUMS"));
  EXPECT_TRUE(VerifyPack(request_.target, StopFlag()));
}

TEST_F(Pack, StaysCurrentWithAPhotoFromTheFuture) {
  SetTime(request_.folder / "1.jpg", 4'000'000'000);
  ASSERT_TRUE(Write());
  EXPECT_TRUE(Current());
}

TEST_F(Pack, LeavesOutWhatIsNoPhoto) {
  WriteTestFile(request_.folder / ".hidden", "x");
  WriteTestFile(request_.folder / ".kinfolder-abcdef.tmp", "x");
  WriteTestFile(folder_ / "elsewhere" / "linked.jpg", "linked");
  fs::create_symlink(folder_ / "elsewhere" / "linked.jpg", request_.folder / "link.jpg");
  fs::create_symlink(folder_ / "elsewhere", request_.folder / "outside");
  fs::create_symlink("loop", request_.folder / "loop");
  fs::create_symlink("nowhere", request_.folder / "broken");
  ASSERT_EQ(::mkfifo((request_.folder / "fifo").c_str(), 0600), 0);
  request_.target = request_.folder / "Ann.zip";  // not into itself
  ASSERT_TRUE(Write());
  const auto outcome = Write();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->changed);
  EXPECT_THAT(Entries(), ElementsAre("Ann/1.jpg", "Ann/2.jpg", "Ann/2019/é.jpg", "Ann/link.jpg", "SHA256SUMS"));
  const std::string in = request_.folder.string();
  EXPECT_THAT(
      outcome->skipped,
      ElementsAre(in + "/broken is a link to nothing that can be reached", in + "/fifo is neither a file nor a folder",
                  in + "/loop is a link that leads to itself", in + "/outside is a link to a folder"));
}

TEST_F(Pack, NamesItsEntriesSafely) {
  request_.folder = folder_ / "people" / "SHA256SUMS";
  WriteTestFile(request_.folder / "a:b.jpg", "1");
  WriteTestFile(request_.folder / "A_b.jpg", "2");
  WriteTestFile(request_.folder / "new\nline\\.jpg", "3");
  WriteTestFile(request_.folder / "bad \xFF.jpg", "4");
  ASSERT_TRUE(Write());
  EXPECT_THAT(Entries(), ElementsAre("SHA256SUMS (2)/A_b.jpg", "SHA256SUMS (2)/a_b (2).jpg",
                                     "SHA256SUMS (2)/bad \uFFFD.jpg", "SHA256SUMS (2)/new_line_.jpg", "SHA256SUMS"));
  EXPECT_TRUE(VerifyPack(request_.target, StopFlag()));
  EXPECT_TRUE(Current());
}

TEST_F(Pack, OfAnEmptyFolderIsNone) {
  ASSERT_TRUE(Write());
  const std::string before = Bytes();
  fs::remove_all(request_.folder);
  EXPECT_EQ(Write().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(PackIsCurrent(request_).error().code, ErrorCode::kNotFound);
  fs::create_directory(request_.folder);
  const auto outcome = Write();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->files, 0);
  EXPECT_FALSE(outcome->changed);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(Pack, StaysAsItWasWhenAFileChangesMeanwhile) {
  ASSERT_TRUE(Write());
  const std::string before = Bytes();
  WriteTestFile(request_.folder / "1.jpg", "other");
  const auto outcome = WritePack(
      request_,
      [&](const ProgressUpdate& update) {
        if (update.done == 2) WriteTestFile(request_.folder / "1.jpg", "OTHER");
      },
      stop_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, (request_.folder / "1.jpg").string() + " changed while it was being packed");
  EXPECT_EQ(Bytes(), before);
  EXPECT_FALSE(Current());
  EXPECT_EQ(Snapshot(folder_ / "packs").size(), 1U) << "no temporary file stays";

  const auto shrunk = WritePack(
      request_,
      [&](const ProgressUpdate& update) {
        if (update.done == 1) WriteTestFile(request_.folder / "2.jpg", "2");
      },
      stop_);
  EXPECT_EQ(shrunk.error().message, (request_.folder / "2.jpg").string() + " changed while it was being packed");
}

TEST_F(Pack, StopsWhenAsked) {
  const auto outcome = WritePack(
      request_, [&](const ProgressUpdate&) { stop_.Stop(); }, stop_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInterrupted);
  EXPECT_THAT(Snapshot(folder_ / "packs"), IsEmpty());
}

TEST_F(Pack, IsFoundDamagedWhenBytesAreWrongOrMissing) {
  fs::remove_all(request_.folder / "2019");
  ASSERT_TRUE(Write());
  const std::string good = Bytes();
  const std::size_t photo = good.find("second");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    WriteTestFile(request_.target, bad);
    const auto verified = VerifyPack(request_.target, StopFlag());
    if (i >= photo && i < photo + 6) {
      EXPECT_FALSE(verified) << "byte " << i;
    }
    if (!verified) {
      EXPECT_EQ(verified.error().code, ErrorCode::kCorrupt) << verified.error().message;
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    WriteTestFile(request_.target, good.substr(0, size));
    EXPECT_FALSE(VerifyPack(request_.target, StopFlag())) << "cut to " << size;
  }
  EXPECT_EQ(VerifyPack(folder_ / "none.zip", StopFlag()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(VerifyPack(request_.folder, StopFlag()).error().code, ErrorCode::kUnsupported);
}

TEST_F(Pack, IsVerifiedUntilAskedToStop) {
  ASSERT_TRUE(Write());
  stop_.Stop();
  EXPECT_EQ(VerifyPack(request_.target, stop_).error().code, ErrorCode::kInterrupted);
}

TEST_F(Pack, MustHaveHashesThatFit) {
  const auto write_zip = [&](const std::string& sums) {
    std::string bytes;
    ZipWriter zip = ZipWriter::Create([&](std::span<const std::byte> block) -> Status {
                      bytes += AsText(block);
                      return {};
                    }).value();
    const auto add = [&](const std::string& name, const std::string& text) {
      ASSERT_TRUE(zip.Add(name, text.size(), [&](const BlockSink& sink) { return sink(AsBytes(text)); }));
    };
    add("Ann/1.jpg", "first");
    if (!sums.empty()) add("SHA256SUMS", sums);
    ASSERT_TRUE(zip.Finish());
    WriteTestFile(request_.target, bytes);
  };
  const auto problem = [&](const std::string& sums) {
    write_zip(sums);
    const auto verified = VerifyPack(request_.target, StopFlag());
    const std::string start = request_.target.string() + ": ";
    return verified ? "" : verified.error().message.substr(start.size());
  };
  const std::string line = ToHex(Sha256Of(AsBytes("first"))) + "  Ann/1.jpg\n";
  EXPECT_EQ(problem(line), "");
  EXPECT_EQ(problem(""), "it has no SHA256SUMS");
  EXPECT_EQ(problem("\n"), "its SHA256SUMS is damaged");
  EXPECT_EQ(problem(line.substr(0, 64)), "its SHA256SUMS is damaged");
  EXPECT_EQ(problem(line + ToHex({}) + "  Ann/2.jpg\n"), "Ann/2.jpg is missing");
  EXPECT_EQ(problem(ToHex({}) + "  Ann/1.jpg\n"), "Ann/1.jpg is damaged");
}

}  // namespace
}  // namespace kinfolder
