// The one place where exiv2 is made ready. For this folder only: nothing above knows exiv2.
#pragma once

namespace kinfolder {

// Before the first use of exiv2, from any thread, any number of times.
void StartExiv2();

}  // namespace kinfolder
