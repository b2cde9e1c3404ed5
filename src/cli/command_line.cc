#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <list>
#include <map>
#include <memory>
#include <utility>

namespace kinfolder {
namespace {

// Where the parser puts what is given for one option.
struct Slot {
  std::string name;
  bool is_setting = false;
  bool given = false;  // switches
  std::vector<std::string> values;
  CLI::Option* option = nullptr;
};

struct VerbParser {
  const Verb* verb = nullptr;
  CLI::App* app = nullptr;
  std::list<Slot> slots;  // their addresses are the parser's
};

class Formatter : public CLI::Formatter {
 public:
  Formatter() { column_width(34); }
  // "VALUE", without the type and the counts that the library adds.
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string value = option->get_type_name();
    return value.empty() ? value : fmt::format(" {}", value);
  }
};

void AddArgument(CLI::App& app, const Argument& argument, Slot& slot) {
  const std::string help(argument.help);
  const std::string flag = fmt::format("--{}", slot.name);
  const std::string value(argument.value_name);
  switch (argument.kind) {
    case Argument::Kind::kSwitch:
      slot.option = app.add_flag(flag, slot.given, help);
      return;
    case Argument::Kind::kValue:
      slot.option = app.add_option(flag, slot.values, help)->expected(1)->allow_extra_args(false)->type_name(value);
      break;
    case Argument::Kind::kPositional:
      slot.option = app.add_option(value, slot.values, help)->expected(1)->allow_extra_args(false)->type_name("");
      break;
    case Argument::Kind::kPositionals:
      slot.option =
          app.add_option(value, slot.values, help)->expected(1, CLI::detail::expected_max_vector_size)->type_name("");
      break;
  }
  slot.option->required(argument.required);
}

Slot& AddSlot(VerbParser& parser, std::string_view name) {
  Slot& slot = parser.slots.emplace_back();
  slot.name = name;
  return slot;
}

void AddSetting(VerbParser& parser, std::string_view name) {
  const SettingInfo& setting = *FindSetting(name);
  Slot& slot = AddSlot(parser, name);
  slot.is_setting = true;
  std::string help(setting.help);
  if (!setting.default_text.empty()) help += fmt::format(" [{}]", setting.default_text);
  AddArgument(*parser.app, {Argument::Kind::kValue, name, setting.value_name, help}, slot);
  slot.option->group("Settings");
}

using Parents = std::map<std::string, CLI::App*>;

// The parser of "people" in "people add"; verbs of one word are asked of the program itself.
CLI::App& ParentOf(CLI::App& program, const Verb& verb, Parents& parents) {
  const std::size_t space = verb.name.find(' ');
  if (space == std::string_view::npos) return program;
  const std::string first(verb.name.substr(0, space));
  CLI::App*& parent = parents[first];
  if (parent == nullptr) {
    parent = program.add_subcommand(first, "");
    parent->require_subcommand(1);
  }
  return *parent;
}

void AddVerb(CLI::App& program, const Verb& verb, Parents& parents, VerbParser& parser) {
  const std::size_t space = verb.name.find(' ');
  const std::string name(space == std::string_view::npos ? verb.name : verb.name.substr(space + 1));
  std::string description(verb.summary);
  if (!verb.details.empty()) description += fmt::format("\n\n{}", verb.details);
  parser.verb = &verb;
  parser.app = ParentOf(program, verb, parents).add_subcommand(name, description);
  for (const Argument& argument : verb.arguments) AddArgument(*parser.app, argument, AddSlot(parser, argument.name));
  AddArgument(*parser.app, {Argument::Kind::kSwitch, "no-progress", "", "Say nothing about how far it is"},
              AddSlot(parser, "no-progress"));
  for (const std::string_view setting : verb.settings) AddSetting(parser, setting);
  AddSetting(parser, "data");
}

std::string HelpLine(const Verb& verb) { return fmt::format("  {:<24}{}\n", verb.name, verb.summary); }

std::string ProgramHelp(const std::vector<Verb>& verbs) {
  std::string help =
      "Kinfolder files photos by the people in them, on this machine and nowhere else.\n\n"
      "usage: kinfolder VERB [OPTION...]\n";
  std::vector<std::string_view> groups;
  for (const Verb& verb : verbs) {
    if (std::find(groups.begin(), groups.end(), verb.group) == groups.end()) groups.push_back(verb.group);
  }
  for (const std::string_view group : groups) {
    help += fmt::format("\n{}\n", group);
    for (const Verb& verb : verbs) {
      if (verb.group == group) help += HelpLine(verb);
    }
  }
  help +=
      "\nkinfolder VERB --help tells what a verb takes. Every setting may also be given as a KINFOLDER_* variable or "
      "in\n"
      "the config file: see kinfolder config list.\n";
  return help;
}

// For the first word of verbs of two.
std::string ParentHelp(const std::vector<Verb>& verbs, const std::string& word) {
  std::string help = fmt::format("usage: kinfolder {} VERB [OPTION...]\n\n", word);
  for (const Verb& verb : verbs) {
    if (verb.name.starts_with(word + " ")) help += HelpLine(verb);
  }
  return help;
}

// "kinfolder people add", the words that were understood.
std::string Understood(const CLI::App& program) {
  std::string words = "kinfolder";
  for (const CLI::App* app = &program; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    words += fmt::format(" {}", app->get_name());
  }
  return words;
}

Error UsageError(const CLI::App& program, std::string message) {
  if (!message.empty() && message.ends_with('.')) message.pop_back();
  return {ErrorCode::kInvalidArgument, fmt::format("{}; see {} --help", message, Understood(program))};
}

void Collect(const VerbParser& parser, ParsedCommand& command) {
  command.verb = parser.verb;
  for (const Slot& slot : parser.slots) {
    if (slot.option->count() == 0) continue;
    if (slot.name == "no-progress") {
      command.no_progress = true;
    } else if (slot.is_setting) {
      command.settings[slot.name] = slot.values.back();
    } else {
      command.arguments.Add(slot.name, slot.values);
    }
  }
}

}  // namespace

Result<ParsedCommand> ParseCommandLine(const std::vector<Verb>& verbs, int count, const char* const* words) {
  CLI::App program("", "kinfolder");
  program.formatter(std::make_shared<Formatter>());
  program.set_help_flag("-h,--help", "Say this");
  program.set_version_flag("--version", "kinfolder " KINFOLDER_VERSION);
  program.require_subcommand(0, 1);
  std::list<VerbParser> parsers;
  Parents parents;
  for (const Verb& verb : verbs) AddVerb(program, verb, parents, parsers.emplace_back());

  ParsedCommand command;
  try {
    program.parse(count, words);
  } catch (const CLI::CallForVersion& version) {
    command.text = std::string(version.what()) + "\n";
    return command;
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> understood = program.get_subcommands();
    if (understood.empty()) {
      command.text = ProgramHelp(verbs);
    } else if (parents.contains(understood[0]->get_name()) && understood[0]->get_subcommands().empty()) {
      command.text = ParentHelp(verbs, understood[0]->get_name());
    } else {
      command.text = program.help();
    }
    return command;
  } catch (const CLI::ParseError& error) {
    return Fail(UsageError(program, error.what()));
  }
  for (const VerbParser& parser : parsers) {
    if (parser.app->parsed()) Collect(parser, command);
  }
  if (command.verb == nullptr) command.text = ProgramHelp(verbs);
  return command;
}

}  // namespace kinfolder
