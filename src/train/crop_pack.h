// Many face crops in one file, as they were compressed: read in one go, carried in one piece or in parts.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/parallel.h"
#include "train/blob_file.h"

namespace kinfolder {

struct PackedCrop {
  std::string person;  // "" where nobody said who it is
  std::string group;   // people who may be related or confused share one: never on both sides of a split; "" as above
  std::string source;  // "people/F0001_MID2/P00001_face0.jpg"
  std::size_t begin = 0;  // of the picture's JPEG or PNG bytes in the pack's file
  std::size_t size = 0;
};

struct CropPack {
  std::vector<PackedCrop> crops;
  BlobFile file;

  std::span<const std::byte> picture(const PackedCrop& crop) const {
    return std::span(file.bytes).subspan(crop.begin, crop.size);
  }
};

struct CropFolders {
  std::vector<std::filesystem::path> people;      // of folders GROUP_MEMBER/ or PERSON/ with pictures
  std::vector<std::filesystem::path> unlabelled;  // of pictures
};

struct PackSummary {
  std::size_t crops = 0;
  std::size_t people = 0;
  std::size_t groups = 0;
  std::vector<std::string> left_out;  // what can't be read as a picture, a sentence each
};

// A JPEG or PNG file's bytes to those that go into the pack. An error leaves the picture out, and says why.
using CropMaker = std::function<Result<std::vector<std::byte>>(std::vector<std::byte>)>;

// As it is, if it can be read.
Result<std::vector<std::byte>> TakenAsItIs(std::vector<std::byte> picture);

// Packs all JPEG and PNG files of the folders, by name. A person's group is what stands before the first "_" of the
// folder's name, or the whole name. kNotFound for folders that are missing, or that hold no picture at all.
Result<PackSummary> WriteCropPack(const CropFolders& folders, const CropMaker& make,
                                  const std::filesystem::path& target, const ParallelRun& run);

// Also from parts (train/blob_file.h). kCorrupt where the list does not fit the bytes.
Result<CropPack> ReadCropPack(const std::filesystem::path& path);

// Is this group one of those that training never sees? By a hash of its name: about `share` of all, always the same.
bool IsForValidation(std::string_view group, double share);

}  // namespace kinfolder
