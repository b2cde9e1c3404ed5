// libvips behind handles that own what they hold. For the sources of image/ alone: it brings in the library's header.
#pragma once

#include <vips/vips.h>

#include <memory>

#include "base/result.h"

namespace kinfolder {

// Starts libvips at the first call, and says at every call whether that went well; from then on the calling thread
// gives back what libvips keeps for it when it ends.
Status UseVips(const char* program_path = "kinfolder");

struct VipsUnref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
using VipsImagePtr = std::unique_ptr<VipsImage, VipsUnref>;
using VipsRegionPtr = std::unique_ptr<VipsRegion, VipsUnref>;

struct GFree {
  void operator()(gpointer memory) const { g_free(memory); }
};

// Runs `operation(VipsImage** out)`, one of libvips' functions; an empty handle when it fails. What libvips says of a
// failure goes into one buffer for all threads, so it can't be told whose it is: it is dropped.
template <class Operation>
VipsImagePtr MakeVipsImage(Operation operation) {
  VipsImage* out = nullptr;
  if (operation(&out) == 0) return VipsImagePtr(out);
  vips_error_clear();
  if (out != nullptr) g_object_unref(out);
  return nullptr;
}

}  // namespace kinfolder
