#include "image/vips_library.h"

#include <mutex>

namespace kinfolder {
namespace {

void Discard(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

bool StartVips(const char* program_path) {
  // Libraries stay silent: a damaged photo is told by the result.
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO),
                    Discard, nullptr);
  if (VIPS_INIT(program_path) != 0) return false;
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_block_untrusted_set(TRUE);
  // libvips 8.14 still calls its JPEG XL loader untrusted because it was new; the decoder behind it, libjxl, is fuzzed
  // and made for the web. It is the only one let through.
  vips_operation_block_set("VipsForeignLoadJxl", FALSE);
  return true;
}

struct ThreadEnd {
  ~ThreadEnd() { vips_thread_shutdown(); }
};

}  // namespace

Status UseVips(const char* program_path) {
  static std::once_flag once;
  static bool started = false;
  std::call_once(once, [&] { started = StartVips(program_path); });
  if (!started) return Fail(ErrorCode::kUnsupported, "the image library libvips can't be started on this machine");
  thread_local const ThreadEnd thread_end;
  static_cast<void>(thread_end);
  return {};
}

}  // namespace kinfolder
