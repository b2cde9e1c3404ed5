// One file operation of a plan, done and taken back. Both can be repeated after a kill at any point: they look at what
// is there, and nothing but their own half-done work is ever replaced or removed.
#pragma once

#include "base/file.h"
#include "base/progress.h"
#include "base/result.h"
#include "domain/filing_plan.h"

namespace kinfolder {

// Puts the source's content at the target, by `method`, and returns the target's stamp. The source is read whole, and
// what does not hash to `operation.content` is not filed (kCorrupt: it changed since it was scanned). Copies keep the
// source's modification time and mode and are on the disk when this returns; for links and moves the folders still
// have to be flushed. A target with the same content counts as done; with any other, kAlreadyExists. kUnsupported,
// with a hint, where the file system can't link; kInterrupted after `stop`.
Result<FileStamp> DoFileOperation(const FileOperation& operation, FilingMethod method, const StopFlag& stop);

// Takes it back: removes the target, or moves it to where it came from. Fine when the target is gone, unless
// it was moved there. The error says why the target stays: it was changed since, or it is a copy whose original is gone
// or changed and so may be the last one. kInterrupted after `stop`.
Status UndoFileOperation(const FileOperation& operation, FilingMethod method, const StopFlag& stop);

// kCorrupt unless the file's bytes hash to `content`.
Status CheckContent(const std::filesystem::path& path, const ContentHash& content, const StopFlag& stop);

}  // namespace kinfolder
