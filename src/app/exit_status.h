// The one table from what went wrong to how the program ends.
#pragma once

#include "base/result.h"

namespace kinfolder {

enum ExitStatus : int {
  kAllDone = 0,
  kDoneInPart = 1,  // some photos failed; they are listed
  kWrongUsage = 2,  // an option, path or name that can't be right; nothing was done
  kLockedByOther = 3,
  kInterruptedByUser = 130,
};

constexpr ExitStatus ExitStatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kUnsupported:
      return kWrongUsage;
    case ErrorCode::kCorrupt:
    case ErrorCode::kTooLarge:
    case ErrorCode::kNoSpace:
    case ErrorCode::kIo:
    case ErrorCode::kNetwork:
      return kDoneInPart;
    case ErrorCode::kLocked:
      return kLockedByOther;
    case ErrorCode::kInterrupted:
      return kInterruptedByUser;
  }
  return kDoneInPart;
}

}  // namespace kinfolder
