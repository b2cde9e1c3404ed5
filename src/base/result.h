// How Kinfolder reports what can go wrong outside its own code: files, models, rows, network, user input.
// A failure is a value, and its message is one sentence for the person at the keyboard.
#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace kinfolder {

enum class ErrorCode {
  kInvalidArgument,   // wrong usage: an option, a name, a path that makes no sense
  kNotFound,          // a path, person, model or run that is not there
  kPermissionDenied,  // the system refuses
  kAlreadyExists,     // something is in the way and is not ours to replace
  kUnsupported,       // a format, operator or version that Kinfolder does not read
  kCorrupt,           // cut, damaged or hostile data
  kTooLarge,          // beyond a limit
  kNoSpace,           // disk full
  kIo,                // any other failure of the file system
  kNetwork,           // a download failed
  kLocked,            // another run holds the lock
  kInterrupted,       // the user asked to stop
};

struct Error {
  ErrorCode code = ErrorCode::kIo;
  std::string message;  // one sentence without a full stop at the end; names the file it speaks of

  bool operator==(const Error&) const = default;
};

// Either a T or an Error. Take the value out with ASSIGN_OR_RETURN, or test it like an optional.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

// Fail(ErrorCode::kNotFound, "no photo at {}", path) converts to any Result<T>.
template <class... Args>
tl::unexpected<Error> Fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace kinfolder

#define KINFOLDER_CONCAT_INNER(a, b) a##b
#define KINFOLDER_CONCAT(a, b) KINFOLDER_CONCAT_INNER(a, b)

// Leaves the function with the error of `expression` (a Result of any type), if it has one.
#define RETURN_IF_ERROR(expression)                                  \
  do {                                                               \
    if (auto&& kinfolder_result = (expression); !kinfolder_result)   \
      return ::kinfolder::Fail(std::move(kinfolder_result).error()); \
  } while (false)

// ASSIGN_OR_RETURN(auto bytes, ReadFile(path)); declares or assigns the value, or leaves with the error.
#define ASSIGN_OR_RETURN(target, expression) \
  KINFOLDER_ASSIGN_OR_RETURN(KINFOLDER_CONCAT(kinfolder_result_, __LINE__), target, expression)
// NOLINTBEGIN(bugprone-macro-parentheses): `target` may be a declaration, which takes no parentheses.
#define KINFOLDER_ASSIGN_OR_RETURN(result, target, expression)      \
  auto result = (expression);                                       \
  if (!result) return ::kinfolder::Fail(std::move(result).error()); \
  target = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)
