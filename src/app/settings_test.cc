#include "app/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "app/config_file.h"
#include "app/settings_document.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() { variables_["HOME"] = home_.path().string(); }

  Environment environment() const {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }

  void WriteConfig(const std::string& text) {
    std::filesystem::create_directories(home_ / ".config/kinfolder");
    std::ofstream(home_ / ".config/kinfolder/config.toml") << text;
  }

  Settings Load(const std::map<std::string, std::string>& flags = {}) {
    auto loaded = LoadSettings(flags, environment());
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? loaded->settings : Settings();
  }

  std::string Failure(const std::map<std::string, std::string>& flags = {}) {
    const auto loaded = LoadSettings(flags, environment());
    return loaded ? "no failure" : loaded.error().message;
  }

  TemporaryFolder home_;
  std::map<std::string, std::string> variables_;
};

TEST_F(SettingsTest, DefaultFoldersLieBelowTheHomeFolder) {
  const Settings settings = Load();
  EXPECT_EQ(settings.photos, home_ / "Pictures/Kinfolder/Inbox");
  EXPECT_EQ(settings.known, home_ / "Pictures/Kinfolder/Known");
  EXPECT_EQ(settings.people, home_ / "Pictures/Kinfolder/People");
  EXPECT_EQ(settings.packs, home_ / "Pictures/Kinfolder/Packs");
  EXPECT_EQ(settings.data, home_ / ".local/share/kinfolder");
}

TEST_F(SettingsTest, ThePicturesFolderIsTheDesktops) {
  std::filesystem::create_directories(home_ / ".config");
  std::ofstream(home_ / ".config/user-dirs.dirs") << "# comment\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n";
  EXPECT_EQ(Load().photos, home_ / "Bilder/Kinfolder/Inbox");
}

TEST_F(SettingsTest, FlagBeforeVariableBeforeFileBeforeDefault) {
  EXPECT_EQ(Load().min_face, 20);
  WriteConfig("min-face = 30\n");
  EXPECT_EQ(Load().min_face, 30);
  variables_["KINFOLDER_MIN_FACE"] = "40";
  EXPECT_EQ(Load().min_face, 40);
  EXPECT_EQ(Load({{"min-face", "50"}}).min_face, 50);
  const auto loaded = LoadSettings({{"min-face", "50"}}, environment());
  EXPECT_EQ(loaded->sources.at("min-face"), ValueSource::kFlag);
  EXPECT_EQ(loaded->sources.at("layout"), ValueSource::kDefault);
}

TEST_F(SettingsTest, AnEmptyVariableIsNone) {
  variables_["KINFOLDER_MIN_FACE"] = "";
  EXPECT_EQ(Load().min_face, 20);
}

TEST_F(SettingsTest, ResultsGoIntoOutUnlessToldOtherwise) {
  const Settings settings = Load({{"out", "/results"}, {"packs", "/elsewhere"}});
  EXPECT_EQ(settings.people, "/results/People");
  EXPECT_EQ(settings.packs, "/elsewhere");
}

TEST_F(SettingsTest, PathsBecomeAbsolute) {
  EXPECT_EQ(Load({{"photos", "some/../photos/"}}).photos, std::filesystem::current_path() / "photos");
  EXPECT_EQ(Load({{"photos", "~/p"}}).photos, home_ / "p");
  EXPECT_EQ(Load({{"models", "/a:~/b"}}).models, (std::vector<std::filesystem::path>{"/a", home_ / "b"}));
  EXPECT_EQ(Load({{"photos", "/with:colon"}}).photos, "/with:colon");
}

TEST_F(SettingsTest, SaysWhereAWrongValueIs) {
  EXPECT_EQ(Failure({{"detail", "huge"}}), "--detail: 'huge' is none of fast, normal, full");
  EXPECT_EQ(Failure({{"min-face", "2"}}), "--min-face: '2' is no number from 12 to 1000");
  EXPECT_EQ(Failure({{"threshold", "nan"}}), "--threshold: 'nan' is no number from 0 to 2");
  EXPECT_EQ(Failure({{"photos", ""}}), "--photos: a folder is needed");
  EXPECT_EQ(Failure({{"model", "../x"}}), "--model: '../x' is no name of a model package");
  EXPECT_EQ(Failure({{"layout", "{year}/{person}/{name}"}}),
            "--layout: the layout \"{year}/{person}/{name}\" does not start with {person}/");
  variables_["KINFOLDER_BY"] = "teleport";
  EXPECT_THAT(Failure(), HasSubstr("KINFOLDER_BY: 'teleport' is none of copy, hardlink"));
}

TEST_F(SettingsTest, SaysWhatIsWrongWithTheConfigFile) {
  WriteConfig("no-such = 1\n");
  EXPECT_THAT(Failure(), HasSubstr("config.toml has 'no-such', which is no setting"));
  WriteConfig("min-face = = 3\n");
  EXPECT_THAT(Failure(), HasSubstr("config.toml, line 1: "));
  WriteConfig("photos = \"relative\"\n");
  EXPECT_THAT(Failure(), HasSubstr("the path of 'photos' must begin with / or ~/"));
  WriteConfig("photos = { a = 1 }\n");
  EXPECT_THAT(Failure(), HasSubstr("the value of 'photos' in "));
}

TEST_F(SettingsTest, WithoutHomeEverythingButTheDefaultsWorks) {
  for (const char* home : {"", "relative"}) {
    variables_["HOME"] = home;
    const Settings settings = Load({{"data", "/data"}});
    EXPECT_EQ(settings.data, "/data");
    EXPECT_EQ(settings.photos, "");
    EXPECT_EQ(Chosen(settings.photos, "photos").error().message,
              "HOME is not set, so there is no default for --photos: set HOME or give --photos");
    EXPECT_EQ(Failure({{"photos", "~/x"}}), "--photos: '~/x' needs HOME, which is not set");
  }
}

TEST_F(SettingsTest, EverySettingShowsWhatItReads) {
  for (const SettingInfo& setting : AllSettings()) {
    const Settings settings = Load();
    const std::string shown = setting.show(settings);
    if (shown.empty()) continue;
    const auto checked = CheckedValue(setting, shown, environment());
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(*checked, shown) << setting.name;
    EXPECT_EQ(setting.show(Load({{std::string(setting.name), shown}})), shown) << setting.name;
  }
}

TEST_F(SettingsTest, NamesAndVariablesAreUnique) {
  std::set<std::string> variables;
  for (const SettingInfo& setting : AllSettings()) EXPECT_TRUE(variables.insert(VariableOf(setting)).second);
  EXPECT_EQ(VariableOf(*FindSetting("min-face")), "KINFOLDER_MIN_FACE");
  EXPECT_EQ(FindSetting("no-such"), nullptr);
}

TEST(SettingsDocumentTest, TheCommittedDocumentIsCurrent) {
  const auto text = ReadTextFile(std::filesystem::path(KINFOLDER_SOURCE_DIR) / "docs/settings.md", 1 << 20);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, SettingsDocument() + "\n") << "run: kinfolder config list --markdown > docs/settings.md";
}

class ConfigFileTest : public testing::Test {
 protected:
  std::string Text() { return ReadTextFile(file_, 1 << 20).value_or("missing"); }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "deep/config.toml";
};

TEST_F(ConfigFileTest, AMissingFileIsEmpty) { EXPECT_TRUE(ReadConfigFile(file_)->empty()); }

TEST_F(ConfigFileTest, WhatIsSetIsRead) {
  for (const std::string value : {"plain", "with \"quotes\" and \\", "ünï\ncode", "30", ""}) {
    ASSERT_TRUE(SetInConfigFile(file_, "name", value));
    EXPECT_EQ(ReadConfigFile(file_)->at("name"), value);
  }
}

TEST_F(ConfigFileTest, EverythingElseStaysAsItIs) {
  ASSERT_TRUE(MakeFolders(file_.parent_path()));
  ASSERT_TRUE(WriteFileAtomically(file_, "# mine\nby = 'copy'  # like this\nby-the-way = 1\n"));
  ASSERT_TRUE(SetInConfigFile(file_, "by", "move"));
  EXPECT_EQ(Text(), "# mine\nby = \"move\"\nby-the-way = 1\n");
  ASSERT_TRUE(SetInConfigFile(file_, "jobs", "3"));
  ASSERT_TRUE(UnsetInConfigFile(file_, "by"));
  EXPECT_EQ(Text(), "# mine\nby-the-way = 1\njobs = \"3\"\n");
}

TEST_F(ConfigFileTest, ListsAreJoined) {
  ASSERT_TRUE(MakeFolders(file_.parent_path()));
  ASSERT_TRUE(WriteFileAtomically(file_, "ignore = ['*.mov', 'Trash']\nthreshold = 1.5\nflag = true\n"));
  const auto values = *ReadConfigFile(file_);
  EXPECT_EQ(values.at("ignore"), "*.mov:Trash");
  EXPECT_EQ(values.at("threshold"), "1.5");
  EXPECT_EQ(values.at("flag"), "true");
}

TEST_F(ConfigFileTest, WhatCanNotBeEditedIsLeftAlone) {
  ASSERT_TRUE(MakeFolders(file_.parent_path()));
  const std::string text = "ignore = [\n'*.mov',\n]\n";
  ASSERT_TRUE(WriteFileAtomically(file_, text));
  const Status status = SetInConfigFile(file_, "ignore", "x");
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("goes over several lines"));
  EXPECT_EQ(Text(), text);
}

}  // namespace
}  // namespace kinfolder
