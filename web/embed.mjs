// Writes the built app's files, compressed, as the C++ source that defines WebFiles() (src/http/web_files.h).
// usage: node embed.mjs BUILT_FOLDER SOURCE_FILE
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const [folder, target] = process.argv.slice(2)

function filesBelow(path, name = '') {
  return readdirSync(join(path, name))
    .sort()
    .flatMap((entry) => {
      const child = `${name}/${entry}`
      return statSync(join(path, child)).isDirectory() ? filesBelow(path, child) : [child]
    })
}

const files = filesBelow(folder).map((path) => ({ path, gzip: gzipSync(readFileSync(join(folder, path)), { level: 9 }) }))
if (!files.some((file) => file.path === '/index.html')) throw new Error(`no index.html in ${folder}`)

const arrays = files.map(({ path, gzip }, i) => `// ${path}\nconstexpr unsigned char kFile${i}[] = {${[...gzip].join(',')}};\n`)
const rows = files.map(({ path }, i) => `      {"${path}", View(kFile${i})},\n`)
writeFileSync(
  target,
  `// Made from web/ by web/embed.mjs.
#include "http/web_files.h"

namespace kinfolder {
namespace {

${arrays.join('')}
template <std::size_t N>
std::string_view View(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

const std::vector<WebFile>& WebFiles() {
  static const std::vector<WebFile> files = {
${rows.join('')}  };
  return files;
}

}  // namespace kinfolder
`,
)
