// Routes as data: a method, a path pattern, and the function that answers; one list of them a resource.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace kinfolder {

class Backend;

struct Route {
  std::string_view method;   // "GET"
  std::string_view pattern;  // "/api/people/{}/references": each {} stands for one part, which becomes a capture
  Result<Reply> (*handle)(Backend& backend, const Request& request);
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // Errors become replies; 404 where no pattern fits, 405 with `Allow` where one does for another method.
  Reply Answer(Backend& backend, Request request) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace kinfolder
