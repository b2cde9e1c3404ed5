#include "nn/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/file.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kEmbedder[] = R"({
  "id": "my-net-2", "kind": "embedder", "description": "d", "licence": "l", "provenance": "p",
  "files": {"embedder": {"name": "net.onnx", "bytes": 12,
            "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}},
  "preprocessing": {"channels": "RGB", "mean": 127.5, "scale": 0.0078125},
  "embedding": {"dimension": 512, "threshold": 1.07, "average_flipped": true,
                "crop": {"rule": "box", "size": 160, "margin": 14}}
})";

// The manifest above with one piece of its text replaced by another.
Result<ModelManifest> ParseWith(const std::string& piece, const std::string& replacement) {
  std::string text = kEmbedder;
  const std::size_t place = text.find(piece);
  EXPECT_NE(place, std::string::npos) << piece;
  text.replace(place, piece.size(), replacement);
  return ParseManifest(text, "manifest.json");
}

std::string ComplaintWith(const std::string& piece, const std::string& replacement) {
  const auto manifest = ParseWith(piece, replacement);
  if (manifest) return "none";
  EXPECT_EQ(manifest.error().code, ErrorCode::kCorrupt);
  return manifest.error().message;
}

TEST(Manifest, SaysAllAboutAnEmbedder) {
  const auto manifest = ParseManifest(kEmbedder, "manifest.json");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->id, "my-net-2");
  EXPECT_EQ(manifest->kind, ModelKind::kEmbedder);
  EXPECT_EQ(manifest->files.at("embedder").name, "net.onnx");
  EXPECT_EQ(manifest->files.at("embedder").bytes, 12U);
  EXPECT_EQ(manifest->dimension, 512);
  EXPECT_FLOAT_EQ(manifest->threshold, 1.07F);
  EXPECT_FLOAT_EQ(manifest->normalization.scale, 1 / 128.0F);
  EXPECT_TRUE(manifest->average_flipped);
  EXPECT_EQ(manifest->crop.kind, CropRule::Kind::kBox);
  EXPECT_EQ(manifest->crop.size, 160);
  EXPECT_FLOAT_EQ(manifest->crop.margin, 14);
}

TEST(Manifest, CropsByLandmarks) {
  const auto manifest = ParseWith(R"("rule": "box", "size": 160, "margin": 14)",
                                  R"("rule": "landmarks", "size": 112,
                                     "landmarks": [[38, 51], [73, 51], [56, 71], [41, 92], [70, 92]])");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->crop.kind, CropRule::Kind::kLandmarks);
  EXPECT_THAT(manifest->crop.landmarks, ElementsAre(38, 51, 73, 51, 56, 71, 41, 92, 70, 92));
}

TEST(Manifest, ComplaintsNameTheFileAndTheField) {
  EXPECT_EQ(ComplaintWith("\"my-net-2\"", "\"../up\""), "manifest.json: the field id must consist of a-z, 0-9 and -");
  EXPECT_EQ(ComplaintWith("\"my-net-2\"", "7"), "manifest.json: the field id must be a text");
  EXPECT_EQ(ComplaintWith("\"licence\": \"l\",", ""), "manifest.json: the field licence is missing");
  EXPECT_EQ(ComplaintWith("\"licence\"", "\"license\""), "manifest.json: the field license is not known");
  EXPECT_EQ(ComplaintWith("\"kind\": \"embedder\"", "\"kind\": \"poet\""),
            "manifest.json: the field kind must be \"detector\" or \"embedder\"");
  EXPECT_EQ(ComplaintWith("net.onnx", "../net.onnx"),
            "manifest.json: the field files.embedder.name must be a file name of letters, digits, dots, - and _");
  EXPECT_EQ(ComplaintWith("net.onnx", "net.bin"), "manifest.json: the field files.embedder.name must end in .onnx");
  EXPECT_EQ(ComplaintWith("ba7816bf", "xx"),
            "manifest.json: the field files.embedder.sha256 must be a SHA-256 of 64 hexadecimal digits");
  EXPECT_EQ(ComplaintWith("\"bytes\": 12", "\"bytes\": 12.5"),
            "manifest.json: the field files.embedder.bytes must be a whole number");
  EXPECT_THAT(ComplaintWith("\"bytes\": 12", "\"bytes\": -1"),
              HasSubstr("files.embedder.bytes must be a number from 1"));
  EXPECT_EQ(ComplaintWith("{\"embedder\"", "{\"decoder\""), "manifest.json: the field files.decoder is not known");
  EXPECT_EQ(ComplaintWith("RGB", "BGR"), "manifest.json: the field preprocessing.channels must be \"RGB\"");
  EXPECT_EQ(ComplaintWith("\"threshold\": 1.07", "\"threshold\": 3"),
            "manifest.json: the field embedding.threshold must be a number from 0.01 to 2");
  EXPECT_EQ(ComplaintWith("\"margin\": 14", "\"margin\": 160"),
            "manifest.json: the field embedding.crop.margin must be a number from 0 to 159");
  EXPECT_EQ(ComplaintWith("\"average_flipped\": true", "\"average_flipped\": 1"),
            "manifest.json: the field embedding.average_flipped must be true or false");
  EXPECT_EQ(ComplaintWith("\"rule\": \"box\"", "\"rule\": \"landmarks\", \"landmarks\": [1, 2]"),
            "manifest.json: the field embedding.crop.margin is not known");
  EXPECT_EQ(ComplaintWith("\"kind\": \"embedder\"", "\"kind\": \"detector\""),
            "manifest.json: the field files.embedder is not known");
}

constexpr char kSources[] = R"("sources": {"layout": "keras-facenet", "url": "https://host/folder/", "licence": "MIT",
  "files": [{"name": "a.npy", "bytes": 3, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
            {"name": "b", "bytes": 4, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]},)";

// The manifest with sources, where one piece of these is replaced.
Result<ModelManifest> ParseSources(const std::string& piece, const std::string& replacement) {
  std::string sources = kSources;
  sources.replace(sources.find(piece), piece.size(), replacement);
  return ParseWith("\"preprocessing\"", sources + "\"preprocessing\"");
}

TEST(Manifest, SaysWhereThePublicFilesAre) {
  const auto manifest = ParseSources("MIT", "GPL-3.0");
  ASSERT_TRUE(manifest) << manifest.error().message;
  ASSERT_TRUE(manifest->sources);
  EXPECT_EQ(manifest->sources->layout, ModelSources::Layout::kKerasFacenet);
  EXPECT_EQ(manifest->sources->url, "https://host/folder/");
  EXPECT_EQ(manifest->sources->licence, "GPL-3.0");
  ASSERT_EQ(manifest->sources->files.size(), 2U);
  EXPECT_EQ(manifest->sources->files[1].name, "b");
  EXPECT_EQ(manifest->sources->files[1].bytes, 4U);
  EXPECT_FALSE(ParseManifest(kEmbedder, "m")->sources);
}

TEST(Manifest, SourcesAreCheckedToo) {
  const auto complaint = [](const std::string& piece, const std::string& replacement) {
    const auto manifest = ParseSources(piece, replacement);
    return manifest ? "none" : manifest.error().message;
  };
  EXPECT_EQ(complaint("https", "http"), "manifest.json: the field sources.url must begin with https://");
  EXPECT_EQ(
      complaint("keras-facenet", "face-api-mtcnn"),
      "manifest.json: the field sources.layout must be \"face-api-mtcnn\" for a detector, \"keras-facenet\" for an "
      "embedder");
  EXPECT_EQ(complaint("a.npy", "../a"),
            "manifest.json: the field sources.files[0].name must be a file name of letters, digits, dots, - and _");
  EXPECT_EQ(complaint("a.npy", "net.onnx"), "manifest.json: the field sources.files[0].name must not end in .onnx");
  EXPECT_EQ(complaint("a.npy", "b"), "manifest.json: the field sources.files[1].name is listed twice");
  EXPECT_EQ(complaint("a.npy", "manifest.json"), "manifest.json: the field sources.files[0].name is taken");
  EXPECT_EQ(complaint("\"bytes\": 4", "\"size\": 4"), "manifest.json: the field sources.files[1].size is not known");
  EXPECT_EQ(complaint("\"licence\": \"MIT\"", "\"licence\": 1"),
            "manifest.json: the field sources.licence must be a text");
}

TEST(Manifest, CanBeGivenOtherHashes) {
  std::map<std::string, ModelFile> files = ParseManifest(kEmbedder, "m")->files;
  files["embedder"].bytes = 77;
  files["embedder"].sha256 = Sha256Of(AsBytes("other"));
  const auto changed = ParseManifest(WithFiles(kEmbedder, files), "m");
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->files.at("embedder").bytes, 77U);
  EXPECT_EQ(changed->files.at("embedder").sha256, Sha256Of(AsBytes("other")));
  EXPECT_EQ(changed->files.at("embedder").name, "net.onnx");
  EXPECT_EQ(changed->dimension, 512);
}

TEST(Manifest, WhatIsNoManifest) {
  EXPECT_EQ(ParseManifest("", "m").error().message, "m is not JSON: it goes wrong at byte 1");
  EXPECT_EQ(ParseManifest("[]", "m").error().message, "m must be an object");
  EXPECT_FALSE(ParseManifest(std::string(100'000, '['), "m"));
  for (std::size_t length = 0; length + 1 < sizeof(kEmbedder); ++length) {
    EXPECT_FALSE(ParseManifest(std::string_view(kEmbedder, length), "m")) << length;
  }
}

TEST(Manifest, ModelIdsAreSafeFolderNames) {
  EXPECT_TRUE(IsModelId("facenet-vggface2"));
  for (const char* bad : {"", "..", "a/b", "A", "a b", "é", "a."}) EXPECT_FALSE(IsModelId(bad)) << bad;
  EXPECT_FALSE(IsModelId(std::string(65, 'a')));
}

TEST(Manifest, TheRepositorysOwn) {
  for (const std::string id : {"mtcnn", "facenet-vggface2"}) {
    const std::filesystem::path path = std::filesystem::path(KINFOLDER_SOURCE_DIR) / "models" / id / "manifest.json";
    const auto manifest = ParseManifest(*ReadTextFile(path, 1 << 20), id);
    ASSERT_TRUE(manifest) << manifest.error().message;
    EXPECT_EQ(manifest->id, id);
    ASSERT_TRUE(manifest->sources);
    std::uint64_t bytes = 0;
    for (const ModelFile& file : manifest->sources->files) bytes += file.bytes;
    EXPECT_GT(bytes, manifest->files.begin()->second.bytes) << "what the files are made of is not less";
  }
}

}  // namespace
}  // namespace kinfolder
