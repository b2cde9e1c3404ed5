#include "image/exiv2_library.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace kinfolder {
namespace {

constexpr std::size_t kDeepestBox = 16;  // a photo has them in each other four to eight deep

// exiv2's XMP toolkit keeps state that all threads share, and takes this lock around what it does with it.
void LockXmp(void* mutex, bool lock) {
  auto* const held = static_cast<std::recursive_mutex*>(mutex);
  lock ? held->lock() : held->unlock();
}

std::uint64_t BigEndian(std::span<const std::byte> bytes) {
  std::uint64_t number = 0;
  for (const std::byte byte : bytes) number = number << 8U | std::to_integer<std::uint64_t>(byte);
  return number;
}

// Of a box that begins with its length and type, 16 bytes and more; 0 where that can't be.
std::uint64_t BoxLength(std::span<const std::byte> box) {
  const std::uint64_t told = BigEndian(box.first(4));
  const std::uint64_t length = told == 0 ? box.size() : told == 1 ? BigEndian(box.subspan(8, 8)) : told;
  return length >= 8 && length <= box.size() ? length : 0;
}

// Wherever in the file something looks like a box that holds others; so a file can't hide one.
bool IsTooDeep(std::span<const std::byte> photo) {
  constexpr std::array<std::string_view, 12> kHolders = {"meta", "moov", "trak", "mdia", "minf", "stbl",
                                                         "dinf", "udta", "iinf", "iprp", "ipco", "uuid"};
  const std::string_view text(reinterpret_cast<const char*>(photo.data()), photo.size());
  std::vector<std::size_t> ends;  // of the boxes around this place
  for (std::size_t at = 0; at + 16 <= photo.size(); ++at) {
    const char first = text[at + 4];
    if (first != 'm' && first != 't' && first != 's' && first != 'd' && first != 'u' && first != 'i') continue;
    if (std::ranges::find(kHolders, text.substr(at + 4, 4)) == kHolders.end()) continue;
    const std::uint64_t length = BoxLength(photo.subspan(at));
    if (length == 0) continue;
    std::erase_if(ends, [at](std::size_t end) { return end <= at; });
    ends.push_back(at + length);
    if (ends.size() > kDeepestBox) return true;
  }
  return false;
}

// A file of such boxes begins with the length and type of one of these.
bool ConsistsOfBoxes(std::span<const std::byte> photo) {
  if (photo.size() < 8) return false;
  const std::string_view type(reinterpret_cast<const char*>(photo.data()) + 4, 4);
  return type == "ftyp" || type == "JXL ";
}

}  // namespace

void StartExiv2() {
  static std::recursive_mutex mutex;
  static std::once_flag once;
  std::call_once(once, [] {
    Exiv2::LogMsg::setHandler(nullptr);
    Exiv2::XmpParser::initialize(LockXmp, &mutex);
    Exiv2::enableBMFF(true);
  });
}

std::unique_ptr<Exiv2::Image> OpenWithExiv2(std::span<const std::byte> photo) {
  StartExiv2();
  if (ConsistsOfBoxes(photo) && IsTooDeep(photo)) throw std::runtime_error("its boxes lie too deep in each other");
  std::unique_ptr<Exiv2::Image> image(
      Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(photo.data()), static_cast<long>(photo.size()))
          .release());
  image->readMetadata();
  return image;
}

}  // namespace kinfolder
