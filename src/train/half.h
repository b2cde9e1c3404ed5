// Numbers of half precision (IEEE 754 binary16), for what is kept in files and needs no more.
#pragma once

#include <cstdint>

namespace kinfolder {

// The nearest half; of two the one that is even. Beyond 65504 infinite.
std::uint16_t ToHalf(float value);
float FromHalf(std::uint16_t half);

}  // namespace kinfolder
