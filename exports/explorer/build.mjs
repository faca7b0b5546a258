// Bundles the explorer: node build.mjs [FOLDER]
//
// explorer.js  the page            editor.js   the console's editor, run when the console is opened
// worker.js    the query engine    oxigraph.wasm.gz, LICENCES.txt (of everything that is inside)
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(here, "..", "pages", "bundle"));
mkdirSync(folder, { recursive: true });

const names = new Set(["oxigraph"]);
for (const [source, target] of [
  ["main.ts", "explorer.js"],
  ["sparql-editor.ts", "editor.js"],
  ["sparql-worker.ts", "worker.js"],
]) {
  const result = await build({
    entryPoints: [join(here, "src", source)],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
    // The engine is handed over as bytes; nothing is ever looked up beside the script.
    define: target === "worker.js" ? { "import.meta.url": '"worker:"' } : {},
  });
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input.replaceAll("\\", "/"));
    if (found) names.add(found[1]);
  }
  const script = result.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  writeFileSync(join(folder, target), script);
}
writeFileSync(join(folder, "oxigraph.wasm.gz"), gzipSync(readFileSync(join(here, "node_modules", "oxigraph", "web_bg.wasm")), { level: 9 }));

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
  return `${name} ${about.version} (${about.license})${licence ? `\n\n${licence}` : ""}`;
});
writeFileSync(join(folder, "LICENCES.txt"), `The explorer holds the following works of others.\n\n${notices.join("\n\n---\n\n")}\n`);
