#include <filesystem>

#include "app/verify.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

Result<ExitStatus> VerifyAll(Invocation& invocation) {
  Console& console = invocation.console;
  // Without the catalogue, which may be lost with the same disk.
  ASSIGN_OR_RETURN(const std::filesystem::path data, MakeDataFolder(invocation.settings()));
  ASSIGN_OR_RETURN(const Journal journal, Journal::Open(JournalFolderIn(data)));
  ASSIGN_OR_RETURN(const VerifyOutcome outcome,
                   VerifyFiled(journal, invocation.settings().jobs, console.Progress("Verify"), invocation.stop));
  for (const UnsoundFile& file : outcome.unsound) {
    if (invocation.json()) {
      console.Print(Json::Object({{"file", file.path},
                                  {"kind", file.is_pack ? "pack" : "photo"},
                                  {"state", NameOf(file.what)},
                                  {"reason", file.reason}}));
    } else {
      console.Print("{}", file.reason);
    }
  }
  if (!invocation.json()) {
    const std::string all = fmt::format("{} and {}", Counted(outcome.photos, "photo"), Counted(outcome.packs, "pack"));
    if (outcome.unsound.empty()) {
      console.Print("{} verified: all are as they were filed.", all);
    } else {
      console.Print("{} verified: {} not as filed.", all,
                    Counted(static_cast<std::int64_t>(outcome.unsound.size()), "is", "are"));
    }
  }
  return outcome.unsound.empty() ? kAllDone : kDoneInPart;
}

}  // namespace

std::vector<Verb> VerifyVerbs() {
  return {{.name = "verify",
           .group = kSafetyGroup,
           .summary = "Read all that was filed and packed, and tell what is missing or damaged",
           .details = "Changes nothing. A photo is damaged when its bytes are others and nobody wrote to it.",
           .arguments = {kJson},
           .settings = {"jobs"},
           .run = VerifyAll}};
}

}  // namespace kinfolder
