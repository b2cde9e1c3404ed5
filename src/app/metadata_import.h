// Names that other programs wrote into photos and their sidecars, as labels that TakeLabels takes over.
#pragma once

#include <vector>

#include "app/label_lines.h"
#include "base/progress.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

struct MetadataLabels {
  Labels labels;                    // with the origin "metadata"; of a region without a face, the region's own box
  int photos = 0;                   // that were read
  int unplaced = 0;                 // regions made before their picture was cropped or turned
  int ambiguous = 0;                // photos with names of which nothing tells whose they are
  std::vector<FailedPhoto> failed;  // gone, changed since they were scanned, or with a damaged sidecar; of
                                    // Picasa's file of a folder, once
};

// Of all the user's photos. A region belongs to the face in whose middle it lies; a name without a box is taken where
// the photo has one face and one name. `jobs` as in ParallelRun. kInterrupted when asked to stop.
Result<MetadataLabels> LabelsInMetadata(Catalog& catalog, int jobs, const ProgressFunction& progress,
                                        const StopFlag& stop);

}  // namespace kinfolder
