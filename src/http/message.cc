#include "http/message.h"

#include "base/error_name.h"
#include "base/number.h"

namespace kinfolder {

std::string_view Request::Header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> Request::Query(std::string_view name) const {
  const auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

namespace {

std::optional<std::int64_t> WholeNumber(std::string_view text) {
  const auto value = ParseNumber<std::int64_t>(text);
  return value && *value >= 0 ? value : std::nullopt;
}

}  // namespace

Result<std::int64_t> Request::Number(std::string_view name, std::int64_t otherwise) const {
  const auto found = query.find(name);
  if (found == query.end()) return otherwise;
  if (const auto value = WholeNumber(found->second)) return *value;
  return Fail(ErrorCode::kInvalidArgument, "'{}' is no whole number for '{}'", found->second, name);
}

Result<std::int64_t> Request::Id() const {
  if (captures.empty()) return Fail(ErrorCode::kNotFound, "{} names nothing", path);
  if (const auto value = WholeNumber(captures.front())) return *value;
  return Fail(ErrorCode::kNotFound, "'{}' is no number of anything here", captures.front());
}

Reply Reply::OfJson(const Json& json, int status) {
  return {status, "application/json", {{"Cache-Control", "no-store"}}, json.text()};
}

Reply Reply::OfError(const Error& error) {
  return OfJson(Json::Object({{"error", Json::Object({{"code", NameOf(error.code)}, {"message", error.message}})}}),
                HttpStatusOf(error.code));
}

Reply Reply::OfText(int status, std::string_view sentence) {
  return {status, "text/plain; charset=utf-8", {{"Cache-Control", "no-store"}}, std::string(sentence) + "\n"};
}

Reply Reply::Nothing() { return {204, "", {{"Cache-Control", "no-store"}}, std::string()}; }

int HttpStatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kPermissionDenied:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kAlreadyExists:
      return 409;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupported:
      return 415;
    case ErrorCode::kCorrupt:
      return 422;
    case ErrorCode::kLocked:
      return 423;
    case ErrorCode::kIo:
    case ErrorCode::kNetwork:
      return 500;
    case ErrorCode::kInterrupted:
      return 503;
    case ErrorCode::kNoSpace:
      return 507;
  }
  return 500;
}

}  // namespace kinfolder
