// The panel: what a node is, what is said about it, and the very words that say it.

import { button, make, number, outside, plural, shorten } from "./dom";
import type { Model } from "./model";
import type { View } from "./view";

const MOST_ROWS = 40;

export interface PanelActs {
  select(node: number): void;
  focus(steps: number): void;
  startPath(): void;
  close(): void;
}

export class Panel {
  private turn = 0;

  constructor(
    private readonly model: Model,
    private readonly view: View,
    private readonly element: HTMLElement,
    private readonly acts: PanelActs,
  ) {}

  hide(): void {
    this.turn++;
    this.element.hidden = true;
  }

  show(node: number, focus: number, message = ""): void {
    const { model } = this;
    const turn = ++this.turn;
    const paper = model.paperOf(node);
    const parts: (Node | string)[] = [this.closer(), this.kind(node)];
    const title = make("h2", { text: shorten(model.label[node], 400), attributes: { tabindex: "-1" } });
    parts.push(title);
    const aliases = model.aliases(node);
    if (aliases.length) parts.push(make("p", { class: "soft small", text: `Also written ${aliases.slice(0, 12).map((alias) => shorten(alias, 120)).join(", ")}${aliases.length > 12 ? ` and ${aliases.length - 12} more` : ""}` }));
    if (paper !== undefined && model.raw.papers.authors[paper]) {
      parts.push(make("p", { class: "soft small", text: shorten(model.raw.papers.authors[paper], 2000) }));
    }
    for (const url of model.links(node)) parts.push(make("p", { class: "small" }, outside(url)));
    parts.push(this.tools(node, focus));
    if (message) parts.push(make("p", { class: "message", text: message, attributes: { role: "status" } }));
    if (paper !== undefined) {
      const abstract = make("p", { class: "abstract" });
      void model.abstracts.get(paper).then((text) => {
        if (turn === this.turn) abstract.textContent = shorten(text, 20_000);
      });
      parts.push(abstract);
    }
    for (const group of this.groups(node)) parts.push(...this.group(node, group));
    this.element.replaceChildren(...parts);
    this.element.setAttribute("aria-label", `${model.types[model.type[node]].label}: ${model.label[node]}`);
    this.element.hidden = false;
    this.element.scrollTop = 0;
  }

  /** The way between two nodes, step by step, each with its words. */
  showPath(way: number[], from: number, to: number): void {
    const { model } = this;
    this.turn++;
    const parts: (Node | string)[] = [
      this.closer(),
      make("p", { class: "kind", text: "Shortest path" }),
      make("h2", { text: way.length ? plural(way.length - 1, "step", "steps") : "No path", attributes: { tabindex: "-1" } }),
    ];
    if (!way.length) {
      parts.push(make("p", { class: "soft", text: `Nothing that is shown joins ${model.label[from]} to ${model.label[to]}.` }));
    }
    way.forEach((node, i) => {
      const line = make("p", { class: "step" }, this.dot(node), this.goTo(node));
      parts.push(line);
      if (i + 1 < way.length) {
        const [claim] = model.between(node, way[i + 1]);
        const relation = model.relations[model.relation[claim]];
        const article = make("article", { class: "claim stepped" });
        article.append(make("p", { class: "soft small", text: model.source[claim] === node ? relation.label : relation.inverse }));
        article.append(this.quote(claim), this.foot(claim, node, way[i + 1]));
        parts.push(article);
      }
    });
    this.element.replaceChildren(...parts);
    this.element.setAttribute("aria-label", "Shortest path");
    this.element.hidden = false;
    this.element.scrollTop = 0;
  }

  private closer(): HTMLElement {
    const close = button("×", "close", () => this.acts.close());
    close.setAttribute("aria-label", "Close");
    return close;
  }

  private dot(node: number): HTMLElement {
    const dot = make("span", { class: "dot" });
    dot.style.background = this.view.colour(node);
    return dot;
  }

  private kind(node: number): HTMLElement {
    const { model } = this;
    const paper = model.paperOf(node);
    const about =
      paper === undefined ? `in ${plural(model.papers[node], "paper", "papers")}` : model.raw.papers.date[paper];
    const line = make("p", { class: "kind" }, this.dot(node), model.types[model.type[node]].label + (about ? ` · ${about}` : ""));
    const community = model.communities[model.community[node]];
    if (community && this.view.colourBy === "community") line.append(` · around ${community}`);
    return line;
  }

  private tools(node: number, focus: number): HTMLElement {
    const bar = make("div", { class: "tools", attributes: { role: "group", "aria-label": "Neighbourhood" } });
    const choice = (text: string, steps: number, hint: string): void => {
      const one = button(text, "chip", () => this.acts.focus(steps));
      one.setAttribute("aria-pressed", String(focus === steps));
      one.title = hint;
      bar.append(one);
    };
    choice("In context", 0, "Show it among everything else");
    choice("1 step", 1, "Show only its neighbours");
    choice("2 steps", 2, "Show its neighbours and theirs");
    const path = button("Path to…", "chip", () => this.acts.startPath());
    path.title = `Find the shortest way from ${this.model.label[node]} to another node`;
    bar.append(path);
    return bar;
  }

  private groups(node: number): { relation: number; outgoing: boolean; claims: number[] }[] {
    const { model } = this;
    const found = new Map<number, number[]>();
    for (const claim of model.claimsAt(node)) {
      if (!model.claimOn[claim]) continue;
      const key = model.relation[claim] * 2 + (model.source[claim] === node ? 0 : 1);
      const list = found.get(key);
      if (list) list.push(claim);
      else found.set(key, [claim]);
    }
    return [...found]
      .sort((a, b) => a[0] - b[0])
      .map(([key, claims]) => ({
        relation: key >> 1,
        outgoing: key % 2 === 0,
        claims: claims.sort((a, b) => model.confidence[b] - model.confidence[a] || a - b),
      }));
  }

  private group(node: number, group: { relation: number; outgoing: boolean; claims: number[] }): Node[] {
    const relation = this.model.relations[group.relation];
    const heading = make("h3", { text: `${group.outgoing ? relation.label : relation.inverse} (${number(group.claims.length)})` });
    const box = make("div");
    const more = (from: number): void => {
      for (const claim of group.claims.slice(from, from + MOST_ROWS)) box.append(this.claim(node, claim));
      const left = group.claims.length - from - MOST_ROWS;
      if (left > 0) {
        const next = button(`Show ${number(Math.min(left, MOST_ROWS))} more of ${number(left)}`, "chip", () => {
          next.remove();
          more(from + MOST_ROWS);
        });
        box.append(next);
      }
    };
    more(0);
    return [heading, box];
  }

  private claim(node: number, claim: number): HTMLElement {
    const other = this.model.other(claim, node);
    return make("article", { class: "claim" }, this.goTo(other), this.quote(claim), this.foot(claim, node, other));
  }

  private goTo(node: number): HTMLElement {
    const go = button(shorten(this.model.label[node], 300), "link", () => this.acts.select(node));
    go.title = this.model.types[this.model.type[node]].label;
    return go;
  }

  private foot(claim: number, node: number, other: number): HTMLElement {
    const { model } = this;
    const foot = make("footer");
    const paper = model.paper[claim];
    const teller = model.raw.papers.node[paper];
    if (teller !== node && teller !== other) foot.append(this.goTo(teller), " · ");
    const year = model.raw.papers.year[paper];
    foot.append(`${year ? `${year} · ` : ""}confidence ${(model.confidence[claim] / 100).toFixed(2)}`);
    return foot;
  }

  private quote(claim: number): HTMLElement {
    const { claims } = this.model.raw;
    const quote = make("blockquote", { text: "…" });
    void this.model.textOf(this.model.paper[claim]).then((text) => {
      const parts: (Node | string)[] = [];
      let at = claims.start[claim];
      const focus = claims.focus[claim];
      for (let i = 0; i < focus.length; i += 2) {
        if (focus[i] < at || focus[i + 1] > claims.end[claim]) continue;
        parts.push(text.slice(at, focus[i]), make("mark", { text: shorten(text.slice(focus[i], focus[i + 1]), 2000) }));
        at = focus[i + 1];
      }
      quote.replaceChildren(...parts, text.slice(at, claims.end[claim]));
    });
    return quote;
  }
}
