// Which part of a file a client asks for (RFC 9110, section 14).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kinfolder {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  bool operator==(const ByteRange&) const = default;
};

struct RangeChoice {
  int status = 200;           // 206 for a part, 416 for one that the file does not have
  ByteRange range;            // what to send
  std::string content_range;  // the header's value; "" for the whole
};

// `header` is "bytes=FROM-TO", "bytes=FROM-" or "bytes=-LAST"; anything else, several ranges too, gets the whole file,
// as the standard allows.
RangeChoice ChooseRange(std::string_view header, std::uint64_t size);

}  // namespace kinfolder
