#include "cli/verbs.h"

#include <iterator>
#include <utility>

namespace kinfolder {

std::vector<Verb> AllVerbs() {
  std::vector<Verb> all;
  for (auto* verbs :
       {RunVerbs,       ServeVerbs,    PeopleVerbs, ReviewVerbs,   ScanVerbs,     FilingVerbs,    PackVerbs,
        UndoVerbs,      VerifyVerbs,   LabelsVerbs, MetadataVerbs, CatalogVerbs,  RecognizeVerbs, DetectVerbs,
        CalibrateVerbs, EvaluateVerbs, ModelsVerbs, ConfigVerbs,   PasswordVerbs, DoctorVerbs}) {
    std::vector<Verb> some = verbs();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace kinfolder
