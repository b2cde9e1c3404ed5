// Options as one table of names, places and explanations: for the command line and for checkpoints.
#pragma once

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/result.h"

namespace kinfolder {

template <class Options>
struct OptionField {
  std::string_view name;  // "learning-rate"
  std::variant<std::int64_t Options::*, double Options::*> member;
  double least;
  double most;
  std::string_view help;
};

template <class Options>
nlohmann::json OptionsToJson(std::span<const OptionField<Options>> fields, const Options& options) {
  nlohmann::json json = nlohmann::json::object();
  for (const OptionField<Options>& field : fields) {
    std::visit([&](auto member) { json[std::string(field.name)] = options.*member; }, field.member);
  }
  return json;
}

// kInvalidArgument with the name of what is missing, out of range, or no number.
template <class Options>
Result<Options> OptionsFromJson(std::span<const OptionField<Options>> fields, const nlohmann::json& json) {
  Options options;
  for (const OptionField<Options>& field : fields) {
    const bool whole = std::holds_alternative<std::int64_t Options::*>(field.member);
    const auto value = json.find(std::string(field.name));
    if (value == json.end() || !value->is_number() || !(value->template get<double>() >= field.least) ||
        !(value->template get<double>() <= field.most) ||
        (whole && std::floor(value->template get<double>()) != *value)) {
      return Fail(ErrorCode::kInvalidArgument, "{} must be a {} from {:g} to {:g}", field.name,
                  whole ? "whole number" : "number", field.least, field.most);
    }
    std::visit([&](auto member) { options.*member = value->template get<std::decay_t<decltype(options.*member)>>(); },
               field.member);
  }
  return options;
}

}  // namespace kinfolder
