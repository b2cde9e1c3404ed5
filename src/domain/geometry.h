// Points, boxes and sizes in the plane: x to the right, y down, the origin at the upper left corner of the picture.
// Pixel coordinates are continuous: pixel (i, j) covers [i, i+1) x [j, j+1). Which picture a box speaks of, and
// whether in pixels or in fractions of it, is said by the name or the type that holds it.
#pragma once

#include <algorithm>
#include <array>

namespace kinfolder {

struct Size {
  int width = 0;
  int height = 0;

  bool operator==(const Size&) const = default;
};

struct Point {
  float x = 0;
  float y = 0;

  bool operator==(const Point&) const = default;
};

struct Box {
  float x1 = 0;
  float y1 = 0;
  float x2 = 0;
  float y2 = 0;

  float width() const { return x2 - x1; }
  float height() const { return y2 - y1; }
  float area() const { return std::max(0.0F, width()) * std::max(0.0F, height()); }
  Point center() const { return {(x1 + x2) / 2, (y1 + y2) / 2}; }

  bool operator==(const Box&) const = default;
};

// Left eye, right eye, nose, left and right corner of the mouth; left and right as the viewer sees them.
using Landmarks = std::array<Point, 5>;

inline Point Scaled(Point point, float x_factor, float y_factor) { return {point.x * x_factor, point.y * y_factor}; }

inline Box Scaled(const Box& box, float x_factor, float y_factor) {
  return {box.x1 * x_factor, box.y1 * y_factor, box.x2 * x_factor, box.y2 * y_factor};
}

inline Landmarks Scaled(Landmarks landmarks, float x_factor, float y_factor) {
  for (Point& point : landmarks) point = Scaled(point, x_factor, y_factor);
  return landmarks;
}

inline float IntersectionArea(const Box& a, const Box& b) {
  return Box{std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)}.area();
}

// Intersection over union, 0 to 1; 0 for two empty boxes.
inline float IntersectionOverUnion(const Box& a, const Box& b) {
  const float intersection = IntersectionArea(a, b);
  const float together = a.area() + b.area() - intersection;
  return together > 0 ? intersection / together : 0;
}

}  // namespace kinfolder
