// XMP that tests write themselves. For test programs only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace kinfolder {

// The properties of one rdf:Description as a packet.
inline std::string Xmp(const std::string& properties) {
  return R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
         R"(<rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" )"
         R"(xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" )"
         R"(xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" )"
         R"(xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" )"
         R"(xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" )"
         R"(xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">)" +
         properties + "</rdf:Description></rdf:RDF></x:xmpmeta>";
}

struct MwgRegion {
  std::string name;
  std::string area = R"(stArea:x="0.3" stArea:y="0.4" stArea:w="0.2" stArea:h="0.4" stArea:unit="normalized")";
  std::string more = R"(<mwg-rs:Type>Face</mwg-rs:Type>)";
};

inline std::string MwgRegions(const std::vector<MwgRegion>& regions, int width = 400, int height = 300) {
  std::string items;
  for (const MwgRegion& region : regions) {
    items +=
        fmt::format(R"(<rdf:li rdf:parseType="Resource"><mwg-rs:Name>{}</mwg-rs:Name>{}<mwg-rs:Area {}/></rdf:li>)",
                    region.name, region.more, region.area);
  }
  return fmt::format(
      R"(<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="{}" stDim:h="{}" stDim:unit="pixel"/>)"
      R"(<mwg-rs:RegionList><rdf:Bag>{}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>)",
      width, height, items);
}

struct MpRegion {
  std::string name;
  std::string rectangle = "0.2, 0.2, 0.2, 0.4";
};

inline std::string MpRegions(const std::vector<MpRegion>& regions) {
  std::string items;
  for (const MpRegion& region : regions) {
    items += fmt::format(R"(<rdf:li rdf:parseType="Resource"><MPReg:Rectangle>{}</MPReg:Rectangle>)"
                         R"(<MPReg:PersonDisplayName>{}</MPReg:PersonDisplayName></rdf:li>)",
                         region.rectangle, region.name);
  }
  return R"(<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>)" + items +
         "</rdf:Bag></MPRI:Regions></MP:RegionInfo>";
}

inline std::string Words(const std::string& property, const std::string& array, const std::vector<std::string>& words) {
  std::string items;
  for (const std::string& word : words) items += "<rdf:li>" + word + "</rdf:li>";
  return fmt::format("<{0}><rdf:{1}>{2}</rdf:{1}></{0}>", property, array, items);
}

}  // namespace kinfolder
