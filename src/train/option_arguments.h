// A table of options (train/option_table.h) on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "train/option_table.h"

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

}  // namespace kinfolder
