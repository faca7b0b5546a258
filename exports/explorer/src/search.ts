// A box that lists names while one types; arrows and Enter choose.

import { button, byId, make, shorten } from "./dom";
import type { Model } from "./model";
import type { View } from "./view";

export class Search {
  private active = -1;
  private readonly input = byId<HTMLInputElement>("search");
  private readonly list = byId("found");

  constructor(
    private readonly model: Model,
    private readonly view: View,
    private readonly pick: (node: number) => void,
    private readonly onOpen: (open: boolean) => void,
  ) {
    this.input.addEventListener("input", () => this.update());
    this.input.addEventListener("focus", () => model.warm());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        this.mark(this.active + (event.key === "ArrowDown" ? 1 : -1));
        event.preventDefault();
      } else if (event.key === "Enter") {
        this.list.querySelectorAll("button")[Math.max(this.active, 0)]?.click();
        event.preventDefault();
      }
    });
  }

  focus(hint?: string): void {
    this.input.placeholder = hint ?? "Search names";
    this.input.focus();
    this.input.select();
  }

  get isOpen(): boolean {
    return this.input.value !== "";
  }

  clear(): void {
    this.input.value = "";
    this.input.placeholder = "Search names";
    this.update();
  }

  private update(): void {
    const words = this.input.value;
    const open = words.trim() !== "";
    const began = performance.now();
    const hits = open ? this.model.search(words, 12) : [];
    document.documentElement.dataset.searchMs = (performance.now() - began).toFixed(2);
    this.list.replaceChildren(
      ...hits.map((node, i) => {
        const row = button("", "", () => this.pick(node));
        row.id = `hit-${i}`;
        row.setAttribute("role", "option");
        row.tabIndex = -1;
        const dot = make("span", { class: "dot" });
        dot.style.background = this.view.colour(node);
        row.append(dot, make("span", { class: "name", text: shorten(this.model.label[node], 120) }));
        const alias = this.aliasHit(node, words);
        if (alias) row.append(make("span", { class: "soft small", text: alias }));
        return row;
      }),
    );
    if (open && !hits.length) this.list.append(make("p", { class: "soft small", text: "No name like this" }));
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.mark(hits.length ? 0 : -1);
    this.onOpen(open);
  }

  private aliasHit(node: number, words: string): string {
    const wanted = words.trim().toLowerCase();
    if (this.model.label[node].toLowerCase().includes(wanted)) return "";
    return shorten(this.model.aliases(node).find((alias) => alias.toLowerCase().includes(wanted)) ?? "", 80);
  }

  private mark(position: number): void {
    const rows = [...this.list.querySelectorAll("button")];
    this.active = Math.max(-1, Math.min(position, rows.length - 1));
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === this.active)));
    if (this.active >= 0) {
      rows[this.active].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", rows[this.active].id);
    } else this.input.removeAttribute("aria-activedescendant");
  }
}
