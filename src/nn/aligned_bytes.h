// Memory for vector code: zeroed, beginning and ending on a cache line.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace kinfolder {

inline constexpr std::size_t kCacheLine = 64;  // bytes

constexpr std::size_t RoundUpToCacheLine(std::size_t bytes) {
  return (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
}

class AlignedBytes {
 public:
  AlignedBytes() = default;
  explicit AlignedBytes(std::size_t size)
      : size_(RoundUpToCacheLine(size)), bytes_(static_cast<std::byte*>(std::aligned_alloc(kCacheLine, size_))) {
    if (bytes_ == nullptr && size_ > 0) throw std::bad_alloc();
    if (size_ > 0) std::memset(bytes_.get(), 0, size_);
  }

  std::byte* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<std::byte, Free> bytes_;
};

}  // namespace kinfolder
