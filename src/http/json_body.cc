#include "http/json_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace kinfolder {

Status RequireJson(const Request& request) {
  if (request.Header("content-type").starts_with("application/json")) return {};
  return Fail(ErrorCode::kInvalidArgument, "{} takes application/json", request.path);
}

Result<JsonBody> JsonBody::Of(const Request& request) {
  RETURN_IF_ERROR(RequireJson(request));
  const auto json = nlohmann::json::parse(request.body, nullptr, false);
  if (!json.is_object()) return Fail(ErrorCode::kInvalidArgument, "what was sent is no JSON object");
  JsonBody body;
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) body.texts_[name] = value.get<std::string>();
    if (value.is_number_integer()) body.numbers_[name] = value.get<std::int64_t>();
    const auto is_number = [](const nlohmann::json& item) { return item.is_number_integer(); };
    if (value.is_array() && std::all_of(value.begin(), value.end(), is_number)) {
      body.arrays_[name] = value.get<std::vector<std::int64_t>>();
    }
    const auto is_any_number = [](const nlohmann::json& item) { return item.is_number(); };
    if (value.is_array() && value.size() == 4 && std::all_of(value.begin(), value.end(), is_any_number)) {
      body.edges_[name] = value.get<std::array<double, 4>>();
    }
  }
  return body;
}

Result<std::string> JsonBody::Text(const std::string& name) const {
  const auto found = texts_.find(name);
  if (found != texts_.end()) return found->second;
  return Fail(ErrorCode::kInvalidArgument, "the text '{}' is missing", name);
}

Result<std::int64_t> JsonBody::Number(const std::string& name) const {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  return Fail(ErrorCode::kInvalidArgument, "the number '{}' is missing", name);
}

Result<std::vector<std::int64_t>> JsonBody::Numbers(const std::string& name) const {
  const auto found = arrays_.find(name);
  if (found != arrays_.end() && !found->second.empty()) return found->second;
  return Fail(ErrorCode::kInvalidArgument, "the numbers '{}' are missing", name);
}

Result<std::array<double, 4>> JsonBody::Edges(const std::string& name) const {
  const auto found = edges_.find(name);
  if (found != edges_.end()) return found->second;
  return Fail(ErrorCode::kInvalidArgument, "the box '{}' of four numbers is missing", name);
}

}  // namespace kinfolder
