// Bundles the explorer into one script: node build.mjs [OUTPUT]
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(here, "..", "pages", "explorer_bundle.js"));

const result = await build({
  entryPoints: [join(here, "src", "main.ts")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "warning",
});

// What is inside comes with its licence: one notice a package, in the order of the names.
const names = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input.replaceAll("\\", "/"));
  if (found) names.add(found[1]);
}
const read = (...parts) => {
  try {
    return readFileSync(join(here, "node_modules", ...parts), "utf8").trim();
  } catch {
    return "";
  }
};
const notices = [...names].sort().map((name) => {
  const about = JSON.parse(read(name, "package.json"));
  const licence = ["LICENSE", "LICENSE.txt", "LICENSE.md", "license"].map((file) => read(name, file)).find(Boolean) ?? "";
  return `${name} ${about.version} (${about.license})\n\n${licence}`.replaceAll("*/", "* /").replaceAll("</", "< /");
});
const script = result.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
writeFileSync(output, `/*!\nThis page holds the following works of others.\n\n${notices.join("\n\n---\n\n")}\n*/\n${script}`);
