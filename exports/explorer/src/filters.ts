// The left card: the legend that is the filter, relations, confidence, years, sources, detail, colours.

import { button, byId, make, number, plural } from "./dom";
import type { Filters, Model } from "./model";
import { communityColour, typeColour } from "./theme";
import type { View } from "./view";

/** More than this at a time no reader takes in and few machines draw; zooming in brings the others. */
export const MOST_AT_ONCE = 20_000;

export interface FilterActs {
  changed(): void;
  detail(budget: number): void;
  colour(by: "type" | "community"): void;
}

export class FilterCard {
  constructor(
    private readonly model: Model,
    private readonly view: View,
    public filters: Filters,
    private readonly acts: FilterActs,
  ) {}

  draw(): void {
    this.about();
    byId("legend").replaceChildren(...this.legend());
    const open = new Set([...byId("more").querySelectorAll("details[open]")].map((d) => d.id));
    const focused = document.activeElement?.id;
    byId("more").replaceChildren(...[this.connections(), this.limits(), this.origins(), this.looks()].filter((e) => e !== undefined));
    for (const id of open) byId(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus();
  }

  about(): void {
    const { model, view } = this;
    const papers = model.raw.papers.node.length;
    byId("about").textContent =
      `${plural(papers, "paper", "papers")}, ${plural(model.size - papers, "thing", "things")}, ` +
      plural(model.claimCount, "statement", "statements");
    const shown = view.scene.nodes.length;
    const note = byId("note");
    const all = number(model.order.length);
    note.textContent =
      view.candidates > shown
        ? `Shown: the ${number(shown)} best connected of ${view.partial ? `the ${number(view.candidates)} of this part` : all}. Zoom in to see more.`
        : view.partial
          ? `Shown: all ${number(shown)} of this part, of ${all}.`
          : shown < model.size
            ? `Shown: ${number(shown)} of ${number(model.size)} nodes.`
            : "";
    note.hidden = !note.textContent;
  }

  private toggle<T>(set: Set<T>, value: T): void {
    if (set.has(value)) set.delete(value);
    else set.add(value);
    this.acts.changed();
  }

  private row(id: string, text: string, count: number, on: boolean, colour: string | undefined, act: () => void): HTMLElement {
    const row = button("", "row", act);
    row.id = id;
    row.setAttribute("aria-pressed", String(on));
    if (colour) {
      const dot = make("span", { class: "dot" });
      dot.style.background = colour;
      row.append(dot);
    } else row.append(make("span", { class: "tick", text: on ? "✓" : "", attributes: { "aria-hidden": "true" } }));
    row.append(make("span", { class: "name", text }), make("span", { class: "count", text: number(count) }));
    return make("li", {}, row);
  }

  private legend(): HTMLElement[] {
    const { model, filters, view } = this;
    if (view.colourBy === "community") {
      return model.communities.slice(0, 12).map((name, i) => {
        const line = make("li", { class: "row" });
        const dot = make("span", { class: "dot" });
        dot.style.background = communityColour(i);
        line.append(dot, make("span", { class: "name", text: name }));
        return line;
      });
    }
    const total = new Int32Array(model.types.length);
    for (let i = 0; i < model.size; i++) total[model.type[i]]++;
    return model.types.flatMap((type, t) =>
      total[t]
        ? [
            this.row(`type-${type.name}`, type.plural, total[t], !filters.hiddenTypes.has(t), typeColour(type), () =>
              this.toggle(filters.hiddenTypes, t),
            ),
          ]
        : [],
    );
  }

  private section(id: string, title: string, ...children: Node[]): HTMLElement {
    return make("details", { attributes: { id } }, make("summary", { text: title }), ...children);
  }

  private connections(): HTMLElement {
    const { model, filters } = this;
    const total = new Int32Array(model.relations.length);
    for (let c = 0; c < model.claimCount; c++) total[model.relation[c]]++;
    const list = make("ul", { class: "legend" });
    model.relations.forEach((relation, r) => {
      if (!total[r]) return;
      list.append(
        this.row(`relation-${relation.name}`, relation.label, total[r], !filters.hiddenRelations.has(r), undefined, () =>
          this.toggle(filters.hiddenRelations, r),
        ),
      );
    });
    return this.section("part-relations", "Connections", list);
  }

  private limits(): HTMLElement {
    const { model, filters } = this;
    const box = make("div", { class: "limits" });
    const slider = (id: string, text: string, low: number, high: number, value: number, show: (v: number) => string, set: (v: number) => void): void => {
      const input = make("input", {
        attributes: { type: "range", id, min: String(low), max: String(high), value: String(value), "aria-label": text },
      });
      const shown = make("output", { text: show(value) });
      input.addEventListener("input", () => (shown.textContent = show(Number(input.value))));
      input.addEventListener("change", () => set(Number(input.value)));
      box.append(make("label", { attributes: { for: id } }, make("span", { text }), shown), input);
    };
    slider("confidence", "Confidence at least", 0, 100, filters.confidence, (v) => (v / 100).toFixed(2), (v) => {
      filters.confidence = v;
      this.acts.changed();
    });
    const [first, last] = model.years;
    if (last > first) {
      slider("from", "From", first, last, filters.from || first, String, (v) => {
        filters.from = v === first ? 0 : v;
        this.acts.changed();
      });
      slider("until", "Until", first, last, filters.to || last, String, (v) => {
        filters.to = v === last ? 0 : v;
        this.acts.changed();
      });
    }
    return this.section("part-limits", last > first ? "Confidence and years" : "Confidence", box);
  }

  private origins(): HTMLElement | undefined {
    const { model, filters } = this;
    if (model.sources.length < 2) return undefined;
    const total = new Int32Array(model.sources.length);
    for (const sources of model.raw.papers.source) for (const s of sources) total[s]++;
    const list = make("ul", { class: "legend" });
    model.sources.forEach((source, s) => {
      const name = source.split("/").pop() ?? source;
      list.append(this.row(`source-${s}`, name, total[s], !filters.hiddenSources.has(s), undefined, () => this.toggle(filters.hiddenSources, s)));
    });
    return this.section("part-sources", "Sources", list);
  }

  private looks(): HTMLElement {
    const { model, view } = this;
    const box = make("div", { class: "limits" });
    const group = make("div", { class: "tools", attributes: { role: "group", "aria-label": "Colour by" } });
    for (const by of ["type", "community"] as const) {
      const choice = button(by === "type" ? "Colour by type" : "by community", "chip", () => this.acts.colour(by));
      choice.id = `colour-${by}`;
      choice.setAttribute("aria-pressed", String(view.colourBy === by));
      group.append(choice);
    }
    if (model.communities.length) box.append(group);
    if (model.size > 2000) {
      const steps = [500, 1000, 2500, 5000, 10_000, MOST_AT_ONCE].filter((s) => s < model.size);
      if (model.size <= MOST_AT_ONCE) steps.push(model.size);
      const at = Math.max(0, steps.findIndex((s) => s >= view.budget));
      const show = (i: number): string => (steps[i] === model.size ? "everything" : `${number(steps[i])} at a time`);
      const input = make("input", {
        attributes: { type: "range", id: "detail", min: "0", max: String(steps.length - 1), value: String(at), "aria-label": "Nodes at a time" },
      });
      const shown = make("output", { text: show(at) });
      input.addEventListener("input", () => (shown.textContent = show(Number(input.value))));
      input.addEventListener("change", () => this.acts.detail(steps[Number(input.value)]));
      box.append(make("label", { attributes: { for: "detail" } }, make("span", { text: "Nodes" }), shown), input);
    }
    return this.section("part-looks", "Look", box);
  }
}
