// The JSON object that a client sends: its fields, each asked for by name.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace kinfolder {

// Texts, whole numbers and arrays of these, boxes; other values are refused when they are asked for.
class JsonBody {
 public:
  // kInvalidArgument for what is no JSON object, or was not sent as application/json (which keeps other sites' forms
  // out).
  static Result<JsonBody> Of(const Request& request);

  Result<std::string> Text(const std::string& name) const;  // kInvalidArgument where it is missing or no text
  Result<std::int64_t> Number(const std::string& name) const;
  Result<std::vector<std::int64_t>> Numbers(const std::string& name) const;  // an array of one and more
  Result<std::array<double, 4>> Edges(const std::string& name) const;        // of a box: four numbers, whole or not
  bool Has(const std::string& name) const { return texts_.contains(name) || numbers_.contains(name); }

 private:
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::int64_t> numbers_;
  std::map<std::string, std::vector<std::int64_t>> arrays_;
  std::map<std::string, std::array<double, 4>> edges_;
};

// kInvalidArgument unless the request says that it holds JSON.
Status RequireJson(const Request& request);

}  // namespace kinfolder
