// What the verbs that look at photos one by one have in common.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/verb.h"
#include "domain/photo.h"

namespace kinfolder {

inline constexpr Argument kPhotos{Argument::Kind::kPositionals, "photo", "PATH", "Photos, or folders of photos", true};

// Calls describe(photo) for the verb's photos, several at once as --jobs says, and prints what it returns in the order
// of the paths. Photos that fail are listed at the end, and make the exit status kDoneInPart.
Result<ExitStatus> DescribeEachPhoto(Invocation& invocation, std::string_view step,
                                     const std::function<Result<std::string>(const FoundPhoto&)>& describe);

}  // namespace kinfolder
