// A table of options (train/option_table.h) on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "train/option_table.h"
#include "train/package_writer.h"

namespace kinfolder {

using GivenOptions = std::map<std::string, double>;  // by name

// Options that are given come into `given`. The defaults that --help tells are those of Options(); none where
// `tell_defaults` is false.
template <class Options>
void AddOptionFlags(CLI::App& verb, std::span<const OptionField<Options>> fields,
                    const std::shared_ptr<GivenOptions>& given, bool tell_defaults = true) {
  const nlohmann::json defaults = OptionsToJson(fields, Options());
  for (const OptionField<Options>& field : fields) {
    const std::string name(field.name);
    CLI::Option* option = verb.add_option_function<double>(
        "--" + name, [given, name](double value) { (*given)[name] = value; }, std::string(field.help));
    if (tell_defaults) option->default_str(defaults[name].dump());
  }
}

// The options of `before` with those that were given; kInvalidArgument as OptionsFromJson.
template <class Options>
Result<Options> WithGiven(std::span<const OptionField<Options>> fields, const Options& before,
                          const GivenOptions& given) {
  nlohmann::json json = OptionsToJson(fields, before);
  for (const auto& [name, value] : given) json[name] = value;
  return OptionsFromJson(fields, json);
}

// Those of a training that goes on from `before`, or begins with `usual`: only --steps may be given anew.
// kInvalidArgument for others; `folder` is what the message calls the training.
template <class Options>
Result<Options> OptionsToTrainWith(std::span<const OptionField<Options>> fields, const Options* before,
                                   const Options& usual, const GivenOptions& given, const std::string& folder) {
  ASSIGN_OR_RETURN(const Options options, WithGiven(fields, before != nullptr ? *before : usual, given));
  if (before == nullptr) return options;
  Options continued = *before;
  continued.steps = options.steps;
  if (continued == options) return options;
  return Fail(
      ErrorCode::kInvalidArgument,
      "{} holds a training with other options: go on without giving any but --steps, or begin in another folder",
      folder);
}

// What a package says of itself. `required`: all but the accuracy must be given.
inline void AddPackageFlags(CLI::App& verb, PackageText& text, bool required) {
  const auto add = [&](const std::string& flag, std::string& value, const std::string& help) {
    CLI::Option* option = verb.add_option(flag, value, help)->required(required);
    if (!required) option->capture_default_str();
  };
  add("--id", text.id, "The package's name");
  add("--description", text.description, "For the manifest");
  add("--licence", text.licence, "For the manifest");
  add("--provenance", text.provenance, "For the manifest: what it was trained with");
  verb.add_option(
          "--accuracy", text.accuracy,
          "For the manifest, by which the best package is chosen: the part of LFW's pairs that are told right, of "
          "a detector the average precision on WIDER FACE")
      ->check(CLI::Range(0.0, 1.0));
}

// How a training is run (TrainingRun, StageRun), but for its folder.
template <class Run>
void AddRunFlags(CLI::App& verb, Run& run) {
  const auto steps = CLI::Range(1, 1'000'000'000);
  verb.add_option("--checkpoint-every", run.checkpoint_every, "Steps")->check(steps)->capture_default_str();
  verb.add_option("--report-every", run.report_every, "Steps")->check(steps)->capture_default_str();
  verb.add_option("--validate-every", run.validate_every, "Steps; a multiple of those between reports")
      ->check(steps)
      ->capture_default_str();
  verb.add_option("--stop-at", run.stop_at, "End early, after this step");
}

}  // namespace kinfolder
