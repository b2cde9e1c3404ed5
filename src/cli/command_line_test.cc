#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cli/progress_line.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<ParsedCommand> Parse(std::vector<const char*> words) {
  static const std::vector<Verb> verbs = AllVerbs();
  words.insert(words.begin(), "kinfolder");
  return ParseCommandLine(verbs, static_cast<int>(words.size()), words.data());
}

std::string Refusal(const std::vector<const char*>& words) {
  const auto command = Parse(words);
  if (command) return "understood";
  EXPECT_EQ(command.error().code, ErrorCode::kInvalidArgument);
  return command.error().message;
}

TEST(CommandLineTest, ArgumentsAndSettingsOfAVerb) {
  const auto command = Parse({"scan", "a", "b c", "--json", "--min-face", "30", "--data=/d", "--no-progress"});
  ASSERT_TRUE(command) << command.error().message;
  EXPECT_EQ(command->verb->name, "scan");
  EXPECT_THAT(command->arguments.Values("path"), ElementsAre("a", "b c"));
  EXPECT_TRUE(command->arguments.Has("json"));
  EXPECT_FALSE(command->arguments.Has("again"));
  EXPECT_TRUE(command->no_progress);
  EXPECT_EQ(command->settings, (std::map<std::string, std::string>{{"data", "/d"}, {"min-face", "30"}}));
}

TEST(CommandLineTest, VerbsOfTwoWords) {
  const auto command = Parse({"people", "add", "Anna", "1.jpg", "2.jpg", "--face", "2"});
  ASSERT_TRUE(command) << command.error().message;
  EXPECT_EQ(command->verb->name, "people add");
  EXPECT_EQ(command->arguments.Value("name"), "Anna");
  EXPECT_THAT(command->arguments.Values("photo"), ElementsAre("1.jpg", "2.jpg"));
  EXPECT_EQ(*command->arguments.Number("face"), 2);
}

TEST(CommandLineTest, ANumberIsANumber) {
  const auto command = Parse({"people", "add", "Anna", "1.jpg", "--face", "2x"});
  ASSERT_TRUE(command);
  EXPECT_EQ(command->arguments.Number("face").error().message, "--face: '2x' is no whole number");
  EXPECT_EQ(*command->arguments.Number("other"), std::nullopt);
}

TEST(CommandLineTest, WrongUsageNamesTheHelpThatHelps) {
  EXPECT_THAT(Refusal({"scan", "--nonsense"}), testing::EndsWith("; see kinfolder scan --help"));
  EXPECT_THAT(Refusal({"people", "add"}), testing::EndsWith("; see kinfolder people add --help"));
  EXPECT_THAT(Refusal({"people"}), testing::EndsWith("; see kinfolder people --help"));
  EXPECT_THAT(Refusal({"frobnicate"}), HasSubstr("frobnicate"));
  EXPECT_THAT(Refusal({"file", "--plan"}), HasSubstr("--plan"));
}

TEST(CommandLineTest, HelpListsEveryVerb) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--help"}, {}}) {
    const auto command = Parse(words);
    ASSERT_TRUE(command) << command.error().message;
    EXPECT_EQ(command->verb, nullptr);
    for (const Verb& verb : AllVerbs()) EXPECT_THAT(command->text, HasSubstr(fmt::format("  {} ", verb.name)));
  }
}

TEST(CommandLineTest, HelpOfAVerbTellsItsOptions) {
  const auto command = Parse({"file", "--help"});
  ASSERT_TRUE(command) << command.error().message;
  EXPECT_EQ(command->verb, nullptr);
  for (const char* part : {"--dry-run", "--plan FILE", "--layout LAYOUT", "--data DIR", "NAME"}) {
    EXPECT_THAT(command->text, HasSubstr(part));
  }
}

TEST(CommandLineTest, TellsItsVersion) {
  const auto command = Parse({"--version"});
  ASSERT_TRUE(command) << command.error().message;
  EXPECT_THAT(command->text, testing::MatchesRegex("kinfolder [0-9.]+\n"));
}

TEST(VerbsTest, AreCompleteAndDifferent) {
  std::set<std::string_view> names;
  for (const Verb& verb : AllVerbs()) {
    EXPECT_TRUE(names.insert(verb.name).second) << verb.name;
    EXPECT_NE(verb.run, nullptr) << verb.name;
    EXPECT_FALSE(verb.summary.empty() || verb.summary.ends_with('.')) << verb.name;
    EXPECT_LE(verb.summary.size(), 74U) << verb.name << ": the help has one line for it";
    for (const std::string_view setting : verb.settings) EXPECT_NE(FindSetting(setting), nullptr) << setting;
  }
}

TEST(ConsoleTest, TablesAlignTextLeftAndNumbersRight) {
  EXPECT_THAT(TableLines({{"Person", "Photos", "Where"}, {"Zo\xC3\xAB", "5", "here"}, {"Mr Han", "1234", "-"}}),
              ElementsAre("Person  Photos  Where", "Zo\xC3\xAB          5  here", "Mr Han    1234  -"));
}

TEST(ConsoleTest, NamesOfFilesDoNothingToATerminal) {
  EXPECT_EQ(Shown("Zo\xC3\xAB \xF0\x9F\x91\xAA.jpg"), "Zo\xC3\xAB \xF0\x9F\x91\xAA.jpg");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(Shown("a\x1B[31m\nb\x7F\xC2\x9B"), "a" + bad + "[31m" + bad + "b" + bad + bad);
  EXPECT_EQ(Shown("\xFF\xC3"), bad + bad);
  EXPECT_THAT(TableLines({{"Who"}, {"a\rb"}}), ElementsAre("Who", "a" + bad + "b"));
}

TEST(ConsoleTest, CountsForPeople) {
  EXPECT_EQ(Counted(1, "photo"), "1 photo");
  EXPECT_EQ(Counted(0, "photo"), "0 photos");
  EXPECT_EQ(Counted(2, "person", "people"), "2 people");
}

TEST(ProgressLineTest, TellsTheTimeLeftAtTheRateSoFar) {
  using std::chrono::seconds;
  EXPECT_EQ(TimeLeft(seconds(10), 10, 52), "0:42");
  EXPECT_EQ(TimeLeft(seconds(100), 1, 100), "2:45:00");
  EXPECT_EQ(TimeLeft(seconds(10), 0, 52), "");
  EXPECT_EQ(TimeLeft(seconds(10), 52, 52), "");
  EXPECT_EQ(TimeLeft(seconds(10), 5, 0), "");
}

}  // namespace
}  // namespace kinfolder
