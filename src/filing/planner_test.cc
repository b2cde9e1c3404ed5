#include "filing/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "filing/naming.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

const fs::path kPeople = "/people";

ContentHash Content(int number) { return Sha256Of(AsBytes(std::to_string(number))); }

PhotoToFile Photo(const std::string& person, const fs::path& source, int content) {
  return {.person = person, .source = source, .content = Content(content), .bytes = 100, .taken_at = {}};
}

FilingRequest AnnAndBen() {
  FilingRequest request;
  request.people_folder = kPeople;
  request.folder_of = {{"Ann", "Ann"}, {"Ben", "Ben"}};
  request.people_with_folder = {"Ann", "Ben"};
  return request;
}

std::vector<std::string> Targets(const FilingPlan& plan) {
  std::vector<std::string> targets;
  targets.reserve(plan.operations.size());
  for (const FileOperation& operation : plan.operations) targets.push_back(operation.target.string());
  return targets;
}

TEST(MakePlan, FilesEachPhotoForEachPerson) {
  FilingRequest request = AnnAndBen();
  request.photos = {Photo("Ben", "/in/2.jpg", 2), Photo("Ann", "/in/2.jpg", 2), Photo("Ann", "/in/1.jpg", 1)};
  const auto plan = MakePlan(request);
  ASSERT_TRUE(plan);
  EXPECT_THAT(Targets(*plan), ElementsAre("/people/Ann/1.jpg", "/people/Ann/2.jpg", "/people/Ben/2.jpg"));
  EXPECT_THAT(plan->folders, IsEmpty());
}

TEST(MakePlan, NumbersDifferentContentAndFilesEqualContentOnce) {
  FilingRequest request = AnnAndBen();
  request.photos = {Photo("Ann", "/a/x.jpg", 1), Photo("Ann", "/b/X.JPG", 2), Photo("Ann", "/c/x.jpg", 1),
                    Photo("Ann", "/d/x.jpg", 3)};
  request.existing = {{"/people/Ann/x (2).jpg", 7, {}}};
  EXPECT_THAT(Targets(*MakePlan(request)),
              ElementsAre("/people/Ann/x.jpg", "/people/Ann/X (3).JPG", "/people/Ann/x (4).jpg"));
}

TEST(MakePlan, LeavesAloneWhatIsThere) {
  FilingRequest request = AnnAndBen();
  request.photos = {Photo("Ann", "/in/1.jpg", 1), Photo("Ann", "/people/Ann/own.jpg", 2), Photo("Ann", "/in/3.jpg", 3)};
  request.existing = {{"/people/Ann/best/renamed.jpg", 100, Content(1)},
                      {"/people/Ann/own.jpg", 100, {}},
                      {"/people/Ben/3.jpg", 100, Content(3)}};  // somebody else's
  const auto plan = MakePlan(request);
  EXPECT_THAT(Targets(*plan), ElementsAre("/people/Ann/3.jpg"));
  ASSERT_EQ(plan->already.size(), 2U);
  EXPECT_EQ(plan->already[0].target, "/people/Ann/best/renamed.jpg");
  EXPECT_EQ(plan->already[1].target, "/people/Ann/own.jpg");
}

TEST(MakePlan, FollowsTheLayoutAndUsesFoldersAsTheyAreSpelled) {
  FilingRequest request = AnnAndBen();
  request.layout = "{person}/{year}/{month}/{name}";
  request.photos = {Photo("Ann", "/in/1.jpg", 1), Photo("Ann", "/in/2.jpg", 2), Photo("Ben", "/in/1.jpg", 1)};
  request.photos[1].taken_at = LocalTime{.year = 2019, .month = 5, .day = 4};
  request.existing = {{"/people/Ann/Undated/other.jpg", 7, {}},
                      {"/people/Ben/undated", 7, {}}};  // a file in the folder's place
  const auto plan = MakePlan(request);
  EXPECT_THAT(Targets(*plan),
              ElementsAre("/people/Ann/Undated/1.jpg", "/people/Ann/2019/05/2.jpg", "/people/Ben/undated (2)/1.jpg"));
  std::vector<std::string> folders;
  for (const FolderCreation& folder : plan->folders) folders.push_back(folder.folder.string());
  EXPECT_THAT(folders, ElementsAre("/people/Ann/2019", "/people/Ann/2019/05", "/people/Ben/undated (2)"));
}

TEST(MakePlan, KeepsPeopleApartWhoseNamesHoldALikenessOfASlash) {
  FilingRequest request = AnnAndBen();
  request.layout = "{person}/b/{name}";
  request.folder_of = {{"A", "a"}, {"B", "a／b"}};
  request.people_with_folder = {"A", "B"};
  request.photos = {Photo("A", "/in/1.jpg", 1), Photo("B", "/in/1.jpg", 1)};
  EXPECT_THAT(Targets(*MakePlan(request)), ElementsAre("/people/a/b/1.jpg", "/people/a／b/b/1.jpg"));
}

TEST(MakePlan, FilesNothingForPeopleWithoutAFolder) {
  FilingRequest request = AnnAndBen();
  request.people_with_folder = {"Ben"};
  request.photos = {Photo("Ann", "/in/1.jpg", 1), Photo("Zoe", "/in/1.jpg", 1), Photo("Ann", "/in/2.jpg", 2)};
  const auto plan = MakePlan(request);
  EXPECT_THAT(plan->operations, IsEmpty());
  EXPECT_THAT(plan->people_without_folder, ElementsAre("Ann", "Zoe"));
}

TEST(MakePlan, RefusesRequestsThatMakeNoSense) {
  FilingRequest request = AnnAndBen();
  request.layout = "{name}";
  EXPECT_EQ(MakePlan(request).error().code, ErrorCode::kInvalidArgument);
  request = AnnAndBen();
  request.folder_of["Ben"] = "ANN";
  EXPECT_EQ(MakePlan(request).error().message, "Ann and Ben can't both have the folder \"ANN\"");
  request.folder_of["Ben"] = "../Ben";
  EXPECT_EQ(MakePlan(request).error().message, "\"../Ben\" can't be the name of Ben's folder");
  request.folder_of.erase("Ben");
  EXPECT_EQ(MakePlan(request).error().message, "no folder name is given for Ben");
}

TEST(FilesToHash, AsksOnlyForWhatCouldBeAPhoto) {
  FilingRequest request = AnnAndBen();
  request.people_with_folder = {"Ann"};
  request.photos = {Photo("Ann", "/in/1.jpg", 1), Photo("Ann", "/people/Ann/own.jpg", 2), Photo("Ben", "/in/3.jpg", 3)};
  request.existing = {{"/people/Ann/same size.jpg", 100, {}},     {"/people/Ann/other size.jpg", 99, {}},
                      {"/people/Ann/known.jpg", 100, Content(9)}, {"/people/Ann/own.jpg", 100, {}},
                      {"/people/Ben/same size.jpg", 100, {}},     {"/people/elsewhere.jpg", 100, {}}};
  EXPECT_THAT(FilesToHash(request), ElementsAre("/people/Ann/same size.jpg"));
}

TEST(PlanFolders, CreatesTheMissingOnes) {
  const FilingPlan plan = PlanFolders(kPeople, {{"Ann", "Ann"}, {"B:en", "B_en"}}, {"Ann"});
  ASSERT_EQ(plan.folders.size(), 1U);
  EXPECT_EQ(plan.folders[0].folder, "/people/B_en");
  EXPECT_EQ(plan.folders[0].person, "B:en");
  EXPECT_THAT(plan.operations, IsEmpty());
}

rc::Gen<FilingRequest> AnyRequest() {
  const auto name = rc::gen::element<std::string>("x.jpg", "X.JPG", "x (2).jpg", "undated", "2019", "é.jpg",
                                                  "e\u0301.jpg", "a:b", "a_b", "\xFF.jpg", "Ann", "own.jpg");
  const auto person = rc::gen::element<std::string>("Ann", "Ben", "Cy", "Zoe");
  // As on a disk, one path has one content and date; several paths may have the same.
  const auto content_of = [](const std::string& path) { return static_cast<int>(std::hash<std::string>()(path) % 12); };
  const auto photo =
      rc::gen::map(rc::gen::tuple(person, rc::gen::element<std::string>("/in/a/", "/in/b/", "/people/Ann/"), name),
                   [content_of](const auto& t) {
                     const auto& [who, folder, file] = t;
                     const int number = content_of(folder + file);
                     PhotoToFile made = Photo(who, folder + file, number);
                     if (number % 3 > 0) made.taken_at = LocalTime{.year = 2017 + number % 3, .month = 5, .day = 4};
                     return made;
                   });
  const auto existing = rc::gen::map(
      rc::gen::tuple(rc::gen::element<std::string>("Ann", "Ben", "Cy", "Dee", "Ann/2019", "Ben/UNDATED"), name),
      [content_of](const auto& t) {
        const auto& [folder, file] = t;
        const int number = content_of(folder + file);
        return ExistingFile{kPeople / folder / file, 100, number % 2 ? std::optional(Content(number)) : std::nullopt};
      });
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::container<std::vector<PhotoToFile>>(photo), rc::gen::container<std::vector<ExistingFile>>(existing),
          rc::gen::element<std::string>("{person}/{name}", "{person}/{year}/{name}",
                                        "{person}/{year}/{month}/{day} {name}"),
          rc::gen::elementOf(std::vector<std::set<std::string>>{{}, {"Ann"}, {"Ann", "Ben"}, {"Ann", "Ben", "Cy"}})),
      [](const auto& t) {
        FilingRequest request;
        request.people_folder = kPeople;
        request.folder_of = {{"Ann", "Ann"}, {"Ben", "Ben"}, {"Cy", "Cy"}};
        std::tie(request.photos, request.existing, request.layout, request.people_with_folder) = t;
        return request;
      });
}

std::string Key(const fs::path& path) {
  std::string key;
  for (const fs::path& part : path) key += NameKey(part.native()) + '\0';
  return key;
}

RC_GTEST_PROP(MakePlan, KeepsItsPromises, ()) {
  const FilingRequest request = *AnyRequest();
  const auto plan = MakePlan(request);
  RC_ASSERT(plan.has_value());

  std::set<std::string> taken;
  for (const ExistingFile& file : request.existing) taken.insert(Key(file.path));
  std::set<std::pair<std::string, ContentHash>> placed;
  for (const FileOperation& operation : plan->operations) {
    RC_ASSERT(taken.insert(Key(operation.target)).second);  // neither there nor a target twice
    RC_ASSERT(placed.emplace(operation.person, operation.content).second);
    const fs::path folder = kPeople / request.folder_of.at(operation.person);
    RC_ASSERT(operation.target.native().starts_with(folder.native() + "/"));
    for (fs::path parent = operation.target.parent_path(); parent != folder; parent = parent.parent_path()) {
      RC_ASSERT(!taken.contains(Key(parent)));  // no folder where a file is
    }
  }
  for (const FiledAlready& already : plan->already) {
    RC_ASSERT(placed.emplace(already.person, already.content).second);
  }
  for (const PhotoToFile& photo : request.photos) {
    const bool has_folder = request.people_with_folder.contains(photo.person);
    RC_ASSERT(placed.contains({photo.person, photo.content}) == has_folder);
    RC_ASSERT(std::count(plan->people_without_folder.begin(), plan->people_without_folder.end(), photo.person) ==
              (has_folder ? 0 : 1));
  }
}

RC_GTEST_PROP(MakePlan, HasNothingToDoAfterItsPlanWasApplied, ()) {
  FilingRequest request = *AnyRequest();
  const FilingPlan first = *MakePlan(request);
  for (const FileOperation& operation : first.operations) {
    request.existing.push_back({operation.target, operation.bytes, operation.content});
  }
  const FilingPlan second = *MakePlan(request);
  RC_ASSERT(second.operations.empty());
  RC_ASSERT(second.folders.empty());
  RC_ASSERT(second.already.size() == first.already.size() + first.operations.size());
}

RC_GTEST_PROP(MakePlan, DoesNotDependOnTheOrder, ()) {
  FilingRequest request = *AnyRequest();
  const FilingPlan plan = *MakePlan(request);
  std::reverse(request.photos.begin(), request.photos.end());
  std::reverse(request.existing.begin(), request.existing.end());
  const FilingPlan again = *MakePlan(request);
  RC_ASSERT(Targets(plan) == Targets(again));
}

}  // namespace
}  // namespace kinfolder
