// What a client asks and what it is answered, free of any HTTP library.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/json.h"
#include "base/result.h"

namespace kinfolder {

struct Request {
  std::string method;                                       // "GET"
  std::string path;                                         // unescaped, without the query: "/api/people/3"
  std::map<std::string, std::string, std::less<>> query;    // unescaped
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case
  std::string body;                                         // whole
  std::vector<std::string> captures;                        // what stands for the pattern's {}, in order
  std::string peer;                                         // the client's address, in digits

  std::string_view Header(std::string_view name) const;  // "" where it was not sent
  std::optional<std::string> Query(std::string_view name) const;
  // A whole number of at least 0, `otherwise` where the query has none; kInvalidArgument for anything else.
  Result<std::int64_t> Number(std::string_view name, std::int64_t otherwise) const;
  // The path's only or first number; kNotFound for what is no number.
  Result<std::int64_t> Id() const;
};

// A file of the user's that is sent as it is, in the ranges that are asked for.
struct FileBody {
  std::filesystem::path path;
};

// Waits for the next piece of an endless reply and returns it, "" when there is nothing new for a while; nullopt ends
// it. Called from the connection's own thread.
using Stream = std::function<std::optional<std::string>()>;

struct Reply {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::variant<std::string, FileBody, Stream> body;
  std::function<void()> when_sent = {};  // called when all of it is on its way

  static Reply OfJson(const Json& json, int status = 200);
  static Reply OfError(const Error& error);  // {"error": {"code", "message"}} with the status that fits
  static Reply OfText(int status, std::string_view sentence);
  static Reply Nothing();  // 204
};

// The one table from what went wrong to HTTP status codes (RFC 9110).
int HttpStatusOf(ErrorCode code);

}  // namespace kinfolder
