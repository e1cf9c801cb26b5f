// SPDX-License-Identifier: Apache-2.0
// A picture and a PDF of some pages, made here: what people bring to a hearing.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

export function photo(file) {
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=1200x1600:rate=1", "-frames:v", "1", "-update", "1", file]);
  return file;
}

const hex = (text) => [...text].map((letter) => letter.codePointAt(0).toString(16).padStart(4, "0")).join("");

// Chinese in a font that the file does not carry: it needs a character map, as many official papers do.
export function pdf(file, titles) {
  const kids = titles.map((_, index) => `${5 + 2 * index} 0 R`);
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/Kids[${kids.join(" ")}]/Count ${titles.length}>>`,
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
    "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000" +
      "/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>",
  ];
  titles.forEach((title, index) => {
    const text = `BT /F1 28 Tf 60 720 Td <${hex(title)}> Tj ET 60 700 475 2 re f`;
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents ${6 + 2 * index} 0 R>>`);
    objects.push(`<</Length ${text.length}>>\nstream\n${text}\nendstream`);
  });
  let body = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const end = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}`;
  body += `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${end}\n%%EOF\n`;
  writeFileSync(file, body, "latin1");
  return file;
}
