#include "filing/run.h"

namespace kinfolder {
namespace {

// What stayed is tried again.
template <class Steps>
void Reopen(Steps& steps) {
  for (auto& step : steps) {
    if (step.undo == StepState::kFailed) step.undo = StepState::kOpen;
  }
}

}  // namespace

void Replay(const RunEvent& event, Run& run) {
  using Kind = RunEvent::Kind;
  const StepState state = event.problem.empty() ? StepState::kDone : StepState::kFailed;
  if (event.kind == Kind::kUndo) run.problems.clear();
  if (!event.problem.empty()) run.problems.push_back(event.problem);
  switch (event.kind) {
    case Kind::kFolder:
      run.folders.at(event.index).state = state;
      break;
    case Kind::kFile:
      run.files.at(event.index).state = state;
      run.files.at(event.index).stamp = event.stamp;
      break;
    case Kind::kPackBegins:
      run.packs.at(event.index).begun = true;
      run.packs.at(event.index).before = event.digest;
      run.packs.at(event.index).after = event.digest;
      break;
    case Kind::kPack:
      run.packs.at(event.index).state = state;
      run.packs.at(event.index).after = event.digest;
      break;
    case Kind::kFinished:
      run.state = RunState::kDone;
      break;
    case Kind::kUndo:
      run.state = RunState::kUndoing;
      Reopen(run.folders);
      Reopen(run.files);
      Reopen(run.packs);
      break;
    case Kind::kFolderUndone:
      run.folders.at(event.index).undo = state;
      break;
    case Kind::kFileUndone:
      run.files.at(event.index).undo = state;
      break;
    case Kind::kPackUndone:
      run.packs.at(event.index).undo = state;
      break;
    case Kind::kUndone:
      run.state = RunState::kUndone;
      break;
  }
}

}  // namespace kinfolder
