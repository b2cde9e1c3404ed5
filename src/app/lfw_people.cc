#include "app/lfw_people.h"

#include <map>
#include <set>
#include <utility>

#include "app/lfw_pairs.h"
#include "app/subject.h"

namespace kinfolder {

Result<std::vector<PersonOfFold>> EmbedLfwPeople(const FaceScanner& scanner, const DecodeOptions& decode,
                                                 const std::filesystem::path& pairs,
                                                 const std::filesystem::path& images, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<PhotoPair> photo_pairs, ReadLfwPairs(pairs));
  std::set<std::filesystem::path> pictures;
  std::map<std::filesystem::path, int> fold_of_person;
  for (const PhotoPair& pair : photo_pairs) {
    for (const std::filesystem::path& picture : {pair.first, pair.second}) {
      pictures.insert(picture);
      fold_of_person.try_emplace(picture.parent_path(), pair.fold);
    }
  }
  std::map<std::filesystem::path, PersonId> ids;
  for (const auto& [person, fold] : fold_of_person) ids[person] = {static_cast<std::int64_t>(ids.size()) + 1};

  ASSIGN_OR_RETURN(auto subjects, EmbedSubjects(scanner, decode, images, pictures, run));
  std::vector<PersonOfFold> people;
  people.reserve(subjects.size());
  for (auto& [picture, subject] : subjects) {
    const std::filesystem::path person = picture.parent_path();
    const FaceId face{static_cast<std::int64_t>(people.size()) + 1};
    people.push_back({{face, ids.at(person), std::move(subject.embedding)}, fold_of_person.at(person)});
  }
  return people;
}

}  // namespace kinfolder
