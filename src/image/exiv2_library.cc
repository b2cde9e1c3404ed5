#include "image/exiv2_library.h"

#include <exiv2/exiv2.hpp>
#include <mutex>

namespace kinfolder {
namespace {

// exiv2's XMP toolkit keeps state that all threads share, and takes this lock around what it does with it.
void LockXmp(void* mutex, bool lock) {
  auto* const held = static_cast<std::recursive_mutex*>(mutex);
  lock ? held->lock() : held->unlock();
}

}  // namespace

void StartExiv2() {
  static std::recursive_mutex mutex;
  static std::once_flag once;
  std::call_once(once, [] {
    Exiv2::LogMsg::setHandler(nullptr);
    Exiv2::XmpParser::initialize(LockXmp, &mutex);
    Exiv2::enableBMFF(true);
  });
}

}  // namespace kinfolder
