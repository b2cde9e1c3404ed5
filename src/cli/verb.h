// Verbs as data: what a verb is called, what it takes, and the function that does it. The command line, the help and
// the documentation are made from these.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/exit_status.h"
#include "app/settings.h"
#include "app/workspace.h"
#include "base/progress.h"
#include "base/result.h"
#include "cli/console.h"

namespace kinfolder {

struct Argument {
  enum class Kind {
    kSwitch,       // --name
    kValue,        // --name VALUE
    kPositional,   // VALUE, at most once
    kPositionals,  // VALUE...
  };
  Kind kind = Kind::kSwitch;
  std::string_view name;        // "dry-run"; of a positional what the verb calls it: "photo"
  std::string_view value_name;  // "FILE"; "" for a switch
  std::string_view help;
  bool required = false;
};

// What the user gave for the verb's arguments, by their names.
class Arguments {
 public:
  bool Has(const std::string& name) const { return values_.contains(name); }
  std::optional<std::string> Value(const std::string& name) const;
  // The whole number given; kInvalidArgument when it is none.
  Result<std::optional<int>> Number(const std::string& name) const;
  // The number between `least` and `most`; kInvalidArgument when it is none.
  Result<std::optional<double>> NumberBetween(const std::string& name, double least, double most) const;
  std::vector<std::string> Values(const std::string& name) const;

  void Add(const std::string& name, std::vector<std::string> values) { values_[name] = std::move(values); }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

struct Verb;

// All that a verb works with.
struct Invocation {
  const Verb& verb;
  Arguments arguments;
  LoadedSettings loaded;
  Environment environment;
  Console& console;
  const StopFlag& stop;

  const Settings& settings() const { return loaded.settings; }
  bool json() const { return arguments.Has("json"); }
  Result<Workspace> OpenWorkspace(Workspace::Access access) const;
};

struct Verb {
  std::string_view name;     // "scan", or "people add"
  std::string_view group;    // the heading that it stands under in the help
  std::string_view summary;  // one line
  std::string_view details;  // more, for VERB --help; "" for none
  std::vector<Argument> arguments;
  std::vector<std::string_view> settings;  // that it takes as flags, besides --data
  // The exit status, or what went wrong as a whole.
  Result<ExitStatus> (*run)(Invocation& invocation);
};

// Arguments that many verbs have.
inline constexpr Argument kJson{Argument::Kind::kSwitch, "json", "", "Write the result as JSON"};

// Headings, in the order of the help.
inline constexpr std::string_view kMainGroup = "The main job";
inline constexpr std::string_view kPeopleGroup = "People";
inline constexpr std::string_view kReviewGroup = "Your word on faces";
inline constexpr std::string_view kStepsGroup = "Its steps, one by one";
inline constexpr std::string_view kSafetyGroup = "Keeping it safe";
inline constexpr std::string_view kLookGroup = "Looking at photos";
inline constexpr std::string_view kMeasureGroup = "Measuring how good it is";
inline constexpr std::string_view kSetupGroup = "Setting up";

}  // namespace kinfolder
