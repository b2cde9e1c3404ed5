// How a program that is asked to stop ends: with the item in hand done, and nothing half written.
#pragma once

#include "base/progress.h"

namespace kinfolder {

// Set by the first SIGINT or SIGTERM from now on; a second ends the program at once, for who is in a hurry. A reader of
// the output that goes away (SIGPIPE) is from now on an error of writing, not a sudden death amid the user's folders.
const StopFlag& StopOnSignals();

}  // namespace kinfolder
