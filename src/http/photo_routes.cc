#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "app/networks.h"
#include "app/recognize.h"
#include "app/review.h"
#include "base/file.h"
#include "base/number.h"
#include "http/backend.h"
#include "http/json_body.h"
#include "http/routes.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

Json DistanceAsJson(const std::optional<PersonDistance>& distance) {
  if (!distance) return {};
  return Json::Object({{"person", distance->person.value}, {"distance", distance->distance}});
}

Json BoxAsJson(const Box& box) { return Json::Array({box.x1, box.y1, box.x2, box.y2}); }

std::string_view NameOf(Decider decider) {
  static constexpr std::array<std::string_view, 3> kNames = {"machine", "tag", "user"};
  return kNames[static_cast<std::size_t>(decider)];
}

// `said` is nullptr for a face of which nothing is known but where it is.
Json FaceAsJson(const CatalogFace& face, const MatchedFace* said) {
  const Match* const match = said != nullptr ? &said->match : nullptr;
  const bool matched = match != nullptr;
  return Json::Object({{"id", face.id.value},
                       {"photo", face.photo.value},
                       {"box", BoxAsJson(face.detection.box)},
                       {"score", face.detection.score},
                       {"person", matched && match->person ? Json(match->person->value) : Json()},
                       {"nearest", matched ? DistanceAsJson(match->nearest) : Json()},
                       {"runner_up", matched ? DistanceAsJson(match->runner_up) : Json()},
                       {"threshold", matched ? Json(match->threshold) : Json()},
                       {"decided_by", matched ? Json(NameOf(match->decided_by)) : Json()},
                       {"needs_review", matched && match->needs_review},
                       {"decision", NameOf(matched ? said->decision : Decision::kNone)}});
}

Json MatchedFaceAsJson(const MatchedFace& face) { return FaceAsJson(face.face, &face); }

Json PhotoAsJson(const Library& library, const LibraryPhoto& photo) {
  const PhotoInfo& info = photo.photo.info;
  return Json::Object({{"id", photo.photo.id.value},
                       {"name", photo.files.front().filename()},
                       {"width", info.upright_size.width},
                       {"height", info.upright_size.height},
                       {"taken_at", info.taken_at ? Json(ToString(*info.taken_at)) : Json()},
                       {"faces", Json::ArrayOf(library.FacesOf(photo), MatchedFaceAsJson)}});
}

// The part of a list that was asked for.
struct Page {
  std::size_t offset = 0;
  std::size_t limit = 0;

  static Result<Page> Of(const Request& request) {
    constexpr std::int64_t kUsual = 100;
    constexpr std::int64_t kMost = 1000;
    ASSIGN_OR_RETURN(const std::int64_t offset, request.Number("offset", 0));
    ASSIGN_OR_RETURN(const std::int64_t limit, request.Number("limit", kUsual));
    return Page{static_cast<std::size_t>(offset), static_cast<std::size_t>(std::min(limit, kMost))};
  }

  template <class Item>
  std::vector<const Item*> Cut(const std::vector<const Item*>& items) const {
    const std::size_t begin = std::min(offset, items.size());
    const std::size_t end = std::min(begin + limit, items.size());
    return {items.begin() + static_cast<std::ptrdiff_t>(begin), items.begin() + static_cast<std::ptrdiff_t>(end)};
  }
};

bool Shows(const Library& library, const LibraryPhoto& photo, PersonId person) {
  const auto faces = library.FacesOf(photo);
  return std::any_of(faces.begin(), faces.end(), [&](const MatchedFace& face) { return face.match.person == person; });
}

Result<Reply> ListPhotos(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const Page page, Page::Of(request));
  ASSIGN_OR_RETURN(const std::int64_t person, request.Number("person", 0));
  const std::string show = request.Query("show").value_or("all");
  if (show != "all" && show != "unknown" && show != "uncertain" && show != "nobody") {
    return Fail(ErrorCode::kInvalidArgument, "'show' is all, unknown, uncertain or nobody, not '{}'", show);
  }
  ASSIGN_OR_RETURN(const auto library, backend.library());
  std::vector<const LibraryPhoto*> photos;
  for (const LibraryPhoto& photo : library->photos()) {
    if (show == "unknown" && photo.unknown == 0) continue;
    if (show == "uncertain" && photo.uncertain == 0) continue;
    if (show == "nobody" && photo.face_count > 0) continue;
    if (person != 0 && !Shows(*library, photo, PersonId{person})) continue;
    photos.push_back(&photo);
  }
  if (request.Query("sort") == "added") {
    std::sort(photos.begin(), photos.end(),
              [](const LibraryPhoto* a, const LibraryPhoto* b) { return b->photo.id < a->photo.id; });
  }
  const Json items =
      Json::ArrayOf(page.Cut(photos), [&](const LibraryPhoto* photo) { return PhotoAsJson(*library, *photo); });
  return Reply::OfJson(Json::Object({{"total", photos.size()}, {"photos", items}}));
}

Reply FacesReply(const Page& page, const std::vector<const MatchedFace*>& faces, const Json& groups) {
  const Json items = Json::ArrayOf(page.Cut(faces), [](const MatchedFace* face) { return MatchedFaceAsJson(*face); });
  return Reply::OfJson(Json::Object({{"total", faces.size()}, {"faces", items}, {"groups", groups}}));
}

// Those that look alike beside each other.
Result<Reply> ListUnknownFaces(Backend& backend, const Page& page) {
  ASSIGN_OR_RETURN(const auto unknown, backend.unknown());
  std::vector<const MatchedFace*> faces;
  for (const auto& group : unknown->faces.groups) faces.insert(faces.end(), group.begin(), group.end());
  faces.insert(faces.end(), unknown->faces.alone.begin(), unknown->faces.alone.end());
  return FacesReply(page, faces,
                    Json::ArrayOf(unknown->faces.groups, [](const auto& group) { return Json(group.size()); }));
}

Result<Reply> ListFaces(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const Page page, Page::Of(request));
  ASSIGN_OR_RETURN(const std::int64_t person, request.Number("person", 0));
  if (person != 0) {
    ASSIGN_OR_RETURN(const auto library, backend.library());
    return FacesReply(page, FacesOfPerson(*library, PersonId{person}), Json::Array({}));
  }
  ASSIGN_OR_RETURN(const ReviewList list, ParseReviewList(request.Query("show").value_or("unknown")));
  if (list == ReviewList::kUnknown) return ListUnknownFaces(backend, page);
  ASSIGN_OR_RETURN(const auto library, backend.library());
  return FacesReply(page, FacesToReview(*library, list), Json::Array({}));
}

struct PhotoInFull {
  CatalogPhoto photo;
  std::vector<fs::path> files;  // of the user's photos, then of references
  std::vector<CatalogFace> faces;
};

Result<PhotoInFull> ReadPhoto(Backend& backend, PhotoId id) {
  return backend.Read<PhotoInFull>([&](Workspace& workspace) -> Result<PhotoInFull> {
    Catalog& catalog = workspace.catalog();
    PhotoInFull photo;
    ASSIGN_OR_RETURN(photo.photo, catalog.GetPhoto(id));
    ASSIGN_OR_RETURN(photo.files, catalog.FilesOf(id, FileRole::kPhoto));
    ASSIGN_OR_RETURN(const std::vector<fs::path> references, catalog.FilesOf(id, FileRole::kReference));
    photo.files.insert(photo.files.end(), references.begin(), references.end());
    ASSIGN_OR_RETURN(photo.faces, catalog.FacesOf(id));
    return photo;
  });
}

Result<Reply> GetPhoto(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  ASSIGN_OR_RETURN(const PhotoInFull photo, ReadPhoto(backend, PhotoId{id}));
  ASSIGN_OR_RETURN(const auto library, backend.library());
  std::map<std::int64_t, const MatchedFace*> matches;
  if (const LibraryPhoto* const known = library->FindPhoto(PhotoId{id})) {
    for (const MatchedFace& face : library->FacesOf(*known)) matches[face.face.id.value] = &face;
  }
  const PhotoInfo& info = photo.photo.info;
  return Reply::OfJson(
      Json::Object({{"id", id},
                    {"name", photo.files.empty() ? Json("") : Json(photo.files.front().filename())},
                    {"width", info.upright_size.width},
                    {"height", info.upright_size.height},
                    {"taken_at", info.taken_at ? Json(ToString(*info.taken_at)) : Json()},
                    {"camera", info.camera},
                    {"format", info.format},
                    {"bytes", info.bytes},
                    {"sha256", ToHex(photo.photo.content)},
                    {"files", Json::ArrayOf(photo.files, [](const fs::path& file) { return Json(file); })},
                    {"faces", Json::ArrayOf(photo.faces, [&](const CatalogFace& face) {
                       const auto match = matches.find(face.id.value);
                       return FaceAsJson(face, match == matches.end() ? nullptr : match->second);
                     })}}));
}

// The picture under this key, made where it is not kept. Browsers ask again each time, and are told at once that it is
// still the same (RFC 9110, section 13): numbers of photos may be given anew with a new catalogue.
Result<Reply> PictureReply(Backend& backend, const Request& request, const std::string& key,
                           const std::function<Result<Picture>()>& make) {
  const std::string tag = fmt::format("\"{}\"", key);
  const std::vector<std::pair<std::string, std::string>> headers = {{"Cache-Control", "private, no-cache"},
                                                                    {"ETag", tag}};
  if (request.Header("if-none-match") == tag) return Reply{304, "", headers, std::string()};
  Picture picture = backend.pictures()->Find(key);
  if (!picture) {
    ASSIGN_OR_RETURN(picture, backend.MakePicture(make));
  }
  return Reply{200, "image/webp", headers, std::string(AsText(*picture))};
}

Result<Reply> GetPhotoPicture(Backend& backend, const Request& request) {
  constexpr std::int64_t kUsual = 320;
  constexpr std::int64_t kSmallest = 16;
  constexpr std::int64_t kLargest = 4096;
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  ASSIGN_OR_RETURN(const std::int64_t size, request.Number("size", kUsual));
  ASSIGN_OR_RETURN(const PhotoInFull photo, ReadPhoto(backend, PhotoId{id}));
  const int side = static_cast<int>(std::clamp(size, kSmallest, kLargest));
  const std::string key = fmt::format("{} {}", ToHex(photo.photo.content), side);
  return PictureReply(backend, request, key, [&]() -> Result<Picture> {
    ASSIGN_OR_RETURN(Picture picture, PhotoPicture(photo.files, side));
    backend.pictures()->Put(key, picture);
    return picture;
  });
}

std::string FaceKey(const PhotoInFull& photo, const CatalogFace& face) {
  const Box& box = face.detection.box;
  return fmt::format("{} {} {} {} {}", ToHex(photo.photo.content), box.x1, box.y1, box.x2, box.y2);
}

// The faces of the photo that may be recognised. Who is forgotten has no embedding.
Result<std::set<FaceId>> EmbeddedFaces(Backend& backend, const PhotoInFull& photo) {
  return backend.Read<std::set<FaceId>>([&](Workspace& workspace) -> Result<std::set<FaceId>> {
    ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
    std::set<FaceId> embedded;
    for (const CatalogFace& face : photo.faces) {
      if (workspace.catalog().EmbeddingOf(face.id, networks->embedder_id())) embedded.insert(face.id);
    }
    return embedded;
  });
}

// Who looks at one face of a photo soon looks at the others: all are made at once, and kept, except of who is forgotten
// (or is so by now).
Result<Picture> MakeFacePictures(Backend& backend, const PhotoInFull& photo, const CatalogFace& asked) {
  std::vector<std::pair<FaceId, Box>> boxes;
  for (const CatalogFace& face : photo.faces) boxes.emplace_back(face.id, face.detection.box);
  ASSIGN_OR_RETURN(const std::vector<FacePicture> pictures, PicturesOfFaces(photo.files, boxes));
  const std::set<FaceId> before = EmbeddedFaces(backend, photo).value_or(std::set<FaceId>());
  Picture wanted;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const FaceId face = pictures[i].face;
    if (before.contains(face)) backend.pictures()->Put(FaceKey(photo, photo.faces[i]), pictures[i].picture);
    if (face == asked.id) wanted = pictures[i].picture;
  }
  const std::set<FaceId> after = EmbeddedFaces(backend, photo).value_or(std::set<FaceId>());
  for (const CatalogFace& face : photo.faces) {
    if (before.contains(face.id) && !after.contains(face.id)) backend.pictures()->Remove(FaceKey(photo, face));
  }
  return wanted;
}

Result<Reply> GetFacePicture(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t photo_id, request.Id());
  ASSIGN_OR_RETURN(const PhotoInFull photo, ReadPhoto(backend, PhotoId{photo_id}));
  const auto asked = std::find_if(photo.faces.begin(), photo.faces.end(), [&](const CatalogFace& face) {
    return request.captures[1] == std::to_string(face.id.value);
  });
  if (asked == photo.faces.end()) {
    return Fail(ErrorCode::kNotFound, "photo {} has no face {}", photo_id, request.captures[1]);
  }
  return PictureReply(backend, request, FaceKey(photo, *asked),
                      [&] { return MakeFacePictures(backend, photo, *asked); });
}

// What another threshold would do to the user's own photos: how many faces would get a name or lose theirs, and some of
// each, those that are nearest to the change first. The user's own decisions stay.
Result<Reply> TryThreshold(Backend& backend, const Request& request) {
  constexpr std::size_t kShown = 12;
  const std::string text = request.Query("value").value_or("");
  const auto value = ParseNumber<float>(text);
  if (!value || !(*value >= 0 && *value <= 2)) {
    return Fail(ErrorCode::kInvalidArgument, "'{}' is no distance from 0 to 2", text);
  }
  ASSIGN_OR_RETURN(const auto library, backend.library());
  std::vector<const MatchedFace*> gained;
  std::vector<const MatchedFace*> lost;
  std::int64_t named = 0;
  std::int64_t unknown = 0;
  for (const MatchedFace& face : library->faces()) {
    const Match& match = face.match;
    const bool by_machine = match.decided_by == Decider::kMachine && match.nearest;
    const bool is_named = match.person.has_value();
    const bool would_be = by_machine ? match.nearest->distance < *value : is_named;
    if (would_be) ++named;
    if (!would_be && (is_named || face.IsUnknown())) ++unknown;
    if (would_be && !is_named) gained.push_back(&face);
    if (!would_be && is_named) lost.push_back(&face);
  }
  const auto distance = [](const MatchedFace* face) { return face->match.nearest->distance; };
  std::sort(gained.begin(), gained.end(), [&](auto* a, auto* b) { return distance(a) > distance(b); });
  std::sort(lost.begin(), lost.end(), [&](auto* a, auto* b) { return distance(a) < distance(b); });
  const auto some = [&](const std::vector<const MatchedFace*>& faces) {
    return Json::ArrayOf(Page{0, kShown}.Cut(faces), [](const MatchedFace* face) { return MatchedFaceAsJson(*face); });
  };
  return Reply::OfJson(Json::Object({{"named", named},
                                     {"unknown", unknown},
                                     {"gained", gained.size()},
                                     {"lost", lost.size()},
                                     {"gained_faces", some(gained)},
                                     {"lost_faces", some(lost)}}));
}

Result<Reply> GetDistances(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t face, request.Id());
  const auto compare = [&](Workspace& workspace) -> Result<Json> {
    ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
    ASSIGN_OR_RETURN(const std::vector<PersonDistance> distances,
                     DistancesOfFace(workspace.catalog(), FaceId{face}, networks->embedder_id()));
    const Json people = Json::ArrayOf(distances, [](const PersonDistance& distance) {
      return Json::Object({{"person", distance.person.value},
                           {"reference", distance.reference.value},
                           {"distance", distance.distance}});
    });
    return Json::Object({{"threshold", networks->threshold()}, {"people", people}});
  };
  ASSIGN_OR_RETURN(const Json distances, backend.Read<Json>(compare));
  return Reply::OfJson(distances);
}

Json RecognizedAsJson(const Recognizer& recognizer, const RecognizedPhoto& photo) {
  const Size size = photo.photo.info.upright_size;
  return Json::Object(
      {{"width", size.width},
       {"height", size.height},
       {"faces", Json::ArrayOf(photo.faces, [&](const RecognizedFace& face) {
          const Json distances = Json::ArrayOf(face.distances, [&](const PersonDistance& distance) {
            return Json::Object({{"name", recognizer.NameOf(distance.person)}, {"distance", distance.distance}});
          });
          return Json::Object({{"box", BoxAsJson(face.face.detection.box)},
                               {"person", face.match.person ? Json(recognizer.NameOf(*face.match.person)) : Json()},
                               {"threshold", face.match.threshold},
                               {"needs_review", face.match.needs_review},
                               {"distances", distances}});
        })}});
}

// The networks stay loaded.
Result<Reply> RecognizeFile(Backend& backend, const fs::path& file) {
  const auto recognize = [&](Workspace& workspace) -> Result<Json> {
    ASSIGN_OR_RETURN(const Recognizer recognizer, Recognizer::Make(workspace));
    ASSIGN_OR_RETURN(const RecognizedPhoto photo, recognizer.Recognize(file));
    return RecognizedAsJson(recognizer, photo);
  };
  ASSIGN_OR_RETURN(const Json recognized, backend.ReadAtLength<Json>(recognize));
  return Reply::OfJson(recognized);
}

// Who is on a photo that is sent, or that lies at a path: nothing is kept of it.
Result<Reply> Recognize(Backend& backend, const Request& request) {
  if (request.Header("content-type").starts_with("application/json")) {
    ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
    ASSIGN_OR_RETURN(const std::string path, body.Text("path"));
    return RecognizeFile(backend, path);
  }
  if (!request.Header("content-type").starts_with("image/")) {
    return Fail(ErrorCode::kInvalidArgument, "a photo is sent as image/..., or its path as application/json");
  }
  ASSIGN_OR_RETURN(const fs::path data, Chosen(backend.settings().settings.data, "data"));
  // Never committed: gone with this object.
  std::error_code ignored;
  fs::create_directory(data / "sent", ignored);
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(data / "sent" / "photo"));
  RETURN_IF_ERROR(file.Write(request.body));
  return RecognizeFile(backend, file.temporary_path());
}

}  // namespace

std::vector<Route> PhotoRoutes() {
  return {{"GET", "/api/photos", ListPhotos},
          {"GET", "/api/photos/{}", GetPhoto},
          {"GET", "/api/photos/{}/picture", GetPhotoPicture},
          {"GET", "/api/photos/{}/faces/{}/picture", GetFacePicture},
          {"GET", "/api/faces", ListFaces},
          {"GET", "/api/faces/{}/distances", GetDistances},
          {"GET", "/api/threshold", TryThreshold},
          {"POST", "/api/recognize", Recognize}};
}

}  // namespace kinfolder
