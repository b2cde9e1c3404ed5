// The folders that the user fills: photos, and known people.
#pragma once

#include <string>

#include "app/settings.h"
#include "base/result.h"

namespace kinfolder {

// Is there anything in the folder that the setting ("photos", "known") names? A default folder is made when it is
// missing, so that there is a place to put photos; one that the user named must be there: kNotFound.
Result<bool> HasInput(const LoadedSettings& loaded, const std::string& setting);

}  // namespace kinfolder
