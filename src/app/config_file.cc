#include "app/config_file.h"

#include <toml++/toml.h>

#include <sstream>
#include <vector>

#include "app/json.h"
#include "base/file.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxConfigBytes = 1 << 20;

Result<std::string> TextOf(const fs::path& file) {
  Result<std::string> text = ReadTextFile(file, kMaxConfigBytes);
  if (!text && text.error().code == ErrorCode::kNotFound) return std::string();
  return text;
}

Result<std::string> ValueText(const toml::node& node, std::string_view name, const fs::path& file) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  if (const auto* list = node.as_array()) {
    std::string joined;
    for (const toml::node& item : *list) {
      ASSIGN_OR_RETURN(const std::string text, ValueText(item, name, file));
      if (!joined.empty()) joined += ':';
      joined += text;
    }
    return joined;
  }
  return Fail(ErrorCode::kInvalidArgument, "the value of '{}' in {} is neither text, number nor list", name,
              file.string());
}

Result<std::map<std::string, std::string>> ParseConfig(const std::string& text, const fs::path& file) try {
  const toml::table table = toml::parse(text);
  std::map<std::string, std::string> values;
  for (const auto& [key, node] : table) {
    ASSIGN_OR_RETURN(values[std::string(key.str())], ValueText(node, key.str(), file));
  }
  return values;
} catch (const toml::parse_error& error) {
  return Fail(ErrorCode::kInvalidArgument, "{}, line {}: {}", file.string(), error.source().begin.line,
              error.description());
}

bool Assigns(const std::string& line, const std::string& name) {
  std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos || line.compare(at, name.size(), name) != 0) return false;
  at = line.find_first_not_of(" \t", at + name.size());
  return at != std::string::npos && line[at] == '=';
}

// Puts `replacement` in place of the line that assigns `name`, or at the end.
Status Edit(const fs::path& file, const std::string& name, const std::string& replacement) {
  ASSIGN_OR_RETURN(const std::string before, TextOf(file));
  RETURN_IF_ERROR(ParseConfig(before, file));
  std::string after;
  bool found = false;
  std::istringstream lines(before);
  for (std::string line; std::getline(lines, line);) {
    if (Assigns(line, name)) {
      found = true;
      after += replacement;
    } else {
      after += line + "\n";
    }
  }
  if (!found) after += replacement;
  if (after == before) return {};
  // A value over several lines can't be edited line by line: better to say so than to write what can't be read.
  if (!ParseConfig(after, file)) {
    return Fail(ErrorCode::kUnsupported, "the value of '{}' in {} goes over several lines; edit it there", name,
                file.string());
  }
  RETURN_IF_ERROR(MakeFolders(file.parent_path()));
  return WriteFileAtomically(file, after);
}

}  // namespace

Result<std::map<std::string, std::string>> ReadConfigFile(const fs::path& file) {
  ASSIGN_OR_RETURN(const std::string text, TextOf(file));
  return ParseConfig(text, file);
}

Status SetInConfigFile(const fs::path& file, const std::string& name, const std::string& value) {
  // The escapes of JSON are those of TOML, too.
  return Edit(file, name, fmt::format("{} = {}\n", name, Json(value).text()));
}

Status UnsetInConfigFile(const fs::path& file, const std::string& name) { return Edit(file, name, ""); }

}  // namespace kinfolder
