#include "image/format.h"

#include <gtest/gtest.h>

#include "image/painted_photos.h"

namespace kinfolder {
namespace {

std::optional<PhotoFormat> FormatOf(std::string_view content) { return RecognizeFormat(BytesOf(content)); }

TEST(RecognizeFormat, TellsByTheFirstBytes) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(FormatOf("\xFF\xD8\xFF\xE1"), PhotoFormat::kJpeg);
  EXPECT_EQ(FormatOf("\x89PNG\r\n\x1A\n"), PhotoFormat::kPng);
  EXPECT_EQ(FormatOf("RIFF\1\2\3\4WEBPVP8 "), PhotoFormat::kWebp);
  EXPECT_EQ(FormatOf("GIF89a"), PhotoFormat::kGif);
  EXPECT_EQ(FormatOf("II*\0\x08\0\0\0\0\0"sv), PhotoFormat::kTiff);
  EXPECT_EQ(FormatOf("MM\0*\0\0\0\x08\0\0"sv), PhotoFormat::kTiff);
  EXPECT_EQ(FormatOf("\0\0\0\x18"
                     "ftypheic\0\0\0\0mif1heic"sv),
            PhotoFormat::kHeif);
  EXPECT_EQ(FormatOf("\0\0\0\x1C"
                     "ftypmif1\0\0\0\0mif1avifmiaf"sv),
            PhotoFormat::kAvif);
  EXPECT_EQ(FormatOf("\xFF\x0A"), PhotoFormat::kJxl);
  EXPECT_EQ(FormatOf("\0\0\0\x0CJXL \r\n\x87\n"sv), PhotoFormat::kJxl);
}

TEST(RecognizeFormat, KnowsCamerasRawFiles) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(FormatOf("II*\0\x10\0\0\0CR\2\0"sv), PhotoFormat::kRaw);  // Canon CR2
  EXPECT_EQ(FormatOf("\0\0\0\x18"
                     "ftypcrx \0\0\0\1"sv),
            PhotoFormat::kRaw);                                    // Canon CR3
  EXPECT_EQ(FormatOf("IIU\0\x18\0\0\0"sv), PhotoFormat::kRaw);     // Panasonic RW2
  EXPECT_EQ(FormatOf("IIRO\x08\0\0\0"sv), PhotoFormat::kRaw);      // Olympus ORF
  EXPECT_EQ(FormatOf("FUJIFILMCCD-RAW 0201"), PhotoFormat::kRaw);  // Fujifilm RAF
  // A directory that holds sensor data: itself (photometric interpretation 32803), or one below it (Nikon, Sony).
  EXPECT_EQ(FormatOf("II*\0\x08\0\0\0\1\0\6\1\3\0\1\0\0\0\x23\x80\0\0\0\0\0\0"sv), PhotoFormat::kRaw);
  EXPECT_EQ(FormatOf("MM\0*\0\0\0\x08\0\1\x01\x4A\0\4\0\0\0\1\0\0\0\x1A\0\0\0\0"
                     "\0\1\1\6\0\3\0\0\0\1\x80\x23\0\0\0\0\0\0"sv),
            PhotoFormat::kRaw);
}

TEST(RecognizeFormat, ADirectoryThatLeadsToItselfIsNoTrap) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(FormatOf("II*\0\x08\0\0\0\0\0\x08\0\0\0"sv), PhotoFormat::kTiff);
  EXPECT_EQ(FormatOf("II*\0\xF0\xFF\xFF\xFF"sv), PhotoFormat::kTiff);
}

TEST(RecognizeFormat, NothingElseIsAPhoto) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view content : {""sv, "I"sv, "hello"sv, "BM6"sv, "RIFF\1\2\3\4AVI "sv,
                                         "\0\0\0\x18"
                                         "ftypmp42"sv,
                                         "\xFF\xD8"sv,
                                         "\xFF\xFF\xFF\xFF"
                                         "ftyp"sv}) {
    EXPECT_EQ(FormatOf(content), std::nullopt) << content;
  }
}

TEST(DescribeOther, SaysWhatItIsWhereItIsKnown) {
  EXPECT_EQ(DescribeOther(BytesOf("BM")), "a BMP picture");
  EXPECT_EQ(DescribeOther(BytesOf("%PDF-1.4")), "a PDF document");
  EXPECT_EQ(DescribeOther(BytesOf("<!DOCTYPE html>\n<html>")), "a web page");
  EXPECT_EQ(DescribeOther(BytesOf("hello")), "");
}

}  // namespace
}  // namespace kinfolder
