#include "http/router.h"

#include <optional>
#include <utility>

namespace kinfolder {
namespace {

std::string_view TakePart(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

// The parts that stand for {}; nullopt when the path does not fit.
std::optional<std::vector<std::string>> Fit(std::string_view pattern, std::string_view path) {
  std::vector<std::string> captures;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view expected = TakePart(pattern);
    const std::string_view part = TakePart(path);
    if (expected == "{}" && !part.empty()) {
      captures.emplace_back(part);
    } else if (expected != part) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return captures;
}

}  // namespace

Reply Router::Answer(Backend& backend, Request request) const {
  std::string allowed;
  for (const Route& route : routes_) {
    auto captures = Fit(route.pattern, request.path);
    if (!captures) continue;
    if (route.method == request.method) {
      request.captures = *std::move(captures);
      Result<Reply> reply = route.handle(backend, request);
      return reply ? *std::move(reply) : Reply::OfError(reply.error());
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  if (allowed.empty()) return Reply::OfError({ErrorCode::kNotFound, "there is nothing at " + request.path});
  Reply reply = Reply::OfText(405, request.path + " takes " + allowed);
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

}  // namespace kinfolder
