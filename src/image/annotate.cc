#include <algorithm>
#include <cmath>

#include "image/encode.h"
#include "image/resample.h"
#include "image/vips_library.h"

namespace kinfolder {
namespace {

using Color = std::array<std::uint8_t, 3>;

// Parts of the picture's longest side: thin enough for crowds, thick enough to be seen when it fills a screen.
constexpr float kLineShare = 1.0F / 500;
constexpr float kTextShare = 1.0F / 60;
constexpr int kMinTextPixels = 11;
// A name that is longer is cut: a label must not hide the photo.
constexpr glong kMaxLabelCharacters = 40;

// Coordinates come from outside: keeps them where integers hold them.
int Pixel(float coordinate) { return static_cast<int>(std::lround(std::clamp(coordinate, -1e6F, 1e6F))); }

void Fill(Image& image, const PixelRect& rect, const Color& color) {
  for (int y = std::max(rect.y1, 0); y < std::min(rect.y2, image.height()); ++y) {
    for (int x = std::max(rect.x1, 0); x < std::min(rect.x2, image.width()); ++x) {
      std::copy(color.begin(), color.end(), image.row(y) + std::ptrdiff_t{3} * x);
    }
  }
}

void DrawFrame(Image& image, const PixelRect& box, int line, const Color& color) {
  Fill(image, {box.x1, box.y1, box.x2, box.y1 + line}, color);
  Fill(image, {box.x1, box.y2 - line, box.x2, box.y2}, color);
  Fill(image, {box.x1, box.y1, box.x1 + line, box.y2}, color);
  Fill(image, {box.x2 - line, box.y1, box.x2, box.y2}, color);
}

void DrawDot(Image& image, const Point& center, int radius, const Color& color) {
  const int x = Pixel(center.x);
  const int y = Pixel(center.y);
  for (int dy = -radius; dy <= radius; ++dy) {
    const int half = static_cast<int>(std::sqrt(static_cast<float>(radius * radius - dy * dy)));
    Fill(image, {x - half, y + dy, x + half + 1, y + dy + 1}, color);
  }
}

// How much each pixel is covered by the text's ink, 0 to 255, in all three channels; empty for a label without ink.
Result<Image> RenderText(const std::string& label, int pixels) {
  struct Free {
    void operator()(gchar* text) const { g_free(text); }
  };
  using Text = std::unique_ptr<gchar, Free>;
  const Text valid(g_utf8_make_valid(label.data(), static_cast<gssize>(label.size())));
  const Text cut(g_utf8_substring(valid.get(), 0, std::min(g_utf8_strlen(valid.get(), -1), kMaxLabelCharacters)));
  const Text markup(g_markup_escape_text(cut.get(), -1));
  const std::string font = fmt::format("DejaVu Sans, sans bold {}", pixels);
  const VipsImagePtr text = MakeVipsImage([&](VipsImage** out) {
    // At 72 dots an inch a point is a pixel.
    return vips_text(out, markup.get(), "font", font.c_str(), "dpi", 72, nullptr);
  });
  if (!text) return Image();
  std::size_t size = 0;
  const std::unique_ptr<void, GFree> ink(vips_image_write_to_memory(text.get(), &size));
  if (!ink || size != std::size_t{1} * text->Xsize * text->Ysize) {
    vips_error_clear();
    return Fail(ErrorCode::kUnsupported, "the label \"{}\" can't be drawn with this machine's fonts", valid.get());
  }
  Image mask(text->Xsize, text->Ysize);
  const auto* source = static_cast<const std::uint8_t*>(ink.get());
  for (std::size_t i = 0; i < mask.pixels().size(); ++i) mask.pixels()[i] = source[i / 3];
  return mask;
}

// Black on light colours, white on dark ones (luma of ITU-R BT.601).
std::uint8_t InkOn(const Color& color) { return 299 * color[0] + 587 * color[1] + 114 * color[2] > 150'000 ? 0 : 255; }

// Above the box, or inside it where the picture ends; moved sideways so that it stays in the picture.
void DrawLabel(Image& image, const PixelRect& box, const Image& text, int padding, const Color& color) {
  const int width = text.width() + 2 * padding;
  const int height = text.height() + 2 * padding;
  const int x = std::clamp(box.x1, 0, std::max(0, image.width() - width));
  const int y = std::clamp(box.y1 >= height ? box.y1 - height : box.y1, 0, std::max(0, image.height() - height));
  Fill(image, {x, y, x + width, y + height}, color);
  const int ink = InkOn(color);
  for (int j = 0; j < text.height() && y + padding + j < image.height(); ++j) {
    for (int i = 0; i < text.width() && x + padding + i < image.width(); ++i) {
      std::uint8_t* pixel = image.row(y + padding + j) + std::ptrdiff_t{3} * (x + padding + i);
      const int share = text.row(j)[std::ptrdiff_t{3} * i];
      for (int channel = 0; channel < 3; ++channel) {
        pixel[channel] = static_cast<std::uint8_t>((pixel[channel] * (255 - share) + ink * share + 127) / 255);
      }
    }
  }
}

bool HasLandmarks(const Landmarks& landmarks) { return landmarks != Landmarks{}; }

}  // namespace

Result<Image> Annotate(const Image& image, const std::vector<Annotation>& annotations) {
  RETURN_IF_ERROR(UseVips());
  Image drawn = image;
  const auto longest = static_cast<float>(std::max(image.width(), image.height()));
  const int line = std::max(1, Pixel(longest * kLineShare));
  const int text_pixels = std::max(kMinTextPixels, Pixel(longest * kTextShare));
  const auto pixels = [](const Box& box) {
    return PixelRect{Pixel(box.x1), Pixel(box.y1), Pixel(box.x2), Pixel(box.y2)};
  };
  for (const Annotation& annotation : annotations) {
    DrawFrame(drawn, pixels(annotation.box), line, annotation.color);
    if (!HasLandmarks(annotation.landmarks)) continue;
    for (const Point& point : annotation.landmarks) DrawDot(drawn, point, line + 1, annotation.color);
  }
  // Labels last: a neighbour's box must not cross them.
  for (const Annotation& annotation : annotations) {
    if (annotation.label.empty()) continue;
    ASSIGN_OR_RETURN(const Image text, RenderText(annotation.label, text_pixels));
    if (!text.empty()) DrawLabel(drawn, pixels(annotation.box), text, text_pixels / 4, annotation.color);
  }
  return drawn;
}

}  // namespace kinfolder
