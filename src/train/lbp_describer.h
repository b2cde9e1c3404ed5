// Local binary patterns: faces as histograms of small textures, region by region. Ahonen, Hadid, Pietikäinen: "Face
// Description with Local Binary Patterns: Application to Face Recognition", 2006.
#pragma once

#include <memory>

#include "train/face_describer.h"

namespace kinfolder {

// Uniform patterns of 8 neighbours at 2 pixels in 8 x 8 regions of 14 x 14 pixels; chi-square distance. Nothing is
// learnt.
std::unique_ptr<FaceDescriber> MakeLbpDescriber();

}  // namespace kinfolder
