// People in the file .picasa.ini that Picasa keeps in each folder of photos.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "image/face_tags.h"

namespace kinfolder {

// What `ini`, the text of such a file, says of the people on the photo of this name beside it. Boxes are of the photo
// as Picasa shows it: upright, and then turned by the quarters that the user asked for there. Faces without a name and
// boxes that can't be are passed over. kCorrupt for what is no text.
Result<FaceTags> ParsePicasaIni(std::string_view ini, std::string_view file_name);

}  // namespace kinfolder
