#include "cli/verb.h"

#include "base/number.h"

namespace kinfolder {

std::optional<std::string> Arguments::Value(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

Result<std::optional<int>> Arguments::Number(const std::string& name) const {
  const std::optional<std::string> text = Value(name);
  if (!text) return std::nullopt;
  if (const auto number = ParseNumber<int>(*text)) return number;
  return Fail(ErrorCode::kInvalidArgument, "--{}: '{}' is no whole number", name, *text);
}

Result<std::optional<double>> Arguments::NumberBetween(const std::string& name, double least, double most) const {
  const std::optional<std::string> text = Value(name);
  if (!text) return std::nullopt;
  if (const auto number = ParseNumber<double>(*text); number && *number >= least && *number <= most) return number;
  return Fail(ErrorCode::kInvalidArgument, "--{}: '{}' is no number from {} to {}", name, *text, least, most);
}

std::vector<std::string> Arguments::Values(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<Workspace> Invocation::OpenWorkspace(Workspace::Access access) const {
  return Workspace::Open(settings(), environment, access, verb.name);
}

}  // namespace kinfolder
