// The view as PNG and SVG, what is shown as Turtle.

import { make, save } from "./dom";
import type { Model } from "./model";
import { ground, ink } from "./theme";
import { drawLabels, font } from "./labels";
import type { View } from "./view";

function edgesOf(model: Model, view: View): { x1: number; y1: number; x2: number; y2: number }[] {
  return [...view.scene.edges].map((claim) => {
    const a = view.spot(model.source[claim]);
    const b = view.spot(model.target[claim]);
    return { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
  });
}

export function savePng(model: Model, view: View): void {
  const { width, height } = view.dimensions();
  const canvas = make("canvas");
  const scale = 2;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.scale(scale, scale);
  context.fillStyle = ground();
  context.fillRect(0, 0, width, height);
  context.strokeStyle = ink();
  context.globalAlpha = view.scene.edges.length > 3000 ? 0.08 : 0.2;
  context.lineWidth = 0.8;
  context.beginPath();
  for (const { x1, y1, x2, y2 } of edgesOf(model, view)) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  }
  context.stroke();
  for (const node of view.scene.nodes) {
    const { x, y, size } = view.spot(node);
    context.globalAlpha = view.bright.size && !view.bright.has(node) ? 0.15 : 1;
    context.fillStyle = view.colour(node);
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  view.drawMarks(context);
  drawLabels(context, view.labels(context), ink(), ground());
  canvas.toBlob((blob) => blob && save("graph.png", blob, "image/png"));
}

const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "");

export function toSvg(model: Model, view: View): string {
  const { width, height } = view.dimensions();
  const round = (value: number): string => value.toFixed(1);
  const inside = (x: number, y: number): boolean => x > -50 && y > -50 && x < width + 50 && y < height + 50;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(model.title)}</title>`,
    `<rect width="100%" height="100%" fill="${ground()}"/>`,
    `<g stroke="${ink()}" stroke-opacity="${view.scene.edges.length > 3000 ? 0.08 : 0.2}" stroke-width="0.8">`,
    ...edgesOf(model, view)
      .filter((e) => inside(e.x1, e.y1) || inside(e.x2, e.y2))
      .map((e) => `<path d="M${round(e.x1)} ${round(e.y1)}L${round(e.x2)} ${round(e.y2)}"/>`),
    "</g><g>",
  ];
  for (const node of view.scene.nodes) {
    const { x, y, size } = view.spot(node);
    if (!inside(x, y)) continue;
    const faint = view.bright.size && !view.bright.has(node) ? ' opacity="0.15"' : "";
    parts.push(
      `<circle cx="${round(x)}" cy="${round(y)}" r="${round(size)}" fill="${view.colour(node)}"${faint}><title>${escapeXml(model.label[node])}</title></circle>`,
    );
  }
  const context = make("canvas").getContext("2d") as CanvasRenderingContext2D;
  parts.push(`</g><g fill="${ink()}" stroke="${ground()}" stroke-width="3" stroke-linejoin="round" paint-order="stroke" dominant-baseline="central">`);
  for (const box of view.labels(context)) {
    parts.push(`<text x="${round(box.x)}" y="${round(box.y)}" style="font:${escapeXml(font(box.size, box.light))}">${escapeXml(box.text)}</text>`);
  }
  parts.push("</g></svg>\n");
  return parts.join("\n");
}

export function saveSvg(model: Model, view: View): void {
  save("graph.svg", toSvg(model, view), "image/svg+xml");
}

/** An IRI below the base; the same mapping as in the RDF files, whose odd cases come with the data. */
export function nodeIri(model: Model, node: number): string {
  return model.base + (model.raw.nodes.path[String(node)] ?? model.id[node]);
}

const literal = (text: string): string =>
  `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;

/** The nodes and the plain statements among them. */
export function toTurtle(model: Model, nodes: Iterable<number>): string {
  const wanted = new Set(nodes);
  const lines = [
    `@prefix kg: <${model.base}ontology#> .`,
    "@prefix schema: <https://schema.org/> .",
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
    "",
  ];
  const iri = (node: number): string => `<${nodeIri(model, node)}>`;
  for (const node of [...wanted].sort((a, b) => a - b)) {
    const facts = [`a kg:${model.types[model.type[node]].term}`, `rdfs:label ${literal(model.label[node])}`, `schema:name ${literal(model.label[node])}`];
    for (const alias of model.aliases(node)) facts.push(`schema:alternateName ${literal(alias)}`);
    const statements = new Set<string>();
    for (const claim of model.claimsAt(node)) {
      if (model.claimOn[claim] && model.source[claim] === node && wanted.has(model.target[claim])) {
        statements.add(`kg:${model.relations[model.relation[claim]].term} ${iri(model.target[claim])}`);
      }
    }
    lines.push(`${iri(node)} ${[...facts, ...[...statements].sort()].join(" ;\n    ")} .`, "");
  }
  return lines.join("\n");
}

export function saveTurtle(model: Model, view: View): void {
  const nodes = view.bright.size ? [...view.bright].filter((i) => view.isDrawn(i)) : view.scene.nodes;
  save("graph.ttl", toTurtle(model, nodes), "text/turtle");
}
