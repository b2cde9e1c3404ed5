#include "filing/new_file.h"

#include "base/file.h"
#include "filing/naming.h"

namespace kinfolder {

Result<std::filesystem::path> WriteNewFile(const std::filesystem::path& folder, const std::string& name,
                                           std::span<const std::byte> bytes) {
  RETURN_IF_ERROR(MakeFolders(folder));
  for (int number = 1;; ++number) {
    std::filesystem::path target = folder / (number == 1 ? name : NumberedName(name, number));
    ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(target));
    RETURN_IF_ERROR(file.Write(bytes));
    const Status committed = file.Commit(AtomicFile::IfExists::kFail);
    if (committed) return target;
    if (committed.error().code != ErrorCode::kAlreadyExists) return Fail(committed.error());
  }
}

}  // namespace kinfolder
