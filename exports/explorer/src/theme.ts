// Light and dark: as the system has it, or as the reader chose.

import type { NodeType } from "./data";

export type Theme = "auto" | "light" | "dark";

const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners: (() => void)[] = [];
let chosen: Theme = "auto";

export function isDark(): boolean {
  return chosen === "auto" ? system.matches : chosen === "dark";
}

export function setTheme(theme: Theme): void {
  chosen = theme;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

system.addEventListener("change", () => setTheme(chosen));

/** Colour between two, `share` of the way to the second; both as #rrggbb. */
export function mix(one: string, two: string, share: number): string {
  const part = (colour: string, at: number): number => parseInt(colour.slice(at, at + 2), 16);
  const channel = (at: number): string =>
    Math.round(part(one, at) * (1 - share) + part(two, at) * share).toString(16).padStart(2, "0");
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

export function ground(): string {
  return isDark() ? "#14171b" : "#faf9f7";
}

export function ink(): string {
  return isDark() ? "#e8e6e1" : "#1d2126";
}

export function typeColour(type: NodeType): string {
  return isDark() ? mix(type.colour, "#ffffff", 0.3) : type.colour;
}

// Twelve hues that stay apart on both grounds; further communities are grey.
const HUES = [
  "#3a7ca5", "#d1603d", "#4f9d69", "#a45ca8", "#c79a2e", "#5b6abf", "#c7527c", "#3b9c9c", "#8a6d3b", "#7d8f2f", "#9a5b4f",
  "#5e7a8c",
];

export function communityColour(community: number): string {
  if (community < 0 || community >= HUES.length) return isDark() ? "#7a828d" : "#9aa1ab";
  return isDark() ? mix(HUES[community], "#ffffff", 0.25) : HUES[community];
}
