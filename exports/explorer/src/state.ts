// The view in the address: what stands behind the # brings it back.

import { type Filters, noFilters } from "./model";
import type { Model } from "./model";

export interface State {
  node: string;
  steps: number;
  to: string;
  table: boolean;
  colour: "type" | "community";
  filters: Filters;
  detail: number;
  camera?: { x: number; y: number; ratio: number };
}

const LISTS = { hide: "hiddenTypes", without: "hiddenRelations" } as const;

export function write(state: State, model: Model): string {
  const parts = new URLSearchParams();
  if (state.node) parts.set("node", state.node);
  if (state.steps) parts.set("steps", String(state.steps));
  if (state.to) parts.set("to", state.to);
  if (state.table) parts.set("view", "table");
  if (state.colour !== "type") parts.set("colour", state.colour);
  if (state.detail) parts.set("detail", String(state.detail));
  const { filters } = state;
  if (filters.hiddenTypes.size) parts.set("hide", [...filters.hiddenTypes].map((t) => model.types[t].name).join(","));
  if (filters.hiddenRelations.size) parts.set("without", [...filters.hiddenRelations].map((r) => model.relations[r].name).join(","));
  if (filters.hiddenSources.size) parts.set("sources", [...filters.hiddenSources].join(","));
  if (filters.confidence) parts.set("confidence", String(filters.confidence));
  if (filters.from) parts.set("from", String(filters.from));
  if (filters.to) parts.set("until", String(filters.to));
  if (state.camera) {
    const { x, y, ratio } = state.camera;
    if (Math.abs(x - 0.5) > 1e-3 || Math.abs(y - 0.5) > 1e-3 || Math.abs(ratio - 1) > 1e-3) {
      parts.set("at", [x, y, ratio].map((v) => v.toFixed(4)).join(","));
    }
  }
  return parts.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");
}

export function read(fragment: string, model: Model): State {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const filters = noFilters();
  for (const [key, field] of Object.entries(LISTS) as [keyof typeof LISTS, (typeof LISTS)[keyof typeof LISTS]][]) {
    const rows = field === "hiddenTypes" ? model.types : model.relations;
    for (const name of (parts.get(key) ?? "").split(",")) {
      const at = rows.findIndex((row) => row.name === name);
      if (at >= 0) filters[field].add(at);
    }
  }
  for (const part of (parts.get("sources") ?? "").split(",")) {
    const at = Number(part);
    if (part && Number.isInteger(at) && at >= 0 && at < model.sources.length) filters.hiddenSources.add(at);
  }
  const whole = (name: string): number => Math.max(0, Math.min(9999, Math.round(Number(parts.get(name)) || 0)));
  filters.confidence = Math.min(100, whole("confidence"));
  filters.from = whole("from");
  filters.to = whole("until");
  const at = (parts.get("at") ?? "").split(",").map(Number);
  return {
    node: parts.get("node") ?? "",
    steps: Math.min(2, whole("steps")),
    to: parts.get("to") ?? "",
    table: parts.get("view") === "table",
    colour: parts.get("colour") === "community" ? "community" : "type",
    detail: Math.max(0, Math.round(Number(parts.get("detail")) || 0)),
    filters,
    camera: at.length === 3 && at.every(Number.isFinite) && at[2] > 0 ? { x: at[0], y: at[1], ratio: at[2] } : undefined,
  };
}
